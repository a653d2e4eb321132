//! Whose request it is: the caller's grant, who acts, and when.

use std::{sync::Arc, time::Duration};

use crm_domain::{
    Actor, Belonging, CaseId, Change, Customer, CustomerId, ID_IN_LINK, KeyRecord, ObjectStructure, TenantSettings, Timestamp,
    matching::Strictness, normal::Region,
};
use crm_store::Store;
use tracing::warn;

use crate::link::LinkKeys;

/// How long a request works on what others left unfinished, beside its own work.
const TO_TAKE_UP: Duration = Duration::from_secs(2);

/// Completes some of what others left unfinished. Whether that succeeds does not change the answer of the request that does it.
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

/// How long a key and its tenant's settings are believed without reading them again. A revoked key stops within a minute.
pub const BELIEVED: Duration = Duration::from_secs(50);
/// How long after a change of settings every function works with them: all that was believed is read again, and the requests that
/// began with it are over.
pub const FOLLOWED: Duration = Duration::from_mins(1);
/// A valid key, and everything that its tenant's requests need to know first.
#[derive(Debug)]
pub struct Grant {
    /// The digest of its value.
    pub digest: String,
    /// The key's record.
    pub key: KeyRecord,
    /// The tenant's settings.
    pub settings: TenantSettings,
    /// The tenant's part of the table: for operations alone.
    store: Store,
}

impl Grant {
    /// What a key, or a link, of this tenant lets a request do.
    pub fn new(digest: String, key: KeyRecord, settings: TenantSettings, store: Store) -> Self {
        Self {
            digest,
            key,
            settings,
            store,
        }
    }
}

/// Whose request it is, and when it came.
#[derive(Debug, Clone)]
pub struct Session {
    /// The caller's key and tenant.
    pub grant: Arc<Grant>,
    /// Who acts.
    pub actor: Actor,
    /// When the request came.
    pub now: Timestamp,
    /// What links to our own pages are signed with.
    pub links: Arc<LinkKeys>,
}

impl Session {
    /// The tenant's part of the table.
    pub(crate) fn store(&self) -> &Store {
        &self.grant.store
    }

    /// The tenant's fields of customers.
    pub fn customer_model(&self) -> &ObjectStructure {
        &self.grant.settings.customer_model
    }

    /// The tenant's fields of cases.
    pub fn case_model(&self) -> &ObjectStructure {
        &self.grant.settings.case_model
    }

    /// Where the tenant's telephone numbers without country code are from.
    pub fn region(&self) -> Region {
        self.grant.settings.default_region
    }

    /// How sure best match must be for the tenant.
    pub fn strictness(&self) -> Strictness {
        self.grant.settings.tenant.best_match
    }

    /// The id of the tenant's first brand, where it has brands: that of customers who have none of their own.
    pub fn default_brand(&self) -> Option<&str> {
        self.grant.settings.default_brand()
    }

    /// The id of a customer's brand: the tenant's first, if the customer has none of its own.
    pub fn brand_of<'a>(&'a self, customer: &'a Customer) -> Option<&'a str> {
        customer.brand_or(self.default_brand())
    }

    /// Whose customers are that say nothing of it.
    pub fn newcomers(&self) -> Belonging<'_> {
        self.grant.settings.newcomers()
    }

    /// This request, as a record remembers it.
    pub fn change(&self) -> Change {
        Change {
            at: self.now,
            by: self.actor.clone(),
        }
    }

    /// Where an agent sees the customer: in the tenant's own system, or on our page, which a browser reaches at `origin`.
    pub fn customer_link(&self, id: CustomerId, origin: &str) -> String {
        let own = self.grant.settings.tenant.customer_link.as_deref();
        self.link(own, origin, "/agent/customer/", &id.to_string())
    }

    /// Where an agent sees the case, likewise.
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
