//! Rules about all answers, checked against the answers of the whole visit (contract sections 2 and 6).

use super::check::{Check, Severity};
use super::gateway::Seen;
use super::outcome::{Outcome, ensure_none};
use super::visit::Visit;
use http_client::Answer;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// Khoros' limit for `/meta`.
const META_LIMIT: Duration = Duration::from_secs(20);
/// Khoros' limit for everything else.
const LIMIT: Duration = Duration::from_secs(8);

const UNCLEAR: &str = "\"an error occurred\", without a hint what to do";

/// The checks on all answers.
pub const CHECKS: &[Check] = &[
    Check {
        id: "time-limit",
        section: "2",
        severity: Severity::Failure,
        writes: false,
        rule: "every answer comes within Khoros' limits: 20 s for /meta, 8 s for everything else",
        agent: "an error after a long wait",
        fix: "work against a deadline of 7 s and answer 500 yourself; look for cold starts, missing indexes and slow backends",
        run: within_limits,
    },
    Check {
        id: "time-half",
        section: "2",
        severity: Severity::Warning,
        writes: false,
        rule: "every answer comes within half of Khoros' limits",
        agent: "long waits, and errors on a busy day",
        fix: "look for cold starts, missing indexes and slow backends",
        run: within_half,
    },
    Check {
        id: "no-redirect",
        section: "1",
        severity: Severity::Failure,
        writes: false,
        rule: "no answer is a redirect",
        agent: "an error: a redirect loses the method, the body or the key",
        fix: "register the final URL (scheme, host, no slash at the end) and answer there directly",
        run: no_redirect,
    },
    Check {
        id: "content-type",
        section: "6",
        severity: Severity::Failure,
        writes: false,
        rule: "every answer with a body has the type application/json and is valid JSON",
        agent: UNCLEAR,
        fix: "set content-type: application/json, also for errors, and also for those of the gateway, proxy or framework in front",
        run: all_is_json,
    },
    Check {
        id: "listed-once",
        section: "4",
        severity: Severity::Failure,
        writes: false,
        rule: "no list contains a record twice",
        agent: "the same customer or case twice, with no way to tell which one to use",
        fix: "merge the results of the indexes by id before listing them",
        run: nothing_is_listed_twice,
    },
    Check {
        id: "empty-204",
        section: "4",
        severity: Severity::Failure,
        writes: false,
        rule: "204 has no body, and 200 and 201 have one",
        agent: "an error where a result was expected",
        fix: "send a body with 200 and 201, and none with 204",
        run: bodies_fit_statuses,
    },
    Check {
        id: "no-server-error",
        section: "6",
        severity: Severity::Failure,
        writes: false,
        rule: "no request of this visit is answered 5xx",
        agent: "\"an error occurred\"",
        fix: "look into the server's log at the time of the request",
        run: no_server_error,
    },
    Check {
        id: "error-shape",
        section: "6",
        severity: Severity::Failure,
        writes: false,
        rule: "every error is a JSON object with a message that an agent can read",
        agent: UNCLEAR,
        fix: "answer every 4xx and 5xx with {\"error\": \"snake_case_name\", \"message\": \"text for the agent\"}",
        run: errors_have_messages,
    },
    Check {
        id: "error-name",
        section: "6",
        severity: Severity::Warning,
        writes: false,
        rule: "every error has a name in snake_case",
        agent: "nothing, but their support cannot tell errors apart",
        fix: "add \"error\": \"not_found\" and the like, in lower case with underscores",
        run: errors_have_names,
    },
    Check {
        id: "error-fields-shape",
        section: "6",
        severity: Severity::Failure,
        writes: false,
        rule: "the fields of an error are objects of name and errorMessage",
        agent: "no hint which field is wrong",
        fix: "write fields as [{\"name\": \"email\", \"errorMessage\": \"what would be right\"}], and leave it out if there are none",
        run: error_fields_are_whole,
    },
    Check {
        id: "error-internals",
        section: "6",
        severity: Severity::Warning,
        writes: false,
        rule: "no error reveals the server's internals",
        agent: "a stack trace",
        fix: "log the details and answer with a sentence and a code that leads to the log line",
        run: errors_tell_nothing,
    },
    Check {
        id: "key-echo",
        section: "1",
        severity: Severity::Failure,
        writes: false,
        rule: "no answer repeats the key",
        agent: "perhaps the key itself, on their screen",
        fix: "take request headers out of error messages and debug output",
        run: no_key_in_answers,
    },
    Check {
        id: "cache-headers",
        section: "1",
        severity: Severity::Warning,
        writes: false,
        rule: "no header allows an answer to be cached",
        agent: "old data, sometimes",
        fix: "send cache-control: no-store, or no caching header at all",
        run: nothing_is_cached,
    },
];

/// Messages about the answers that are wrong.
fn check_answers(visit: &Visit, expected: &str, good: impl Fn(&Seen, &Answer) -> bool) -> Outcome {
    let seen = visit.gateway.seen();
    let mut wrong: Vec<String> = Vec::new();
    for seen in &seen {
        if let Ok(answer) = &seen.reply.result
            && !good(seen, answer)
        {
            wrong.push(describe(seen, answer));
        }
    }
    wrong.dedup();
    ensure_none(&wrong, expected)?;
    Ok(None)
}

fn describe(seen: &Seen, answer: &Answer) -> String {
    if answer.status >= 400 {
        return seen.reply.came();
    }
    let kind = answer.header("content-type").unwrap_or("no content type");
    let to = answer.header("location").map(|to| format!(" to {to}")).unwrap_or_default();
    format!(
        "{}: {}{to} ({kind}), {} bytes",
        seen.reply.request, answer.status, seen.length
    )
}

fn limit_of(seen: &Seen) -> Duration {
    let is_meta = seen.reply.request.starts_with("GET /meta/");
    if is_meta { META_LIMIT } else { LIMIT }
}

fn check_times(visit: &Visit, part: u32, expected: &str) -> Outcome {
    let too_long = |seen: &Seen| match &seen.reply.result {
        Ok(answer) => answer.elapsed > limit_of(seen) / part,
        Err(_) => seen.reply.timed_out(),
    };
    let describe = |seen: &Seen| match &seen.reply.result {
        Ok(answer) => format!("{}: {:.1} s", seen.reply.request, answer.elapsed.as_secs_f64()),
        Err(_) => seen.reply.came(),
    };
    let seen = visit.gateway.seen();
    let wrong: Vec<String> = seen.iter().filter(|seen| too_long(seen)).map(describe).collect();
    ensure_none(&wrong, expected)?;
    Ok(slowest(&seen).map(|text| format!("slowest: {text}")))
}

/// The slowest call and its duration.
pub fn slowest(seen: &[Seen]) -> Option<String> {
    let timed = seen
        .iter()
        .filter_map(|seen| Some((seen.reply.result.as_ref().ok()?.elapsed, &seen.reply.request)));
    let (elapsed, request) = timed.max()?;
    Some(format!("{request}, {:.2} s", elapsed.as_secs_f64()))
}

fn within_limits(visit: &mut Visit) -> Outcome {
    check_times(visit, 1, "20 s for /meta, 8 s for everything else")
}

fn within_half(visit: &mut Visit) -> Outcome {
    check_times(visit, 2, "10 s for /meta, 4 s for everything else")
}

fn no_redirect(visit: &mut Visit) -> Outcome {
    check_answers(visit, "no status 3xx", |_, answer| !(300..400).contains(&answer.status))
}

fn is_judged(answer: &Answer) -> bool {
    !(300..400).contains(&answer.status)
}

fn all_is_json(visit: &mut Visit) -> Outcome {
    check_answers(visit, "content-type: application/json", |seen, answer| {
        let really =
            answer.status < 400 || seen.length > answer.body.len() || serde_json::from_slice::<Value>(&answer.body).is_ok();
        !is_judged(answer) || seen.length == 0 || (answer.says_json() && really)
    })
}

fn nothing_is_listed_twice(visit: &mut Visit) -> Outcome {
    let twice = |seen: &Seen| {
        let mut known = BTreeSet::new();
        let id = seen.listed.iter().find(|id| !known.insert(*id))?;
        Some(format!("{}: {id} twice", seen.reply.request))
    };
    let mut wrong: Vec<String> = visit.gateway.seen().iter().filter_map(twice).collect();
    wrong.dedup();
    ensure_none(&wrong, "every record once")?;
    Ok(None)
}

fn bodies_fit_statuses(visit: &mut Visit) -> Outcome {
    check_answers(visit, "a body with 200 and 201, none with 204", |seen, answer| {
        match answer.status {
            200 | 201 => seen.length > 0,
            204 => seen.length == 0 && answer.header("content-length").is_none_or(|length| length == "0"),
            _ => true,
        }
    })
}

fn no_server_error(visit: &mut Visit) -> Outcome {
    check_answers(visit, "no status 5xx", |_, answer| answer.status < 500)
}

fn check_errors(visit: &Visit, expected: &str, good: impl Fn(&Value) -> bool) -> Outcome {
    check_answers(visit, expected, |_, answer| answer.status < 400 || good(&answer.json()))
}

fn errors_have_messages(visit: &mut Visit) -> Outcome {
    check_errors(visit, "{\"error\": …, \"message\": \"text\"}", |error| {
        error["message"].as_str().is_some_and(|message| !message.trim().is_empty())
    })
}

fn errors_have_names(visit: &mut Visit) -> Outcome {
    let is_snake_case =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    check_errors(visit, "\"error\": \"snake_case_name\"", |error| {
        error["error"].as_str().is_some_and(is_snake_case)
    })
}

fn error_fields_are_whole(visit: &mut Visit) -> Outcome {
    let is_field = |field: &Value| field["name"].is_string() && field["errorMessage"].is_string();
    check_errors(visit, "\"fields\": [{\"name\", \"errorMessage\"}]", |error| {
        match error.get("fields") {
            None => true,
            Some(fields) => fields.as_array().is_some_and(|fields| fields.iter().all(is_field)),
        }
    })
}

fn errors_tell_nothing(visit: &mut Visit) -> Outcome {
    const INSIDE: [&str; 12] = [
        "traceback (most recent",
        "stack trace",
        "stacktrace",
        "panicked at",
        "exception in thread",
        "sqlstate",
        "syntax error at or near",
        "dynamodb",
        "amazonaws",
        ".java:",
        ".py\"",
        "node_modules",
    ];
    check_answers(visit, "a sentence and no more", |_, answer| {
        let text = String::from_utf8_lossy(&answer.body).to_lowercase();
        answer.status < 400 || !INSIDE.iter().any(|word| text.contains(word))
    })
}

fn no_key_in_answers(visit: &mut Visit) -> Outcome {
    check_answers(visit, "answers without the key", |seen, _| !seen.shows_key)
}

fn nothing_is_cached(visit: &mut Visit) -> Outcome {
    check_answers(visit, "cache-control: no-store, or none", |_, answer| {
        let control = answer.header("cache-control").unwrap_or_default().to_lowercase();
        let lasting = control.contains("max-age=") && !control.contains("max-age=0");
        !(control.contains("public") || lasting)
    })
}
