//! The conditions of a key: permission, time, companies, tenant.

use std::time::Duration;

use contract_tests::client::{Answer, Tenant, ask_raw, split_trace};
use crm_domain::{KeyRecord, digest::sha256};
use crm_store::clock;
use serde_json::json;

use crate::{
    revocation,
    rig::{Rig, within},
};

const COMPANY: &str = "x-sf-company-id";
const META: &str = "/meta/object/customer";

fn tenant_with(change: impl FnOnce(&mut KeyRecord)) -> Tenant {
    revocation::begin();
    Rig::shared().stack.tenant_with(change).0
}

/// Reads and writes are both answered.
#[track_caller]
fn check_allowed(tenant: &Tenant, headers: &[(&str, &str)]) {
    tenant.send("GET", META, headers, b"").expect(200);
    tenant
        .post_with("/customer", headers, &json!({"firstName": "Jane"}))
        .expect(201);
}

/// Reads, writes and unknown paths are all refused with the message for an unknown key.
#[track_caller]
fn check_refused(tenant: &Tenant, headers: &[(&str, &str)]) {
    let unknown = tenant.with_authorization("Bearer unknown").get(META);
    let words = |answer: &Answer| {
        let error = answer.error(401, "unauthorized");
        assert_eq!(error.get("fields"), None, "{answer:?}");
        split_trace(error["message"].as_str().unwrap()).unwrap().0
    };
    for answer in [
        tenant.send("GET", META, headers, b""),
        tenant.post_with("/customer", headers, &json!({"firstName": "Eve"})),
        tenant.post_with("/customers", headers, &json!({"nonsense": 1})),
    ] {
        assert_eq!(words(&answer), words(&unknown));
    }
}

#[test]
fn a_key_without_companies_is_for_any() {
    let tenant = tenant_with(|_| {});
    for company in ["7", "0", "-1", "abc"] {
        check_allowed(&tenant, &[(COMPANY, company)]);
    }
    check_allowed(&tenant, &[]);
}

#[test]
fn a_bound_key_is_for_its_companies_alone() {
    let tenant = tenant_with(|key| key.companies = [7, 42].into());
    check_allowed(&tenant, &[(COMPANY, "7")]);
    check_allowed(&tenant, &[(COMPANY, "42")]);
    check_allowed(&tenant, &[(COMPANY, " 007 ")]);
    check_refused(&tenant, &[]);
    check_refused(&tenant, &[(COMPANY, "8")]);
    check_refused(&tenant, &[(COMPANY, "742")]);
    check_refused(&tenant, &[(COMPANY, "-7")]);
    // A refused call does not affect the next one with the same key.
    check_allowed(&tenant, &[(COMPANY, "7")]);
}

#[test]
fn a_malformed_company_is_ignored_and_opens_no_bound_key() {
    let bound = tenant_with(|key| key.companies = [7].into());
    let free = tenant_with(|_| {});
    for malformed in [
        "abc",
        "",
        " ",
        "7.0",
        "7,8",
        "7,7",
        "7 8",
        "+7",
        "-7",
        "0x7",
        "7;",
        "18446744073709551623",
        "99999999999999999999999999",
    ] {
        check_refused(&bound, &[(COMPANY, malformed)]);
        check_allowed(&free, &[(COMPANY, malformed)]);
    }
    for pair in [["7", "7"], ["7", "8"], ["8", "7"]] {
        let headers = pair.map(|company| (COMPANY, company));
        bound.raw("GET", META, &headers, b"").error(401, "unauthorized");
        free.raw("GET", META, &headers, b"").expect(200);
    }
    check_allowed(&bound, &[(COMPANY, "7")]);
}

/// The log tells an operator what the caller is not told.
#[test]
fn the_log_says_why_a_bound_key_is_refused() {
    let tenant = tenant_with(|key| key.companies = [7].into());
    for (headers, reason) in [
        (&[][..], "bound to companies, and the request names none"),
        (
            &[(COMPANY, "8")],
            "bound to other companies than the one that the request names",
        ),
    ] {
        let line = Rig::shared().log_line_of(&tenant.send("GET", META, headers, b""));
        assert!(line.to_string().contains(reason), "{line}");
    }
}

#[test]
fn an_expired_key_is_refused() {
    let now = clock::now();
    check_refused(&tenant_with(|key| key.not_after = Some(now.plus_seconds(-1))), &[]);
    check_refused(&tenant_with(|key| key.not_after = Some(now)), &[]);
    check_allowed(&tenant_with(|key| key.not_after = Some(now.plus_seconds(300))), &[]);
}

#[test]
fn a_key_that_was_used_before_expires_on_time() {
    let tenant = tenant_with(|key| key.not_after = Some(clock::now().plus_seconds(2)));
    tenant.get(META).expect(200);
    within(Duration::from_secs(10), "the key expires", || {
        (tenant.get(META).status == 401).then_some(())
    });
    check_refused(&tenant, &[]);
}

#[test]
fn a_key_before_its_time_is_refused() {
    let now = clock::now();
    check_refused(&tenant_with(|key| key.not_before = Some(now.plus_seconds(300))), &[]);
    check_allowed(&tenant_with(|key| key.not_before = Some(now)), &[]);
}

#[test]
fn a_revoked_key_is_refused() {
    check_refused(&tenant_with(|key| key.revoked = true), &[]);
}

#[test]
fn a_key_without_the_permission_is_refused() {
    check_refused(&tenant_with(|key| key.permissions.clear()), &[]);
}

#[test]
fn an_imported_key_may_have_any_form() {
    let rig = Rig::shared();
    for (n, value) in ["abc123", "Basic dXNlcjpwYXNz", "Token token=\"a, b\"", "~!#$%^&*()_+"]
        .into_iter()
        .enumerate()
    {
        let mut record = None;
        let tenant = tenant_with(|key| record = Some(key.clone()));
        rig.stack.key_put(value, &record.unwrap());
        let imported = tenant.with_authorization(value);
        check_allowed(&imported, &[]);
        // The new key belongs to the same tenant.
        let name = format!("Imported{n}");
        let created = imported.create_customer(&json!({"firstName": name}));
        assert_eq!(tenant.customer(created["id"].as_str().unwrap()), created);
        // Only the whole value is accepted.
        for other in [format!("Bearer {value}"), format!("{value}x"), value[1..].to_owned()] {
            check_refused(&tenant.with_authorization(&other), &[]);
        }
    }
}

#[test]
fn a_key_in_another_case_is_another_key() {
    let tenant = tenant_with(|_| {});
    for other in [tenant.authorization.to_uppercase(), tenant.authorization.to_lowercase()] {
        assert_ne!(other, tenant.authorization);
        check_refused(&tenant.with_authorization(&other), &[]);
    }
    check_allowed(&tenant, &[]);
}

#[test]
fn the_digest_of_a_key_is_not_accepted_as_a_key() {
    let tenant = tenant_with(|_| {});
    let digest = sha256(tenant.authorization.as_bytes());
    for other in [digest.clone(), format!("Bearer {digest}"), format!("key#{digest}")] {
        check_refused(&tenant.with_authorization(&other), &[]);
    }
}

#[test]
fn an_empty_authorization_is_refused() {
    let tenant = tenant_with(|_| {});
    for empty in ["", " "] {
        ask_raw(&tenant.base, "GET", META, &[("authorization", empty)], b"").error(401, "unauthorized");
    }
}

#[test]
fn two_authorizations_are_refused_even_if_both_are_valid() {
    let tenant = tenant_with(|_| {});
    let own = tenant.authorization.as_str();
    for other in [own, "Bearer unknown", ""] {
        for pair in [[own, other], [other, own]] {
            let headers = pair.map(|value| ("authorization", value));
            ask_raw(&tenant.base, "GET", META, &headers, b"").error(401, "unauthorized");
        }
    }
}

#[test]
fn a_new_key_works_at_once() {
    let rig = Rig::shared();
    let mut record = None;
    let tenant = tenant_with(|key| record = Some(key.clone()));
    let new = tenant.with_authorization(&format!("{}-new", tenant.authorization));
    check_refused(&new, &[]);
    rig.stack.key_put(&new.authorization, &record.unwrap());
    check_allowed(&new, &[]);
    // The old key stays valid, so that keys can be replaced without a gap.
    check_allowed(&tenant, &[]);
}
