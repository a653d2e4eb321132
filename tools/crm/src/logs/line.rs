//! A line of the functions' log (`shared/lambda/src/request_line.rs`), for people.

use crm_domain::Timestamp;
use serde_json::Value;

use crate::output::{Output, Tone};

/// When it was written, in milliseconds since 1970; 0 if unknown.
pub fn time_of(line: &Value) -> i64 {
    let time = line["timestamp"].as_str().and_then(Timestamp::parse);
    time.map_or(0, Timestamp::milliseconds)
}

/// Shows it: the time, the result, the request and the tenant.
pub fn show(line: &Value, output: &mut Output) {
    let text = |name: &str| line[name].as_str().unwrap_or_default();
    let level = text("level");
    let tone = match level {
        "ERROR" => Tone::Bad,
        "WARN" => Tone::Careful,
        _ => Tone::Quiet,
    };
    let mut parts = vec![
        text("timestamp").to_owned(),
        output.tinted(tone, &format!("{level:5}")),
        text("function").to_owned(),
    ];
    if let Some(status) = line["status"].as_u64() {
        let took = line["milliseconds"].as_f64().unwrap_or_default();
        parts.push(format!("{} {status} in {took:.0} ms", text("method")));
    } else {
        parts.push(text("message").to_owned());
    }
    for name in ["cause", "tenant", "key", "agent", "trace"] {
        if !text(name).is_empty() {
            parts.push(format!("{name} {}", text(name)));
        }
    }
    output.line(&parts.join("  "));
}
