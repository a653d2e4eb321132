//! Plays Khoros' gateway: sends the same requests with the same headers, and remembers all answers.

use super::outcome::{Symptom, Trouble, broken};
use crate::instance_url::InstanceUrl;
use crate::secret::Secret;
use http_client::{Answer, Cause, Client, NoAnswer};
use serde_json::Value;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The agent in the requests. Its domain is reserved.
const AGENT: &str = "crm-doctor@example.invalid";
/// The part of an error's body that is kept for checking its format.
const KEPT: usize = 64 << 10;

/// The gateway.
pub struct Gateway {
    client: Client,
    base: InstanceUrl,
    authorization: Secret,
    company: Option<String>,
    seen: Mutex<Vec<Seen>>,
}

/// The `Authorization` of a call.
#[derive(Debug, Clone, Copy)]
pub enum Key<'a> {
    /// The registered one.
    Registered,
    /// None at all.
    Missing,
    /// Another one.
    Other(&'a str),
}

/// A call and its result.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Method and path, as in `POST /customers`.
    pub request: String,
    /// What came back.
    pub result: Result<Answer, NoAnswer>,
}

/// The record of a call, for the rules about all answers.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The call. The body of a success is not kept, only its length.
    pub reply: Reply,
    /// The length of the answer's body.
    pub length: usize,
    /// The ids of the records that the answer lists, in its order.
    pub listed: Vec<String>,
    /// Whether the answer is a body of 8 MB or fewer that contains the key.
    pub shows_key: bool,
}

impl Gateway {
    /// A gateway for one registration.
    pub fn new(base: InstanceUrl, authorization: Secret, company: Option<String>, limit: Duration) -> Self {
        Self {
            client: Client::new(base.as_str(), limit),
            base,
            authorization,
            company,
            seen: Mutex::new(Vec::new()),
        }
    }

    /// The registered URL.
    pub fn base(&self) -> &InstanceUrl {
        &self.base
    }

    /// The registered key.
    pub fn authorization(&self) -> &Secret {
        &self.authorization
    }

    /// `GET path`; paths begin with a slash and follow the base.
    pub fn get(&self, path: &str) -> Reply {
        self.send(Key::Registered, "GET", path, &[], None)
    }

    /// `POST path` with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Key::Registered, "POST", path, &[], Some(body.to_string().as_bytes()))
    }

    /// `PATCH path` with a JSON body.
    pub fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(Key::Registered, "PATCH", path, &[], Some(body.to_string().as_bytes()))
    }

    /// Any call. `extra` headers replace those of the same name.
    pub fn send(&self, key: Key, method: &str, path: &str, extra: &[(&str, &str)], body: Option<&[u8]>) -> Reply {
        let mut headers = vec![
            ("accept", "application/json"),
            ("x-sf-user-email", AGENT),
            ("x-sf-email", AGENT),
        ];
        headers.extend(self.company.as_deref().map(|company| ("x-sf-company-id", company)));
        headers.extend(body.map(|_| ("content-type", "application/json")));
        match key {
            Key::Registered => headers.push(("authorization", self.authorization.reveal())),
            Key::Missing => {}
            Key::Other(value) => headers.push(("authorization", value)),
        }
        headers.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
        headers.extend_from_slice(extra);
        let url = format!("{}{path}", self.base);
        let reply = Reply {
            request: format!("{method} {path}"),
            result: self.client.call(method, &url, &headers, body),
        };
        self.remember(&reply);
        reply
    }

    /// Opens a link as an agent's browser would, without the key. Redirects are not followed.
    pub fn browse(&self, url: &str) -> Reply {
        Reply {
            request: format!("GET {url}"),
            result: self.client.call("GET", url, &[("accept", "text/html")], None),
        }
    }

    fn remember(&self, reply: &Reply) {
        let mut reply = reply.clone();
        let (mut length, mut shows_key) = (0, false);
        let listed = reply.listed();
        if let Ok(answer) = &mut reply.result {
            length = answer.body.len();
            shows_key = self.authorization.shows_in(&String::from_utf8_lossy(&answer.body));
            answer.body.truncate(if answer.status < 400 { 0 } else { KEPT });
        }
        self.lock().push(Seen {
            reply,
            length,
            listed,
            shows_key,
        });
    }

    /// Everything that was answered so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.lock().clone()
    }

    /// Whether the last `n` calls all went without an answer.
    pub fn is_silent(&self, n: usize) -> bool {
        let seen = self.lock();
        seen.len() >= n && seen.iter().rev().take(n).all(|seen| seen.reply.result.is_err())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reply {
    /// The call and its answer, for people.
    pub fn came(&self) -> String {
        match &self.result {
            Ok(answer) => format!("{}: {}", self.request, answer.excerpt()),
            Err(no_answer) => format!("{}: {no_answer}", self.request),
        }
    }

    /// The status, if anything came back.
    pub fn status(&self) -> Option<u16> {
        self.result.as_ref().ok().map(|answer| answer.status)
    }

    /// Whether Khoros would consider the request successful.
    pub fn is_success(&self) -> bool {
        self.result.as_ref().is_ok_and(Answer::is_success)
    }

    /// Whether it timed out.
    pub fn timed_out(&self) -> bool {
        matches!(&self.result, Err(no_answer) if no_answer.cause == Cause::Timeout)
    }

    /// The body as JSON; `null` where there is none.
    pub fn json(&self) -> Value {
        self.result.as_ref().map_or(Value::Null, Answer::json)
    }

    /// Expects an answer with this status.
    pub fn expect(&self, status: u16) -> Result<(), Trouble> {
        if self.status() == Some(status) {
            return Ok(());
        }
        Err(Trouble::Broken {
            expected: format!("status {status}"),
            came: self.came(),
            symptom: Some(Symptom {
                operation: self.operation(),
                wanted: status,
                status: self.status(),
            }),
        })
    }

    /// The call without the id of its record.
    pub fn operation(&self) -> String {
        let is_of_record = |path: &str| path.starts_with("/customer/") || path.starts_with("/case/");
        match self.request.split_once(' ') {
            Some((method, path)) if is_of_record(path) && path != "/customer/bestmatch" => {
                let mut parts: Vec<&str> = path.split('/').collect();
                parts[2] = "{id}";
                format!("{method} {}", parts.join("/"))
            }
            _ => self.request.clone(),
        }
    }

    /// The ids in a list of records; none in any other answer.
    fn listed(&self) -> Vec<String> {
        let body = self.json();
        let items = body.as_array().into_iter().flatten();
        items.filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
    }

    /// Expects an answer with this status and a JSON object.
    pub fn object(&self, status: u16) -> Result<Value, Trouble> {
        self.expect(status)?;
        let body = self.json();
        if body.is_object() {
            return Ok(body);
        }
        Err(broken(format!("{status} with a JSON object"), self.came()))
    }

    /// Expects an answer with this status and a JSON array of objects.
    pub fn list(&self, status: u16) -> Result<Vec<Value>, Trouble> {
        self.expect(status)?;
        match self.json() {
            Value::Array(items) if items.iter().all(Value::is_object) => Ok(items),
            _ => Err(broken(format!("{status} with a JSON array of objects"), self.came())),
        }
    }

    /// Expects a refusal with this status that names at least these fields in `fields`.
    pub fn refused(&self, status: u16, named: &[&str]) -> Result<(), Trouble> {
        self.expect(status)?;
        let found = self.fields_named();
        let missing: Vec<&str> = named
            .iter()
            .copied()
            .filter(|name| !found.iter().any(|found| found == name))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let expected = format!("{status} with \"fields\" naming {}", named.join(", "));
        Err(broken(expected, self.came()))
    }

    /// The names in an error's `fields`. A name may go on into its value: `interactions[0].body` counts as `interactions`.
    pub fn fields_named(&self) -> Vec<String> {
        let body = self.json();
        let fields = body["fields"].as_array().into_iter().flatten();
        fields
            .filter_map(|field| field["name"].as_str())
            .map(|name| name.split(['.', '[', '/']).next().unwrap_or_default().to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            request: "GET /x".to_owned(),
            result: Ok(Answer {
                status,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: body.as_bytes().to_vec(),
                elapsed: Duration::ZERO,
            }),
        }
    }

    #[test]
    fn an_object_is_neither_a_list_nor_another_status() {
        assert!(reply(200, "{}").object(200).is_ok());
        assert!(reply(200, "{}").object(201).is_err());
        assert!(reply(200, "[]").object(200).is_err());
        assert!(reply(200, "{}").list(200).is_err());
        assert!(reply(200, "[1]").list(200).is_err());
    }

    #[test]
    fn an_operation_names_no_record() {
        for (request, operation) in [
            ("PATCH /customer/C1", "PATCH /customer/{id}"),
            ("GET /customer/C1/cases", "GET /customer/{id}/cases"),
            ("GET /case/K1", "GET /case/{id}"),
            ("POST /customer/bestmatch", "POST /customer/bestmatch"),
            ("POST /customers", "POST /customers"),
        ] {
            let request = request.to_owned();
            let result = reply(200, "[]").result;
            assert_eq!(Reply { request, result }.operation(), operation);
        }
    }

    #[test]
    fn a_refusal_names_its_fields() {
        let refusal = reply(
            422,
            r#"{"message": "x", "fields": [{"name": "interactions[0].body"}, {"name": "title"}]}"#,
        );
        assert!(refusal.refused(422, &["title", "interactions"]).is_ok());
        assert!(refusal.refused(422, &["status"]).is_err());
        assert!(refusal.refused(400, &[]).is_err());
    }
}
