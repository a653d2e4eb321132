//! The data of a customer that Khoros does not have: imported, preserved by Khoros' edits, exported, undone and
//! erased.

use contract_tests::client::ask;
use serde_json::{Value, json};

use crate::folder::{Folder, counts};

const DEPARTMENT: &[&str] = &[
    "tenant",
    "set",
    "--name",
    "Acme",
    "--department",
    "999=Service",
    "--brand",
    "1=Fietsen",
    "--contact-attribute",
    "isprimary",
];

/// A company with everything that a row can have.
fn company() -> Value {
    json!({
        "externalId": "N1", "kind": "corporate", "department": "Service", "brand": "Fietsen", "displayName": "Northwind Freight",
        "created": "2024-01-10T08:00:00.000Z", "createdBy": {"user": {"id": "502", "firstName": "Ann", "lastName": "Lee"}},
        "organisation": {"region": "Europe", "numberOfEmployees": "75"}, "attributes": {"level": "premium", "pin": "4411"},
        "preferredAgent": {"id": "7", "firstName": "Bob"},
        "contacts": [{
            "id": "3002", "salutation": "Ms.", "firstName": "Ana", "lastName": "Lindqvist", "lastModified": "2024-01-10T08:00:02.000Z",
            "custom": {"isprimary": "y"}, "postal": [{"type": "office", "city": "Ulm"}],
            "email": [{"emailAddress": "ana@northwind.example", "priority": "high"}, {"emailAddress": "b@northwind.example"},
                {"emailAddress": "c@northwind.example"}],
            "phone": [{"type": "office", "countryCode": "1", "areaCode": "415", "phoneNo": "555 0134", "extension": "7"}],
            "social": [{"type": "twitter", "socialId": "anaL"}, {"type": "youtube", "socialId": "UCx"}],
        }],
        "events": [
            {"at": "2024-05-01T10:00:00.000Z", "type": "email", "mode": "outbound", "isSecure": true},
            {"at": "2024-05-02T10:00:00.000Z", "message": "Order shipped", "initiatedBy": "webshop"},
        ],
    })
}

fn filled() -> (Folder, String) {
    let folder = Folder::new();
    folder.crm(DEPARTMENT, 0);
    folder.write_lines("all.jsonl", &[company()]);
    let (document, results) = folder.import("customers", "all.jsonl", &[], 0);
    assert_eq!(counts(&document), [1, 0, 0, 0], "{results:?}");
    let id = results[0]["id"].as_str().unwrap().to_owned();
    (folder, id)
}

/// The lines of an export, in its order.
fn exported(folder: &Folder) -> Vec<String> {
    let lines = folder.crm(&["export", "customers", "-", "--format", "jsonl"], 0);
    lines.lines().map(str::to_owned).collect()
}

#[test]
fn a_company_is_found_by_its_contacts_which_khoros_edits_preserve() {
    let (folder, id) = filled();
    folder.khoros.expect_found(&json!({"phone": "+1 415 555 0134"}), &[&id]);
    folder.khoros.expect_found(&json!({"email": "C@northwind.example"}), &[&id]);
    folder.khoros.expect_found(&json!({"twitterHandle": "@anal"}), &[&id]);
    let before = exported(&folder);
    let customer = folder
        .khoros
        .patch(
            &format!("/customer/{id}"),
            &json!({"city": "Ulm", "email2": "new@northwind.example"}),
        )
        .expect(201);
    assert_eq!(
        (&customer["email"], &customer["email2"], &customer["twitterHandle"]),
        (
            &json!("ana@northwind.example"),
            &json!("new@northwind.example"),
            &json!("anaL")
        )
    );
    let after = exported(&folder);
    let line = |lines: &[String], at: usize| serde_json::from_str::<Value>(&lines[at]).unwrap();
    let (was, is) = (line(&before, 0), line(&after, 0));
    for kept in [
        "kind",
        "department",
        "brand",
        "organisation",
        "attributes",
        "preferredAgent",
        "createdBy",
    ] {
        assert_eq!(was[kept], is[kept], "{kept}");
        assert_ne!(is[kept], Value::Null, "{kept}");
    }
    assert_eq!(is["contacts"][0]["email"][1]["emailAddress"], "new@northwind.example");
    assert_eq!(is["contacts"][0]["phone"], was["contacts"][0]["phone"]);
    assert_eq!(line(&after, 1), line(&before, 1), "events");
}

#[test]
fn the_agents_page_shows_the_company() {
    let (folder, id) = filled();
    let customer = folder.khoros.get(&format!("/customer/{id}")).expect(200);
    let origin = folder.khoros.base.trim_end_matches("/api/v1");
    let page = ask(
        origin,
        "GET",
        customer["url"].as_str().unwrap().trim_start_matches(origin),
        &[],
        b"",
    );
    assert_eq!(page.status, 200, "{}", page.text());
    let page = page.text();
    for shown in [
        "Company",
        "Fietsen",
        "Service",
        "Number of employees",
        "Ms. Ana Lindqvist",
        "Bob",
        "E-mail to the customer",
        "Order shipped (webshop)",
    ] {
        assert!(page.contains(shown), "{shown} is missing in {page}");
    }
    assert!(!page.contains("4411"), "a value that identifies callers must stay hidden");
}

#[test]
fn an_export_and_import_preserve_everything() {
    let (one, _) = filled();
    let other = Folder::new();
    other.crm(DEPARTMENT, 0);
    let lines = exported(&one);
    assert_eq!(lines.len(), 2, "a line of the customer, and one of its events: {lines:?}");
    other.write("all.jsonl", lines.join("\n"));
    let (document, results) = other.import("customers", "all.jsonl", &[], 0);
    assert_eq!(counts(&document), [1, 1, 0, 0], "{results:?}");
    let again = exported(&other);
    let without_update = |line: &String| {
        let mut value: Value = serde_json::from_str(line).unwrap();
        value.as_object_mut().unwrap().retain(|name, _| !name.starts_with("updated"));
        value
    };
    assert_eq!(
        again.iter().map(without_update).collect::<Vec<_>>(),
        lines.iter().map(without_update).collect::<Vec<_>>()
    );
    let (document, _) = other.import("customers", "all.jsonl", &[], 0);
    assert_eq!(counts(&document), [0, 0, 2, 0], "again");
}

#[test]
fn an_import_of_events_is_undone() {
    let (folder, id) = filled();
    let before = exported(&folder);
    folder.write_lines(
        "more.jsonl",
        &[json!({"id": id, "attributes": {"level": "gold"}, "events": [
            {"at": "2024-05-03T10:00:00.000Z", "type": "chat", "mode": "inbound"},
        ]})],
    );
    let (document, _) = folder.import("customers", "more.jsonl", &[], 0);
    assert_eq!(counts(&document), [0, 1, 0, 0]);
    assert_eq!(exported(&folder)[1].matches("\"at\"").count(), 3);
    folder.crm(&["import", "--undo", document["run"].as_str().unwrap()], 0);
    let after = exported(&folder);
    assert_eq!(after[1], before[1]);
    assert!(after[0].contains("premium"), "{after:?}");
}

#[test]
fn every_mistake_of_a_row_is_reported_with_its_position() {
    let (folder, _) = filled();
    folder.write_lines(
        "wrong.jsonl",
        &[
            json!({"displayName": "x", "kind": "company", "department": "Nowhere"}),
            json!({"displayName": "x", "attributes": {"role": "boss", "colour": "red"}}),
            json!({"displayName": "x", "contacts": [{"gender": "x", "custom": {"shoe": "42"}, "email": [{"emailAddress": "nonsense"}],
                "phone": [{"extension": "7"}]}]}),
            json!({"displayName": "x", "events": [{"type": "email"}]}),
        ],
    );
    let (document, results) = folder.import("customers", "wrong.jsonl", &[], 1);
    assert_eq!(counts(&document), [0, 0, 0, 4]);
    let names: Vec<Vec<&str>> = results
        .iter()
        .map(|result| {
            let fields = result["fields"].as_array().unwrap().iter();
            fields.map(|field| field["name"].as_str().unwrap()).collect()
        })
        .collect();
    assert_eq!(
        names,
        [
            vec!["department", "kind"],
            vec!["attributes.colour", "attributes.role"],
            vec![
                "contacts[0].custom.shoe",
                "contacts[0].gender",
                "contacts[0].email[0].emailAddress",
                "contacts[0].phone[0].phoneNo"
            ],
            vec!["events[0].at", "events[0]"],
        ]
    );
}

#[test]
fn show_and_erase_include_contacts_and_events() {
    let (folder, id) = filled();
    let shown = folder.crm(&["customer", "show", &id], 0);
    for part in ["contact persons", "Ana", "premium", "corporate"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let person = folder.document(&["customer", "export", &id], 0);
    assert_eq!(person["events"].as_array().unwrap().len(), 2);
    assert_eq!(person["customer"]["party"]["contacts"][0]["id"], "3002");
    let erased = folder.crm(&["customer", "erase", &id, "--yes"], 0);
    assert!(erased.contains("2 events"), "{erased}");
    assert_eq!(exported(&folder), [""; 0]);
}
