//! Events on a bus of Amazon EventBridge: its operation `PutEvents` (decision 0052).

use std::{env, time::Duration};

use crm_domain::{BusArn, Timestamp};
use serde_json::{Value, json};
use url::Url;

use crate::{
    Caller, MOST_REPLIED, Outgoing,
    aws::{Account, Service, domain},
};

/// The source of all events.
const SOURCE: &str = "khoros-crm";
/// The variable with another address, which AWS' own programs also read.
const ENDPOINT: &str = "AWS_ENDPOINT_URL_EVENTBRIDGE";
/// The longest error code of AWS that is repeated.
const LONGEST_CODE: usize = 64;

/// An event.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// What happened; rules of the bus select by it.
    pub kind: &'a str,
    /// When it happened.
    pub at: Timestamp,
    /// What is to be said about it, a JSON object.
    pub detail: &'a str,
}

impl Event<'_> {
    /// The body of `PutEvents`. There is one event in each call: in a call with several, the bus may accept a later change of a record and
    /// refuse an earlier one.
    fn put(self, bus: &BusArn) -> String {
        let entry = json!({
            "EventBusName": bus.as_str(),
            "Source": SOURCE,
            "DetailType": self.kind,
            "Time": self.at.seconds(),
            "Detail": self.detail,
        });
        json!({"Entries": [entry]}).to_string()
    }
}

/// Puts events on a bus.
#[derive(Debug, Clone, Copy)]
pub struct EventBusCaller<'a> {
    /// Sends the requests. EventBridge may have an address in the company's own network, so its guard allows private ones.
    pub caller: &'a Caller,
    /// Whose calls these are.
    pub account: &'a Account,
    /// The bus.
    pub bus: &'a BusArn,
}

impl EventBusCaller<'_> {
    /// Puts an event on the bus.
    ///
    /// # Errors
    /// Why the bus did not accept it, in words.
    pub async fn put(&self, event: Event<'_>, patience: Duration) -> Result<(), String> {
        let region = self.bus.region();
        let endpoint = env::var(ENDPOINT).unwrap_or_else(|_| format!("https://events.{region}.{}/", domain(region)));
        let url = Url::parse(&endpoint).map_err(|_| "its address cannot be read")?;
        let request = Outgoing {
            method: "POST",
            url: &url,
            headers: &[
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", "AWSEvents.PutEvents"),
            ],
            body: &event.put(self.bus),
            patience,
            most_bytes: MOST_REPLIED,
        };
        let service = Service { name: "events", region };
        let answer = self.account.send(self.caller, service, request).await?;
        refusal(answer.status, &answer.body).map_or(Ok(()), Err)
    }
}

/// Why the bus did not accept the event, by the status and body of its answer; `None` if it did.
fn refusal(status: u16, body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    if status != 200 {
        return Some(format!("its status is {status}{}", code(&answer["__type"])));
    }
    match (
        answer["FailedEntryCount"].as_u64(),
        answer["Entries"].as_array().map(Vec::as_slice),
    ) {
        (Some(0), Some([one])) if one["EventId"].is_string() => None,
        (Some(1), Some([one])) => Some(format!("it refused the event{}", code(&one["ErrorCode"]))),
        _ => Some("its answer is not the one of PutEvents".to_owned()),
    }
}

/// An error code of AWS in parentheses. Whatever the answer says, only letters and digits are repeated.
fn code(value: &Value) -> String {
    let code = value.as_str().unwrap_or_default().rsplit('#').next().unwrap_or_default();
    let is_code = (1..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_code { format!(" ({code})") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_names_bus_source_kind_and_time() {
        let bus = BusArn::parse("arn:aws:events:eu-west-1:123456789012:event-bus/crm").unwrap();
        let event = Event {
            kind: "customer.updated",
            at: Timestamp::from_milliseconds(1_795_305_600_999),
            detail: r#"{"type":"customer.updated"}"#,
        };
        let put: Value = serde_json::from_str(&event.put(&bus)).unwrap();
        assert_eq!(
            put,
            json!({"Entries": [{
                "EventBusName": "arn:aws:events:eu-west-1:123456789012:event-bus/crm",
                "Source": "khoros-crm",
                "DetailType": "customer.updated",
                "Time": 1_795_305_600,
                "Detail": "{\"type\":\"customer.updated\"}",
            }]})
        );
    }

    #[test]
    fn only_an_entry_with_an_id_is_accepted() {
        let refusal = |status, body: &Value| refusal(status, body.to_string().as_bytes());
        let accepted = json!({"FailedEntryCount": 0, "Entries": [{"EventId": "11710aed"}]});
        assert_eq!(refusal(200, &accepted), None);
        for (status, body, wanted) in [
            (500, accepted, "its status is 500"),
            (
                400,
                json!({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "User: secret"}),
                "its status is 400 (AccessDeniedException)",
            ),
            (403, json!({"__type": "an <injected> text"}), "its status is 403"),
            (
                200,
                json!({"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "secret"}]}),
                "it refused the event (ThrottlingException)",
            ),
            (200, json!({"FailedEntryCount": 1, "Entries": [{}]}), "it refused the event"),
            (
                200,
                json!({"FailedEntryCount": 0, "Entries": []}),
                "its answer is not the one of PutEvents",
            ),
            (200, Value::Null, "its answer is not the one of PutEvents"),
        ] {
            assert_eq!(refusal(status, &body).as_deref(), Some(wanted));
        }
    }
}
