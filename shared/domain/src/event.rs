//! A customer's timeline: what happened between the company and the customer, elsewhere than in cases.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumString, IntoStaticStr, VariantArray};

use super::{EventId, Timestamp};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    pub id: EventId,
    /// When it happened; of an activity, when it was sent.
    pub at: Timestamp,
    /// What it was.
    pub what: Happening,
}

/// What an event was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Happening {
    /// A contact: a mail, a chat, a call.
    Activity(Activity),
    /// Something that another system tells: an order, a mailing.
    External(External),
}

/// A contact between the company and a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Activity {
    /// Over what.
    #[serde(rename = "type")]
    pub medium: Medium,
    /// Who wrote.
    pub mode: Mode,
    /// Whether it was read.
    #[serde(default)]
    pub is_read: bool,
    /// Whether it was sent securely.
    #[serde(default)]
    pub is_secure: bool,
}

/// What an activity went over (eGain customer search, section 2.3: `type`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, EnumCount, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the contract's own")]
pub enum Medium {
    Email,
    Social,
    CallTrack,
    Chat,
    Task,
}

/// Who wrote to whom (eGain customer search, section 2.3: `mode`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, EnumCount, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Mode {
    /// The customer to the company.
    Inbound,
    /// The company to the customer.
    Outbound,
    /// Nobody to anybody: a task.
    None,
}

/// What another system tells of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct External {
    /// What happened, as it was told.
    pub message: String,
    /// Who told it.
    pub initiated_by: String,
    /// Where there is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
}

impl Event {
    /// The activity, if it is one.
    pub fn activity(&self) -> Option<Activity> {
        match self.what {
            Happening::Activity(activity) => Some(activity),
            Happening::External(_) => None,
        }
    }
}
