//! Who changed what, and when.

use serde::{Deserialize, Serialize};

use super::{Timestamp, User};

/// Who a request says is acting. Khoros' context headers (contract section 1); a note for the record, never an authorisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The agent's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub agent: Option<String>,
    /// The Khoros initiative that the agent works in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub initiative: Option<i64>,
    /// The Khoros company that the agent belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub company: Option<i64>,
    /// The agent in the system that a record was brought from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user: Option<User>,
}

/// A moment and who acted: a record's creation and its last change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
}
