//! A customer's timeline: contacts between the company and the customer, and events that other systems report. Cases are not part of it.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumString, IntoStaticStr, VariantArray};

use super::{EventId, Timestamp};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    pub id: EventId,
    /// When it happened. For an activity, when it was sent.
    pub at: Timestamp,
    /// What it was.
    pub what: Happening,
}

/// The kind of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Happening {
    /// A contact: a mail, a chat, a call.
    Activity(Activity),
    /// An event that another system reports, such as an order or a mailing.
    External(External),
}

/// A contact between the company and a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Activity {
    /// The medium.
    #[serde(rename = "type")]
    pub medium: Medium,
    /// The direction.
    pub mode: Mode,
    /// Whether it was read.
    #[serde(default)]
    pub is_read: bool,
    /// Whether it was sent securely.
    #[serde(default)]
    pub is_secure: bool,
}

/// The medium of an activity (eGain customer search, section 2.3: `type`).
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

/// The direction of an activity (eGain customer search, section 2.3: `mode`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, EnumCount, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Mode {
    /// From the customer to the company.
    Inbound,
    /// From the company to the customer.
    Outbound,
    /// Neither: a task.
    None,
}

/// An event that another system reports about a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct External {
    /// What happened, in the words of the other system.
    pub message: String,
    /// Who reported it.
    pub initiated_by: String,
    /// A link to further information.
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
