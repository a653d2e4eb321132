//! Requests to the company's other systems: look-ups in its CRM, and what its webhook or event bus is sent. All guards are here.

pub mod aws;
mod event_bus;
mod guard;

use std::time::Duration;

use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::HttpConnector as _,
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use url::Url;

pub use event_bus::{Event, EventBusCaller};
pub use guard::{Guard, Refusal};

/// How many connections are attempted.
const ATTEMPTS: u32 = 2;
/// How much of the answer to a message is read, in bytes, so that the connection can be used again. Nothing in it counts.
const MOST_REPLIED: usize = 1 << 16;
const NOT_CONNECTED: &str = "it could not be reached";
const TOO_LONG: &str = "it took too long";

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The method.
    pub method: &'a str,
    /// The URL.
    pub url: &'a Url,
    /// The headers, with their names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body; empty for none.
    pub body: &'a str,
    /// How long the answer may take, all attempts together.
    pub patience: Duration,
    /// The largest answer that is read, in bytes.
    pub most_bytes: usize,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The status. Redirects are not followed, so it may be one.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Sends requests, guarded. It keeps connections, whose addresses were judged when they were opened: a name that leads elsewhere later is
/// judged with the next connection.
#[derive(Debug)]
pub struct Caller {
    guard: Guard,
    connector: Connector,
}

impl Caller {
    /// A caller without connections.
    pub fn new(guard: Guard) -> Self {
        let connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build_with_resolver(guard);
        Self { guard, connector }
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// The reason in words, without the URL, which may contain a secret.
    pub async fn send(&self, request: Outgoing<'_>) -> Result<Incoming, &'static str> {
        if !self.guard.allows(request.url) {
            return Err("its address is not one that may be asked");
        }
        let answered = tokio::time::timeout(request.patience, self.answer(request)).await;
        answered.unwrap_or(Err(TOO_LONG))
    }

    /// Posts a message. Any status from 200 to 299 accepts it.
    ///
    /// # Errors
    /// The reason in words, without the URL.
    pub async fn post(&self, url: &str, headers: &[(&str, &str)], body: &str, patience: Duration) -> Result<(), String> {
        let url = Url::parse(url).map_err(|_| "its address cannot be read")?;
        let request = Outgoing {
            method: "POST",
            url: &url,
            headers,
            body,
            patience,
            most_bytes: MOST_REPLIED,
        };
        let status = self.send(request).await?.status;
        if (200..300).contains(&status) {
            return Ok(());
        }
        Err(format!("its status is {status}"))
    }

    async fn answer(&self, request: Outgoing<'_>) -> Result<Incoming, &'static str> {
        let mut failed = "it was not asked";
        for _ in 0..ATTEMPTS {
            match self.connector.call(request.http()?).await {
                Ok(response) => {
                    let status = response.status().as_u16();
                    let body = body(response, request.most_bytes).await?;
                    return Ok(Incoming { status, body });
                }
                Err(error) => failed = reason(&error),
            }
            if failed != NOT_CONNECTED {
                break;
            }
        }
        Err(failed)
    }
}

impl Outgoing<'_> {
    fn http(&self) -> Result<HttpRequest, &'static str> {
        let body = if self.body.is_empty() {
            SdkBody::empty()
        } else {
            SdkBody::from(self.body)
        };
        let mut request = HttpRequest::new(body);
        let mut url = self.url.clone();
        url.set_fragment(None);
        request.set_uri(url.as_str()).map_err(|_| "its address cannot be asked")?;
        request.set_method(self.method).map_err(|_| "its method is not one")?;
        for (name, value) in self.headers {
            request.headers_mut().insert((*name).to_owned(), (*value).to_owned());
        }
        Ok(request)
    }
}

fn reason(error: &ConnectorError) -> &'static str {
    if error.is_io() {
        NOT_CONNECTED
    } else if error.is_timeout() {
        TOO_LONG
    } else {
        "the connection to it failed"
    }
}

async fn body(response: HttpResponse, most_bytes: usize) -> Result<Vec<u8>, &'static str> {
    let mut stream = ByteStream::new(response.into_body());
    let mut bytes = Vec::new();
    while let Some(part) = stream.next().await {
        bytes.extend_from_slice(&part.map_err(|_| "its answer was interrupted")?);
        if bytes.len() > most_bytes {
            return Err("its answer is too large");
        }
    }
    Ok(bytes)
}
