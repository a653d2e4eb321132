//! A tenant's settings, data model and keys, for administrators.

use crm_domain::{
    DataModel, TenantRecord, TenantSettings,
    error::Error,
    model::difference::{Difference, Effect, differences},
};
use crm_store::{Audit, Entry};
use futures::{StreamExt as _, TryStreamExt as _};

pub use crm_store::ListedKey;

use super::Session;

/// The settings as they are now. Those of the session may be a minute old.
pub async fn present_settings(session: &Session) -> Result<TenantSettings, Error> {
    session.store().settings_get().await
}

/// Stores changed settings. `parts` are the changed ones, for the history. Running functions follow within a minute.
///
/// # Errors
/// [`Error::Invalid`] if functions could not work with them.
pub async fn change_tenant(session: &Session, tenant: &TenantRecord, parts: Vec<String>) -> Result<(), Error> {
    let audit = audit("changeSettings", parts);
    session.store().tenant_edit(tenant, &audit, &session.change()).await
}

/// Why a data model was not changed.
#[derive(Debug)]
pub enum ModelRefusal {
    /// Stored customers would have to be adapted, which takes an operator.
    NeedsBackfill,
    /// Stored values would no longer be shown.
    LosesValues,
    /// Customers are still being adapted to an earlier change.
    BackfillLeft,
    /// It failed, or is not sound.
    Failed(Error),
}

/// The effects of a changed data model, if it is sound.
///
/// # Errors
/// [`Error::Invalid`] with all mistakes, by their places.
pub fn plan_model(before: &DataModel, after: &DataModel) -> Result<Vec<Difference>, Error> {
    after.check().map_err(Error::Invalid)?;
    Ok(differences(before, after))
}

/// Why these changes cannot be made here.
pub fn model_refusal(changes: &[Difference]) -> Option<ModelRefusal> {
    let any = |effects: &[Effect]| changes.iter().any(|change| effects.contains(&change.effect));
    if any(&[Effect::Refused]) {
        Some(ModelRefusal::LosesValues)
    } else if any(&[Effect::Backfill, Effect::BackfillLater]) {
        Some(ModelRefusal::NeedsBackfill)
    } else {
        None
    }
}

/// Stores a changed data model that no stored customer has to be adapted to. Running functions follow within a minute.
///
/// # Errors
/// See [`ModelRefusal`].
pub async fn change_model(session: &Session, before: &DataModel, after: &DataModel) -> Result<(), ModelRefusal> {
    let changes = plan_model(before, after).map_err(ModelRefusal::Failed)?;
    if let Some(refusal) = model_refusal(&changes) {
        return Err(refusal);
    }
    let store = session.store();
    if store.is_backfill_left().await.map_err(ModelRefusal::Failed)? {
        return Err(ModelRefusal::BackfillLeft);
    }
    let mut fields: Vec<String> = changes.into_iter().map(|change| change.field).collect();
    fields.retain(|field| !field.is_empty());
    fields.dedup();
    let (audit, change) = (audit("changeModel", fields), session.change());
    let edited = store.model_edit(before, after, &audit, &change).await;
    edited.map_err(ModelRefusal::Failed)
}

/// Who changed the settings here, the newest first.
pub async fn settings_history(session: &Session, most: usize) -> Result<Vec<Entry>, Error> {
    session.store().settings_history().take(most).try_collect().await
}

/// The tenant's keys without their values, the oldest first.
pub async fn list_keys(session: &Session) -> Result<Vec<ListedKey>, Error> {
    session.store().key_list().await
}

fn audit(operation: &'static str, fields: Vec<String>) -> Audit {
    Audit {
        operation,
        fields,
        interactions: 0,
    }
}
