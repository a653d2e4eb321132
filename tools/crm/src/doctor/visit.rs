//! A visit: the gateway, what was learned so far, and the created records.

use super::gateway::{Gateway, Reply};
use super::mark::VisitMark;
use super::model::{Field, Model};
use super::outcome::{Outcome, Trouble, broken, not_asked};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

/// The state that checks share. They run in order, and later ones use the records of earlier ones.
pub struct Visit {
    /// The gateway that plays Khoros.
    pub gateway: Gateway,
    /// The mark of the visit's records.
    pub mark: VisitMark,
    /// The fields of customers, once they are read.
    pub customer_model: Model,
    /// The fields of cases, once they are read.
    pub case_model: Model,
    /// The fields that were sent for the first customer.
    pub sent: Map<String, Value>,
    /// The first customer, with every field filled.
    pub customer: Option<Value>,
    /// The second, with the mark and an e-mail only.
    pub second: Option<Value>,
    /// The first case, with everything.
    pub case: Option<Value>,
    /// The custom fields that were sent for it.
    pub sent_case: Map<String, Value>,
    /// The second, with a title only.
    pub small_case: Option<Value>,
    /// All created records, intended or not.
    pub records: Vec<Record>,
    /// Fields that the server requires beyond the contract: of customers or cases, by name.
    required: BTreeSet<(&'static str, String)>,
    /// Creates without an answer, which may have created something.
    pub unanswered_creates: usize,
    /// How long a search did not find a new customer.
    pub search_lag: Option<Duration>,
    /// How long a search index may lag behind a write.
    pub patience: Duration,
    /// The reason why nothing more can be tested.
    pub stop: Option<String>,
}

/// A record that the visit created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// `customer` or `case`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
}

impl Record {
    /// Its path.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.kind, self.id)
    }
}

impl Visit {
    /// A visit before its first request.
    pub fn new(gateway: Gateway, mark: VisitMark, patience: Duration) -> Self {
        Self {
            gateway,
            mark,
            customer_model: Model::default(),
            case_model: Model::default(),
            sent: Map::new(),
            customer: None,
            second: None,
            case: None,
            sent_case: Map::new(),
            small_case: None,
            records: Vec::new(),
            required: BTreeSet::new(),
            unanswered_creates: 0,
            search_lag: None,
            patience,
            stop: None,
        }
    }

    /// `POST /customer` or `POST /case`. A created record is remembered, even if a refusal was expected. Fields that the server requires
    /// beyond the contract are filled in; a refusal names them, the model does not.
    pub fn create(&mut self, kind: &'static str, body: &Value) -> Reply {
        let path = format!("/{kind}");
        let mut reply = self.gateway.post(&path, &self.completed(kind, body));
        let missing = self.missing(kind, body, &reply);
        if !missing.is_empty() {
            self.required.extend(missing.into_iter().map(|name| (kind, name)));
            reply = self.gateway.post(&path, &self.completed(kind, body));
        }
        self.remember(kind, &reply);
        reply
    }

    /// A body with a value for every field that is known to be required. An empty body stays empty.
    fn completed(&self, kind: &str, body: &Value) -> Value {
        let Some(members) = body.as_object().filter(|members| !members.is_empty()) else {
            return body.clone();
        };
        let mut members = members.clone();
        for (_, name) in self.required.iter().filter(|(of, _)| *of == kind) {
            let field = self.model_of(kind).field(name);
            if let Some(sample) = field.and_then(|field| field.sample(&self.mark)) {
                members.entry(name.clone()).or_insert(sample);
            }
        }
        Value::Object(members)
    }

    /// The fields of the model that a refusal says are required, that the body does not have, and that are not filled in yet.
    fn missing(&self, kind: &'static str, body: &Value, reply: &Reply) -> Vec<String> {
        if reply.status() != Some(422) || body.as_object().is_none_or(Map::is_empty) {
            return Vec::new();
        }
        let answer = reply.json();
        let fields = answer["fields"].as_array().into_iter().flatten();
        let says = |field: &&Value| ["errorMessage", "message"].map(|name| field[name].as_str().unwrap_or_default().to_lowercase());
        let required = fields.filter(|field| says(field).iter().any(|message| message.contains("required")));
        let names = required.filter_map(|field| field["name"].as_str());
        let model = self.model_of(kind);
        let is_fillable = |name: &&str| match kind {
            "case" => model.custom().any(|field| field.name == *name),
            _ => model.fillable().any(|field| field.name == *name),
        };
        names
            .filter(is_fillable)
            .filter(|name| body.get(*name).is_none() && !self.required.contains(&(kind, (*name).to_owned())))
            .map(str::to_owned)
            .collect()
    }

    fn model_of(&self, kind: &str) -> &Model {
        if kind == "case" {
            &self.case_model
        } else {
            &self.customer_model
        }
    }

    /// Remembers the record that a create has made, or may have made.
    pub fn remember(&mut self, kind: &'static str, reply: &Reply) {
        if reply.result.is_err() {
            self.unanswered_creates += 1;
        }
        let id = id_of(&reply.json());
        if let Some(id) = id.filter(|_| reply.is_success()) {
            let record = Record { kind, id };
            if !self.records.contains(&record) {
                self.records.push(record);
            }
        }
    }

    /// The id of the first customer.
    pub fn customer_id(&self) -> Result<String, Trouble> {
        made(self.customer.as_ref(), "a customer", "customer-create")
    }

    /// The id of the second customer.
    pub fn second_id(&self) -> Result<String, Trouble> {
        made(self.second.as_ref(), "a second customer", "customer-create")
    }

    /// The id of the first case.
    pub fn case_id(&self) -> Result<String, Trouble> {
        made(self.case.as_ref(), "a case", "case-create")
    }

    /// The field with the mark.
    pub fn mark_field(&self) -> Result<Field, Trouble> {
        let field = self
            .customer_model
            .mark_field()
            .filter(|field| self.sent.is_empty() || self.sent.contains_key(&field.name));
        field
            .cloned()
            .ok_or_else(|| not_asked("the customer model has no text field for the doctor's mark"))
    }

    /// The mark in a search: its field and value.
    pub fn mark_criteria(&self) -> Result<Map<String, Value>, Trouble> {
        let field = self.mark_field()?;
        if !field.searchable {
            return Err(not_asked(format!("{} is not searchable", field.name)));
        }
        Ok(Map::from_iter([(field.name, json!(self.mark.text()))]))
    }

    /// A customer with nothing but the mark and these fields.
    pub fn marked(&self, fields: &[(&str, Value)]) -> Result<Value, Trouble> {
        let mut body = Map::from_iter([(self.mark_field()?.name, json!(self.mark.text()))]);
        body.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Ok(Value::Object(body))
    }

    /// At least `n` texts of a customer that can be changed at will.
    pub fn free_texts(&self, n: usize) -> Result<Vec<String>, Trouble> {
        let usable = |field: &&Field| self.sent.is_empty() || self.sent.contains_key(&field.name);
        let names: Vec<String> = self
            .customer_model
            .free_texts()
            .into_iter()
            .filter(usable)
            .map(|field| field.name.clone())
            .collect();
        if names.len() < n {
            return Err(not_asked(format!(
                "the customer model has fewer than {n} text fields of no special format"
            )));
        }
        Ok(names)
    }

    /// The first customer as stored.
    pub fn stored_customer(&self) -> Result<Value, Trouble> {
        self.gateway.get(&format!("/customer/{}", self.customer_id()?)).object(200)
    }

    /// The first case as stored.
    pub fn stored_case(&self) -> Result<Value, Trouble> {
        self.gateway.get(&format!("/case/{}", self.case_id()?)).object(200)
    }

    /// Asks until the answer is right or the time is up. Returns how long it took, or the last answer.
    pub fn eventually(&self, ask: impl Fn(&Gateway) -> Reply, good: impl Fn(&Reply) -> bool) -> Result<Duration, Reply> {
        let begun = Instant::now();
        let mut pause = Duration::from_millis(50);
        loop {
            let reply = ask(&self.gateway);
            if good(&reply) {
                return Ok(begun.elapsed());
            }
            if begun.elapsed() >= self.patience || reply.status().is_none_or(|status| status >= 300) {
                return Err(reply);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }

    /// Searches until the customer is found.
    pub fn finds(&self, criteria: &Value, id: &str) -> Result<Duration, Reply> {
        self.eventually(|gateway| gateway.post("/customers", criteria), |reply| lists(reply, id))
    }

    /// Calls until the customer is the best match.
    pub fn matches_first(&self, identity: &Value, id: &str) -> Outcome {
        let first = |reply: &Reply| reply.json()[0]["id"] == id;
        self.eventually(|gateway| gateway.post("/customer/bestmatch", identity), first)
            .map(|_| None)
            .map_err(|reply| broken(format!("200 with customer {id} first, for {identity}"), reply.came()))
    }
}

/// Whether a list in the answer has a record of this id.
pub fn lists(reply: &Reply, id: &str) -> bool {
    reply
        .json()
        .as_array()
        .is_some_and(|items| items.iter().any(|item| item["id"] == id))
}

/// A record's id, where it is one: a text that can stand in a path.
pub fn id_of(record: &Value) -> Option<String> {
    let id = record["id"].as_str()?;
    let safe = |c: char| c.is_ascii_alphanumeric() || "-._~:@!$&'()*+,;=".contains(c);
    (!id.is_empty() && id.chars().all(safe)).then(|| id.to_owned())
}

fn made(record: Option<&Value>, what: &str, check: &str) -> Result<String, Trouble> {
    record
        .and_then(id_of)
        .ok_or_else(|| not_asked(format!("needs {what}, which could not be made: see {check}")))
}

/// Whether the shown value is the sent one, perhaps normalised: spaces, case, punctuation and a URL's scheme may differ.
pub fn is_same_value(sent: &Value, shown: &Value) -> bool {
    let plain = |value: &Value| -> String {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
    };
    let (sent, shown) = (plain(sent), plain(shown));
    !shown.is_empty() && (sent == shown || sent.ends_with(&shown) || shown.ends_with(&sent))
}

/// Makes two calls in parallel.
pub fn at_once(one: impl Fn() -> Reply + Send, two: impl Fn() -> Reply + Send) -> (Option<Reply>, Option<Reply>) {
    thread::scope(|scope| {
        let (one, two) = (scope.spawn(one), scope.spawn(two));
        (one.join().ok(), two.join().ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalised_values_are_the_same() {
        for (sent, shown) in [
            (json!("+1 415 555 0123"), json!("+14155550123")),
            (json!("https://example.com/x"), json!("example.com/x")),
            (json!("@Jane"), json!("jane")),
            (json!(true), json!(true)),
        ] {
            assert!(is_same_value(&sent, &shown), "{sent} {shown}");
        }
        assert!(!is_same_value(&json!("a"), &json!("b")));
        assert!(!is_same_value(&json!("a"), &json!("")));
        assert!(!is_same_value(&json!(true), &json!(false)));
    }

    #[test]
    fn ids_can_stand_in_a_path() {
        assert_eq!(id_of(&json!({"id": "C0-1"})).as_deref(), Some("C0-1"));
        for bad in [
            json!({"id": 5}),
            json!({"id": ""}),
            json!({"id": "../x"}),
            json!({}),
            json!(null),
        ] {
            assert_eq!(id_of(&bad), None, "{bad}");
        }
    }
}
