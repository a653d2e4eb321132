//! What any dialect can ask for. An operation knows the domain and the store, and neither HTTP nor a wire format.

mod best_match;
mod cases;
mod customers;
mod directory;
mod overview;
mod search;

use std::sync::Arc;

pub use best_match::{best_match, judge};
pub use cases::{NO_SUCH_CUSTOMER, NewCase, create_case, find_case, find_cases, update_case};
pub use customers::{create_customer, customer_exists, find_customer, update_customer};
pub use directory::{Directory, DirectoryQuery, MOST_FOUND, search_directory};
pub use overview::{case_end, customer_overview};
pub use search::{Matches, search_customers};

use crate::{
    access::{Grant, link::LinkKeys},
    domain::{Actor, Belonging, CaseId, Change, Customer, CustomerId, ObjectStructure, Timestamp},
    normal::Region,
    store::{ID_IN_LINK, Store},
};

/// A pause between two records that are compared: only in pauses can a request's deadline fire.
async fn pause() {
    tokio::task::yield_now().await;
}

/// Those of the customers who are meant.
async fn kept(customers: Vec<Customer>, is_meant: impl Fn(&Customer) -> bool) -> Vec<Customer> {
    let mut kept = Vec::new();
    for customer in customers {
        pause().await;
        if is_meant(&customer) {
            kept.push(customer);
        }
    }
    kept
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
    pub fn store(&self) -> &Store {
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

    /// The id of the tenant's first brand, where it has brands: that of customers who have none of their own.
    pub fn default_brand(&self) -> Option<&str> {
        self.grant.settings.default_brand()
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
        let own = self.grant.settings.customer_link.as_deref();
        self.link(own, origin, "/agent/customer/", &id.to_string())
    }

    /// Where an agent sees the case, likewise.
    pub fn case_link(&self, id: CaseId, origin: &str) -> String {
        let own = self.grant.settings.case_link.as_deref();
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
