//! Requests that break the contract (contract section 6).

use super::check::{Check, Severity};
use super::gateway::Key;
use super::outcome::{Outcome, ensure, ensure_none};
use super::visit::Visit;
use serde_json::json;

/// The checks on wrong requests.
pub const CHECKS: &[Check] = &[
    Check {
        id: "unknown-path",
        section: "6",
        severity: Severity::Warning,
        writes: false,
        rule: "a path that does not exist is 404, a method that does not exist is 404 or 405",
        agent: "nothing, unless a client has a bug",
        fix: "answer 404 or 405 with the error body for everything that is not an operation",
        run: unknown_paths,
    },
    Check {
        id: "create-body-not-json",
        section: "6",
        severity: Severity::Failure,
        writes: true,
        rule: "creates and updates with a body that is not a JSON object are 400",
        agent: "an unexplained error",
        fix: "catch parsing errors and answer 400 with the error body",
        run: no_json_is_400,
    },
    Check {
        id: "body-too-large",
        section: "6",
        severity: Severity::Warning,
        writes: true,
        rule: "a body over 1 MB is 413",
        agent: "an unexplained error for a very long conversation",
        fix: "answer 413 with the error body instead of 500 or a closed connection",
        run: too_large_is_413,
    },
];

fn unknown_paths(visit: &mut Visit) -> Outcome {
    let calls = [("GET", "/crm-doctor/nothing-here"), ("GET", "/customers"), ("GET", "/case")];
    let mut wrong = Vec::new();
    for (method, path) in calls {
        let reply = visit.gateway.send(Key::Registered, method, path, &[], None);
        if !matches!(reply.status(), Some(404 | 405)) {
            wrong.push(reply.came());
        }
    }
    ensure_none(&wrong, "404 or 405")?;
    Ok(None)
}

fn no_json_is_400(visit: &mut Visit) -> Outcome {
    let mut paths = vec![("POST", "/customer".to_owned()), ("POST", "/case".to_owned())];
    paths.extend(visit.customer_id().ok().map(|id| ("PATCH", format!("/customer/{id}"))));
    paths.extend(visit.case_id().ok().map(|id| ("PATCH", format!("/case/{id}"))));
    let mut wrong = Vec::new();
    for (method, path) in &paths {
        for body in ["{\"title\": ", "[]"] {
            let reply = visit.gateway.send(Key::Registered, method, path, &[], Some(body.as_bytes()));
            if reply.status() != Some(400) {
                wrong.push(format!("{body} to {}", reply.came()));
            }
        }
    }
    ensure_none(&wrong, "400 for each")?;
    Ok(None)
}

fn too_large_is_413(visit: &mut Visit) -> Outcome {
    let body = json!({"displayName": "x".repeat((1 << 20) + 1024)});
    let reply = visit.gateway.post("/customer/bestmatch", &body);
    ensure(reply.status() == Some(413), "status 413", || reply.came())?;
    Ok(None)
}
