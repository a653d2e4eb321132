//! A customer's timeline: what happened between the company and the customer, elsewhere than in cases.

use serde::{Deserialize, Serialize};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the contract's own")]
pub enum Medium {
    Email,
    Social,
    CallTrack,
    Chat,
    Task,
}

/// Who wrote to whom (eGain customer search, section 2.3: `mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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

impl Medium {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::Email, Self::Social, Self::CallTrack, Self::Chat, Self::Task];

    /// As files, keys and the wire have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Social => "social",
            Self::CallTrack => "call_track",
            Self::Chat => "chat",
            Self::Task => "task",
        }
    }

    /// Reads a medium.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|medium| medium.name() == name)
    }
}

impl Mode {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Inbound, Self::Outbound, Self::None];

    /// As files, keys and the wire have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::None => "none",
        }
    }

    /// Reads a mode.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_medium_and_a_mode_have_one_name() {
        for medium in Medium::ALL {
            assert_eq!(serde_json::to_value(medium).unwrap(), medium.name());
            assert_eq!(Medium::parse(medium.name()), Some(medium));
        }
        for mode in Mode::ALL {
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.name());
            assert_eq!(Mode::parse(mode.name()), Some(mode));
        }
    }
}
