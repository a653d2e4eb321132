//! A tenant's data model, and the backfill after a change.

use std::collections::BTreeMap;

use crm_domain::{Change, DataModel, error::Error};

use crate::{
    Store,
    items::{self, text_of},
    settings::{PAST, PastObject},
    tenants::{CASE_MODEL, CUSTOMER_MODEL},
    transaction::Write,
};

use super::Backfill;

/// The first sort key after all of them.
const AFTER_PAST: &str = "model-before$";

/// A data model that another one has replaced.
#[derive(Debug, Clone)]
pub struct PastModel {
    /// When and by whom it was replaced.
    pub replaced: Change,
    /// The model.
    pub model: DataModel,
}

impl Store {
    /// The tenant's data model.
    pub async fn model_get(&self) -> Result<DataModel, Error> {
        let settings = self.settings_get().await?;
        Ok(DataModel {
            customer: settings.customer_model,
            case: settings.case_model,
        })
    }

    /// Sets the data model, if it is sound, and stores the backfill that it needs, in one transaction.
    pub async fn model_put(&self, model: &DataModel, backfill: Option<&Backfill>) -> Result<(), Error> {
        let mut writes = self.model_writes(model)?;
        writes.extend(backfill.map(|backfill| self.backfill_write(backfill)).transpose()?);
        let put = self.database.transact(writes).await;
        put.map_err(|refusal| refusal.unexpected("put the data model"))
    }

    /// The same, and keeps the replaced model.
    pub async fn model_replace(
        &self,
        before: &DataModel,
        model: &DataModel,
        backfill: Option<&Backfill>,
        change: &Change,
    ) -> Result<(), Error> {
        let mut writes = self.model_writes(model)?;
        writes.extend(backfill.map(|backfill| self.backfill_write(backfill)).transpose()?);
        writes.extend(self.past_writes(before, change)?);
        let put = self.database.transact(writes).await;
        put.map_err(|refusal| refusal.unexpected("put the data model"))
    }

    /// The replaced models, the last one first.
    pub async fn models_past(&self) -> Result<Vec<PastModel>, Error> {
        let found = self.query(&self.keys.setting("").pk, PAST, AFTER_PAST).await?;
        let mut past: BTreeMap<String, BTreeMap<&str, PastObject>> = BTreeMap::new();
        for item in found {
            let Some(place) = text_of(&item, "sk").and_then(|sk| sk.strip_prefix(PAST)).map(str::to_owned) else {
                continue;
            };
            let Some((time, name)) = place.split_once('#') else { continue };
            let object = if name == CASE_MODEL { CASE_MODEL } else { CUSTOMER_MODEL };
            past.entry(time.to_owned()).or_default().insert(object, items::read(item)?);
        }
        let whole = past.into_values().rev().filter_map(|mut objects| {
            let (customer, case) = (objects.remove(CUSTOMER_MODEL)?, objects.remove(CASE_MODEL)?);
            let model = DataModel {
                customer: customer.structure,
                case: case.structure,
            };
            let replaced = customer.replaced;
            Some(PastModel { replaced, model })
        });
        Ok(whole.collect())
    }

    fn backfill_write(&self, backfill: &Backfill) -> Result<Write, Error> {
        Ok(Write::Put(self.backfill_item(backfill)?))
    }
}
