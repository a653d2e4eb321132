//! The log line of a request. CloudWatch also reads the metrics from it: the member `_aws` lists which members are metrics (CloudWatch's
//! embedded metric format). So no agent runs and no API is called for metrics.
//!
//! A metric costs money for every hour in which it has a value. Therefore the number of calls is not a separate metric; it is the number of
//! values of `milliseconds`. Counts of failures are present only when there is a failure.

use std::time::Duration;

use crm_domain::{Actor, Timestamp, digest::digest, error::Error};
use serde_json::{Map, Value, json};

use crate::http::Request;

/// How a request ended.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The function's name, the metrics' only dimension.
    pub function: &'static str,
    /// The answer's status.
    pub status: u16,
    /// The error, if it failed.
    pub failure: Option<&'a Error>,
    /// How long it took.
    pub took: Duration,
    /// Whether it was the first request of its execution environment.
    pub cold: bool,
}

/// The members about a caller whose key is known.
#[derive(Debug, Default)]
pub struct Caller {
    tenant: String,
    key: String,
    agent: Option<String>,
    initiative: Option<i64>,
    company: Option<i64>,
}

impl Caller {
    /// Agents appear by pseudonym, since the log must not contain e-mail addresses.
    pub fn new(tenant: &str, key: &str, actor: &Actor) -> Self {
        Self {
            tenant: tenant.to_owned(),
            key: key.to_owned(),
            agent: actor.agent.as_deref().map(pseudonym),
            initiative: actor.initiative,
            company: actor.company,
        }
    }
}

/// The pseudonym of an address. The same address always has the same one. A reader of the log cannot reverse it without a list of
/// addresses.
fn pseudonym(agent: &str) -> String {
    digest(&["agent", agent])[..10].to_owned()
}

/// Builds the line. With a namespace, CloudWatch creates metrics from it.
pub fn request_line(request: &Request, caller: &Caller, outcome: &Outcome<'_>, now: Timestamp, namespace: Option<&str>) -> Value {
    let (level, message) = verdict(outcome.failure);
    let mut line = json!({
        "timestamp": now.iso_milliseconds(),
        "level": level,
        "message": message,
        "trace": request.trace,
        "request_id": request.request_id,
        "function": outcome.function,
        "method": request.method,
        "tenant": caller.tenant,
        "key": caller.key,
        "agent": caller.agent.as_deref().unwrap_or_default(),
        "status": outcome.status,
    });
    for (name, value) in [("initiative", caller.initiative), ("company", caller.company)] {
        if let Some(value) = value {
            line[name] = value.into();
        }
    }
    if let Some(failure) = outcome.failure {
        line["cause"] = failure.log_text().into();
    }
    let metrics = metrics(outcome);
    if let Some(namespace) = namespace {
        line["_aws"] = declaration(namespace, &metrics, now);
    }
    if let Value::Object(members) = &mut line {
        members.extend(metrics);
    }
    line
}

fn verdict(failure: Option<&Error>) -> (&'static str, &'static str) {
    match failure {
        Some(failure) if failure.is_ours() => ("ERROR", "failed"),
        Some(_) => ("WARN", "refused"),
        None => ("INFO", "answered"),
    }
}

/// The duration, and a 1 for each counted event.
fn metrics(outcome: &Outcome<'_>) -> Map<String, Value> {
    let microseconds = u32::try_from(outcome.took.as_micros()).unwrap_or(u32::MAX);
    let counted = [
        ("errors", outcome.status >= 500),
        ("client_errors", (400..500).contains(&outcome.status)),
        (
            "key_failures",
            matches!(outcome.failure, Some(Error::Unauthorized(_) | Error::Forbidden(_))),
        ),
        ("cold_starts", outcome.cold),
    ];
    let mut metrics = Map::from_iter([("milliseconds".to_owned(), (f64::from(microseconds) / 1e3).into())]);
    metrics.extend(
        counted
            .iter()
            .filter(|(_, counts)| *counts)
            .map(|(name, _)| ((*name).to_owned(), 1.into())),
    );
    metrics
}

/// The member that tells CloudWatch which members are metrics (its specification of the embedded metric format).
fn declaration(namespace: &str, metrics: &Map<String, Value>, now: Timestamp) -> Value {
    let unit = |name: &str| if name == "milliseconds" { "Milliseconds" } else { "Count" };
    let metrics: Vec<Value> = metrics.keys().map(|name| json!({"Name": name, "Unit": unit(name)})).collect();
    json!({
        "Timestamp": now.milliseconds(),
        "CloudWatchMetrics": [{"Namespace": namespace, "Dimensions": [["function"]], "Metrics": metrics}],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_790_000_000_123);

    fn outcome(status: u16, failure: Option<&Error>, cold: bool) -> Outcome<'_> {
        Outcome {
            function: "khoros-find-customer",
            status,
            failure,
            took: Duration::from_micros(4_321),
            cold,
        }
    }

    #[track_caller]
    fn check(outcome: &Outcome<'_>, wanted: &[&str]) {
        let line = request_line(&Request::default(), &Caller::default(), outcome, NOW, Some("crm"));
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        let names: Vec<&str> = declared["Metrics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|metric| metric["Name"].as_str().unwrap())
            .collect();
        assert_eq!(names, wanted);
        for name in names {
            assert!(line[name].is_number(), "{name} of {line}");
        }
        for dimension in declared["Dimensions"][0].as_array().unwrap() {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension} of {line}");
        }
        assert_eq!(line["_aws"]["Timestamp"], NOW.milliseconds());
    }

    #[test]
    fn a_count_is_present_only_when_it_happens() {
        check(&outcome(200, None, false), &["milliseconds"]);
        check(&outcome(204, None, true), &["milliseconds", "cold_starts"]);
        check(&outcome(500, Some(&Error::Timeout), false), &["milliseconds", "errors"]);
        check(
            &outcome(404, Some(&Error::UnknownPath), false),
            &["milliseconds", "client_errors"],
        );
        check(
            &outcome(401, Some(&Error::Unauthorized("no key")), false),
            &["milliseconds", "client_errors", "key_failures"],
        );
    }

    #[test]
    fn without_a_namespace_there_are_no_metrics() {
        let line = request_line(&Request::default(), &Caller::default(), &outcome(200, None, true), NOW, None);
        assert_eq!(line.get("_aws"), None);
        assert_eq!(line["milliseconds"], 4.321);
        assert_eq!(line["timestamp"], "2026-09-21T14:13:20.123Z");
    }
}
