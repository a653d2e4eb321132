//! Authentication by a signed link.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use crm_domain::{KeyRecord, TenantId, Timestamp, error::Error};
use crm_service::{
    BELIEVED, Grant,
    link::{ACCESS, LinkKeys},
};
use crm_store::Database;

use crate::{http::Request, key_ring::MOST_KEYS};

/// The tenants whose links were opened in this execution environment.
#[derive(Debug)]
pub struct LinkRing {
    database: Database,
    keys: Arc<LinkKeys>,
    seen: Mutex<HashMap<TenantId, (Instant, Arc<Grant>)>>,
}

impl LinkRing {
    /// No tenant seen yet.
    pub fn new(database: Database, keys: Arc<LinkKeys>) -> Self {
        Self {
            database,
            keys,
            seen: Mutex::default(),
        }
    }

    /// The grant of a request for a page. It has no permissions, so a link opens nothing that needs a key. Settings are remembered as long
    /// as with a key.
    ///
    /// # Errors
    /// [`Error::Unauthorized`], before anything is read, if the link does not open the page.
    pub async fn find(&self, request: &Request, now: Timestamp) -> Result<Arc<Grant>, Error> {
        let access = request.query_parameter(ACCESS).unwrap_or_default();
        let tenant = self.keys.open(&request.path, access, now)?;
        let seen = self.lock().get(&tenant).cloned();
        if let Some((at, grant)) = seen
            && at.elapsed() < BELIEVED
        {
            return Ok(grant);
        }
        let store = self.database.of(&tenant);
        let key = KeyRecord::new(tenant.clone(), "signed link", []);
        let settings = store.settings_get().await?;
        let grant = Arc::new(Grant::new(String::new(), key, settings, store));
        let mut seen = self.lock();
        if seen.len() >= MOST_KEYS {
            seen.clear();
        }
        seen.insert(tenant, (Instant::now(), Arc::clone(&grant)));
        Ok(grant)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, (Instant, Arc<Grant>)>> {
        // The map is consistent even after a panic in another thread.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
