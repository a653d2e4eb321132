//! HTTP calls as data: a request gives one [`Answer`] or one [`NoAnswer`]. Redirects are not followed, a status is
//! never an error, and everything is bounded in time and size.

use std::{
    fmt,
    time::{Duration, Instant},
};

use serde_json::Value;
pub use ureq::http::Uri;
use ureq::http::{HeaderName, HeaderValue, Method, Request};

/// The largest part of an answer's body that is read.
const LARGEST_BODY: u64 = 8 << 20;
/// How many connections a client keeps open between calls.
const IDLE_CONNECTIONS: usize = 10;
/// The largest part of a body that is shown to people.
const EXCERPT: usize = 280;

/// A client for one server.
#[derive(Debug, Clone)]
pub struct Client {
    agent: ureq::Agent,
}

/// The answer of a server.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case and their values, in the answer's order.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// How long it took, to the last byte.
    pub elapsed: Duration,
}

/// The reason why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The host name does not exist.
    Dns,
    /// Nobody listens.
    Refused,
    /// No encrypted connection.
    Tls,
    /// It took too long.
    Timeout,
    /// Anything else: a connection cut off, an answer that is no HTTP.
    Other,
}

/// A missing answer, and the reason.
#[derive(Debug, Clone)]
pub struct NoAnswer {
    /// The kind of failure.
    pub cause: Cause,
    /// The library's own words.
    pub detail: String,
}

impl Client {
    /// A client that gives up on a call after `limit`. A proxy of the environment is used, except for this very machine.
    pub fn new(base: &str, limit: Duration) -> Self {
        Self::with_idle_connections(base, limit, IDLE_CONNECTIONS)
    }

    /// Like [`Self::new`], but every call has a connection of its own: none can fail because the server closed an idle connection.
    pub fn connecting_anew(base: &str, limit: Duration) -> Self {
        Self::with_idle_connections(base, limit, 0)
    }

    fn with_idle_connections(base: &str, limit: Duration, idle: usize) -> Self {
        let mut config = ureq::Agent::config_builder()
            .max_idle_connections(idle)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_age(Duration::from_secs(2)) // one that the server closes meanwhile would look like its fault
            .user_agent(concat!("khoros-crm/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(limit));
        if is_loopback(base) {
            config = config.proxy(None);
        }
        Self {
            agent: config.build().into(),
        }
    }

    /// One call with exactly these headers. A body is sent only with methods that have one.
    ///
    /// # Errors
    /// Why there was no answer.
    pub fn call(&self, method: &str, url: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Result<Answer, NoAnswer> {
        let begun = Instant::now();
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).map_err(NoAnswer::other)?)
            .uri(url);
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(NoAnswer::other)?;
            let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(NoAnswer::other)?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body).map_err(NoAnswer::other)?),
            None => self.agent.run(request.body(()).map_err(NoAnswer::other)?),
        };
        let mut response = response.map_err(|error| NoAnswer::of(&error))?;
        let headers = response.headers().iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let body = response.body_mut().with_config().limit(LARGEST_BODY).read_to_vec();
        Ok(Answer {
            status,
            headers,
            body: body.map_err(|error| NoAnswer::of(&error))?,
            elapsed: begun.elapsed(),
        })
    }
}

/// Whether a URL's host is this machine.
pub fn is_loopback(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Answer {
    /// The first header of this name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Whether the content type is JSON's.
    pub fn says_json(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        kind.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case("application/json")
    }

    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Status, content type and the beginning of the body, on one line and safe for a terminal.
    pub fn excerpt(&self) -> String {
        let kind = self.header("content-type").unwrap_or("no content type");
        if self.body.is_empty() {
            return format!("{} with an empty body", self.status);
        }
        let text = excerpt_of(&String::from_utf8_lossy(&self.body));
        format!("{} ({}) {text}", self.status, excerpt_of(kind))
    }
}

/// The beginning of a text from elsewhere: one line, no control characters.
pub fn excerpt_of(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(EXCERPT + 1)
        .collect();
    if clean.chars().count() > EXCERPT {
        clean.chars().take(EXCERPT).chain(['…']).collect()
    } else {
        clean
    }
}

impl NoAnswer {
    fn other(error: impl fmt::Display) -> Self {
        Self {
            cause: Cause::Other,
            detail: error.to_string(),
        }
    }

    fn of(error: &ureq::Error) -> Self {
        Self {
            cause: Self::cause_of(error),
            detail: excerpt_of(&error.to_string()),
        }
    }

    fn cause_of(error: &ureq::Error) -> Cause {
        match error {
            ureq::Error::HostNotFound => Cause::Dns,
            ureq::Error::Timeout(_) => Cause::Timeout,
            ureq::Error::ConnectionFailed => Cause::Refused,
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Cause::Tls,
            ureq::Error::Io(error) => Self::cause_of_io(error),
            _ => Cause::Other,
        }
    }

    fn cause_of_io(error: &std::io::Error) -> Cause {
        let text = error.to_string().to_lowercase();
        match error.kind() {
            std::io::ErrorKind::ConnectionRefused => Cause::Refused,
            std::io::ErrorKind::TimedOut => Cause::Timeout,
            _ if text.contains("lookup address") || text.contains("name or service") => Cause::Dns,
            _ if ["certificate", "tls", "handshake", "corrupt message"]
                .iter()
                .any(|word| text.contains(word)) =>
            {
                Cause::Tls
            }
            _ => Cause::Other,
        }
    }

    /// Advice for an operator.
    pub fn advice(&self) -> &'static str {
        match self.cause {
            Cause::Dns => "The host name does not resolve. Check its spelling and its DNS record; a new record can take minutes.",
            Cause::Refused => {
                "Nobody listens there. Check host and port, and that the server runs and its firewall lets this address in."
            }
            Cause::Tls => {
                "No trusted encrypted connection. Khoros needs a certificate of a public authority, valid today, for exactly this host \
                 name, with its intermediate certificates; a self-signed or private one is not enough. Also check that the port speaks \
                 HTTPS."
            }
            Cause::Timeout => {
                "Nothing came back in time. Check that the host is reachable from here (firewall, VPN) and not overloaded."
            }
            Cause::Other => "The connection broke or the answer is not HTTP. Check that host and port belong to the CRM.",
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "no answer: {}", self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_one_safe_line() {
        assert_eq!(excerpt_of("a\nb\x1b[31mc"), "a b [31mc");
        assert_eq!(excerpt_of(&"x".repeat(1000)).chars().count(), EXCERPT + 1);
    }

    #[test]
    fn nobody_listening_is_refused() {
        let client = Client::new("http://127.0.0.1:9", Duration::from_secs(2));
        let error = client.call("GET", "http://127.0.0.1:9/", &[], None).unwrap_err();
        assert_eq!(error.cause, Cause::Refused);
    }

    #[test]
    fn a_name_that_does_not_exist_is_dns() {
        let client = Client::new("http://nobody.invalid", Duration::from_secs(5));
        let error = client.call("GET", "http://nobody.invalid/", &[], None).unwrap_err();
        assert_eq!(error.cause, Cause::Dns, "{error}");
    }
}
