//! Requests and responses in the format of API Gateway's HTTP API (payload format 2.0).
//!
//! The conversion of `lambda_http` is not used. It builds a URI out of the decoded path and panics if that fails, so a percent-encoded
//! space in a path would be a 500 instead of a 404.

mod room;

use std::{collections::HashMap, sync::OnceLock, time::Duration};

use crm_domain::{Timestamp, error::Error};
use crm_store::{clock, random};
use lambda_http::{
    Body,
    aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse},
    http::{HeaderMap, HeaderValue},
};
use lambda_runtime::LambdaEvent;
pub use room::AnswerRoom;
use serde_json::{Map, Value};

/// The largest body that is read, in bytes (contract section 6).
pub const BODY_LIMIT: usize = 1_048_576;
/// Names of compression methods in `Content-Encoding`.
const COMPRESSIONS: [&str; 7] = ["gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd"];
/// The first bytes of compressed bodies, whatever the headers say.
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTANDARD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The byte order marks of the Unicode encodings. The one of little-endian UTF-32 begins like that of UTF-16.
const UTF_8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
const UTF_16_MARKS: [&[u8]; 3] = [&[0xfe, 0xff], &[0xff, 0xfe], &[0x00, 0x00, 0xfe, 0xff]];
/// The time limit of a request. Khoros gives up after 8 s (contract section 2).
const LONGEST: Duration = Duration::from_secs(7);
/// The longest host name, with its port, under which a caller can reach us.
const LONGEST_HOST: usize = 255 + ":65535".len();
/// The part of the invocation's time that is reserved for answering.
const TO_ANSWER: Duration = Duration::from_millis(300);

/// A request.
#[derive(Debug, Default)]
pub struct Request {
    /// The method, upper case.
    pub method: String,
    /// The path as API Gateway gives it.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// The trace code, in the log line and in every error text.
    pub trace: String,
    /// Lambda's id of this invocation.
    pub request_id: String,
    /// The time budget.
    pub budget: Duration,
    /// The address of the caller, or of what stands before the API. It is in no log line.
    pub source: String,
    path_parameters: HashMap<String, String>,
    query_string: String,
    query: Vec<(String, String)>,
    cookies: Vec<(String, String)>,
    /// The form in the body, once it was asked for.
    form: OnceLock<Vec<(String, String)>>,
}

impl Request {
    /// Reads an invocation.
    pub fn new(event: LambdaEvent<ApiGatewayV2httpRequest>) -> Self {
        let LambdaEvent { payload, context } = event;
        let path = payload.raw_path.unwrap_or_default();
        let cookies = cookies(payload.cookies.unwrap_or_default(), &payload.headers);
        let query_string = payload.raw_query_string.unwrap_or_default();
        Self {
            method: payload.request_context.http.method.as_str().to_owned(),
            path,
            headers: payload.headers,
            body: payload.body.map_or_else(Vec::new, |body| {
                Body::from_maybe_encoded(payload.is_base64_encoded, &body).to_vec()
            }),
            trace: trace(&context.request_id),
            budget: budget(context.deadline, clock::now()),
            request_id: context.request_id,
            source: payload.request_context.http.source_ip.unwrap_or_default(),
            path_parameters: payload.path_parameters,
            query: decoded(query_string.as_bytes()),
            query_string,
            cookies,
            form: OnceLock::new(),
        }
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The fields of the form in the body, in their order.
    pub fn form(&self) -> &[(String, String)] {
        self.form.get_or_init(|| decoded(&self.body))
    }

    /// The first value of a field of the form; empty if the form has none of this name.
    pub fn form_value(&self, name: &str) -> &str {
        let found = self.form().iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// A path parameter; empty if the route has none of this name. API Gateway decodes it and cargo-lambda does not. Both give the same for
    /// ids and object types.
    pub fn path_parameter(&self, name: &str) -> &str {
        self.path_parameters.get(name).map_or("", String::as_str)
    }

    /// The query, undecoded.
    pub fn query_string(&self) -> &str {
        &self.query_string
    }

    /// The query parameters in their order, decoded. Bytes that are not UTF-8 are replaced.
    pub fn query_parameters(&self) -> &[(String, String)] {
        &self.query
    }

    /// The first value of a query parameter.
    pub fn query_parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Scheme and host under which the caller reached us. Links to our pages begin with them.
    pub fn origin(&self) -> String {
        let host = self
            .header("host")
            .filter(|host| host.len() <= LONGEST_HOST)
            .unwrap_or_default();
        let scheme = match self.header("x-forwarded-proto") {
            Some("http") => "http",
            // API Gateway always sends it; cargo-lambda does not.
            None if host.starts_with("127.0.0.1:") => "http",
            _ => "https",
        };
        format!("{scheme}://{host}")
    }

    /// Checks for bodies that the client has compressed or encoded otherwise than as UTF-8. Returns the half of a sentence that says what
    /// to send instead. Such bodies are not decoded, so that the client learns that nothing asked for them.
    pub fn encoding_mistake(&self) -> Option<&'static str> {
        if self.body.is_empty() {
            return None;
        }
        let encodings = self.header("content-encoding").unwrap_or_default().split(',').map(str::trim);
        let is_compressed = |encoding: &str| COMPRESSIONS.iter().any(|known| known.eq_ignore_ascii_case(encoding));
        let begins_with = |marks: &[&[u8]]| marks.iter().any(|mark| self.body.starts_with(mark));
        if begins_with(&[GZIP]) {
            return Some("it is compressed with gzip: please send it uncompressed");
        }
        if begins_with(&[ZSTANDARD]) || encodings.into_iter().any(is_compressed) {
            return Some("it is compressed, as its Content-Encoding says: please send it uncompressed");
        }
        if begins_with(&[UTF_8_MARK]) {
            return Some("it begins with a byte order mark: please send UTF-8 without one");
        }
        begins_with(&UTF_16_MARKS).then_some("it begins with a byte order mark of UTF-16 or UTF-32: please send UTF-8 without one")
    }

    /// The body as a JSON object.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the place of the mistake.
    pub fn json_object(&self) -> Result<Map<String, Value>, Error> {
        if let Some(mistake) = self.encoding_mistake() {
            return Err(Error::Malformed(format!("The body cannot be read: {mistake}.")));
        }
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(Error::Malformed("The body is empty: send a JSON object.".to_owned()));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Error::Malformed("The body must be a JSON object.".to_owned())),
            // Show only the place, because the parser's text may quote the body.
            Err(error) => Err(Error::Malformed(format!(
                "The body is not valid JSON in UTF-8: please look at line {}, column {}.",
                error.line(),
                error.column()
            ))),
        }
    }
}

/// Names and values of a query, or of a form-encoded body, in their order.
pub fn decoded(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

/// The cookies by name. API Gateway has them in a list; cargo-lambda leaves them in their header.
fn cookies(listed: Vec<String>, headers: &HeaderMap) -> Vec<(String, String)> {
    let in_headers = headers.get_all("cookie").iter().filter_map(|line| line.to_str().ok());
    let in_headers = in_headers.flat_map(|line| line.split(';')).map(str::to_owned);
    let named = |cookie: String| {
        let (name, value) = cookie.trim().split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    };
    listed.into_iter().chain(in_headers).filter_map(named).collect()
}

/// Twelve characters of Lambda's request id. They are enough to find a request in the log, and can be read out.
fn trace(request_id: &str) -> String {
    let code: String = request_id.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    if code.is_empty() {
        format!("{:012x}", random::bits() >> 16)
    } else {
        code
    }
}

/// Seven seconds, or less if the invocation ends sooner. cargo-lambda's deadlines are in 1970 and are ignored.
fn budget(deadline: u64, now: Timestamp) -> Duration {
    match deadline.checked_sub(now.milliseconds().unsigned_abs()) {
        None | Some(0) => LONGEST,
        Some(left) => LONGEST.min(Duration::from_millis(left).saturating_sub(TO_ANSWER)),
    }
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The methods that a 405 allows.
    pub allow: Option<String>,
    /// The body; none for 204.
    pub body: Option<String>,
    /// The content type of the body.
    pub content_type: &'static str,
    /// Further headers, with names in lower case. They replace the default ones.
    pub headers: Vec<(&'static str, String)>,
}

impl Response {
    /// A JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, body.to_string())
    }

    /// An answer with this body, which is JSON unless the caller says otherwise.
    pub fn text(status: u16, body: String) -> Self {
        Self {
            status,
            allow: None,
            body: Some(body),
            content_type: "application/json",
            headers: Vec::new(),
        }
    }

    /// 204, without a body.
    pub fn no_content() -> Self {
        Self {
            body: None,
            ..Self::text(204, String::new())
        }
    }

    /// An answer of another kind than JSON.
    pub fn of(status: u16, content_type: &'static str, body: impl Into<String>) -> Self {
        Self {
            content_type,
            ..Self::text(status, body.into())
        }
    }

    /// The same answer with another header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The answer to `HEAD`: with the same headers, and an empty body.
    #[must_use]
    pub fn head(self) -> Self {
        let body = self.body.map(|_| String::new());
        Self { body, ..self }
    }

    /// Whether Lambda takes it.
    pub fn is_sendable(&self) -> bool {
        self.body.as_deref().is_none_or(room::fits)
    }

    /// The response in API Gateway's format. Nothing may be cached unless the response says so, because it contains personal data.
    pub fn into_event(self) -> ApiGatewayV2httpResponse {
        let mut headers = HeaderMap::new();
        headers.insert("cache-control", HeaderValue::from_static("no-store"));
        headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
        if self.body.is_some() {
            headers.insert("content-type", HeaderValue::from_static(self.content_type));
        }
        if let Some(allow) = self.allow.and_then(|methods| HeaderValue::from_str(&methods).ok()) {
            headers.insert("allow", allow);
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        let mut response = ApiGatewayV2httpResponse::default();
        response.status_code = i64::from(self.status);
        response.headers = headers;
        response.body = self.body.map(Body::Text);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &str)], body: &[u8]) -> Request {
        Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect(),
            body: body.to_vec(),
            trace: "t".to_owned(),
            request_id: "t".to_owned(),
            budget: LONGEST,
            ..Request::default()
        }
    }

    #[test]
    fn links_use_the_host_of_the_request() {
        for (headers, origin) in [
            (
                &[("host", "crm.example"), ("x-forwarded-proto", "https")][..],
                "https://crm.example",
            ),
            (
                &[("host", "127.0.0.1:9000"), ("x-forwarded-proto", "http")],
                "http://127.0.0.1:9000",
            ),
            (&[("host", "127.0.0.1:9000")], "http://127.0.0.1:9000"),
            (
                &[("host", "crm.example"), ("x-forwarded-proto", "gopher")],
                "https://crm.example",
            ),
        ] {
            assert_eq!(request(headers, b"").origin(), origin);
        }
    }

    #[test]
    fn the_budget_is_seven_seconds_or_what_the_invocation_has_left() {
        let now = Timestamp::from_milliseconds(1_000_000);
        assert_eq!(budget(1_030_000, now), Duration::from_secs(7));
        assert_eq!(budget(1_003_000, now), Duration::from_millis(2_700));
        assert_eq!(budget(1_000_100, now), Duration::ZERO);
        assert_eq!(budget(600_000, now), Duration::from_secs(7), "a deadline in 1970 is none");
    }

    #[test]
    fn a_body_is_a_json_object_or_a_clear_error() {
        assert!(request(&[], br#"{"a": 1}"#).json_object().is_ok());
        let deep = "[".repeat(100_000);
        for body in [
            &b""[..],
            b"  ",
            b"{",
            b"[]",
            b"7",
            b"\"x\"",
            b"{\"a\": \xff}",
            b"{\"a\": \"\\ud800\"}",
            b"{\"a\": 1e999}",
            deep.as_bytes(),
        ] {
            assert!(
                matches!(request(&[], body).json_object(), Err(Error::Malformed(_))),
                "{body:?}"
            );
        }
    }

    #[test]
    fn a_body_that_is_compressed_or_marked_says_so() {
        let json = br#"{"a": 1}"#;
        let marked = |mark: &[u8]| [mark, json].concat();
        for (headers, body, wanted) in [
            (&[][..], json.to_vec(), None),
            (&[("content-encoding", "identity")], json.to_vec(), None),
            (&[("content-encoding", "utf-8")], json.to_vec(), None),
            (&[("content-encoding", "gzip")], Vec::new(), None),
            (&[("content-encoding", "GZIP")], json.to_vec(), Some("Content-Encoding")),
            (
                &[("content-encoding", "identity, br")],
                json.to_vec(),
                Some("Content-Encoding"),
            ),
            (&[], marked(GZIP), Some("gzip")),
            (&[], marked(ZSTANDARD), Some("compressed")),
            (&[], marked(UTF_8_MARK), Some("byte order mark")),
            (&[], marked(UTF_16_MARKS[0]), Some("UTF-16")),
            (&[], marked(UTF_16_MARKS[1]), Some("UTF-16")),
        ] {
            let request = request(headers, &body);
            let mistake = request.encoding_mistake();
            match wanted {
                None => assert_eq!(mistake, None, "{headers:?} {body:?}"),
                Some(wanted) => assert!(mistake.is_some_and(|mistake| mistake.contains(wanted)), "{mistake:?}"),
            }
            let is_object = !body.is_empty() && wanted.is_none();
            assert_eq!(request.json_object().is_ok(), is_object, "{headers:?} {body:?}");
        }
    }

    #[test]
    fn cookies_are_in_a_list_or_in_a_header() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", HeaderValue::from_static("three=3; four=a=b; five"));
        let found = cookies(vec!["one=1".to_owned(), " two=".to_owned()], &headers);
        let wanted = [("one", "1"), ("two", ""), ("three", "3"), ("four", "a=b")];
        assert_eq!(found, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_form_is_decoded() {
        let request = request(&[], b"name=%C3%84nn+O&note=a%0D%0Ab&name=2");
        assert_eq!(request.form_value("name"), "\u{c4}nn O");
        assert_eq!((request.form_value("note"), request.form_value("none")), ("a\r\nb", ""));
        assert_eq!(request.form().len(), 3);
    }

    #[test]
    fn a_trace_code_is_short() {
        assert_eq!(trace("8476a536-e9f4-11e8-9739-2dfe598c3fcd"), "8476a536e9f4");
        assert_eq!(trace("").len(), 12);
    }
}
