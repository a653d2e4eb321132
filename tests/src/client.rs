//! A tenant as Khoros' gateway sees it: sends requests and checks answers.
//!
//! A check that fails panics at the caller's line and shows the whole answer.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's client reports by panicking"
)]

use crate::documents::check_status;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

/// How long a search index may lag behind a write before a test gives up.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one call may take. Khoros gives up after 8 s (20 s for `/meta`); parallel tests share two cores, hence more.
const CALL_LIMIT: Duration = Duration::from_mins(1);

/// A tenant of the stack under test, with its own empty store.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// What is registered with Khoros as `instanceUrl`: `http://host:port/api/v1`, no slash at the end.
    pub base: String,
    /// The whole value of the `Authorization` header.
    pub authorization: String,
}

impl Tenant {
    /// The same stack, asked with another `Authorization`.
    #[must_use]
    pub fn with_authorization(&self, authorization: &str) -> Self {
        Self {
            base: self.base.clone(),
            authorization: authorization.to_owned(),
        }
    }

    /// `GET path`, where `path` starts with a slash and is relative to the base.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// `POST path` with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[], body.to_string().as_bytes())
    }

    /// `POST path` with a JSON body and context headers.
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.send("POST", path, headers, body.to_string().as_bytes())
    }

    /// `PATCH path` with a JSON body.
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, &[], body.to_string().as_bytes())
    }

    /// `PATCH path` with a JSON body and context headers.
    pub fn patch_with(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.send("PATCH", path, headers, body.to_string().as_bytes())
    }

    /// Any method and body, with this tenant's key; JSON unless `headers` say otherwise.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let headers = self.headers(headers, body);
        ask(&self.base, method, path, &headers, body)
    }

    /// Like [`Self::send`], but written to a socket unchanged: nothing is checked, escaped or normalised.
    pub fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let headers = self.headers(headers, body);
        ask_raw(&self.base, method, path, &headers, body)
    }

    fn headers<'a>(&'a self, given: &[(&'a str, &'a str)], body: &[u8]) -> Vec<(&'a str, &'a str)> {
        let mut headers = vec![("authorization", self.authorization.as_str())];
        if !body.is_empty() && !given.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("content-type", "application/json"));
        }
        headers.extend_from_slice(given);
        headers
    }

    /// Creates a customer with exactly these fields.
    #[track_caller]
    pub fn create_customer(&self, fields: &Value) -> Value {
        self.post("/customer", fields).expect(201)
    }

    /// Creates a customer for a test that needs any, and returns the id.
    #[track_caller]
    pub fn some_customer(&self) -> String {
        id_of(&self.create_customer(&customer(json!({}))))
    }

    /// Creates a case of this customer: [`case`] with `fields` on top.
    #[track_caller]
    pub fn create_case(&self, customer_id: &str, fields: Value) -> Value {
        self.post("/case", &case(customer_id, fields)).expect(201)
    }

    /// The customer as stored.
    #[track_caller]
    pub fn customer(&self, id: &str) -> Value {
        self.get(&format!("/customer/{id}")).expect(200)
    }

    /// The case as stored.
    #[track_caller]
    pub fn case(&self, id: &str) -> Value {
        self.get(&format!("/case/{id}")).expect(200)
    }

    /// The customer's cases, sorted by id because the contract promises no order.
    #[track_caller]
    pub fn cases(&self, customer_id: &str) -> Vec<Value> {
        let mut cases = list(self.get(&format!("/customer/{customer_id}/cases")).expect(200));
        cases.sort_by_key(id_of);
        cases
    }

    /// The ids of the customers that match, in the answer's order; `204` is none.
    #[track_caller]
    pub fn search(&self, criteria: &Value) -> Vec<String> {
        ids_of(&self.post("/customers", criteria))
    }

    /// The ids of the best matches, best first.
    #[track_caller]
    pub fn best_match(&self, identity: &Value) -> Vec<String> {
        list(self.post("/customer/bestmatch", identity).expect(200))
            .iter()
            .map(id_of)
            .collect()
    }

    /// Searches until exactly these customers are found, in any order. An index may lag behind a write.
    #[track_caller]
    pub fn expect_found(&self, criteria: &Value, ids: &[&str]) {
        let wanted: BTreeSet<&str> = ids.iter().copied().collect();
        let found = eventually(
            || self.search(criteria),
            |found| found.len() == ids.len() && found.iter().map(String::as_str).collect::<BTreeSet<_>>() == wanted,
        );
        assert!(found.good, "search {criteria}: found {:?}, wanted {wanted:?}", found.last);
    }

    /// Asks for the best match until this customer comes first.
    #[track_caller]
    pub fn expect_best(&self, identity: &Value, id: &str) {
        let found = eventually(
            || self.best_match(identity),
            |found| found.first().is_some_and(|first| first == id),
        );
        assert!(found.good, "best match {identity}: found {:?}, wanted {id} first", found.last);
    }

    /// A write that must be refused and must not change what `path` shows, byte for byte.
    #[track_caller]
    pub fn expect_patch_refused(&self, path: &str, body: &Value, status: u16, error: &str, fields: &[&str]) {
        let before = self.get(path).expect(200);
        let answer = self.patch(path, body);
        answer.error(status, error);
        answer.expect_fields(fields);
        assert_eq!(
            self.get(path).expect(200),
            before,
            "PATCH {path} was refused but changed the record: {body}"
        );
    }

    /// A create that must be refused and must not leave a customer. All refused customers have the same last name,
    /// which is then searched for.
    #[track_caller]
    pub fn expect_customer_refused(&self, body: &Value, status: u16, error: &str, fields: &[&str]) {
        let mut body = body.clone();
        body["lastName"] = json!("Refused");
        let answer = self.post("/customer", &body);
        answer.error(status, error);
        answer.expect_fields(fields);
        assert_eq!(
            self.search(&json!({"lastName": "Refused"})),
            Vec::<String>::new(),
            "refused but created: {body}"
        );
    }

    /// A create that must be refused and must leave the customer without cases.
    #[track_caller]
    pub fn expect_case_refused(&self, customer_id: &str, body: &Value, status: u16, error: &str, fields: &[&str]) {
        let answer = self.post("/case", body);
        answer.error(status, error);
        answer.expect_fields(fields);
        assert_eq!(self.cases(customer_id), Vec::<Value>::new(), "refused but created: {body}");
    }
}

/// The answer to a request.
#[derive(Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case. Of repeated headers the last one counts.
    pub headers: BTreeMap<String, String>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let text: String = self.text().chars().take(2000).collect();
        write!(out, "{} {:?} {text}", self.status, self.headers.get("content-type"))
    }
}

impl Answer {
    /// The JSON of an answer with this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        let content_type = self.headers.get("content-type").map_or("", String::as_str);
        assert!(
            content_type.starts_with("application/json"),
            "content type {content_type:?} of {self:?}"
        );
        self.json()
    }

    /// An answer within Lambda's limit of 6 MB, which counts the body as a string in JSON.
    #[track_caller]
    pub fn expect_within_lambdas_limit(&self) {
        let sent = Value::from(self.text()).to_string().len();
        assert!(sent < 6_000_000, "{sent} bytes are sent");
    }

    /// An answer with these headers.
    #[track_caller]
    pub fn expect_headers(&self, headers: &[(&str, &str)]) {
        for (name, value) in headers {
            let found = self.headers.get(*name).map(String::as_str);
            assert_eq!(found, Some(*value), "{name} of {self:?}");
        }
    }

    /// An answer with this status and an empty body.
    #[track_caller]
    pub fn expect_empty(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.body.is_empty(), "the body is not empty: {self:?}");
    }

    /// An error of this status and name, in the one shape that errors have.
    #[track_caller]
    pub fn error(&self, status: u16, error: &str) -> Value {
        let body = self.refused(&[status]);
        assert_eq!(body["error"], error, "{self:?}");
        body
    }

    /// An error of one of these statuses, whatever its name, in the one shape that errors have.
    #[track_caller]
    pub fn refused(&self, statuses: &[u16]) -> Value {
        assert!(statuses.contains(&self.status), "wanted {statuses:?}, got {self:?}");
        let body = self.expect(self.status);
        let members = body.as_object().unwrap_or_else(|| panic!("an error is an object: {self:?}"));
        for name in members.keys() {
            assert!(
                ["error", "message", "fields"].contains(&name.as_str()),
                "member {name:?} of {self:?}"
            );
        }
        let name = body["error"].as_str().unwrap_or_default();
        assert!(
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
            "`error` of {self:?}"
        );
        let message = body["message"].as_str().unwrap_or_default();
        let (text, code) = split_trace(message).unwrap_or_else(|| panic!("no `(trace …)` in {self:?}"));
        assert!(!text.trim().is_empty() && !code.is_empty(), "`message` of {self:?}");
        for leak in ["panicked", ".rs:", "aws", "dynamo", "stack backtrace"] {
            assert!(
                !message.to_lowercase().contains(leak),
                "{leak:?} must not be shown to agents: {self:?}"
            );
        }
        if let Some(fields) = members.get("fields") {
            let fields = fields.as_array().unwrap_or_else(|| panic!("`fields` is an array: {self:?}"));
            assert!(!fields.is_empty(), "`fields` without any: {self:?}");
            for field in fields {
                assert_eq!(self::members(field), ["errorMessage", "name"], "{self:?}");
                assert!(field["name"].as_str().is_some_and(|name| !name.is_empty()), "{self:?}");
                assert!(
                    field["errorMessage"].as_str().is_some_and(|message| !message.is_empty()),
                    "{self:?}"
                );
            }
        }
        body
    }

    /// The names in an error's `fields`, sorted.
    #[track_caller]
    pub fn field_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.json()["fields"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|field| field["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }

    /// Exactly these fields are named. A path into a value counts as its field: `interactions[0].body` counts as
    /// `interactions`.
    #[track_caller]
    pub fn expect_fields(&self, names: &[&str]) {
        let found: BTreeSet<String> = self
            .field_names()
            .iter()
            .map(|name| name.split(['.', '[', '/']).next().unwrap_or_default().to_owned())
            .collect();
        let wanted: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(found, wanted, "fields named in {self:?}");
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {self:?}"))
    }

    /// The body as text, whatever it is.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// An error's message without its trace code, and the code.
pub fn split_trace(message: &str) -> Option<(String, String)> {
    let (before, rest) = message.split_once("(trace ")?;
    let (code, after) = rest.split_once(')')?;
    Some((format!("{before}{after}"), code.to_owned()))
}

/// Makes one call with exactly these headers. A status that the OpenAPI documents do not list is a failure.
#[track_caller]
pub fn ask(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    static CLIENT: LazyLock<http_client::Client> =
        LazyLock::new(|| http_client::Client::connecting_anew("http://localhost", CALL_LIMIT));
    let answer = if body.is_empty() || HAVE_PLACE_FOR_BODY.contains(&method) {
        ask_client(&CLIENT, base, method, path, headers, body)
    } else {
        ask_raw(base, method, path, headers, body)
    };
    check_status(method, &format!("{base}{path}"), answer.status);
    answer
}

const HAVE_PLACE_FOR_BODY: [&str; 3] = ["POST", "PATCH", "PUT"];

fn ask_client(client: &http_client::Client, base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let body = HAVE_PLACE_FOR_BODY.contains(&method).then_some(body);
    let answer = client.call(method, &format!("{base}{path}"), headers, body);
    let answer = answer.unwrap_or_else(|none| panic!("{method} {path}: {none}"));
    Answer {
        status: answer.status,
        headers: answer.headers.into_iter().collect(),
        body: answer.body,
    }
}

/// Makes one call over a socket of its own, written unchanged.
pub fn ask_raw(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let rest = base.strip_prefix("http://").expect("the stack is served over plain HTTP");
    let (host, prefix) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let mut head = format!("{method} {prefix}{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    write!(head, "content-length: {}\r\n\r\n", body.len()).unwrap();
    let mut socket = TcpStream::connect(host).unwrap_or_else(|error| panic!("{host}: {error}"));
    socket.set_read_timeout(Some(CALL_LIMIT)).unwrap();
    // A server may answer and close before it has read everything. Then the write fails, and the answer counts.
    let written = socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(body));
    let mut received = Vec::new();
    let read = socket.read_to_end(&mut received);
    parse_answer(&received).unwrap_or_else(|| {
        let text = String::from_utf8_lossy(&received).into_owned();
        panic!("{method} {path}: no HTTP answer (write {written:?}, read {read:?}): {text:?}")
    })
}

fn parse_answer(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = &bytes[end + 4..];
    let chunked = headers
        .get("transfer-encoding")
        .is_some_and(|value| value.contains("chunked"));
    let body = if chunked { join_chunks(body)? } else { body.to_vec() };
    Some(Answer { status, headers, body })
}

fn join_chunks(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = bytes.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..line]).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(bytes.get(line + 2..line + 2 + size)?);
        bytes = bytes.get(line + 4 + size..)?;
    }
}

/// The outcome of [`eventually`].
pub struct Outcome<T> {
    /// Whether the last answer was good.
    pub good: bool,
    /// The last answer.
    pub last: T,
}

/// Repeats a request, without pauses, until the answer is good or the time is up.
pub fn eventually<T>(mut ask: impl FnMut() -> T, is_good: impl Fn(&T) -> bool) -> Outcome<T> {
    let start = Instant::now();
    loop {
        let last = ask();
        let good = is_good(&last);
        if good || start.elapsed() > PATIENCE {
            return Outcome { good, last };
        }
    }
}

/// Runs `work(0)` to `work(n - 1)` in parallel, each in a thread of its own, and returns their results in order.
pub fn at_once<T: Send>(n: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(n);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..n)
            .map(|i| {
                let (start, work) = (&start, &work);
                scope.spawn(move || {
                    start.wait();
                    work(i)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a parallel part of the test failed"))
            .collect()
    })
}

/// A customer's fields: Jane Doe, with `fields` on top.
pub fn customer(fields: Value) -> Value {
    over(json!({"firstName": "Jane", "lastName": "Doe"}), fields)
}

/// A case's fields: a title, with `fields` on top.
pub fn case(customer_id: &str, fields: Value) -> Value {
    over(json!({"customerId": customer_id, "title": "Parcel has not arrived"}), fields)
}

/// The `n`th interaction of a conversation, a second after the one before, with `fields` on top.
pub fn interaction(n: usize, fields: Value) -> Value {
    let (hour, minute, second) = (n / 3600, n / 60 % 60, n % 60);
    over(
        json!({
            "created": format!("2017-08-07T{hour:02}:{minute:02}:{second:02}Z"),
            "body": format!("message {n}"),
            "linkUrl": format!("https://twitter.com/jane/status/{n}"),
            "serviceId": format!("status-{n}"),
            "service": "TWITTER",
            "contentType": "post",
        }),
        fields,
    )
}

/// `base` with the members of `fields` added or replaced.
pub fn over(mut base: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else {
        panic!("fields are an object: {fields}")
    };
    base.as_object_mut().unwrap().extend(fields);
    base
}

/// `object` without these members.
pub fn without(mut object: Value, names: &[&str]) -> Value {
    let members: &mut Map<String, Value> = object.as_object_mut().unwrap();
    for name in names {
        members.remove(*name);
    }
    object
}

/// The `id` of a customer or case.
#[track_caller]
pub fn id_of(object: &Value) -> String {
    object["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id in {object}"))
        .to_owned()
}

/// The ids in a search's answer; `204` is none.
#[track_caller]
fn ids_of(answer: &Answer) -> Vec<String> {
    if answer.status == 204 {
        answer.expect_empty(204);
        return Vec::new();
    }
    let found = list(answer.expect(200));
    assert!(!found.is_empty(), "nothing found is 204, not 200 []");
    found.iter().map(id_of).collect()
}

/// The elements of an array.
#[track_caller]
pub fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(elements) => elements,
        other => panic!("not an array: {other}"),
    }
}

/// The names of an object's members, sorted.
#[track_caller]
pub fn members(object: &Value) -> Vec<&str> {
    let object = object.as_object().unwrap_or_else(|| panic!("not an object: {object}"));
    let mut names: Vec<&str> = object.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// The `serviceId`s of a case's interactions, in the case's order.
#[track_caller]
pub fn service_ids(case: &Value) -> Vec<&str> {
    case["interactions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["serviceId"].as_str().unwrap())
        .collect()
}

/// Whether this is ISO 8601 in UTC, to the second, with `Z`.
pub fn is_time(value: &Value) -> bool {
    let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
    value
        .as_str()
        .is_some_and(|text| text.chars().map(shape).eq("0000-00-00T00:00:00Z".chars()))
}
