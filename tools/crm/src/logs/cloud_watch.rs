//! The functions' lines in CloudWatch Logs. Only one operation is needed, and a signed call of our own costs less than another SDK would (decision 0053).

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use aws_config::BehaviorVersion;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use crm_outgoing::aws::{Service, domain};
use http_client::{Answer, Client};
use serde_json::{Value, json};

use super::Wanted;
use crate::{Misuse, Unreachable, connection::wait};

/// How long one call may take.
const LIMIT: Duration = Duration::from_secs(30);
/// The largest number of pages that are read for one query. CloudWatch pages by the searched volume, so many pages may be empty.
const MOST_PAGES: usize = 2_000;
/// The variable with another address, which AWS' own programs also read.
const ENDPOINT: &str = "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS";

/// A log group.
pub struct CloudWatch {
    pub(super) group: String,
    client: Client,
    url: String,
    region: String,
    credentials: SharedCredentialsProvider,
}

impl CloudWatch {
    /// A log group of the usual account and region.
    pub async fn open(group: String) -> anyhow::Result<Self> {
        let configuration = aws_config::defaults(BehaviorVersion::latest()).load().await;
        let region = configuration
            .region()
            .ok_or_else(|| Misuse("set the region, by the variable AWS_REGION or a profile".to_owned()))?
            .to_string();
        let credentials = configuration
            .credentials_provider()
            .ok_or_else(|| anyhow!("there are no AWS credentials: use `aws configure`, a profile or a role"))?;
        let url = std::env::var(ENDPOINT).unwrap_or_else(|_| format!("https://logs.{region}.{}", domain(&region)));
        Ok(Self {
            group,
            client: Client::new(&url, LIMIT),
            url: format!("{}/", url.trim_end_matches('/')),
            region,
            credentials,
        })
    }

    /// The requested lines, from a time on.
    pub fn lines(&self, wanted: Wanted<'_>, from: i64) -> anyhow::Result<Vec<Value>> {
        let mut question = json!({"logGroupName": self.group, "startTime": from});
        if let Some(pattern) = pattern(wanted) {
            question["filterPattern"] = json!(pattern);
        }
        let mut lines = Vec::new();
        for _ in 0..MOST_PAGES {
            let page = self.ask(&question)?;
            let events = page["events"].as_array().into_iter().flatten();
            let texts = events.filter_map(|event| event["message"].as_str());
            lines.extend(texts.filter_map(|text| serde_json::from_str::<Value>(text).ok()));
            match page["nextToken"].as_str() {
                Some(next) => question["nextToken"] = json!(next),
                None => return Ok(lines),
            }
        }
        bail!(
            "the log {} is too large to search: give a shorter time with --since",
            self.group
        )
    }

    fn ask(&self, question: &Value) -> anyhow::Result<Value> {
        let body = question.to_string();
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "Logs_20140328.FilterLogEvents"),
        ];
        let signature = wait(self.signature(&headers, &body))?;
        let mut signed = headers.to_vec();
        signed.extend(signature.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let answer = self.client.call("POST", &self.url, &signed, Some(body.as_bytes()));
        let answer = answer.map_err(|none| Unreachable(format!("CloudWatch at {}: {none}. {}", self.url, none.advice())))?;
        if answer.is_success() {
            return Ok(answer.json());
        }
        Err(Self::refusal(&answer))
    }

    /// The headers that sign the call.
    async fn signature(&self, headers: &[(&str, &str)], body: &str) -> anyhow::Result<Vec<(String, String)>> {
        let credentials = self.credentials.provide_credentials().await;
        let credentials = credentials.context("the AWS credentials cannot be obtained")?;
        let service = Service {
            name: "logs",
            region: &self.region,
        };
        let signature = service.signature(credentials, ("POST", &self.url), headers, body.as_bytes());
        signature.map_err(|error| anyhow!(error))
    }

    /// AWS' text, with its meaning here.
    fn refusal(answer: &Answer) -> anyhow::Error {
        let body = answer.json();
        let kind = body["__type"]
            .as_str()
            .unwrap_or_default()
            .rsplit('#')
            .next()
            .unwrap_or_default();
        let words = body["message"]
            .as_str()
            .or_else(|| body["Message"].as_str())
            .unwrap_or_default();
        let advice = match kind {
            "ResourceNotFoundException" => "compare the stack's name, the region and --log-group",
            "AccessDeniedException" => "these credentials need logs:FilterLogEvents on the log group",
            _ => "docs/operating.md says what an operator needs",
        };
        anyhow!("CloudWatch refused with {} {kind}: {words}; {advice}", answer.status)
    }
}

/// The filter that CloudWatch applies.
fn pattern(wanted: Wanted<'_>) -> Option<String> {
    match wanted {
        Wanted::Trace(trace) => Some(format!("{{ $.trace = \"{trace}\" }}")),
        Wanted::Tenant(Some(tenant)) => {
            let is_plain = tenant
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            is_plain.then(|| format!("{{ $.tenant = \"{tenant}\" }}"))
        }
        Wanted::Tenant(None) => None,
    }
}
