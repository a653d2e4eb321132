//! Changes: who made one, and when.

use serde::{Deserialize, Serialize};

use super::{Timestamp, User, model::check_length};

/// The acting user that a request names. It is recorded, and never authorises anything.
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
    /// The agent's id in the system from which a record was imported.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user: Option<User>,
}

impl Actor {
    /// Checks that no part is longer than an e-mail address or the name of another system.
    ///
    /// # Errors
    /// A sentence for the person who entered it.
    pub fn check(&self) -> Result<(), String> {
        const LONGEST: usize = 320;
        let agent = self.agent.as_deref().unwrap_or_default();
        check_length(agent, LONGEST).map_err(|why| format!("has an agent whose address {why}"))?;
        self.user.as_ref().map_or(Ok(()), User::check)
    }
}

/// When something was done and by whom, such as a record's creation or last change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
}
