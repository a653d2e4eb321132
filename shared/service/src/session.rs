//! The session of a request: the caller's grant, the acting user, and the time.

use std::{sync::Arc, time::Duration};

use crm_domain::{
    Actor, Belonging, CaseId, Change, Customer, CustomerId, ID_IN_LINK, KeyRecord, ObjectStructure, TenantId, TenantSettings,
    Timestamp, matching::Strictness, normal::Region,
};
use crm_store::{Learning, Store, clock};
use tracing::warn;

use crate::link::LinkKeys;

/// How long a request spends on unfinished work of others, beside its own work.
const TO_TAKE_UP: Duration = Duration::from_secs(2);

/// Completes some unfinished work of others. Whether that succeeds does not change the answer of this request.
pub async fn take_up_unfinished(session: &Session) {
    let work = session.store().unfinished_take_up(session.customer_model(), session.now);
    match tokio::time::timeout(TO_TAKE_UP, work).await {
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(error)) => warn!(
            cause = error.log_text(),
            "what requests left unfinished could not be looked for"
        ),
    }
}

/// How long a key and its tenant's settings are used without being read again. A revoked key stops within a minute.
pub const BELIEVED: Duration = Duration::from_secs(50);
/// How long it takes until every function works with changed settings: remembered ones have expired, and requests that began with them are
/// over.
pub const FOLLOWED: Duration = Duration::from_mins(1);
/// A valid key with its tenant's settings.
#[derive(Debug)]
pub struct Grant {
    /// The digest of its value.
    pub digest: String,
    /// The key's record.
    pub key: KeyRecord,
    /// The tenant's settings.
    pub settings: TenantSettings,
    /// The tenant's part of the table. Only operations use it.
    store: Store,
}

impl Grant {
    /// The grant of a key, or of a link, of this tenant.
    pub fn new(digest: String, key: KeyRecord, settings: TenantSettings, store: Store) -> Self {
        Self {
            digest,
            key,
            settings,
            store,
        }
    }
}

/// A request's grant, acting user and time.
#[derive(Debug, Clone)]
pub struct Session {
    /// The caller's key and tenant.
    pub grant: Arc<Grant>,
    /// Who acts.
    pub actor: Actor,
    /// When the request came.
    pub now: Timestamp,
    /// The secrets that sign links to our own pages.
    pub links: Arc<LinkKeys>,
}

impl Session {
    /// The session of a program that works for a tenant without a key and without an acting user.
    pub fn of_program(tenant: TenantId, settings: TenantSettings, store: Store) -> Self {
        let key = KeyRecord::new(tenant, "crm", []);
        Self {
            grant: Arc::new(Grant::new(String::new(), key, settings, store)),
            actor: Actor::default(),
            now: clock::now(),
            links: Arc::default(),
        }
    }

    /// The tenant's part of the table.
    pub(crate) fn store(&self) -> &Store {
        &self.grant.store
    }

    /// The tenant's part of the table, for imports. They are a room of their own, and the only one above the service that uses it.
    pub fn store_for_imports(&self) -> Store {
        self.grant.store.clone()
    }

    /// The tenant's fields of customers.
    pub fn customer_model(&self) -> &ObjectStructure {
        &self.grant.settings.customer_model
    }

    /// The tenant's fields of cases.
    pub fn case_model(&self) -> &ObjectStructure {
        &self.grant.settings.case_model
    }

    /// The region of telephone numbers without country code.
    pub fn region(&self) -> Region {
        self.grant.settings.default_region
    }

    /// How sure best match must be before it answers with a customer.
    pub fn strictness(&self) -> Strictness {
        self.grant.settings.tenant.best_match
    }

    /// How customers learn from conversations.
    pub(crate) fn learning(&self) -> Learning<'_> {
        Learning::by(&self.grant.settings)
    }

    /// The id of the tenant's first brand, to which customers without a brand belong.
    pub fn default_brand(&self) -> Option<&str> {
        self.grant.settings.default_brand()
    }

    /// The id of a customer's brand: the tenant's first, if the customer has none of its own.
    pub fn brand_of<'a>(&'a self, customer: &'a Customer) -> Option<&'a str> {
        customer.brand_or(self.default_brand())
    }

    /// The brand and department of customers who have none of their own.
    pub fn newcomers(&self) -> Belonging<'_> {
        self.grant.settings.newcomers()
    }

    /// The time and the acting user, for a record's history.
    pub fn change(&self) -> Change {
        Change {
            at: self.now,
            by: self.actor.clone(),
        }
    }

    /// The link to the customer: in the tenant's own system, or to our page, which a browser reaches at `origin`.
    pub fn customer_link(&self, id: CustomerId, origin: &str) -> String {
        let own = self.grant.settings.tenant.customer_link.as_deref();
        self.link(own, origin, "/agent/customer/", &id.to_string())
    }

    /// The same for a case.
    pub fn case_link(&self, id: CaseId, origin: &str) -> String {
        let own = self.grant.settings.tenant.case_link.as_deref();
        self.link(own, origin, "/agent/case/", &id.to_string())
    }

    fn link(&self, own: Option<&str>, origin: &str, page: &str, id: &str) -> String {
        own.map_or_else(
            || {
                let path = self.links.sign(&format!("{page}{id}"), &self.grant.key.tenant, self.now);
                format!("{origin}{path}")
            },
            |own| own.replace(ID_IN_LINK, id),
        )
    }
}
