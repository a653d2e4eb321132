//! Connecting to the server, and authentication (contract section 1).

use super::check::{Check, Severity};
use super::gateway::{Key, Reply};
use super::outcome::{Outcome, broken, ensure, ensure_none};
use super::visit::Visit;

/// The checks on which all others depend.
pub const CHECKS: &[Check] = &[
    Check {
        id: "tls",
        section: "1",
        severity: Severity::Warning,
        writes: false,
        rule: "the URL begins with https:// (http is only for this machine)",
        agent: "nothing, but the key and customers' data cross the network in the clear",
        fix: "serve HTTPS with a certificate of a public authority, and register that URL",
        run: encrypted,
    },
    Check {
        id: "key-accepted",
        section: "1",
        severity: Severity::Failure,
        writes: false,
        rule: "the registered Authorization value is accepted",
        agent: "\"unauthorized\" for every identity they open",
        fix: "compare --auth with the server's key character by character, scheme word and spaces included; a key that was \
              revoked, expired or bound to another company (--company-id) is refused as well",
        run: key_is_accepted,
    },
    Check {
        id: "base-path",
        section: "1",
        severity: Severity::Failure,
        writes: false,
        rule: "the contract's paths are found below the URL",
        agent: "\"not found\" for every identity they open",
        fix: "route /api/v1/meta/object/{type} and the other nine operations; behind a proxy, check that it keeps the path as it is",
        run: paths_are_found,
    },
    Check {
        id: "context-headers",
        section: "1",
        severity: Severity::Failure,
        writes: false,
        rule: "malformed context headers are ignored",
        agent: "errors that depend on who is logged in",
        fix: "treat x-sf-user-email, x-sf-email and x-sf-initiative as hints for the audit trail: never answer 4xx because of them",
        run: context_headers_are_ignored,
    },
    Check {
        id: "content-type-charset",
        section: "6",
        severity: Severity::Failure,
        writes: false,
        rule: "a request's content type may name its charset",
        agent: "errors on every search and every save",
        fix: "accept \"application/json; charset=utf-8\" as well as \"application/json\"",
        run: charset_is_accepted,
    },
];

fn encrypted(visit: &mut Visit) -> Outcome {
    let base = visit.gateway.base();
    ensure(base.is_https() || base.is_loopback(), "https://", || base.to_string())?;
    Ok(base
        .is_https()
        .then(|| "the certificate is trusted and valid today".to_owned()))
}

fn key_is_accepted(visit: &mut Visit) -> Outcome {
    let reply = visit.gateway.get("/meta/object/customer");
    if matches!(reply.status(), Some(401 | 403)) {
        visit.stop = Some("the key is not accepted: see key-accepted".to_owned());
        return Err(broken("any status but 401", reply.came()));
    }
    Ok(None)
}

fn paths_are_found(visit: &mut Visit) -> Outcome {
    let reply = visit.gateway.get("/meta/object/customer");
    let is_absent = |reply: &Reply| matches!(reply.status(), Some(404 | 405));
    if !is_absent(&reply) {
        return Ok(None);
    }
    if is_absent(&visit.gateway.get("/meta/object/case")) {
        visit.stop = Some("the contract's paths do not exist: see base-path".to_owned());
    }
    Err(broken("any status but 404 and 405", reply.came()))
}

fn context_headers_are_ignored(visit: &mut Visit) -> Outcome {
    let headers = [
        ("x-sf-user-email", "not an address"),
        ("x-sf-email", ""),
        ("x-sf-initiative", "not-a-number"),
    ];
    let usual = visit.gateway.get("/meta/object/customer");
    let reply = visit
        .gateway
        .send(Key::Registered, "GET", "/meta/object/customer", &headers, None);
    let expected = "the same answer as without them";
    ensure(reply.status() == usual.status(), expected, || reply.came())?;
    Ok(None)
}

fn charset_is_accepted(visit: &mut Visit) -> Outcome {
    let body = br#"{"screenName": "crm-doctor nobody"}"#;
    let types = ["application/json; charset=utf-8", "application/json;charset=UTF-8"];
    let mut wrong = Vec::new();
    for kind in types {
        let reply = visit.gateway.send(
            Key::Registered,
            "POST",
            "/customer/bestmatch",
            &[("content-type", kind)],
            Some(body),
        );
        if reply.status() != Some(200) {
            wrong.push(format!("{kind}: {}", reply.came()));
        }
    }
    ensure_none(&wrong, "status 200")?;
    Ok(None)
}
