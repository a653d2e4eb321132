//! The calling actor, which the key's permission determines (contract section 1).

use std::collections::BTreeSet;

use crm_domain::{CustomerId, Permission, error::Error};
use crm_service::Session;

use crate::rules::{ACTION, ATTRIBUTE, COMMON, CRITERIA, DEPARTMENT, NO_ACTION, refusal};

/// One of the three actors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A client application.
    Client,
    /// An agent, with the ids of the departments whose customers they may see.
    User(BTreeSet<String>),
    /// A customer, who may read their own record only.
    Customer(CustomerId),
}

impl Actor {
    /// The actor of a request. Inferred: a key with several permissions acts as the one that sees the most.
    ///
    /// # Errors
    /// When a customer's key does not name the customer.
    pub fn of(session: &Session) -> Result<Self, Error> {
        let key = &session.grant.key;
        if key.permissions.contains(&Permission::EgainClient) {
            return Ok(Self::Client);
        }
        if key.permissions.contains(&Permission::EgainUser) {
            return Ok(Self::User(key.departments.clone()));
        }
        key.customer
            .map(Self::Customer)
            .ok_or_else(|| refusal(NO_ACTION, &[ACTION], &[]))
    }

    /// Whether the actor may send a parameter (contract section 1.3). Documented.
    pub fn may_send(&self, name: &str) -> bool {
        match self {
            Self::Client => CRITERIA.contains(&name) || COMMON.contains(&name) || name == DEPARTMENT,
            Self::User(_) => CRITERIA.contains(&name) || COMMON.contains(&name),
            Self::Customer(_) => name == ATTRIBUTE,
        }
    }
}
