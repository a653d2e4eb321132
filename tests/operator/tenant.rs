//! `crm tenant`.

use contract_tests::client::id_of;
use serde_json::json;

use crate::rig::{check_refused, crm, document, khoros, unknown_tenant};

#[test]
fn settings_are_created_changed_in_part_and_shown() {
    let tenant = unknown_tenant();
    check_refused(&tenant, &["tenant", "show"], 2, "there is no tenant");
    document(&tenant, &["tenant", "create", "--name", "Acme", "--default-region", "gb"]);
    check_refused(&tenant, &["tenant", "create"], 2, "already");
    document(&tenant, &["tenant", "set", "--case-link", "https://crm.example/{id}"]);
    let shown = document(&tenant, &["tenant", "show"]);
    assert_eq!(
        shown,
        json!({
            "name": "Acme", "defaultRegion": "GB", "match": "balanced", "learnsAccounts": true, "caseLink": "https://crm.example/{id}",
        })
    );
    document(&tenant, &["tenant", "set", "--case-link", ""]);
    assert_eq!(document(&tenant, &["tenant", "show"]).get("caseLink"), None);
}

#[test]
fn every_command_refuses_a_mistyped_tenant_and_suggests_the_right_one() {
    let tenant = unknown_tenant();
    document(&tenant, &["tenant", "create"]);
    let slip = format!("{tenant}x");
    let meant = format!("there is no tenant {slip} in the table khoros-crm: did you mean ");
    for words in [
        &["keys", "create", "--label", "x"][..],
        &["keys", "list"],
        &["tenant", "show"],
        &["tenant", "set", "--name", "x"],
        &["tenant", "delete"],
        &["model", "show"],
        &["model", "backfill"],
        &["model", "log"],
        &["model", "rollback"],
        &["customer", "show", "C0SA77REZRPC"],
        &["import", "runs"],
        &["export", "customers", "-", "--format", "jsonl"],
        &["match", "--display-name", "Jane"],
    ] {
        check_refused(&slip, words, 2, &meant);
    }
    let quite_another = "zzzzzzzzzz";
    check_refused(quite_another, &["keys", "list"], 2, "`crm tenant list`");
    let listed = document(&slip, &["tenant", "list"]);
    let listed = listed.as_array().unwrap();
    assert!(listed.iter().any(|one| one["tenant"] == tenant.as_str()), "{listed:?}");
    assert!(!listed.iter().any(|one| one["tenant"] == slip.as_str()), "{listed:?}");
}

#[test]
fn a_command_that_writes_says_where() {
    let tenant = unknown_tenant();
    for words in [
        &["tenant", "create"][..],
        &["keys", "create", "--label", "x"],
        &["model", "backfill"],
    ] {
        let output = crm(&tenant, words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            said.contains("at http://") && said.contains(&format!("table khoros-crm, tenant {tenant}")),
            "{said}"
        );
    }
}

#[test]
fn a_tenant_is_deleted_if_it_is_empty_or_its_name_is_confirmed() {
    let tenant = unknown_tenant();
    document(&tenant, &["tenant", "create"]);
    let made = document(&tenant, &["keys", "create", "--label", "Khoros"]);
    let khoros = khoros(made["value"].as_str().unwrap());
    khoros.create_customer(&json!({"firstName": "Jane"}));
    check_refused(&tenant, &["tenant", "delete"], 2, &format!("--with-data {tenant}"));
    check_refused(
        &tenant,
        &["tenant", "delete", "--with-data", "x"],
        2,
        "type the tenant's name",
    );
    document(&tenant, &["tenant", "delete", "--with-data", &tenant]);
    check_refused(&tenant, &["keys", "list"], 2, "there is no tenant");
    document(&tenant, &["tenant", "create"]);
    assert_eq!(document(&tenant, &["keys", "list"]), json!([]));
    document(&tenant, &["tenant", "delete"]);
    check_refused(&tenant, &["tenant", "show"], 2, "there is no tenant");
}

#[test]
fn the_origins_that_may_frame_pages_can_be_set_and_cleared() {
    let tenant = unknown_tenant();
    document(&tenant, &["tenant", "create"]);
    let origins = "https://care.example.com, https://*.khoros.example";
    let set = document(&tenant, &["tenant", "set", "--frame-origins", origins]);
    assert_eq!(
        set["frameOrigins"],
        json!(["https://care.example.com", "https://*.khoros.example"])
    );
    for wrong in [
        "https://care.example.com/path",
        "*",
        "http://care.example.com",
        "https://a.example; script-src *",
    ] {
        check_refused(
            &tenant,
            &["tenant", "set", "--frame-origins", wrong],
            2,
            "https://care.example.com",
        );
    }
    assert_eq!(document(&tenant, &["tenant", "show"]), set);
    document(&tenant, &["tenant", "set", "--frame-origins", ""]);
    assert_eq!(document(&tenant, &["tenant", "show"]).get("frameOrigins"), None);
}

#[test]
fn invalid_settings_are_refused_and_change_nothing() {
    let tenant = unknown_tenant();
    let made = document(&tenant, &["tenant", "create"]);
    check_refused(&tenant, &["tenant", "set", "--default-region", "Europe"], 2, "country code");
    check_refused(
        &tenant,
        &["tenant", "set", "--customer-link", "https://crm.example/"],
        2,
        "{id}",
    );
    assert_eq!(document(&tenant, &["tenant", "show"]), made);
    check_refused("no tenant#name", &["tenant", "show"], 2, "--tenant");
}

#[test]
fn functions_use_the_settings() {
    let tenant = unknown_tenant();
    document(&tenant, &["tenant", "create", "--default-region", "FR"]);
    let key = document(&tenant, &["keys", "create", "--label", "Khoros"]);
    let khoros = khoros(key["value"].as_str().unwrap());
    let customer = khoros.create_customer(&json!({"firstName": "Zoé", "phone": "06 12 34 56 78"}));
    khoros.expect_found(&json!({"phone": "+33 6 12 34 56 78"}), &[&id_of(&customer)]);
}

#[test]
fn departments_brands_and_attributes_are_added_and_removed_one_by_one() {
    let tenant = unknown_tenant();
    let named = [
        "--department",
        "999=Service",
        "--department",
        "1000=Billing",
        "--brand",
        "1=Fietsen",
    ];
    document(&tenant, &[&["tenant", "create"], &named[..]].concat());
    let change = [
        "--department",
        "1000=",
        "--departmentalized",
        "on",
        "--contact-attribute",
        "isprimary",
    ];
    document(&tenant, &[&["tenant", "set"], &change[..]].concat());
    let shown = document(&tenant, &["tenant", "show"]);
    assert_eq!(shown["departments"], json!({"999": "Service"}));
    assert_eq!(shown["brands"]["1"]["name"], "Fietsen");
    assert_eq!(
        (&shown["departmentalized"], &shown["contactAttributes"]),
        (&json!(true), &json!(["isprimary"]))
    );
    for wrong in [
        ["--department", "Service=999"],
        ["--department", "007=Bond"],
        ["--contact-attribute", "is primary"],
    ] {
        check_refused(&tenant, &["tenant", "set", wrong[0], wrong[1]], 2, "must");
    }
    check_refused(&tenant, &["tenant", "set", "--department", "Service"], 2, "999=Name");
    assert_eq!(document(&tenant, &["tenant", "show"]), shown);
}

#[test]
fn new_customers_get_an_existing_department() {
    let tenant = unknown_tenant();
    document(
        &tenant,
        &[
            "tenant",
            "create",
            "--department",
            "999=Service",
            "--default-department",
            "Service",
        ],
    );
    assert_eq!(document(&tenant, &["tenant", "show"])["defaultDepartment"], "999");
    let set = |option: &str, value: &str, why: &str| check_refused(&tenant, &["tenant", "set", option, value], 2, why);
    set("--default-department", "Nowhere", "no department Nowhere");
    set("--department", "999=", "must be one of the departments");
    let set = |words: &[&str]| document(&tenant, &[&["tenant", "set"][..], words].concat());
    let shown = set(&["--department", "1000=Billing", "--default-department", "1000"]);
    assert_eq!(shown["defaultDepartment"], "1000");
    let shown = set(&["--department", "1000=", "--default-department", ""]);
    assert_eq!(shown.get("defaultDepartment"), None);
}

#[test]
fn brands_have_settings_of_their_own() {
    let tenant = unknown_tenant();
    document(&tenant, &["tenant", "create", "--brand", "1=Fietsen", "--brand", "2=Boeken"]);
    let words = [
        "tenant",
        "set",
        "--brand-search-by-channels",
        "2=on",
        "--brand-sync-url",
        "2=https://crm.example/lookup?key=1",
        "--channel",
        "4=telephone",
    ];
    let shown = document(&tenant, &words);
    assert_eq!(
        shown["brands"]["2"],
        json!({"name": "Boeken", "searchByContactPoints": true, "syncUrl": "https://crm.example/lookup?key=1"})
    );
    assert_eq!(shown["channels"], json!({"4": "telephone"}));
    let set = |option: &str, value: &str, why: &str| check_refused(&tenant, &["tenant", "set", option, value], 2, why);
    set("--brand-sync-url", "3=https://crm.example/", "no brand 3");
    set("--brand-sync-url", "2=http://crm.example/", "https");
    set("--brand-sync-url", "2=https://", "https");
    set("--brand-search-by-channels", "2=perhaps", "on or off");
    set("--channel", "x=telephone", "number");
    assert_eq!(document(&tenant, &["tenant", "show"]), shown);
    let private = [
        "tenant",
        "set",
        "--brand-sync-private",
        "2=on",
        "--brand-sync-url",
        "2=http://10.0.0.7/",
    ];
    assert_eq!(document(&tenant, &private)["brands"]["2"]["syncPrivate"], true);
    document(&tenant, &["tenant", "set", "--brand-sync-url", "2=", "--channel", "4="]);
    let after = document(&tenant, &["tenant", "show"]);
    assert_eq!((after["brands"]["2"].get("syncUrl"), after.get("channels")), (None, None));
}

#[test]
fn a_webhook_is_set_shown_tried_and_removed_with_its_tenant() {
    let tenant = unknown_tenant();
    document(&tenant, &["tenant", "create"]);
    check_refused(&tenant, &["webhook", "status"], 2, "--webhook URL");
    let http = ["tenant", "set", "--webhook", "http://hooks.example/"];
    check_refused(&tenant, &http, 2, "--webhook must be an https address");
    let link_local = ["tenant", "set", "--webhook", "https://169.254.169.254/latest?key=xyzzy"];
    check_refused(&tenant, &link_local, 2, "--webhook is a link-local or reserved address");
    let unanswered = "https://hooks.invalid/crm?key=xyzzy";
    let set = document(&tenant, &["tenant", "set", "--webhook", unanswered]);
    assert_eq!(
        (&set["webhook"]["host"], &set["webhook"]["secrets"]),
        (&json!("hooks.invalid"), &json!(1))
    );
    assert!(set["webhook"]["secret"].as_str().unwrap().starts_with("whsec_"), "{set}");
    let tried = crm(&tenant, &["webhook", "test"]);
    let said = String::from_utf8_lossy(&tried.stdout).into_owned();
    assert_eq!(tried.status.code(), Some(1), "{said}");
    assert!(said.contains("it could not be reached") && !said.contains("xyzzy"), "{said}");
    let status = document(&tenant, &["webhook", "status"]);
    assert_eq!((&status["accepted"], &status["waiting"]), (&json!(null), &json!([])));
    check_refused(&tenant, &["webhook", "replay", "--from", "2020-01-01"], 2, "the last 30 days");
    let arn = "arn:aws:events:eu-west-1:123456789012:event-bus/crm";
    check_refused(
        &tenant,
        &["tenant", "set", "--event-bus", "crm"],
        2,
        "the ARN of an event bus",
    );
    let moved = document(&tenant, &["tenant", "set", "--event-bus", arn]);
    assert_eq!((&moved["eventBus"]["arn"], moved.get("webhook")), (&json!(arn), None));
    assert_eq!(document(&tenant, &["webhook", "status"])["eventBus"]["arn"], arn);
    document(&tenant, &["tenant", "delete"]);
    document(&tenant, &["tenant", "create"]);
    check_refused(&tenant, &["webhook", "status"], 2, "--webhook URL");
}
