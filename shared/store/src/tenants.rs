//! Tenants and their data models. Every request reads them, with the key, before anything else.

use crm_domain::{KeyRecord, TenantId, TenantRecord, TenantSettings, error::Error, normal::known_region};

use super::{Database, Item, Store, items, keys, transaction::Write};

pub(super) const TENANT: &str = "tenant";
/// The progress of a backfill.
pub(super) const BACKFILL: &str = "backfill";
pub(super) const CUSTOMER_MODEL: &str = "model#customer";
pub(super) const CASE_MODEL: &str = "model#case";

impl Database {
    /// Reads a key again together with its tenant's settings. One round trip.
    pub async fn key_and_settings_get(
        &self,
        digest: &str,
        tenant: &TenantId,
    ) -> Result<(Option<KeyRecord>, TenantSettings), Error> {
        let store = self.of(tenant);
        let key = keys::api_key(digest);
        let wanted = [store.setting_keys(), vec![key.clone()]].concat();
        let mut found = self.get_many(wanted).await?;
        let at = found.iter().position(|item| items::text_of(item, "pk") == Some(&key.pk));
        let record = at.map(|at| items::read(found.swap_remove(at))).transpose()?;
        Ok((record, settings(found)?))
    }

    async fn put(&self, item: Item) -> Result<(), Error> {
        self.transact(vec![Write::Put(item)])
            .await
            .map_err(|refusal| refusal.unexpected("put an item"))
    }
}

impl Store {
    /// Reads the tenant's settings. One round trip.
    pub async fn settings_get(&self) -> Result<TenantSettings, Error> {
        settings(self.database.get_many(self.setting_keys()).await?)
    }

    /// The operator's settings of the tenant; `None` if there are none.
    pub async fn tenant_get(&self) -> Result<Option<TenantRecord>, Error> {
        self.database.get_as(self.keys.setting(TENANT)).await
    }

    /// Whether the tenant has settings or a key. A name without either is a typing error.
    pub async fn tenant_exists(&self) -> Result<bool, Error> {
        let is_set = !self.database.get_many(self.setting_keys()).await?.is_empty();
        Ok(is_set || !self.query(&self.keys.key_pointers(), "0", "g").await?.is_empty())
    }

    /// Stores the settings, if functions can work with them.
    pub async fn tenant_put(&self, tenant: &TenantRecord) -> Result<(), Error> {
        tenant.check().map_err(Error::Invalid)?;
        self.database.put(items::write(&self.keys.setting(TENANT), tenant)?).await
    }

    fn setting_keys(&self) -> Vec<keys::Key> {
        [TENANT, CUSTOMER_MODEL, CASE_MODEL]
            .into_iter()
            .map(|name| self.keys.setting(name))
            .collect()
    }
}

fn settings(found: Vec<Item>) -> Result<TenantSettings, Error> {
    let mut settings = TenantSettings::default();
    for item in found {
        match items::text_of(&item, "sk") {
            Some(TENANT) => {
                let tenant: TenantRecord = items::read(item)?;
                settings.default_region = known_region(&tenant.default_region)
                    .ok_or_else(|| Error::internal("read the tenant's default_region", "not an ISO 3166 country code"))?;
                settings.tenant = tenant;
            }
            Some(CUSTOMER_MODEL) => settings.customer_model = items::read(item)?,
            Some(CASE_MODEL) => settings.case_model = items::read(item)?,
            _ => {}
        }
    }
    Ok(settings)
}
