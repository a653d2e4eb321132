//! A row that is too large for an item or a transaction is rejected by itself. A row just within the limit is
//! applied.

use contract_tests::stack::stack_of_large_records;
use serde_json::{Map, Value, json};

use crate::folder::{Folder, counts};

/// Values of removed fields, full of letters of three bytes.
fn once_fields(count: usize) -> Value {
    let field = |number| (format!("old{number}"), "語".repeat(32_768).into());
    json!({"custom": (0..count).map(field).collect::<Map<_, _>>()})
}

fn event(number: usize, message: &str) -> Value {
    json!({"id": format!("V{number:011}"), "at": "2024-05-01T00:00:00Z", "message": message, "initiatedBy": "shop"})
}

/// All rows but the last are rejected, for these fields. The last one is applied.
#[track_caller]
fn check_rejected(object: &str, rows: &[Value], wanted: &[&str]) {
    let folder = Folder::on(stack_of_large_records());
    if object == "cases" {
        folder.write_lines("owner.jsonl", &[json!({"externalId": "owner", "city": "Ulm"})]);
        folder.import("customers", "owner.jsonl", &[], 0);
    }
    folder.write_lines("rows.jsonl", rows);
    let (document, results) = folder.import(object, "rows.jsonl", &[], 1);
    let rejected = u64::try_from(wanted.len()).unwrap();
    assert_eq!(counts(&document), [1, 0, 0, rejected], "{results:?}");
    for (result, name) in results.iter().zip(wanted) {
        assert_eq!(result["fields"][0]["name"], *name, "{result}");
    }
}

#[test]
fn customers_that_are_too_large_are_rejected_by_name() {
    let events = |count: usize| -> Vec<Value> { (0..count).map(|number| event(number, &"🦊".repeat(32_768))).collect() };
    let rows = [
        json!({"city": "Ulm", "hidden": once_fields(4)}),
        json!({"city": "Ulm", "createdBy": "a".repeat(400)}),
        json!({"city": "Ulm", "updatedBy": {"user": {"id": "7", "firstName": "x".repeat(300)}}}),
        json!({"city": "Ulm", "preferredAgent": {"id": "x".repeat(300)}}),
        json!({"city": "Ulm", "hidden": {"profile": {"firstName": "x".repeat(1_001)}}}),
        json!({"city": "Ulm", "hidden": {"custom": {"": "x"}}}),
        json!({"city": "Ulm", "events": [{"at": "2024-05-01", "message": "x", "initiatedBy": "y".repeat(500_000)}]}),
        json!({"city": "Ulm", "events": events(13)}),
        json!({"city": "Ulm", "hidden": once_fields(3), "events": events(11), "createdBy": "a".repeat(320)}),
    ];
    let wanted = [
        "old3",
        "createdBy",
        "updatedBy",
        "preferredAgent",
        "hidden",
        "hidden",
        "events[0]",
        "events",
    ];
    check_rejected("customers", &rows, &wanted);
}

#[test]
fn cases_that_are_too_large_are_rejected_by_name() {
    let case = |hidden: Value| json!({"customerExternalId": "owner", "title": "Late", "hidden": hidden});
    check_rejected("cases", &[case(once_fields(4)), case(once_fields(3))], &["old3"]);
}

#[test]
fn an_invisible_name_is_kept_and_not_searched() {
    let folder = Folder::new();
    let mut model = folder.document(&["model", "show"], 0);
    let fields = model["customer"].as_array_mut().unwrap();
    fields.retain(|field| field["name"] != "displayName");
    folder.write("model.json", model.to_string());
    folder.crm(&["model", "apply", "--no-wait", "--yes", "model.json"], 0);
    folder.write_lines(
        "rows.jsonl",
        &[json!({"city": "Ulm", "hidden": {"profile": {"displayName": "\u{200b}"}}})],
    );
    let (document, _) = folder.import("customers", "rows.jsonl", &[], 0);
    assert_eq!(counts(&document), [1, 0, 0, 0]);
}

#[test]
fn many_long_events_are_changed_by_one_row_and_restored() {
    let folder = Folder::on(stack_of_large_records());
    let long: Vec<Value> = (0..40).map(|number| event(number, &"🦊".repeat(32_768))).collect();
    let rows: Vec<Value> = long
        .chunks(10)
        .map(|some| json!({"externalId": "1", "city": "Ulm", "events": some}))
        .collect();
    folder.write_lines("long.jsonl", &rows);
    let (document, _) = folder.import("customers", "long.jsonl", &[], 0);
    assert_eq!(counts(&document), [1, 3, 0, 0]);
    let before = folder.export("customers");
    let short: Vec<Value> = (0..40).map(|number| event(number, "short")).collect();
    folder.write_lines("short.jsonl", &[json!({"externalId": "1", "events": short})]);
    let (document, _) = folder.import("customers", "short.jsonl", &[], 0);
    assert_eq!(counts(&document), [0, 1, 0, 0]);
    let run = document["run"].as_str().unwrap();
    folder.document(&["import", "--undo", run], 0);
    let events = |lines: &[String]| serde_json::from_str::<Value>(&lines[0]).unwrap()["events"].take();
    assert!(
        events(&folder.export("customers")) == events(&before),
        "the events are not restored"
    );
}
