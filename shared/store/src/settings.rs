//! Changing a tenant's settings and data model from the desk, with a history of who did it.

use crm_domain::{Change, DataModel, ObjectStructure, TenantRecord, error::Error};
use futures::Stream;
use serde::{Deserialize, Serialize};

use crate::{
    Audit, Entry, Store, items,
    tenants::{BACKFILL, CASE_MODEL, CUSTOMER_MODEL, TENANT},
    transaction::Write,
};

/// The prefix of the sort keys of replaced models. The time and the object follow, because one item could not hold both objects.
pub(super) const PAST: &str = "model-before#";

/// One object of a replaced model.
#[derive(Serialize, Deserialize)]
pub(super) struct PastObject {
    pub replaced: Change,
    pub structure: ObjectStructure,
}

/// What a change of the model has to know of a backfill.
#[derive(Deserialize)]
struct BackfillState {
    finished: bool,
}

impl Store {
    /// Stores changed settings, if functions can work with them, with an entry in the history of the settings.
    pub async fn tenant_edit(&self, tenant: &TenantRecord, audit: &Audit, change: &Change) -> Result<(), Error> {
        tenant.check().map_err(Error::Invalid)?;
        let key = self.keys.setting(TENANT);
        let writes = vec![Write::Put(items::write(&key, tenant)?), audit.write(&key.pk, change)?];
        let put = self.database.transact(writes).await;
        put.map_err(|refusal| refusal.unexpected("put the settings"))
    }

    /// Stores a changed data model that stored customers need not be adapted to, with the replaced one and an entry in the history of the
    /// settings.
    pub async fn model_edit(&self, before: &DataModel, model: &DataModel, audit: &Audit, change: &Change) -> Result<(), Error> {
        let mut writes = self.model_writes(model)?;
        writes.extend(self.past_writes(before, change)?);
        writes.push(audit.write(&self.keys.setting("").pk, change)?);
        let put = self.database.transact(writes).await;
        put.map_err(|refusal| refusal.unexpected("put the data model"))
    }

    /// Whether customers are still being adapted to an earlier change of the model.
    pub async fn is_backfill_left(&self) -> Result<bool, Error> {
        let state: Option<BackfillState> = self.database.get_as(self.keys.setting(BACKFILL)).await?;
        Ok(state.is_some_and(|state| !state.finished))
    }

    /// Who changed the settings at the desk, the newest first.
    pub fn settings_history(&self) -> impl Stream<Item = Result<Entry, Error>> + use<> {
        self.history(&self.keys.setting("").pk)
    }

    /// The writes that store a model, if it is sound.
    pub(super) fn model_writes(&self, model: &DataModel) -> Result<Vec<Write>, Error> {
        model.check().map_err(Error::Invalid)?;
        Ok(vec![
            Write::Put(items::write(&self.keys.setting(CUSTOMER_MODEL), &model.customer)?),
            Write::Put(items::write(&self.keys.setting(CASE_MODEL), &model.case)?),
        ])
    }

    /// The writes that keep a replaced model.
    pub(super) fn past_writes(&self, before: &DataModel, change: &Change) -> Result<[Write; 2], Error> {
        let write = |name: &str, structure: &ObjectStructure| {
            let key = self.keys.setting(&format!("{PAST}{}#{name}", change.at.iso_milliseconds()));
            let past = PastObject {
                replaced: change.clone(),
                structure: structure.clone(),
            };
            Ok::<Write, Error>(Write::Put(items::write(&key, &past)?))
        };
        Ok([write(CUSTOMER_MODEL, &before.customer)?, write(CASE_MODEL, &before.case)?])
    }
}
