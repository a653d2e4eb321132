//! A client of the Khoros contract, with the operations that evaluations need.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::Value;

/// A deployment and its key.
#[derive(Clone)]
pub struct Client {
    http: http_client::Client,
    base: String,
    authorization: String,
}

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

impl Client {
    /// A client of the deployment at this `instanceUrl`.
    pub fn new(base: &str, authorization: &str) -> Self {
        Self {
            http: http_client::Client::new(base, PATIENCE),
            base: base.trim_end_matches('/').to_owned(),
            authorization: authorization.to_owned(),
        }
    }

    /// The same deployment with the host's root as the base, which the other dialects' paths need.
    #[must_use]
    pub fn at_root(&self) -> Self {
        Self {
            base: self.base.trim_end_matches("/api/v1").to_owned(),
            ..self.clone()
        }
    }

    /// Creates a customer and returns its id.
    pub fn create(&self, fields: &Value) -> Result<String> {
        let created = self.send("POST", "/customer", Some(fields), &[201])?;
        let id = created["id"].as_str().context("a created customer has no id")?;
        Ok(id.to_owned())
    }

    /// The ids of the best matches, best first.
    pub fn best_match(&self, identity: &Value) -> Result<Vec<String>> {
        let matches = self.send("POST", "/customer/bestmatch", Some(identity), &[200])?;
        let matches = matches.as_array().context("the answer of best match is not a list")?;
        Ok(matches
            .iter()
            .filter_map(|customer| customer["id"].as_str())
            .map(str::to_owned)
            .collect())
    }

    /// Sends a request and returns the answer, which must have one of the expected statuses: its JSON, `null` if it is
    /// empty.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>, expected: &[u16]) -> Result<Value> {
        let url = format!("{}{path}", self.base);
        let sent = body.map(Value::to_string).unwrap_or_default();
        let headers = [
            ("authorization", self.authorization.as_str()),
            ("apikey", &self.authorization), // Omnidesk's
            ("content-type", "application/json"),
        ];
        let answer = self.http.call(method, &url, &headers, Some(sent.as_bytes()));
        let answer = answer.map_err(|none| anyhow!("{url} cannot be reached: {none}"))?;
        let (status, text) = (answer.status, String::from_utf8_lossy(&answer.body));
        // The customers are invented, so a message may show them.
        ensure!(
            expected.contains(&status),
            "{method} {path} answered {status} instead of {expected:?}: {text}\nto {}",
            body.unwrap_or(&Value::Null)
        );
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).with_context(|| format!("{method} {path} was not answered with JSON"))
    }
}
