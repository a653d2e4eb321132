//! An HTTP request as the event that API Gateway makes of it: payload format 2.0.

use std::{borrow::Cow, collections::BTreeMap, net::SocketAddr};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hyper::{
    Uri,
    body::Bytes,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    http::request::Parts,
};
use serde::Serialize;
use time::{OffsetDateTime, macros::format_description};
use url::{Url, form_urlencoded};

use super::routes::Match;
use crate::functions::trace_id;

const ACCOUNT_ID: &str = "000000000000";
const API_ID: &str = "local";

/// Headers that concern the connection and not the request.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::EXPECT,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// The connection of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends<'a> {
    pub(super) client: SocketAddr,
    /// The gateway's own address.
    pub(super) server: SocketAddr,
    /// The requested host, checked by [`host`].
    pub(super) host: &'a str,
}

/// Format 2.0, as far as HTTP APIs without authorizers have it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'a str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    headers: BTreeMap<&'a str, Cow<'a, str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<Cow<'a, str>, String>,
    request_context: RequestContext<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    path_parameters: &'a BTreeMap<&'a str, Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    account_id: &'static str,
    api_id: &'static str,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'a str,
    stage: &'static str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: String,
    source_ip: String,
    user_agent: Cow<'a, str>,
}

/// The event for a request.
pub(super) fn event(
    request: &Parts,
    body: &[u8],
    found: &Match<'_>,
    ends: Ends<'_>,
    request_id: &str,
) -> Result<Bytes, serde_json::Error> {
    let raw_path = &raw_path(request.uri.path());
    let domain_name = domain_name(ends.host);
    let now = OffsetDateTime::now_utc();
    let (body, is_base64_encoded) = event_body(&request.headers, body);
    let event = Event {
        version: "2.0",
        route_key: found.route_key,
        raw_path,
        raw_query_string: request.uri.query().unwrap_or_default(),
        cookies: cookies(&request.headers),
        headers: headers(&request.headers, ends, body_length(body.as_deref(), is_base64_encoded)),
        query_string_parameters: query_parameters(&request.uri),
        request_context: RequestContext {
            account_id: ACCOUNT_ID,
            api_id: API_ID,
            domain_name,
            domain_prefix: domain_name.split('.').next().unwrap_or_default(),
            http: Http {
                method: request.method.as_str(),
                path: raw_path,
                protocol: format!("{:?}", request.version),
                source_ip: ends.client.ip().to_string(),
                user_agent: request.headers.get(header::USER_AGENT).map(text).unwrap_or_default(),
            },
            request_id,
            route_key: found.route_key,
            stage: "$default",
            time: time(now),
            time_epoch: now.unix_timestamp() * 1_000 + i64::from(now.millisecond()),
        },
        path_parameters: &found.parameters,
        body,
        is_base64_encoded,
    };
    serde_json::to_vec(&event).map(Bytes::from)
}

/// The requested host; `fallback` if the request names none. `None` if it names something else than a host.
///
/// `lambda_http` parses the host as part of a URI and panics where that fails, so anything else is refused here.
pub(super) fn host(request: &Parts, fallback: SocketAddr) -> Option<Cow<'_, str>> {
    let mut hosts = request.headers.get_all(header::HOST).iter();
    let sent = match (request.uri.authority(), hosts.next()) {
        (Some(authority), _) => authority.as_str(),
        (None, Some(host)) => host.to_str().ok()?,
        (None, None) => "",
    };
    if sent.is_empty() {
        return Some(Cow::Owned(fallback.to_string()));
    }
    (hosts.next().is_none() && is_host(sent)).then_some(Cow::Borrowed(sent))
}

fn is_host(text: &str) -> bool {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
    let url = if plain {
        Url::parse(&format!("http://{text}/")).ok()
    } else {
        None
    };
    url.is_some_and(|url| url.as_str().parse::<Uri>().is_ok())
}

/// The address without the port.
fn domain_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The path as API Gateway passes it: percent-decoded, with two exceptions.
///
/// A path that does not decode to UTF-8 cannot be written in JSON, so it stays as it was sent. Escapes of `?`, `#`,
/// backslash and control characters stay too: `lambda_http` parses the path as part of an address, where these would
/// cut it short or vanish. (API Gateway itself cuts the path at a decoded `?`.)
fn raw_path(sent: &str) -> Cow<'_, str> {
    if !sent.contains('%') {
        return Cow::Borrowed(sent);
    }
    let mut decoded = Vec::with_capacity(sent.len());
    let mut rest = sent.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = escaped(rest).filter(|byte| !byte.is_ascii_control() && !b"?#\\".contains(byte));
        decoded.push(escape.unwrap_or(first));
        rest = if escape.is_some() { &rest[3..] } else { after };
    }
    String::from_utf8(decoded).map_or(Cow::Borrowed(sent), Cow::Owned)
}

/// The byte that an escape such as `%2F` stands for.
fn escaped(text: &[u8]) -> Option<u8> {
    let &[b'%', high, low, ..] = text else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// The parameters of the query. Repeated ones are joined; the raw query string has them apart.
fn query_parameters(uri: &Uri) -> BTreeMap<Cow<'_, str>, String> {
    let mut parameters: BTreeMap<Cow<'_, str>, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let joined = parameters.entry(name).and_modify(|joined| joined.push(',')).or_default();
        joined.push_str(&value);
    }
    parameters
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::COOKIE).iter().map(text);
    let split = |line: Cow<'_, str>| line.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>();
    lines.flat_map(split).filter(|cookie| !cookie.is_empty()).collect()
}

/// The headers of the event. Repeated ones are joined. Cookies have a member of their own, headers of the connection
/// are left out, and the headers that the gateway sets are added.
fn headers<'a>(sent: &'a HeaderMap, ends: Ends<'a>, body_length: usize) -> BTreeMap<&'a str, Cow<'a, str>> {
    let mut headers: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
    for (name, value) in sent {
        if name == header::COOKIE || HOP_BY_HOP.contains(name) {
            continue;
        }
        let joined = headers.entry(name.as_str());
        joined
            .and_modify(|joined| *joined = format!("{joined},{}", text(value)).into())
            .or_insert_with(|| text(value));
    }
    let client = ends.client.ip();
    let forwarded_for = match headers.get("x-forwarded-for") {
        Some(before) => format!("{before}, {client}"),
        None => client.to_string(),
    };
    headers.insert("content-length", body_length.to_string().into());
    headers.insert("host", ends.host.into());
    headers.insert("x-forwarded-for", forwarded_for.into());
    headers.insert("x-forwarded-port", ends.server.port().to_string().into());
    headers.insert("x-forwarded-proto", "http".into());
    headers.entry("x-amzn-trace-id").or_insert_with(|| trace_id().into());
    headers
}

/// The text of a header value. Bytes that are not UTF-8 are read as Latin-1, which older clients send.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.into(),
        Err(_) => value.as_bytes().iter().copied().map(char::from).collect::<String>().into(),
    }
}

/// The body of the event: text as text, anything else in base64, and nothing if there is no body.
fn event_body<'a>(headers: &HeaderMap, body: &'a [u8]) -> (Option<Cow<'a, str>>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    match std::str::from_utf8(body) {
        Ok(text) if is_text(headers) => (Some(text.into()), false),
        _ => (Some(BASE64.encode(body).into()), true),
    }
}

/// Whether API Gateway treats the body as text. It does not do so with a form (`application/x-www-form-urlencoded`).
fn is_text(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return true;
    };
    let content_type = text(content_type).to_ascii_lowercase();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.starts_with("text/")
        || matches!(essence, "application/json" | "application/javascript" | "application/xml")
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
}

fn body_length(body: Option<&str>, is_base64_encoded: bool) -> usize {
    let body = body.unwrap_or_default();
    if is_base64_encoded {
        let padding = body.bytes().rev().take_while(|byte| *byte == b'=').count();
        return body.len() / 4 * 3 - padding;
    }
    body.len()
}

/// A time such as `22/Nov/2026:10:11:12 +0000`.
fn time(now: OffsetDateTime) -> String {
    let format = format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    now.format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hyper::Request;
    use serde_json::{Value, json};

    use super::*;

    fn request(uri: &str, headers: &[(&str, &[u8])]) -> Parts {
        let mut request = Request::builder().method("POST").uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn event_of(request: &Parts, body: &[u8]) -> Value {
        let found = Match {
            function: 0,
            route_key: "POST /customer/{id}",
            parameters: BTreeMap::from([("id", "c 1".into())]),
        };
        let (client, server) = ("192.0.2.7:4000".parse().unwrap(), "127.0.0.1:9000".parse().unwrap());
        let ends = Ends {
            client,
            server,
            host: "crm.example.com:9000",
        };
        serde_json::from_slice(&event(request, body, &found, ends, "request-1").unwrap()).unwrap()
    }

    #[test]
    fn a_whole_event() {
        let headers: &[(&str, &[u8])] = &[
            ("Host", b"crm.example.com:9000"),
            ("X-Tag", b"a"),
            ("X-Tag", b"b"),
            ("Cookie", b"one=1; two=2"),
            ("Cookie", b"three=3"),
            ("Connection", b"keep-alive"),
            ("User-Agent", b"test/1.0"),
            ("X-Forwarded-For", b"203.0.113.1"),
            ("X-Forwarded-Proto", b"gopher"),
            ("X-Amzn-Trace-Id", b"Root=1"),
            ("Content-Type", b"application/json"),
        ];
        let mut event = event_of(
            &request("/customer/c%201?tag=a&tag=b%20c&empty=&plus=a+b", headers),
            b"{\"a\":\"\xc3\xa9\"}",
        );
        let context = event["requestContext"].as_object_mut().unwrap();
        assert!(context.remove("timeEpoch").unwrap().as_i64().unwrap() > 1_700_000_000_000);
        assert_eq!(
            context.remove("time").unwrap().as_str().unwrap().len(),
            "22/Nov/2026:10:11:12 +0000".len()
        );
        let expected = json!({
            "version": "2.0",
            "routeKey": "POST /customer/{id}",
            "rawPath": "/customer/c 1",
            "rawQueryString": "tag=a&tag=b%20c&empty=&plus=a+b",
            "cookies": ["one=1", "two=2", "three=3"],
            "headers": {
                "content-length": "10",
                "content-type": "application/json",
                "host": "crm.example.com:9000",
                "user-agent": "test/1.0",
                "x-amzn-trace-id": "Root=1",
                "x-forwarded-for": "203.0.113.1, 192.0.2.7",
                "x-forwarded-port": "9000",
                "x-forwarded-proto": "http",
                "x-tag": "a,b",
            },
            "queryStringParameters": {"tag": "a,b c", "empty": "", "plus": "a b"},
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": "crm.example.com",
                "domainPrefix": "crm",
                "http": {
                    "method": "POST",
                    "path": "/customer/c 1",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.7",
                    "userAgent": "test/1.0",
                },
                "requestId": "request-1",
                "routeKey": "POST /customer/{id}",
                "stage": "$default",
            },
            "pathParameters": {"id": "c 1"},
            "body": "{\"a\":\"é\"}",
            "isBase64Encoded": false,
        });
        assert_eq!(event, expected);
    }

    #[track_caller]
    fn check_body(content_type: Option<&str>, body: &[u8], expected: &Value) {
        let headers: Vec<(&str, &[u8])> = content_type.iter().map(|text| ("content-type", text.as_bytes())).collect();
        let event = event_of(&request("/", &headers), body);
        assert_eq!(
            json!([event["body"], event["isBase64Encoded"], event["headers"]["content-length"]]),
            *expected
        );
    }

    #[test]
    fn bodies_are_text_or_base64() {
        check_body(None, b"", &json!([null, false, "0"]));
        check_body(None, b"plain", &json!(["plain", false, "5"]));
        check_body(Some("Application/JSON; charset=utf-8"), b"{}", &json!(["{}", false, "2"]));
        check_body(Some("application/merge-patch+json"), b"{}", &json!(["{}", false, "2"]));
        check_body(Some("text/csv"), b"a,b", &json!(["a,b", false, "3"]));
        check_body(Some("application/json"), b"\xff\xfe{", &json!(["//57", true, "3"]));
        check_body(
            Some("application/x-www-form-urlencoded"),
            b"a=b&",
            &json!(["YT1iJg==", true, "4"]),
        );
        check_body(Some("application/octet-stream"), b"ab", &json!(["YWI=", true, "2"]));
    }

    #[track_caller]
    fn check_path(sent: &str, expected: &str) {
        assert_eq!(raw_path(sent), expected);
        // The same as lambda_http does with the host.
        let url = Url::parse(&format!("http://localhost{expected}")).unwrap();
        assert_eq!((url.query(), url.fragment()), (None, None));
        url.as_str().parse::<Uri>().unwrap();
    }

    #[test]
    fn paths_are_decoded_as_far_as_functions_survive_it() {
        check_path("/customer/a%20b%2fc", "/customer/a b/c");
        check_path("/%C3%A9/%25zz/100%", "/é/%zz/100%");
        check_path("/a%3Fb%23c%5Cd%00%0A", "/a%3Fb%23c%5Cd%00%0A");
        check_path("/%ff/%20", "/%ff/%20");
        check_path("/%7B%22%5E%7C%60%3C%3E%7D", "/{\"^|`<>}");
        check_path("/%2e%2e/%", "/../%");
    }

    #[track_caller]
    fn check_host(uri: &str, hosts: &[&str], expected: Option<&str>) {
        let headers: Vec<(&str, &[u8])> = hosts.iter().map(|text| ("host", text.as_bytes())).collect();
        assert_eq!(
            host(&request(uri, &headers), "127.0.0.1:9000".parse().unwrap()).as_deref(),
            expected
        );
    }

    #[test]
    fn only_hosts_that_make_an_address() {
        check_host("/", &["localhost:9000"], Some("localhost:9000"));
        check_host("/", &["[::1]:9000"], Some("[::1]:9000"));
        check_host("/", &[], Some("127.0.0.1:9000"));
        check_host("/", &[""], Some("127.0.0.1:9000"));
        check_host("http://other.example/", &["localhost"], Some("other.example"));
        for bad in ["a b", "a/b", "a@b", "a?b", "a:99999", "1.2.3.4.5", "[::1", "%zz", "a,b", "é"] {
            check_host("/", &[bad], None);
        }
        check_host("/", &["one", "two"], None);
    }

    #[test]
    fn domains_have_no_port() {
        assert_eq!(domain_name("localhost:9000"), "localhost");
        assert_eq!(domain_name("crm.example.com"), "crm.example.com");
        assert_eq!(domain_name("[::1]:9000"), "[::1]");
        assert_eq!(domain_name("[::1]"), "[::1]");
    }

    #[test]
    fn header_bytes_become_text() {
        let event = event_of(&request("/", &[("x-utf8", "é".as_bytes()), ("x-latin1", b"\xe9")]), b"");
        assert_eq!(event["headers"]["x-utf8"], "é");
        assert_eq!(event["headers"]["x-latin1"], "é");
    }
}
