//! Who changed what, and when.

use serde::{Deserialize, Serialize};

use super::{Timestamp, User, model::check_length};

/// Who a request says is acting: a note for the record, never an authorisation.
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

impl Actor {
    /// Whether no part is longer than an e-mail address or another system's name.
    ///
    /// # Errors
    /// A sentence for whoever wrote it.
    pub fn check(&self) -> Result<(), String> {
        const LONGEST: usize = 320;
        let agent = self.agent.as_deref().unwrap_or_default();
        check_length(agent, LONGEST).map_err(|why| format!("has an agent whose address {why}"))?;
        self.user.as_ref().map_or(Ok(()), User::check)
    }
}

/// A moment and who acted: a record's creation and its last change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
}
