//! The interactions of cases (contract section 5). An update must never remove one.

use super::cases::interaction;
use super::check::{Check, Severity};
use super::outcome::{Outcome, Trouble, ensure, not_asked};
use super::visit::Visit;
use serde_json::{Value, json};

/// The checks on interactions.
pub const CHECKS: &[Check] = &[
    Check {
        id: "interaction-kept",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "an interaction comes back with all its members, author included",
        agent: "a conversation with parts missing",
        fix: "store created, body, linkUrl, serviceId, service, contentType and author with its five members",
        run: kept,
    },
    Check {
        id: "interaction-append",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "interactions of an update are appended to those already there",
        agent: "a conversation whose beginning has vanished",
        fix: "add the interactions of a PATCH to the case's; never replace the list",
        run: appended,
    },
    Check {
        id: "interaction-repeat",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "an interaction that is sent again (same service and serviceId) updates its body and is not duplicated",
        agent: "every message twice, or old texts of edited messages",
        fix: "identify an interaction by service and serviceId, and replace the body of a known one",
        run: repeated,
    },
    Check {
        id: "interaction-empty-list",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "an update with an empty list of interactions removes none",
        agent: "a conversation that vanishes when the title is edited",
        fix: "treat [] in a PATCH as \"nothing to add\"",
        run: empty_list_keeps,
    },
    Check {
        id: "interaction-required",
        section: "5",
        severity: Severity::Failure,
        writes: true,
        rule: "an interaction without its required members is 422, and the case is unchanged",
        agent: "messages without a text or a time",
        fix: "require created, body, linkUrl, serviceId, service and contentType, and refuse the whole request otherwise",
        run: required_members,
    },
];

fn interactions(case: &Value) -> Vec<Value> {
    case["interactions"].as_array().cloned().unwrap_or_default()
}

fn numbered<'a>(visit: &Visit, interactions: &'a [Value], n: u32) -> Option<&'a Value> {
    let wanted = interaction(visit, n, "");
    interactions
        .iter()
        .find(|found| found["serviceId"] == wanted["serviceId"] && found["service"] == wanted["service"])
}

fn update(visit: &Visit, interactions: &Value) -> Result<Value, Trouble> {
    let path = format!("/case/{}", visit.case_id()?);
    visit.gateway.patch(&path, &json!({"interactions": interactions})).object(201)
}

fn kept(visit: &mut Visit) -> Outcome {
    let case = visit.stored_case()?;
    let all = interactions(&case);
    let sent = interaction(visit, 1, "Where is my parcel?");
    let found = numbered(visit, &all, 1).unwrap_or(&Value::Null);
    ensure(is_covered(&sent, found), &format!("{sent}"), || {
        case["interactions"].to_string()
    })?;
    Ok(None)
}

/// Whether everything that was sent is shown; more may be.
fn is_covered(sent: &Value, shown: &Value) -> bool {
    match sent {
        Value::Object(members) => members.iter().all(|(name, value)| is_covered(value, &shown[name.as_str()])),
        other => other == shown,
    }
}

fn appended(visit: &mut Visit) -> Outcome {
    let answer = update(
        visit,
        &json!([interaction(visit, 2, "It is a red one."), interaction(visit, 3, "Hello?")]),
    )?;
    for case in [answer, visit.stored_case()?] {
        let all = interactions(&case);
        let complete = all.len() == 3 && (1..=3).all(|n| numbered(visit, &all, n).is_some());
        ensure(complete, "the first interaction and the two new ones", || {
            case["interactions"].to_string()
        })?;
    }
    Ok(None)
}

fn repeated(visit: &mut Visit) -> Outcome {
    let before = interactions(&visit.stored_case()?);
    if numbered(visit, &before, 1).is_none() {
        return Err(not_asked(
            "the first interaction is gone: see interaction-kept and interaction-append",
        ));
    }
    let before = before.len();
    update(visit, &json!([interaction(visit, 1, "Where is my parcel? (edited)")]))?;
    let case = visit.stored_case()?;
    let all = interactions(&case);
    let is_updated = numbered(visit, &all, 1).is_some_and(|found| found["body"] == "Where is my parcel? (edited)");
    let expected = format!("{before} interactions, the first with its new body");
    ensure(all.len() == before && is_updated, &expected, || {
        case["interactions"].to_string()
    })?;
    Ok(None)
}

fn empty_list_keeps(visit: &mut Visit) -> Outcome {
    let before = interactions(&visit.stored_case()?);
    if before.is_empty() {
        return Err(not_asked("the case has no interactions: see interaction-kept"));
    }
    update(visit, &json!([]))?;
    let case = visit.stored_case()?;
    ensure(interactions(&case) == before, "the same interactions", || {
        case["interactions"].to_string()
    })?;
    Ok(None)
}

fn required_members(visit: &mut Visit) -> Outcome {
    let before = visit.stored_case()?;
    let mut lame = interaction(visit, 9, "x");
    if let Some(members) = lame.as_object_mut() {
        members.retain(|name, _| name == "body" || name == "created");
    }
    let path = format!("/case/{}", visit.case_id()?);
    visit
        .gateway
        .patch(&path, &json!({"interactions": [lame]}))
        .refused(422, &["interactions"])?;
    let after = visit.stored_case()?;
    ensure(after == before, "the case as it was", || after.to_string())?;
    Ok(None)
}
