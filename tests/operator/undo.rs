//! `crm import --undo`.

use serde_json::{Value, json};

use crate::folder::{Folder, interaction};

fn undone(folder: &Folder, run: &Value, code: i32) -> (Value, Vec<Value>) {
    let document = folder.document(&["import", "--undo", run.as_str().unwrap()], code);
    let results = folder.lines(document["results"].as_str().unwrap());
    (document, results)
}

fn kinds(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["result"].as_str().unwrap()).collect()
}

#[test]
fn undoing_removes_created_records_and_restores_changed_ones() {
    let folder = Folder::new();
    folder.write_lines(
        "a.jsonl",
        &[json!({"externalId": "old", "city": "Ulm", "email": "old@x.example"})],
    );
    folder.import("customers", "a.jsonl", &[], 0);
    let before: Vec<Value> = folder
        .export("customers")
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let old = before[0]["id"].as_str().unwrap();
    folder.write_lines(
        "b.jsonl",
        &[
            json!({"id": old, "externalId": "renamed", "city": "Bonn", "email": "new@x.example"}),
            json!({"externalId": "renamed", "city": "Köln"}),
            json!({"externalId": "new", "firstName": "Jane", "email": "jane@x.example"}),
            json!({"externalId": "new", "firstName": "Janet"}),
            json!({"email": "nonsense"}),
        ],
    );
    let (run, results) = folder.import("customers", "b.jsonl", &[], 1);
    let new = results[2]["id"].as_str().unwrap();
    folder.khoros.expect_found(&json!({"email": "new@x.example"}), &[old]);
    folder.khoros.expect_found(&json!({"firstName": "Janet"}), &[new]);
    let (document, results) = undone(&folder, &run["run"], 0);
    assert_eq!(
        document["counts"],
        json!({"removed": 1, "restored": 1, "before": 2, "kept": 0})
    );
    assert_eq!(results.len(), 4);
    let after: Vec<Value> = folder
        .export("customers")
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(after, before);
    folder.khoros.expect_found(&json!({"email": "old@x.example"}), &[old]);
    folder.khoros.expect_found(&json!({"email": "new@x.example"}), &[]);
    folder.khoros.expect_found(&json!({"firstName": "Janet"}), &[]);
    folder.khoros.get(&format!("/customer/{new}")).error(404, "not_found");
    // Both external ids are free again, and the old one is in use.
    folder.write("c.csv", "externalId,city\nnew,a\nrenamed,b\nold,Ulm\n");
    let (_, results) = folder.import("customers", "c.csv", &[], 0);
    assert_eq!(kinds(&results), ["created", "created", "unchanged"]);
    let (document, _) = undone(&folder, &run["run"], 0);
    assert_eq!(
        document["counts"],
        json!({"removed": 0, "restored": 0, "before": 4, "kept": 0})
    );
    let resumed = folder.crm(
        &["import", "customers", "b.jsonl", "--resume", run["run"].as_str().unwrap()],
        2,
    );
    assert!(resumed.contains("is finished") || resumed.contains("was undone"), "{resumed}");
    assert_eq!(folder.document(&["import", "runs"], 0)[1]["state"], "taken back");
}

#[test]
fn records_changed_since_are_kept() {
    let folder = Folder::new();
    folder.write_lines("a.jsonl", &[json!({"externalId": "1", "city": "Ulm"})]);
    folder.import("customers", "a.jsonl", &[], 0);
    folder.write_lines(
        "b.jsonl",
        &[
            json!({"externalId": "1", "city": "Bonn"}),
            json!({"externalId": "2", "city": "Bonn"}),
            json!({"externalId": "3", "city": "Bonn"}),
        ],
    );
    let (run, results) = folder.import("customers", "b.jsonl", &[], 0);
    let id = |at: usize| results[at]["id"].as_str().unwrap();
    folder
        .khoros
        .patch(&format!("/customer/{}", id(0)), &json!({"zip": "53111"}))
        .expect(201);
    folder
        .khoros
        .patch(&format!("/customer/{}", id(1)), &json!({"zip": "53111"}))
        .expect(201);
    let case = folder.khoros.create_case(id(2), json!({}));
    let exported = folder.export("customers");
    let (document, results) = undone(&folder, &run["run"], 1);
    assert_eq!(document["counts"]["kept"], 3);
    let reasons: Vec<&str> = results.iter().map(|result| result["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        ["was changed since", "was changed since", "has cases of its own now"]
    );
    assert_eq!(folder.export("customers"), exported);
    folder.khoros.case(case["id"].as_str().unwrap());
}

#[test]
fn runs_are_undone_one_after_the_other() {
    let folder = Folder::new();
    folder.write("people.csv", "externalId,city\n1,Ulm\n2,Bonn\n");
    let (first, _) = folder.import("customers", "people.csv", &[], 0);
    folder.write("cases.csv", "externalId,customerExternalId,title\n1,1,Late\n");
    let (first_cases, _) = folder.import("cases", "cases.csv", &[], 0);
    folder.write("cases.csv", "externalId,title\n1,Very late\n");
    let (second_cases, _) = folder.import("cases", "cases.csv", &[], 0);
    folder.write("people.csv", "externalId,city\n1,Neu-Ulm\n");
    let (second, _) = folder.import("customers", "people.csv", &[], 0);
    for (run, removed, restored) in [(&second_cases, 0, 1), (&first_cases, 1, 0), (&second, 0, 1), (&first, 2, 0)] {
        let (document, _) = undone(&folder, &run["run"], 0);
        assert_eq!(
            document["counts"],
            json!({"removed": removed, "restored": restored, "before": 0, "kept": 0})
        );
    }
    assert_eq!((folder.export("customers").len(), folder.export("cases").len()), (0, 0));
}

#[test]
fn a_record_changed_by_others_during_the_run_is_kept() {
    let folder = Folder::new();
    folder.write_lines("a.jsonl", &[json!({"externalId": "1", "city": "Ulm"})]);
    let (_, results) = folder.import("customers", "a.jsonl", &[], 0);
    let id = results[0]["id"].as_str().unwrap();
    let rows: Vec<Value> = (0..40)
        .map(|row| json!({"externalId": "1", "city": format!("town {row}")}))
        .collect();
    folder.write_lines("b.jsonl", &rows);
    let mut command = folder.command(&["import", "customers", "b.jsonl", "--rate", "20"]);
    let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let began = std::time::Instant::now();
    while folder.khoros.customer(id)["city"] == "Ulm" {
        assert!(began.elapsed().as_secs() < 60, "no row within a minute");
    }
    folder
        .khoros
        .patch(&format!("/customer/{id}"), &json!({"zip": "89073"}))
        .expect(201);
    assert!(child.wait().unwrap().success());
    let runs = folder.document(&["import", "runs"], 0);
    let (document, _) = undone(&folder, &runs[1]["run"], 1);
    assert_eq!(document["counts"]["restored"], 0);
    let customer = folder.khoros.customer(id);
    assert_eq!((&customer["city"], &customer["zip"]), (&json!("town 39"), &json!("89073")));
}

#[test]
fn cases_are_undone_with_their_interactions() {
    let folder = Folder::new();
    folder.write_lines(
        "people.jsonl",
        &[
            json!({"externalId": "P1", "city": "Ulm"}),
            json!({"externalId": "P2", "city": "Bonn"}),
        ],
    );
    let (_, people) = folder.import("customers", "people.jsonl", &[], 0);
    folder.write_lines(
        "a.jsonl",
        &[json!({"externalId": "C1", "customerExternalId": "P1", "title": "Late", "interactions": [interaction("1", "where?"), interaction("2", "here")]})],
    );
    folder.import("cases", "a.jsonl", &[], 0);
    let before = folder.export("cases");
    let many: Vec<Value> = (0..120).map(|at| interaction(&format!("many {at}"), "text")).collect();
    folder.write_lines(
        "b.jsonl",
        &[
            json!({"externalId": "C1", "customerExternalId": "P2", "title": "Very late", "interactions": [interaction("1", "WHERE?"), interaction("3", "new")]}),
            json!({"externalId": "C1", "interactions": many}),
            json!({"externalId": "C2", "customerExternalId": "P2", "title": "New", "interactions": many}),
            json!({"externalId": "C2", "interactions": [interaction("4", "later")]}),
        ],
    );
    let (run, results) = folder.import("cases", "b.jsonl", &[], 0);
    assert_eq!(kinds(&results), ["updated", "updated", "created", "updated"]);
    let customer = |at: usize| people[at]["id"].as_str().unwrap();
    assert_eq!(folder.khoros.cases(customer(1)).len(), 2);
    let (document, _) = undone(&folder, &run["run"], 0);
    assert_eq!(
        document["counts"],
        json!({"removed": 1, "restored": 1, "before": 2, "kept": 0})
    );
    assert_eq!(folder.export("cases"), before);
    assert_eq!(
        (folder.khoros.cases(customer(0)).len(), folder.khoros.cases(customer(1)).len()),
        (1, 0)
    );
    folder
        .khoros
        .get(&format!("/case/{}", results[2]["id"].as_str().unwrap()))
        .error(404, "not_found");
    // The case can be written again: the run left no item in its partition that a reader would take for an
    // interaction.
    let late = results[0]["id"].as_str().unwrap();
    folder
        .khoros
        .patch(
            &format!("/case/{late}"),
            &json!({"interactions": [interaction("5", "again")]}),
        )
        .expect(201);
    assert_eq!(folder.khoros.case(late)["interactions"].as_array().unwrap().len(), 3);
}
