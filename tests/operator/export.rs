//! `crm export`, and importing the result again.

use contract_tests::stack::stack_of_large_records;
use serde_json::{Value, json};

use crate::folder::{Folder, counts, interaction};

/// Customers and cases with everything that they can have.
fn filled() -> Folder {
    let folder = Folder::new();
    let agent = [("khoros-agent-email", "ann@x.example")];
    folder
        .khoros
        .post_with(
            "/customer",
            &agent,
            &json!({"firstName": "Zoë", "description": "two\nlines, \"quoted\"; =1+1", "phone": "(415) 555-2671"}),
        )
        .expect(201);
    folder.write_lines(
        "people.jsonl",
        &[
            json!({"externalId": "P1", "city": "Ulm", "created": "2019-05-06T07:08:09.123Z", "createdBy": {"agent": "bob@x.example", "initiative": 7}}),
            json!({"externalId": "P2", "city": "Bonn", "twitterHandle": "@a", "hidden": {"custom": {"tier": "gold", "vip": true},
                "identifiers": [{"role": "handle", "value": "@B", "network": "bluesky", "added": 1_500_000_000_000_i64}]}}),
        ],
    );
    let (_, people) = folder.import("customers", "people.jsonl", &[], 0);
    let many: Vec<Value> = (0..150).map(|at| interaction(&format!("{at:03}"), "text ✨")).collect();
    let author = json!({"service": "twitter", "serviceId": "9", "handle": "jane", "name": "Jane", "brandOwned": false});
    let mut with_author = interaction("1", "where?");
    with_author["author"] = author;
    folder.write_lines(
        "cases.jsonl",
        &[
            json!({"externalId": "C1", "customerExternalId": "P1", "title": "Late", "priority": "high", "escalated": true, "interactions": [with_author]}),
            json!({"customerExternalId": "P2", "title": "Long", "description": "a\nb", "status": "closed", "interactions": many, "hidden": {"custom": {"old": "x"}}}),
        ],
    );
    folder.import("cases", "cases.jsonl", &[], 0);
    folder
        .khoros
        .patch_with(
            &format!("/customer/{}", people[0]["id"].as_str().unwrap()),
            &agent,
            &json!({"city": "Neu-Ulm"}),
        )
        .expect(201);
    folder
}

#[test]
fn importing_an_export_into_an_empty_store_gives_the_same_export() {
    let (one, other) = (filled(), Folder::new());
    for object in ["customers", "cases"] {
        let lines = one.export(object);
        other.write("all.jsonl", lines.join("\n"));
        let (document, results) = other.import(object, "all.jsonl", &[], 0);
        assert_eq!(counts(&document), [lines.len() as u64, 0, 0, 0], "{results:?}");
        assert_eq!(other.export(object), lines);
        let (document, _) = other.import(object, "all.jsonl", &[], 0);
        assert_eq!(counts(&document), [0, 0, lines.len() as u64, 0], "again");
    }
    let customer: Value = serde_json::from_str(&other.export("customers")[0]).unwrap();
    other.khoros.customer(customer["id"].as_str().unwrap());
    let jane = other.khoros.search(&json!({"phone": "+1 415 555 2671"}));
    assert_eq!(jane.len(), 1);
}

#[test]
fn a_table_survives_export_and_import() {
    let (one, other) = (filled(), Folder::new());
    for object in ["customers", "cases"] {
        let file = format!("{object}.csv");
        one.crm(&["export", object, &file], 0);
        let table = one.read(&file);
        assert!(table.starts_with("id,externalId,"), "{table}");
        other.write(&file, &table);
        let (document, results) = other.import(object, &file, &[], 0);
        assert_eq!(counts(&document)[3], 0, "{results:?}");
        other.crm(&["export", object, "again.csv"], 0);
        assert_eq!(sorted(&other.read("again.csv")), sorted(&table));
    }
    assert!(!one.files().iter().any(|name| name.contains(".part")));
}

#[test]
fn a_case_longer_than_a_line_survives_export_and_import() {
    let [one, other] = [(); 2].map(|()| Folder::on(stack_of_large_records()));
    let customer = one.khoros.some_customer();
    let body = "x".repeat(30_000);
    let case = one.khoros.create_case(&customer, json!({}));
    let path = format!("/case/{}", case["id"].as_str().unwrap());
    for part in 0..5 {
        let interactions: Vec<Value> = (0..25).map(|at| interaction(&format!("{part} {at:02}"), &body)).collect();
        one.khoros.patch(&path, &json!({"interactions": interactions})).expect(201);
    }
    for object in ["customers", "cases"] {
        other.write("all.jsonl", one.export(object).join("\n"));
        let lines = one.export(object);
        assert!(object == "customers" || lines.len() == 2, "{}", lines.len());
        // The lines of a long case must stay in order.
        one.crm(&["export", object, "all.jsonl"], 0);
        other.write("all.jsonl", one.read("all.jsonl"));
        other.import(object, "all.jsonl", &[], 0);
    }
    let shown = |folder: &Folder| folder.khoros.get(&path).expect(200)["interactions"].as_array().unwrap().len();
    assert_eq!((shown(&one), shown(&other)), (125, 125));
}

#[test]
fn an_export_that_cannot_be_written_leaves_nothing() {
    let folder = Folder::new();
    let said = folder.crm(&["export", "customers", "no/such/folder.csv"], 1);
    assert!(said.contains("cannot write no/such/folder.csv.part"), "{said}");
    folder.khoros.some_customer();
    // A link, so that a faulty program replaces only the link.
    folder.link("full.csv", "/dev/full");
    let said = folder.crm(&["export", "customers", "full.csv"], 1);
    assert!(said.contains("cannot write full.csv"), "{said}");
    assert_eq!(folder.files(), ["full.csv"]);
    folder.crm(&["export", "customers", "people"], 2);
    let empty = folder.crm(&["export", "cases", "-", "--format", "csv"], 0);
    assert!(
        empty.starts_with("id,externalId,customerId,title,description,status,priority,"),
        "{empty}"
    );
    assert_eq!(empty.lines().count(), 1);
}

/// The lines of a table, sorted, since records have no fixed order. A value with line breaks is split alike in every
/// table.
fn sorted(table: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = table.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn an_export_says_how_many_records_the_file_holds() {
    let folder = Folder::new();
    for (external_ids, says) in [(vec!["P1"], "1 customer in"), (vec!["P2", "P3"], "3 customers in")] {
        let lines: Vec<Value> = external_ids
            .iter()
            .map(|id| json!({"externalId": id, "city": "Ulm"}))
            .collect();
        folder.write_lines("people.jsonl", &lines);
        folder.import("customers", "people.jsonl", &[], 0);
        let said = folder.crm(&["export", "customers", "all.jsonl"], 0);
        assert!(said.contains(says), "{said}");
    }
}
