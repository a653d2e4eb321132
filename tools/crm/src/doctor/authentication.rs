//! Calls without the right key (contract section 1). None of them could write anything even if the key were not
//! checked: the bodies of creates and updates are not JSON, and the ids do not exist.

use super::check::{Check, Severity};
use super::gateway::{Key, Reply};
use super::outcome::{Outcome, ensure_none, not_asked};
use super::visit::Visit;

/// 401, everywhere and first.
pub const CHECKS: &[Check] = &[
    Check {
        id: "auth-missing",
        section: "1",
        severity: Severity::Failure,
        writes: false,
        rule: "every operation without a key is 401, before any other part of the request is checked",
        agent: "nothing, but anybody who finds the URL can read, or probe for, customers",
        fix: "compare the Authorization header before routing, parsing the body or reading a record, in one place for all operations",
        run: no_key_is_401,
    },
    Check {
        id: "auth-wrong",
        section: "1",
        severity: Severity::Failure,
        writes: false,
        rule: "every operation with another key is 401, before any other part of the request is checked",
        agent: "nothing, but anybody who finds the URL can read, or probe for, customers",
        fix: "compare the whole header value with the stored one, in one place for all operations; do not merely check that there is one",
        run: a_wrong_key_is_401,
    },
    Check {
        id: "auth-exact",
        section: "1",
        severity: Severity::Failure,
        writes: false,
        rule: "the whole key is compared, character by character",
        agent: "nothing, but a part of the key gives access",
        fix: "compare the complete header value for equality (best in constant time, on a digest): no prefix, no trimming",
        run: parts_of_the_key_are_401,
    },
    Check {
        id: "auth-unknown-path",
        section: "1",
        severity: Severity::Warning,
        writes: false,
        rule: "paths and methods that do not exist are 401 without a key, too",
        agent: "nothing, but strangers can tell which paths exist",
        fix: "check the key before routing; behind an API gateway, give its default route the same authentication",
        run: unknown_paths_are_401,
    },
];

/// Every operation, harmlessly, and some requests that are wrong in other ways.
fn operations(visit: &Visit) -> Vec<(&'static str, String, Option<&'static [u8]>)> {
    const NO_JSON: Option<&[u8]> = Some(b"{crm-doctor");
    const NOBODY: Option<&[u8]> = Some(br#"{"screenName": "crm-doctor nobody"}"#);
    let id = visit.mark.unknown_id();
    vec![
        ("GET", "/meta/object/customer".to_owned(), None),
        ("GET", "/meta/object/case".to_owned(), None),
        ("GET", "/meta/object/nonsense".to_owned(), None),
        ("POST", "/customers".to_owned(), NOBODY),
        ("POST", "/customers".to_owned(), NO_JSON),
        ("POST", "/customer/bestmatch".to_owned(), NOBODY),
        ("POST", "/customer".to_owned(), NO_JSON),
        ("GET", format!("/customer/{id}"), None),
        ("PATCH", format!("/customer/{id}"), NO_JSON),
        ("GET", format!("/customer/{id}/cases"), None),
        ("POST", "/case".to_owned(), NO_JSON),
        ("GET", format!("/case/{id}"), None),
        ("PATCH", format!("/case/{id}"), NO_JSON),
    ]
}

fn unlike_401(replies: impl IntoIterator<Item = Reply>) -> Vec<String> {
    replies
        .into_iter()
        .filter(|reply| reply.status() != Some(401))
        .map(|reply| reply.came())
        .collect()
}

fn refused_everywhere(visit: &Visit, key: Key) -> Outcome {
    let replies: Vec<Reply> = operations(visit)
        .iter()
        .map(|(method, path, body)| visit.gateway.send(key, method, path, &[], *body))
        .collect();
    let asked = replies.len();
    ensure_none(&unlike_401(replies), "401 for each")?;
    Ok(Some(format!("{asked} requests")))
}

fn no_key_is_401(visit: &mut Visit) -> Outcome {
    refused_everywhere(visit, Key::Missing)
}

fn a_wrong_key_is_401(visit: &mut Visit) -> Outcome {
    let scheme = visit
        .gateway
        .authorization()
        .reveal()
        .split_once(' ')
        .map_or("Bearer", |(scheme, _)| scheme);
    let wrong = format!("{scheme} crm-doctor-wrong-{}", visit.mark.code());
    refused_everywhere(visit, Key::Other(&wrong))
}

fn parts_of_the_key_are_401(visit: &mut Visit) -> Outcome {
    let key = visit.gateway.authorization().reveal();
    if key.len() < 4 {
        return Err(not_asked("the key is too short to be taken apart"));
    }
    let variants = [
        format!("{key}x"),
        key[..key.len() - 1].trim_end().to_owned(),
        key[..key.len() / 2].trim_end().to_owned(),
    ];
    let words = ["with one more letter", "without its last letter", "its first half"];
    let mut wrong = Vec::new();
    for (variant, words) in variants.iter().zip(words) {
        let reply = visit.gateway.send(Key::Other(variant), "GET", "/meta/object/case", &[], None);
        if reply.status() != Some(401) {
            wrong.push(format!("the key {words}: {}", reply.came()));
        }
    }
    ensure_none(&wrong, "401 for each")?;
    Ok(None)
}

fn unknown_paths_are_401(visit: &mut Visit) -> Outcome {
    let calls = [("GET", "/crm-doctor/nothing-here"), ("GET", "/customers"), ("GET", "/case")];
    let replies = calls.map(|(method, path)| visit.gateway.send(Key::Missing, method, path, &[], None));
    ensure_none(&unlike_401(replies), "401 for each")?;
    Ok(None)
}
