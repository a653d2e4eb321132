//! `crm customer show`, `history` and `export`.

use std::{fs, os::unix::fs::PermissionsExt as _};

use contract_tests::{
    client::{Tenant, id_of, interaction, list, over},
    stack::stack_of_large_records,
};
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::rig::{check_refused, crm, document, fresh_tenant, khoros};

/// A tenant with a key: its name, and Khoros with that key.
pub fn customer_tenant() -> (String, Tenant) {
    let name = fresh_tenant();
    let key = document(&name, &["keys", "create", "--label", "Khoros"]);
    let khoros = khoros(key["value"].as_str().unwrap());
    (name, khoros)
}

const ANN: [(&str, &str); 2] = [("x-sf-user-email", "ann@acme.example"), ("x-sf-initiative", "7")];

fn adas_fields() -> Value {
    json!({
        "displayName": "Ada L.", "email": "Ada@Example.com", "twitterHandle": "@Ada_L", "city": "London",
        "description": "first line\nsecond line",
    })
}

/// Ada, created by Ann, and her case with two interactions, which an unnamed agent closed.
fn ada_and_her_case(khoros: &Tenant) -> (String, String) {
    let ada = id_of(&khoros.post_with("/customer", &ANN, &adas_fields()).expect(201));
    let author = json!({"service": "TWITTER", "serviceId": "9", "handle": "ada_l", "name": "Ada", "brandOwned": false});
    let conversation = [interaction(1, json!({"author": author})), interaction(2, json!({}))];
    let case = khoros.create_case(
        &ada,
        json!({"title": "Late parcel", "priority": "high", "interactions": conversation}),
    );
    let case = id_of(&case);
    khoros
        .patch(&format!("/case/{case}"), &json!({"status": "closed"}))
        .expect(201);
    (ada, case)
}

#[test]
fn the_record_is_shown_with_its_contact_points_and_cases() {
    let (tenant, khoros) = customer_tenant();
    let (ada, case) = ada_and_her_case(&khoros);
    let shown = document(&tenant, &["customer", "show", &ada]);
    assert_eq!((&shown["id"], &shown["version"]), (&json!(ada), &json!(2)));
    assert_eq!(
        shown["created"]["by"],
        json!({"agent": "ann@acme.example", "initiative": 7, "company": null})
    );
    assert_eq!(
        shown["fields"][0],
        json!({"name": "displayName", "label": "Display name", "value": "Ada L."})
    );
    let handle = list(shown["identifiers"].clone()).pop().unwrap();
    assert_eq!(
        (&handle["value"], &handle["normal"], &handle["network"], &handle["field"]),
        (&json!("@Ada_L"), &json!("ada_l"), &json!("twitter"), &json!("twitterHandle"))
    );
    assert_eq!(shown["cases"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &shown["cases"][0]["id"],
            &shown["cases"][0]["status"],
            &shown["cases"][0]["fields"]
        ),
        (&json!(case), &json!("closed"), &json!({"priority": "high"}))
    );
    let text = crm(&tenant, &["customer", "show", &ada]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    for wanted in [
        "compared as ada@example.com",
        "ada_l on twitter",
        "Late parcel",
        "first line second line",
        "initiative 7",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}

#[test]
fn the_history_says_who_did_what_without_values() {
    let (tenant, khoros) = customer_tenant();
    let (ada, case) = ada_and_her_case(&khoros);
    khoros
        .patch_with(&format!("/customer/{ada}"), &ANN, &json!({"city": "Paris"}))
        .expect(201);
    let own = document(&tenant, &["customer", "history", &ada]);
    let operations = |history: &Value| -> Vec<(String, Value)> {
        list(history["entries"].clone())
            .iter()
            .map(|entry| (entry["operation"].as_str().unwrap().to_owned(), entry["case"].clone()))
            .collect()
    };
    let of = |operation: &str, case: Value| (operation.to_owned(), case);
    assert_eq!(
        operations(&own),
        [
            of("updateCustomer", Value::Null),
            of("learnAccounts", Value::Null),
            of("createCustomer", Value::Null)
        ]
    );
    assert_eq!(own["entries"][0]["fields"], json!(["city"]));
    assert_eq!(own["entries"][0]["by"]["agent"], "ann@acme.example");
    let mut with_cases = operations(&document(&tenant, &["customer", "history", &ada, "--cases"]));
    // The times may be in the same second, but they differ.
    assert_eq!(with_cases.remove(0), of("updateCustomer", Value::Null));
    // The customer learns when the case is created.
    with_cases.retain(|entry| *entry != of("learnAccounts", Value::Null));
    assert_eq!(
        with_cases,
        [
            of("updateCase", json!(case)),
            of("createCase", json!(case)),
            of("createCustomer", Value::Null)
        ]
    );
    let newest = document(&tenant, &["customer", "history", &ada, "--cases", "--limit", "2"]);
    assert_eq!(
        operations(&newest),
        [of("updateCustomer", Value::Null), of("updateCase", json!(case))]
    );
    assert_eq!(newest["isCut"], true);
    let text = crm(&tenant, &["customer", "history", &ada, "--cases"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("2 interactions"), "{text}");
    for value in ["Paris", "London", "Late parcel", "Ada", "message 1"] {
        assert!(!text.contains(value), "{value} in {text}");
    }
}

#[test]
fn everything_about_a_person_is_exported_to_a_private_file() {
    let (tenant, khoros) = customer_tenant();
    let (ada, case) = ada_and_her_case(&khoros);
    let printed = crm(&tenant, &["customer", "export", &ada]);
    let exported: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!((&exported["tenant"], &exported["formatVersion"]), (&json!(tenant), &json!(1)));
    let values: Value = list(exported["customer"]["fields"].clone())
        .into_iter()
        .map(|field| (field["name"].as_str().unwrap().to_owned(), field["value"].clone()))
        .collect();
    assert_eq!(values, adas_fields());
    assert_eq!(exported["history"].as_array().unwrap().len(), 2);
    let whole = &exported["cases"][0];
    assert_eq!(whole["case"]["id"], json!(case));
    assert_eq!(whole["history"].as_array().unwrap().len(), 2);
    let said: Vec<&Value> = whole["interactions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["body"])
        .collect();
    assert_eq!(said, ["message 1", "message 2"]);
    assert_eq!(whole["interactions"][0]["author"]["handle"], "ada_l");

    let file = std::env::temp_dir().join(format!("{tenant}-{}.json", std::process::id()));
    let path = file.to_str().unwrap();
    fs::write(&file, "what was there before").unwrap();
    let said = document(&tenant, &["customer", "export", &ada, "--output", path]);
    assert_eq!((&said["cases"], &said["interactions"]), (&json!(1), &json!(2)));
    let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        over(written, json!({"exportedAt": 0})),
        over(exported, json!({"exportedAt": 0}))
    );
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    fs::remove_file(&file).unwrap();
    assert!(!fs::exists(format!("{path}.part")).unwrap());
}

/// One answer of the contract contains at most 4.5 MB of interactions, and one read of the
/// store at most 16.
#[test]
fn a_conversation_of_any_length_is_exported() {
    let folder = Folder::on(stack_of_large_records());
    let khoros = &folder.khoros;
    let ada = id_of(&khoros.create_customer(&adas_fields()));
    let path = format!("/case/{}", id_of(&khoros.create_case(&ada, json!({}))));
    let body = "x".repeat(30_000);
    // More than an answer of Lambda holds, and several pages of the table.
    for part in 0..24 {
        let conversation: Vec<Value> = (10 * part..10 * (part + 1))
            .map(|n| interaction(n, json!({"body": body})))
            .collect();
        khoros.patch(&path, &json!({"interactions": conversation})).expect(201);
    }
    let printed = folder.command(&["customer", "export", &ada]).output().unwrap();
    let exported: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(exported["cases"][0]["interactions"].as_array().unwrap().len(), 240);
}

#[test]
fn a_command_without_a_customer_says_how_to_find_one() {
    let (tenant, khoros) = customer_tenant();
    let (ada, case) = ada_and_her_case(&khoros);
    for action in ["show", "history", "export", "erase"] {
        check_refused(&tenant, &["customer", action, "C00000000001"], 1, "no customer C00000000001");
        check_refused(
            &tenant,
            &["customer", action, "nobody@x.example"],
            2,
            "no customer matches this",
        );
        check_refused(&tenant, &["customer", action, &case], 2, &format!("belongs to {ada}"));
        check_refused(&fresh_tenant(), &["customer", action, &ada], 1, "--tenant");
    }
    let nowhere = ["customer", "export", &ada, "--output", "/no/such/directory/ada.json"];
    check_refused(&tenant, &nowhere, 1, "cannot write /no/such/directory");
}

#[test]
fn a_device_is_written_to_and_not_replaced() {
    let folder = Folder::new();
    let id = folder.khoros.some_customer();
    // A link, so that a faulty program replaces only the link.
    folder.link("device", "/dev/null");
    folder.crm(&["customer", "export", &id, "--output", "device"], 0);
    assert_eq!(folder.read("device"), "", "a file took the device's place");
    assert_eq!(folder.files(), ["device"]);
}

#[test]
fn a_customer_is_found_and_named_by_any_known_value() {
    let (tenant, khoros) = customer_tenant();
    let ada = id_of(&khoros.create_customer(&json!({
        "firstName": "Ada", "lastName": "Lovelace", "email": "ada@x.example", "phone": "(415) 555-2671", "twitterHandle": "@adal",
        "accountNumber": "A-77"
    })));
    let other = id_of(&khoros.create_customer(&json!({"displayName": "Ada Byron"})));
    for known in [&ada, "ADA@x.example", "+1 415 555 2671", "@adal", "a77", "love"] {
        let found = document(&tenant, &["customer", "find", known]);
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{known}: {found}");
        assert_eq!(
            (&found[0]["id"], &found[0]["name"]),
            (&json!(ada), &json!("Ada Lovelace")),
            "{known}"
        );
        assert_eq!(document(&tenant, &["customer", "show", known])["id"], json!(ada));
    }
    let both = document(&tenant, &["customer", "find", "ada"]);
    assert_eq!(both.as_array().map(Vec::len), Some(2), "{both}");
    check_refused(&tenant, &["customer", "show", "ada"], 2, &other);
    check_refused(
        &tenant,
        &["customer", "erase", "lovelace", "--yes"],
        2,
        "several people may have a name",
    );
    let nobody = crm(&tenant, &["customer", "find", "nobody@x.example"]);
    assert_eq!(nobody.status.code(), Some(1));
}

#[test]
fn a_duplicate_is_deleted_without_a_digest_and_can_be_restored_within_a_week() {
    let folder = Folder::new();
    let row = json!({"externalId": "A1", "firstName": "Ada", "email": "ada@x.example",
        "events": [{"at": "2024-05-01T10:00:00Z", "type": "email", "mode": "outbound", "isRead": false, "isSecure": true}]});
    folder.write_lines("people.jsonl", &[row]);
    let (_, results) = folder.import("customers", "people.jsonl", &[], 0);
    let id = results[0]["id"].as_str().unwrap();
    let before = folder.export("customers");
    check_refused(&folder.tenant, &["customer", "delete", id], 2, "--yes");
    let by_address = ["customer", "delete", "ada@x.example", "--yes"];
    assert_eq!(document(&folder.tenant, &by_address)["deleted"], true);
    folder.khoros.get(&format!("/customer/{id}")).error(404, "not_found");
    assert_eq!(document(&folder.tenant, &["customer", "restore", id])["deleted"], false);
    check_refused(&folder.tenant, &["customer", "restore", id], 2, "is not deleted");
    assert_eq!(folder.export("customers").len(), before.len());
    folder.khoros.expect_found(&json!({"email": "ada@x.example"}), &[id]);
    let history = document(&folder.tenant, &["customer", "history", id]).to_string();
    assert!(
        history.contains("deleteCustomer") && history.contains("restoreCustomer"),
        "{history}"
    );
    document(&folder.tenant, &["customer", "delete", id, "--yes"]);
    check_refused(&folder.tenant, &["customer", "show", id], 1, "`crm customer restore");
    let (again, _) = folder.import("customers", "people.jsonl", &[], 0);
    assert_eq!(again["counts"]["created"], 1);
    check_refused(&folder.tenant, &["customer", "restore", id], 1, "external id now");
}

#[test]
fn a_customer_with_cases_is_not_deleted() {
    let (tenant, khoros) = customer_tenant();
    let (ada, _) = ada_and_her_case(&khoros);
    check_refused(
        &tenant,
        &["customer", "delete", &ada, "--yes"],
        2,
        "has cases, which would belong to nobody",
    );
    assert_eq!(document(&tenant, &["customer", "show", &ada])["id"], json!(ada));
}
