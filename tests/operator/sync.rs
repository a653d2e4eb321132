//! `crm sync`.

use contract_tests::feed::kinds_after;
use crm_domain::{NoticeKind, TenantId};
use crm_store::Database;
use local::stack::{TABLE, client};
use serde_json::{Value, json};

use contract_tests::stack::{shared_stack, wait};

use crate::folder::{Folder, counts};

/// Syncs from a file of this content; the document and the results.
#[track_caller]
fn synced(folder: &Folder, content: &str, options: &[&str], code: i32) -> (Value, Vec<Value>) {
    folder.write("extract.csv", content);
    let words = [&["sync", "extract.csv", "--source", "erp", "--rate", "100000"], options].concat();
    let document = folder.document(&words, code);
    let results = folder.lines(document["results"].as_str().unwrap());
    (document, results)
}

fn id(results: &[Value], row: usize) -> String {
    results[row]["id"].as_str().unwrap().to_owned()
}

#[test]
fn only_what_changed_there_is_written_and_what_agents_changed_stays() {
    let folder = Folder::new();
    let extract = "externalId,firstName,city,phone\n1,Ann,Ulm,+1 415 555 2671\n2,Bob,Bonn,\n";
    let (first, results) = synced(&folder, extract, &[], 0);
    assert_eq!(counts(&first), [2, 0, 0, 0]);
    let ann = id(&results, 0);
    let (again, results) = synced(&folder, extract, &[], 0);
    assert_eq!(
        (counts(&again), again["writeUnits"].as_f64()),
        ([0, 0, 2, 0], Some(4.0)),
        "the run itself"
    );
    assert_eq!(results, Vec::<Value>::new(), "rows that are as they were are only counted");
    // An agent changes a city, which the source does not; the source changes a telephone.
    folder
        .khoros
        .patch(&format!("/customer/{ann}"), &json!({"city": "Neu-Ulm"}))
        .expect(201);
    let moved = "externalId,firstName,city,phone\n1,Ann,Ulm,+1 415 555 2672\n2,Bob,Bonn,\n";
    let (third, results) = synced(&folder, moved, &[], 0);
    assert_eq!(counts(&third), [0, 1, 1, 0]);
    assert_eq!(
        (&results[0]["changed"], &results[0]["conflicts"]),
        (&json!(["phone"]), &Value::Null)
    );
    let shown = folder.khoros.customer(&ann);
    assert_eq!(
        (&shown["city"], &shown["phone"]),
        (&json!("Neu-Ulm"), &json!("+1 415 555 2672"))
    );
    let check = folder.document(&["index", "check"], 0);
    assert_eq!(check["found"], json!([]), "{check}");
}

#[test]
fn a_rule_decides_where_both_sides_changed_a_value() {
    let folder = Folder::new();
    let row = |value: &str| format!("externalId,city,zip,streetOne,updated\n1,{value},{value},{value},2020-01-01T00:00:00Z\n");
    let (_, results) = synced(&folder, &row("10"), &[], 0);
    let customer = id(&results, 0);
    let fields = json!({"city": "20", "zip": "20", "streetOne": "20"});
    folder.khoros.patch(&format!("/customer/{customer}"), &fields).expect(201);
    let rules = ["--rule", "city=ours", "--rule", "streetOne=newest"];
    let (document, results) = synced(&folder, &row("30"), &rules, 0);
    let conflict = |field: &str, kept: &str| json!({"field": field, "ours": "20", "theirs": "30", "kept": kept});
    let mut conflicts = results[0]["conflicts"].as_array().unwrap().clone();
    conflicts.sort_by_key(|conflict| conflict["field"].to_string());
    assert_eq!(
        conflicts,
        [
            conflict("city", "ours"),
            conflict("streetOne", "ours"),
            conflict("zip", "theirs")
        ]
    );
    assert_eq!(document["findings"]["conflicts"].as_array().unwrap().len(), 3);
    let shown = folder.khoros.customer(&customer);
    assert_eq!(
        [&shown["city"], &shown["zip"], &shown["streetOne"]],
        [&json!("20"), &json!("30"), &json!("20")]
    );
    // The conflict is decided, and does not come again.
    let (_, results) = synced(&folder, &row("30"), &rules, 0);
    assert_eq!(results, Vec::<Value>::new());
}

#[test]
fn what_is_missing_from_a_whole_extract_is_marked_and_deleted_only_if_that_is_said() {
    let folder = Folder::new();
    let line = |n: u32| format!("{n},City {n}\n");
    let extract = |rows: &[u32]| format!("externalId,city\n{}", rows.iter().copied().map(line).collect::<String>());
    let (_, results) = synced(&folder, &extract(&[1, 2, 3, 4, 5, 6]), &["--whole"], 0);
    let ids: Vec<String> = (0..6).map(|row| id(&results, row)).collect();
    let (partial, _) = synced(&folder, &extract(&[1]), &[], 0);
    assert_eq!(partial["gone"], Value::Null, "a partial extract says nothing of others");
    let (refused, _) = synced(&folder, &extract(&[1, 2]), &["--whole"], 1);
    assert!(refused["gone"]["refused"].as_str().unwrap().contains("4 of 6"), "{refused}");
    let (marked, _) = synced(&folder, &extract(&[1, 2, 3, 4, 5]), &["--whole"], 0);
    assert_eq!(
        (&marked["gone"]["marked"], &marked["gone"]["ids"]),
        (&json!(1), &json!([ids[5]]))
    );
    folder.khoros.customer(&ids[5]);
    let (still, _) = synced(&folder, &extract(&[1, 2, 3, 4, 5]), &["--whole"], 0);
    assert_eq!(
        (&still["gone"]["marked"], &still["gone"]["markedBefore"]),
        (&json!(0), &json!(1))
    );
    // It is back, and gone again with another one, who has a case.
    synced(&folder, &extract(&[1, 2, 3, 4, 5, 6]), &["--whole"], 0);
    folder.khoros.create_case(&ids[4], json!({}));
    let dry = ["--whole", "--delete-gone", "--most-gone", "50", "--dry-run"];
    let (dry, _) = synced(&folder, &extract(&[1, 2, 3, 4]), &dry, 0);
    assert_eq!((&dry["gone"]["marked"], &dry["gone"]["deleted"]), (&json!(2), &json!(0)));
    folder.khoros.customer(&ids[5]);
    let deleting = ["--whole", "--delete-gone", "--most-gone", "50"];
    let (deleted, _) = synced(&folder, &extract(&[1, 2, 3, 4]), &deleting, 0);
    assert_eq!(
        (&deleted["gone"]["deleted"], &deleted["gone"]["kept"]),
        (&json!(1), &json!(1))
    );
    folder.khoros.get(&format!("/customer/{}", ids[5])).error(404, "not_found");
    folder.khoros.customer(&ids[4]);
    let check = folder.document(&["index", "check"], 0);
    assert_eq!(check["found"], json!([]), "{check}");
}

#[test]
fn an_erased_person_stays_erased_and_a_sync_that_is_taken_back_is_forgotten() {
    let folder = Folder::new();
    let extract = "externalId,firstName,email\n1,Zenobia,zenobia@quux.example\n2,Bob,bob@quux.example\n";
    let (run, results) = synced(&folder, extract, &[], 0);
    folder.document(&["customer", "erase", &id(&results, 0), "--yes"], 0);
    let (document, results) = synced(&folder, extract, &["--whole"], 0);
    assert_eq!(
        (counts(&document), &document["findings"]["erased"]),
        ([0, 0, 2, 0], &json!(1))
    );
    assert_eq!((&results[0]["erased"], &results[0]["id"]), (&json!(true), &Value::Null));
    folder.document(&["import", "--undo", run["run"].as_str().unwrap()], 0);
    let check = folder.document(&["index", "check"], 0);
    assert_eq!(check["found"], json!([]), "{check}");
    let (document, _) = synced(&folder, extract, &[], 0);
    assert_eq!(counts(&document), [1, 0, 1, 0], "Bob is created again");
}

#[test]
fn mistakes_are_explained() {
    let folder = Folder::new();
    folder.write("extract.csv", "externalId,city\n1,Ulm\n,Bonn\n");
    let refused = |words: &[&str], says: &str| {
        let said = folder.crm(&[&["sync", "extract.csv"], words].concat(), 2);
        assert!(said.contains(says), "{said}");
    };
    refused(&["--source", "E R P"], "small letters, digits and hyphens");
    refused(&["--source", "erp", "--rule", "shoe=ours"], "no field shoe");
    refused(&["--source", "erp", "--rule", "city=mine"], "ours, theirs or newest");
    refused(&["--source", "erp", "--resume", "0000000000"], "run the same command again");
    refused(&["--source", "erp", "--delete-gone"], "--whole");
    let (document, results) = synced(&folder, "externalId,city\n1,Ulm\n,Bonn\n", &[], 1);
    assert_eq!(counts(&document), [1, 0, 0, 1]);
    let (_, skipped) = synced(&folder, "externalId,email,city\n2,nonsense,Ulm\n", &["--skip-bad-cells"], 0);
    assert_eq!(skipped[0]["skippedCells"][0]["value"], "nonsense");
    let (again, _) = synced(&folder, "externalId,email,city\n2,nonsense,Ulm\n", &["--skip-bad-cells"], 0);
    assert_eq!(
        (counts(&again), again["writeUnits"].as_f64()),
        ([0, 0, 1, 0], Some(4.0)),
        "it is as it was"
    );
    assert!(
        results[1]["fields"][0]["message"].as_str().unwrap().contains("recognises"),
        "{results:?}"
    );
}

#[test]
fn a_sync_tells_other_systems_of_what_it_writes_and_two_sources_have_two_memories() {
    let folder = Folder::new();
    let database = Database::new(wait(client(shared_stack().endpoint())), TABLE.to_owned());
    let store = database.of(&TenantId::parse(&folder.tenant).unwrap());
    let extract = "externalId,city\n1,Ulm\n";
    synced(&folder, extract, &[], 0);
    synced(&folder, extract, &[], 0);
    assert_eq!(kinds_after(&store, 0), [NoticeKind::CustomerCreated]);
    let other = folder.document(&["sync", "extract.csv", "--source", "shop"], 0);
    assert_eq!(counts(&other), [0, 0, 1, 0], "the same values by another system");
    assert_eq!(kinds_after(&store, 1), []);
}
