//! Where a tenant's changes are sent: its webhook, or an event bus of the company's (decisions 0047 and 0052).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, error::FieldError, webhook::Webhook};

/// The longest name of an event bus.
const LONGEST_NAME: usize = 256;
/// The partitions of AWS in which event buses are known to have the usual addresses.
const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];
const ACCOUNT_DIGITS: usize = 12;

/// The ARN of an event bus of Amazon EventBridge: `arn:aws:events:REGION:ACCOUNT:event-bus/NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BusArn {
    text: String,
    region: String,
}

impl BusArn {
    /// Reads an ARN.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, "events", region, account, resource] = parts[..] else {
            return None;
        };
        let name = resource.strip_prefix("event-bus/")?;
        // Both are parts of addresses and policies, so nothing else may be in them.
        let is_region = !region.is_empty()
            && region
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let is_account = account.len() == ACCOUNT_DIGITS && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = (1..=LONGEST_NAME).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte));
        (PARTITIONS.contains(&partition) && is_region && is_account && is_name).then(|| Self {
            text: text.to_owned(),
            region: region.to_owned(),
        })
    }

    /// The ARN.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The region of the bus.
    pub fn region(&self) -> &str {
        &self.region
    }
}

impl fmt::Display for BusArn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl TryFrom<String> for BusArn {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not the ARN of an event bus")
    }
}

impl From<BusArn> for String {
    fn from(arn: BusArn) -> Self {
        arn.text
    }
}

/// An event bus to which a tenant's changes are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventBus {
    /// The bus.
    pub event_bus: BusArn,
    /// When it was set up. Earlier changes are not sent unless an operator asks for them.
    pub since: Timestamp,
}

/// Where a tenant's changes are sent. The stored forms differ in their attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PushTarget {
    /// To an HTTPS endpoint.
    Webhook(Webhook),
    /// To an event bus.
    EventBus(EventBus),
}

impl PushTarget {
    /// When it was set up. Earlier changes are not sent unless an operator asks for them.
    pub fn since(&self) -> Timestamp {
        match self {
            Self::Webhook(webhook) => webhook.since,
            Self::EventBus(bus) => bus.since,
        }
    }

    /// Whether its address may be in a private network. AWS' services can have addresses there, and nobody chooses these.
    pub fn may_be_private(&self) -> bool {
        match self {
            Self::Webhook(webhook) => webhook.private,
            Self::EventBus(_) => true,
        }
    }

    /// Checks that functions can work with it.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), FieldError> {
        match self {
            Self::Webhook(webhook) => webhook.check(),
            Self::EventBus(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::WebhookSecret;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);
    const ARN: &str = "arn:aws:events:eu-west-1:123456789012:event-bus/crm";

    #[test]
    fn an_arn_names_a_bus_and_its_region() {
        for (text, region) in [
            (ARN, "eu-west-1"),
            ("arn:aws-cn:events:cn-north-1:123456789012:event-bus/default", "cn-north-1"),
            (
                "arn:aws-us-gov:events:us-gov-west-1:123456789012:event-bus/a.b_c-d/e",
                "us-gov-west-1",
            ),
        ] {
            let arn = BusArn::parse(text).unwrap();
            assert_eq!((arn.as_str(), arn.region()), (text, region));
        }
        for wrong in [
            "",
            "crm",
            "arn:aws:events:eu-west-1:123456789012:rule/crm",
            "arn:aws:events:eu-west-1:123456789012:event-bus/",
            "arn:aws:events:eu-west-1:123456789012:event-bus/crm:1",
            "arn:aws:events:eu-west-1:123456789012:event-bus/crm\"",
            "arn:aws:events:eu-west-1:1234:event-bus/crm",
            "arn:aws:events::123456789012:event-bus/crm",
            "arn:aws:events:evil.example/:123456789012:event-bus/crm",
            "arn:aws:sqs:eu-west-1:123456789012:event-bus/crm",
            "arn:evil:events:eu-west-1:123456789012:event-bus/crm",
            &format!("arn:aws:events:eu-west-1:123456789012:event-bus/{}", "x".repeat(257)),
        ] {
            assert_eq!(BusArn::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_target_reads_back_as_what_it_is() {
        let bus = PushTarget::EventBus(EventBus {
            event_bus: BusArn::parse(ARN).unwrap(),
            since: NOW,
        });
        let webhook = PushTarget::Webhook(Webhook {
            url: "https://hooks.example/".to_owned(),
            private: false,
            secrets: vec![WebhookSecret {
                value: "whsec_one".to_owned(),
                until: None,
            }],
            since: NOW,
        });
        for target in [bus, webhook] {
            let stored = serde_json::to_value(&target).unwrap();
            assert_eq!(serde_json::from_value::<PushTarget>(stored).unwrap(), target);
            assert_eq!(target.since(), NOW);
        }
        let wrong = serde_json::json!({"event_bus": "crm", "since": 1});
        assert!(serde_json::from_value::<PushTarget>(wrong).is_err());
    }
}
