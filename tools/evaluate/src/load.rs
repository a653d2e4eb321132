//! Loads a sample's customers in bulk, since creating them one by one would take longer than all questions.

use anyhow::{Context as _, Result, anyhow};
use crm_domain::{Actor, Change, Customer, CustomerId, DataModel, FieldChange, ObjectStructure, TenantSettings, Timestamp};
use crm_store::Store;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use local::{database::EmbeddedDatabase, stack::TABLE};

use crate::{extra, progress::Progress, sample};

/// The time at which the first customer of a sample was created, 2025-01-01; the others follow second by
/// second.
const BEGINNING: Timestamp = Timestamp::from_milliseconds(1_735_689_600_000);
/// How many customers are imported together.
const TOGETHER: usize = 200;
/// How many such parts are in progress at once: one is imported while the next is prepared.
const AT_ONCE: usize = 2;

/// Loads customers into a tenant and returns their ids. `first` is the place of the first one in the sample.
pub async fn load(database: &EmbeddedDatabase, store: &Store, customers: &[sample::Customer], first: usize) -> Result<Vec<String>> {
    let model = DataModel {
        customer: extra::model(),
        case: ObjectStructure::default_case(),
    };
    store.model_put(&model, None).await.map_err(unloaded)?;
    let settings = store.settings_get().await.map_err(unloaded)?;
    let progress = Progress::new("customers loaded", customers.len());
    let parts = customers.chunks(TOGETHER).zip((first..).step_by(TOGETHER));
    let import = async |(part, first): (&[sample::Customer], usize)| {
        let mut items = Vec::new();
        let mut ids = Vec::with_capacity(part.len());
        for (fields, place) in part.iter().zip(first..) {
            let customer = customer(fields, place, &settings)?;
            items.extend(store.customer_items(&customer, &settings.customer_model).map_err(unloaded)?);
            ids.push(customer.id.to_string());
        }
        database.import(TABLE, items).await?;
        progress.advance(part.len());
        anyhow::Ok(ids)
    };
    let ids: Vec<Vec<String>> = stream::iter(parts).map(import).buffered(AT_ONCE).try_collect().await?;
    Ok(ids.concat())
}

/// When the customer at a place of a sample was created.
///
/// # Errors
/// When there is no such time.
pub fn made_at(place: usize) -> Result<Timestamp> {
    Ok(BEGINNING.plus_seconds(i64::try_from(place)?))
}

/// The customer at a place of a sample. Ids ascend with the places.
///
/// # Errors
/// When the tenant's model would refuse it.
pub fn customer(fields: &sample::Customer, place: usize, settings: &TenantSettings) -> Result<Customer> {
    let made = made_at(place)?;
    let by = Actor::default();
    let mut customer = Customer::new(CustomerId::draw(made, 0), Change { at: made, by });
    let changes: Vec<FieldChange<'_>> = fields
        .iter()
        .map(|(name, value)| {
            let field = settings.customer_model.field(name);
            let field = field.with_context(|| format!("the model has no field {name}"))?;
            let value = field.read(value, settings.default_region);
            let value = value.map_err(|wrong| anyhow!("the {name} of customer {place} {wrong}"))?;
            Ok(FieldChange { field, value })
        })
        .collect::<Result<_>>()?;
    customer.apply(&changes, settings.default_region, made);
    Ok(customer)
}

#[expect(clippy::needless_pass_by_value, reason = "so that it fits map_err")]
fn unloaded(error: crm_domain::error::Error) -> anyhow::Error {
    anyhow!("the customers cannot be loaded: {}", error.log_text())
}
