//! The look-up in the company's own CRM (section 7): one outgoing request with all of its guards.

use std::time::Duration;

use crm_domain::{Brand, error::Error};
use crm_lambda::local::is_local_stack;
use crm_outgoing::{Caller, Guard, Outgoing};
use serde_json::Value;
use tracing::warn;
use url::Url;

use crate::{
    rules::MOST_ELEMENTS,
    texts::{LOOKUP_FAILED, NO_LOOKUP_URL},
};

/// How long the CRM has for its answer, all attempts together (section 7). Two of a request's seven seconds are left
/// for writing.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Asks a brand's CRM with these parameters, in this order, and returns the elements of its answer.
///
/// # Errors
/// When the brand has no look-up URL, and when the CRM does not answer as it must. The log has the reason, without
/// the URL, which may hold a secret.
pub async fn ask(brand: &Brand, parameters: &[(&str, &str)], trace: &str) -> Result<Vec<Value>, Error> {
    let url = brand.sync_url.as_ref().ok_or_else(|| NO_LOOKUP_URL.refused())?;
    answer(brand, url, parameters).await.map_err(|reason| {
        warn!(trace, reason, "the lookup in a client's CRM failed");
        LOOKUP_FAILED.refused()
    })
}

/// Connections are not kept, because the addresses of a name are judged for each look-up. Redirects are failures like any other status.
async fn answer(brand: &Brand, url: &str, parameters: &[(&str, &str)]) -> Result<Vec<Value>, &'static str> {
    let mut url = Url::parse(url).map_err(|_| "its address cannot be read")?;
    url.query_pairs_mut().extend_pairs(parameters);
    let guard = Guard {
        allows_private: brand.sync_private,
        is_local: is_local_stack(),
    };
    let request = Outgoing {
        method: "GET",
        url: &url,
        headers: &[("accept", "application/json")],
        body: "",
        patience: PATIENCE,
        most_bytes: MOST_BYTES,
    };
    let answer = Caller::new(guard).send(request).await?;
    if answer.status != 200 {
        return Err("its status is not 200");
    }
    match serde_json::from_slice(&answer.body) {
        Ok(Value::Array(elements)) if elements.len() <= MOST_ELEMENTS => Ok(elements),
        Ok(Value::Array(_)) => Err("its answer has too many elements"),
        _ => Err("its answer is not a JSON array"),
    }
}
