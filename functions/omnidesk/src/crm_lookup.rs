//! The look-up in the company's own CRM (section 7): one outgoing request with all of its guards.

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
use crm_domain::{Brand, error::Error};
use crm_lambda::local::is_local_stack;
use serde_json::Value;
use tracing::warn;
use url::Url;

use crate::{
    guard::Guard,
    rules::MOST_ELEMENTS,
    texts::{LOOKUP_FAILED, NO_LOOKUP_URL},
};

/// How long the CRM has for its answer, all attempts together (section 7). Two of a request's seven seconds are left
/// for writing.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many connections are attempted.
const ATTEMPTS: u32 = 2;
/// The largest answer that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Asks a brand's CRM with these parameters, in this order, and returns the elements of its answer.
///
/// # Errors
/// When the brand has no look-up URL, and when the CRM does not answer as it must. The log has the reason, without
/// the URL, which may hold a secret.
pub async fn ask(brand: &Brand, parameters: &[(&str, &str)], trace: &str) -> Result<Vec<Value>, Error> {
    let url = brand.sync_url.as_ref().ok_or_else(|| NO_LOOKUP_URL.refused())?;
    let answered = tokio::time::timeout(PATIENCE, answer(brand, url, parameters)).await;
    answered.unwrap_or(Err("it took too long")).map_err(|reason| {
        warn!(trace, reason, "the lookup in a client's CRM failed");
        LOOKUP_FAILED.refused()
    })
}

async fn answer(brand: &Brand, url: &str, parameters: &[(&str, &str)]) -> Result<Vec<Value>, &'static str> {
    let mut url = Url::parse(url).map_err(|_| "its address cannot be read")?;
    url.query_pairs_mut().extend_pairs(parameters);
    url.set_fragment(None);
    let guard = Guard {
        allows_private: brand.sync_private,
        is_local: is_local_stack(),
    };
    if !guard.allows(&url) {
        return Err("its address is not one that may be asked");
    }
    let response = send(&url, guard).await?;
    // Redirects are not followed; they are failures like any other status.
    if response.status().as_u16() != 200 {
        return Err("its status is not 200");
    }
    match serde_json::from_slice(&body(response).await?) {
        Ok(Value::Array(elements)) if elements.len() <= MOST_ELEMENTS => Ok(elements),
        Ok(Value::Array(_)) => Err("its answer has too many elements"),
        _ => Err("its answer is not a JSON array"),
    }
}

/// Sends the request with a connector of its own. Connections are not reused, because the addresses of a name are
/// judged for each look-up.
async fn send(url: &Url, guard: Guard) -> Result<HttpResponse, &'static str> {
    let connector = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .build_with_resolver(guard);
    let mut failed = "it was not asked";
    for _ in 0..ATTEMPTS {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(url.as_str()).map_err(|_| "its address cannot be asked")?;
        request.headers_mut().insert("accept", "application/json");
        match connector.call(request).await {
            Ok(response) => return Ok(response),
            Err(error) => failed = reason(&error),
        }
        if failed != NOT_CONNECTED {
            break;
        }
    }
    Err(failed)
}

const NOT_CONNECTED: &str = "it could not be reached";

fn reason(error: &ConnectorError) -> &'static str {
    if error.is_io() {
        NOT_CONNECTED
    } else if error.is_timeout() {
        "it took too long"
    } else {
        "the connection to it failed"
    }
}

async fn body(response: HttpResponse) -> Result<Vec<u8>, &'static str> {
    let mut stream = ByteStream::new(response.into_body());
    let mut bytes = Vec::new();
    while let Some(part) = stream.next().await {
        bytes.extend_from_slice(&part.map_err(|_| "its answer was interrupted")?);
        if bytes.len() > MOST_BYTES {
            return Err("its answer is too large");
        }
    }
    Ok(bytes)
}
