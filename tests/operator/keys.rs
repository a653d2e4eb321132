//! `crm keys`.

use contract_tests::client::eventually;
use serde_json::json;

use crate::rig::{check_refused, crm, document, fresh_tenant, khoros};

const META: &str = "/meta/object/customer";

#[test]
fn a_new_key_works_at_once_and_its_value_is_shown_once() {
    let tenant = fresh_tenant();
    let made = document(&tenant, &["keys", "create", "--label", "Khoros"]);
    let value = made["value"].as_str().unwrap();
    assert!(value.starts_with("Bearer ") && value.len() == 71, "{value}");
    khoros(value).get(META).expect(200);
    khoros(value.strip_prefix("Bearer ").unwrap())
        .get(META)
        .error(401, "unauthorized");
    let listed = document(&tenant, &["keys", "list"]);
    assert_eq!(listed[0]["label"], "Khoros");
    assert_eq!(listed[0]["state"], "live");
    assert_eq!(listed[0]["permissions"], json!(["khoros"]));
    let all = crm(&tenant, &["keys", "list"]);
    assert!(
        !String::from_utf8_lossy(&all.stdout).contains(value),
        "the list shows the value of a key"
    );
}

#[test]
fn an_existing_value_of_any_form_can_be_imported() {
    let tenant = fresh_tenant();
    for (at, value) in ["abc123-of-any-form", "Basic dXNlcjpwYXNz-of-any-form"]
        .into_iter()
        .enumerate()
    {
        let made = document(&tenant, &["keys", "create", "--label", "imported", "--value", value]);
        assert_eq!(made.get("value"), None, "whoever imports a value knows it");
        khoros(value).get(META).expect(200);
        assert_eq!(document(&tenant, &["keys", "list"]).as_array().unwrap().len(), at + 1);
    }
    let again = ["keys", "create", "--label", "again", "--value", "abc123-of-any-form"];
    check_refused(&tenant, &again, 2, "is already a key");
    check_refused(&fresh_tenant(), &again, 2, "is already a key");
    check_refused(
        &tenant,
        &["keys", "create", "--label", "x", "--value", " x "],
        2,
        "begins or ends with a space",
    );
}

#[test]
fn a_rotated_key_and_its_successor_both_work() {
    let tenant = fresh_tenant();
    let old = document(&tenant, &["keys", "create", "--label", "Khoros", "--company", "7"]);
    let name = old["key"].as_str().unwrap();
    let new = document(&tenant, &["keys", "rotate", name]);
    assert_eq!((&new["label"], &new["companies"]), (&json!("Khoros"), &json!([7])));
    for key in [&old, &new] {
        let khoros = khoros(key["value"].as_str().unwrap());
        khoros.send("GET", META, &[("x-sf-company-id", "7")], b"").expect(200);
        khoros.get(META).error(401, "unauthorized");
    }
    let next = crm(&tenant, &["keys", "rotate", name]);
    assert!(String::from_utf8_lossy(&next.stdout).contains(&format!("crm keys revoke {name}")));
}

#[test]
fn a_revoked_key_that_no_function_has_seen_stops_working_at_once() {
    let tenant = fresh_tenant();
    let made = document(&tenant, &["keys", "create", "--label", "leaked"]);
    let revoked = document(&tenant, &["keys", "revoke", made["key"].as_str().unwrap()]);
    assert_eq!(revoked["state"], "revoked");
    khoros(made["value"].as_str().unwrap()).get(META).error(401, "unauthorized");
    check_refused(&tenant, &["keys", "revoke", "ffffffffffff"], 2, "has no key");
    let of_another = ["keys", "revoke", made["key"].as_str().unwrap()];
    check_refused(&fresh_tenant(), &of_another, 2, "has no key");
}

#[test]
fn a_key_is_valid_for_its_period_only() {
    let tenant = fresh_tenant();
    let create = |option: &str, time: &str| document(&tenant, &["keys", "create", "--label", "x", option, time]);
    for (made, state, status) in [
        (create("--not-before", "2099-01-01"), "waiting", 401),
        (create("--expires", "2099-01-01T00:00:00Z"), "live", 200),
    ] {
        assert_eq!(made["state"], state);
        assert_eq!(khoros(made["value"].as_str().unwrap()).get(META).status, status);
    }
    check_refused(
        &tenant,
        &["keys", "create", "--label", "x", "--expires", "soon"],
        2,
        "2027-01-31T00:00:00Z",
    );
    check_refused(
        &tenant,
        &["keys", "create", "--label", "x", "--expires", "2020-01-01"],
        2,
        "that is in the past",
    );
}

#[test]
fn a_successor_ends_with_its_key_and_an_ended_key_has_none() {
    let tenant = fresh_tenant();
    let old = document(
        &tenant,
        &["keys", "create", "--label", "x", "--expires", "2099-01-01T00:00:00Z"],
    );
    let name = old["key"].as_str().unwrap();
    let new = document(&tenant, &["keys", "rotate", name]);
    assert_eq!(new["expires"], old["expires"]);
    let later = document(&tenant, &["keys", "rotate", name, "--expires", "2099-02-01"]);
    assert_eq!(later["expires"], "2099-02-01T00:00:00Z");
    document(&tenant, &["keys", "revoke", name]);
    check_refused(&tenant, &["keys", "rotate", name], 2, "is revoked: `crm keys create`");
}

#[test]
fn revoking_a_key_used_today_needs_confirmation_and_can_be_reverted() {
    let tenant = fresh_tenant();
    let made = document(&tenant, &["keys", "create", "--label", "busy"]);
    let name = made["key"].as_str().unwrap();
    check_refused(&tenant, &["keys", "restore", name], 2, "is not revoked");
    khoros(made["value"].as_str().unwrap()).get(META).expect(200);
    let is_used = eventually(|| document(&tenant, &["keys", "list"]), |keys| !keys[0]["lastUsed"].is_null());
    assert!(is_used.good, "{:?}", is_used.last);
    check_refused(&tenant, &["keys", "revoke", name], 2, "--yes");
    assert_eq!(document(&tenant, &["keys", "revoke", name, "--yes"])["state"], "revoked");
    check_refused(&tenant, &["keys", "revoke", name, "--yes"], 2, "is already revoked");
    assert_eq!(document(&tenant, &["keys", "restore", name])["state"], "live");
}

#[test]
fn a_value_in_the_environment_is_not_imported_silently() {
    let tenant = fresh_tenant();
    let mut command = crate::rig::command(&tenant, &["keys", "create", "--label", "x", "--json"]);
    let output = command
        .env("CRM_AUTH", "Bearer of-another-command-0123456789")
        .output()
        .unwrap();
    let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(made["value"].as_str().unwrap().starts_with("Bearer "));
    assert_ne!(made["value"], "Bearer of-another-command-0123456789");
}

#[test]
fn the_list_says_when_a_key_was_last_used() {
    let tenant = fresh_tenant();
    let made = document(&tenant, &["keys", "create", "--label", "busy"]);
    document(&tenant, &["keys", "create", "--label", "idle"]);
    assert_eq!(made["lastUsed"], json!(null));
    let used = khoros(made["value"].as_str().unwrap());
    used.get(META).expect(200);
    let last_use = |label: &str| {
        let keys = document(&tenant, &["keys", "list"]);
        let key = keys
            .as_array()
            .unwrap()
            .iter()
            .find(|key| key["label"] == label)
            .unwrap()
            .clone();
        key["lastUsed"].as_str().map(str::to_owned)
    };
    // It is written in parallel with the request, perhaps a moment after the answer.
    let noted = eventually(|| last_use("busy"), Option::is_some).last;
    assert!(noted.is_some(), "the use was never noted");
    // It is not updated often: a second use a moment later is not written.
    used.get(META).expect(200);
    assert_eq!((last_use("busy"), last_use("idle")), (noted, None));
}

#[test]
fn permissions_are_named() {
    let tenant = fresh_tenant();
    let words = [
        "keys",
        "create",
        "--label",
        "all",
        "--permission",
        "khoros",
        "--permission",
        "CUSTOMER_READ",
    ];
    let made = document(&tenant, &words);
    assert_eq!(made["permissions"], json!(["khoros", "CUSTOMER_READ"]));
    check_refused(
        &tenant,
        &["keys", "create", "--label", "x", "--permission", "root"],
        2,
        "CUSTOMER_CUD",
    );
}

#[test]
fn only_khoros_keys_can_be_bound_to_companies() {
    let tenant = fresh_tenant();
    let of = |permission| ["keys", "create", "--label", "x", "--company", "7", "--permission", permission];
    check_refused(&tenant, &of("CUSTOMER_READ"), 2, "a separate key");
    check_refused(&tenant, &of("egain:client"), 2, "a separate key");
    document(&tenant, &of("khoros"));
    check_refused(&tenant, &["keys", "create", "--label", "x", "--company=-7"], 2, "--company");
}

#[test]
fn a_weak_value_is_refused_or_warned_about() {
    let tenant = fresh_tenant();
    let create = |value: &str, more: &[&str]| {
        crm(
            &tenant,
            &[&["keys", "create", "--label", "x", "--value", value], more].concat(),
        )
    };
    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    for weak in [
        "zq",
        "Bearer hunter2",
        "Basic dXNlcjpwYXNz",
        "1234567890123456789",
        &"a".repeat(200),
    ] {
        let refused = create(weak, &[]);
        assert_eq!(refused.status.code(), Some(2), "{weak}: {refused:?}");
        assert!(
            said(&refused).contains("--weak") && !said(&refused).contains(weak),
            "{refused:?}"
        );
        let taken = create(weak, &["--weak"]);
        assert!(taken.status.success() && said(&taken).contains("is weak"), "{taken:?}");
    }
    let warned = create("Bearer eleven-or-12", &[]);
    assert!(warned.status.success() && said(&warned).contains("is weak"), "{warned:?}");
    let strong = create("Bearer 8b1a9953c4611296a827abf8c47804d7e6c49c6b", &[]);
    assert!(strong.status.success() && !said(&strong).contains("weak"), "{strong:?}");
}

#[test]
fn an_unreachable_database_has_an_exit_code_of_its_own() {
    let nowhere = ["keys", "list", "--endpoint-url", "http://127.0.0.1:1"];
    check_refused(&fresh_tenant(), &nowhere, 3, "cannot be reached");
}

#[test]
fn a_key_for_egain_names_departments_or_a_customer() {
    fn create<'word>(words: &[&'word str]) -> Vec<&'word str> {
        [&["keys", "create", "--label", "eGain"], words].concat()
    }
    let tenant = fresh_tenant();
    check_refused(
        &tenant,
        &create(&["--permission", "egain:user", "--department", "Service"]),
        2,
        "no department Service",
    );
    check_refused(&tenant, &create(&["--permission", "egain:customer"]), 2, "needs --customer");
    check_refused(
        &tenant,
        &create(&["--permission", "egain:customer", "--customer", "2003"]),
        2,
        "is not the id of a customer",
    );
    document(&tenant, &["tenant", "set", "--department", "999=Service"]);
    let agent = document(&tenant, &create(&["--permission", "egain:user", "--department", "Service"]));
    assert_eq!(agent["departments"], json!(["999"]));
    let words = ["--permission", "egain:customer", "--customer", "C00000000001"];
    assert_eq!(document(&tenant, &create(&words))["customer"], "C00000000001");
    let next = document(&tenant, &["keys", "rotate", agent["key"].as_str().unwrap()]);
    assert_eq!(next["departments"], agent["departments"], "a successor has the same rights");
}
