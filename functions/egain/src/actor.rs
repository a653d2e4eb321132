//! Who asks (contract section 1): the permission of the key tells.

use std::collections::BTreeSet;

use shared::{access::Permission, domain::CustomerId, error::Error, operations::Session};

use crate::rules::{ACTION, ATTRIBUTE, COMMON, CRITERIA, DEPARTMENT, NO_ACTION, refusal};

/// One of the three actors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A client application.
    Client,
    /// An agent, and the ids of the departments that they belong to.
    User(BTreeSet<String>),
    /// A customer who asks for themselves.
    Customer(CustomerId),
}

impl Actor {
    /// The actor of a request. Inferred: a key of several permissions is the one that sees the most.
    ///
    /// # Errors
    /// A customer's key that says not whose.
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

    /// Whether a parameter is open to the actor. Documented.
    pub fn may_send(&self, name: &str) -> bool {
        match self {
            Self::Client => CRITERIA.contains(&name) || COMMON.contains(&name) || name == DEPARTMENT,
            Self::User(_) => CRITERIA.contains(&name) || COMMON.contains(&name),
            Self::Customer(_) => name == ATTRIBUTE,
        }
    }
}
