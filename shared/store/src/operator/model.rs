//! A tenant's data model, and what a changed one leaves to do.

use crm_domain::{DataModel, error::Error};

use crate::{
    Store, items,
    tenants::{CASE_MODEL, CUSTOMER_MODEL},
    transaction::Write,
};

use super::Backfill;

impl Store {
    /// The tenant's data model.
    pub async fn model_get(&self) -> Result<DataModel, Error> {
        let settings = self.settings_get().await?;
        Ok(DataModel {
            customer: settings.customer_model,
            case: settings.case_model,
        })
    }

    /// Sets the data model, if it is sound, and with it in one step what it leaves to do for the customers that are stored.
    pub async fn model_put(&self, model: &DataModel, backfill: Option<&Backfill>) -> Result<(), Error> {
        model.check().map_err(Error::Invalid)?;
        let mut writes = vec![
            Write::Put(items::write(&self.keys.setting(CUSTOMER_MODEL), &model.customer)?),
            Write::Put(items::write(&self.keys.setting(CASE_MODEL), &model.case)?),
        ];
        if let Some(backfill) = backfill {
            writes.push(Write::Put(self.backfill_item(backfill)?));
        }
        let put = self.database.transact(writes).await;
        put.map_err(|refusal| refusal.unexpected("put the data model"))
    }
}
