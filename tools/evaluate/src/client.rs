//! A client of the Khoros contract, as far as evaluations need it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use ureq::{Agent, http::Request};

/// A deployment and the key that opens it.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    authorization: String,
}

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

impl Client {
    /// A client of the deployment at this `instanceUrl`.
    pub fn new(base: &str, authorization: &str) -> Self {
        let configuration = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .build();
        Self {
            agent: configuration.into(),
            base: base.trim_end_matches('/').to_owned(),
            authorization: authorization.to_owned(),
        }
    }

    /// The same deployment with its host's root as the base, where the other dialects' paths begin.
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
        let matches = matches.as_array().context("best match does not answer with a list")?;
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
        let text = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(&url)
            .header("authorization", &self.authorization)
            .header("apikey", &self.authorization) // Omnidesk's
            .header("content-type", "application/json")
            .body(text)?;
        let mut response = self.agent.run(request).with_context(|| format!("{url} cannot be reached"))?;
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().unwrap_or_default();
        // The customers are invented, so a message may show them.
        ensure!(
            expected.contains(&status),
            "{method} {path} answered {status} instead of {expected:?}: {text}\nto {}",
            body.unwrap_or(&Value::Null)
        );
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).with_context(|| format!("{method} {path} answered something that is not JSON"))
    }
}
