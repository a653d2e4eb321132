//! `crm import`.

use std::{
    collections::BTreeSet,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::folder::{Folder, counts, interaction};

#[test]
fn each_row_has_its_result_and_what_is_imported_is_found() {
    let folder = Folder::new();
    folder.write(
        "people.csv",
        b"\xef\xbb\xbfNo;First name;E-Mail;phone;x\r\nA1;Jane;jane@x.example;(415) 555-2671;1\r\nA2;Bob;nonsense;none;2\r\n\r\nA3;\xff;;;\r\nA4\r\n;;;;\r\n",
    );
    let options = ["--external-id", "No", "--map", "E-Mail=email", "--map", "x="];
    let (first, results) = folder.import("customers", "people.csv", &options, 1);
    assert_eq!((counts(&first), &first["counts"]["skipped"]), ([1, 0, 0, 3], &json!(1)));
    let id = results[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        results[0],
        json!({"row": 2, "result": "created", "id": id, "externalId": "A1"})
    );
    let wrong = |result: &Value| {
        result["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["name"].clone())
            .collect::<Vec<_>>()
    };
    let rows: Vec<(u64, Vec<Value>)> = results[1..4]
        .iter()
        .map(|result| (result["row"].as_u64().unwrap(), wrong(result)))
        .collect();
    let wanted = [
        (3, vec![json!("email"), json!("phone")]),
        (5, vec![json!("First name")]),
        (6, vec![json!("row")]),
    ];
    assert_eq!(rows, wanted);
    assert_eq!(results[4], json!({"row": 7, "result": "skipped"}));
    let name = format!("people.csv.results-{}.jsonl", first["run"].as_str().unwrap());
    assert!(folder.files().contains(&name), "{:?}", folder.files());
    assert!(
        folder.read(&name).contains("\"value\":\"nonsense\""),
        "{:?}",
        folder.read(&name)
    );
    folder.khoros.expect_found(&json!({"phone": "+1 415 555 2671"}), &[&id]);

    folder.write("people.csv", "No;First name;city\nA1;Janet;\nA1;Janet;Ulm\nA1;Janet;Ulm\n");
    let (_, results) = folder.import("customers", "people.csv", &["--external-id", "No"], 0);
    let kinds: Vec<&str> = results.iter().map(|result| result["result"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["updated", "updated", "unchanged"]);
    let customer = folder.khoros.customer(&id);
    assert_eq!(
        (&customer["firstName"], &customer["email"], &customer["city"]),
        (&json!("Janet"), &json!("jane@x.example"), &json!("Ulm"))
    );
    folder.khoros.expect_found(&json!({"firstName": "janet"}), &[&id]);
}

#[test]
fn rows_of_one_external_id_are_applied_in_order() {
    let folder = Folder::new();
    let rows: Vec<Value> = (0..60)
        .map(|row| json!({"externalId": format!("a{}", row % 3), "city": format!("town {row}")}))
        .collect();
    folder.write_lines("people.jsonl", &rows);
    let (document, results) = folder.import("customers", "people.jsonl", &[], 0);
    assert_eq!(counts(&document), [3, 57, 0, 0]);
    for (at, result) in results.iter().enumerate().skip(57) {
        let customer = folder.khoros.customer(result["id"].as_str().unwrap());
        assert_eq!(customer["city"], format!("town {at}"));
    }
    assert_eq!(folder.export("customers").len(), 3);
}

#[test]
fn absent_and_empty_cells_change_nothing_and_null_clears() {
    let folder = Folder::new();
    folder.write_lines(
        "a.jsonl",
        &[json!({"externalId": "1", "city": "Ulm", "zip": "89073", "email": "a@x.example"})],
    );
    let (_, results) = folder.import("customers", "a.jsonl", &[], 0);
    let id = results[0]["id"].as_str().unwrap();
    folder.write_lines("b.jsonl", &[json!({"externalId": "1", "city": null})]);
    folder.import("customers", "b.jsonl", &[], 0);
    let customer = folder.khoros.customer(id);
    assert_eq!((customer.get("city"), &customer["zip"]), (None, &json!("89073")));
    folder.write("c.csv", "externalId,zip\n1,\n");
    let (document, _) = folder.import("customers", "c.csv", &[], 0);
    assert_eq!(counts(&document), [0, 0, 1, 0]);
    folder.import("customers", "c.csv", &["--empty-clears"], 0);
    let customer = folder.khoros.customer(id);
    assert_eq!((customer.get("zip"), &customer["email"]), (None, &json!("a@x.example")));
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = Folder::new();
    folder.write("people.csv", "externalId,email\nA1,a@x.example\nA2,nonsense\n");
    let (document, results) = folder.import("customers", "people.csv", &["--dry-run"], 1);
    assert_eq!((counts(&document), &document["run"]), ([1, 0, 0, 1], &Value::Null));
    assert_eq!(results.len(), 2);
    assert_eq!(folder.export("customers"), [""; 0]);
    assert_eq!(folder.document(&["import", "runs"], 0), json!([]));
}

#[test]
fn an_invalid_command_is_refused_before_the_first_row() {
    let folder = Folder::new();
    folder.write("people.csv", "firstName,e-mial\nJane,a@x.example\n");
    folder.write("people.txt", "firstName\nJane\n");
    for (words, says) in [
        (&["import", "customers", "people.csv"][..], "'e-mial': is it email?"),
        (
            &["import", "customers", "people.csv", "--map", "e-mial=mail"],
            "no field mail",
        ),
        (&["import", "customers", "people.txt"], ".csv or .jsonl"),
        (&["import", "--undo", "0123456789"], "no run 0123456789"),
        (&["import", "undo", "nonsense"], "no run nonsense"),
        (&["import", "--undo", "0123456789", "runs"], "either"),
    ] {
        let said = folder.crm(words, 2);
        assert!(said.contains(says), "{words:?}: {said}");
    }
    assert!(
        folder
            .crm(&["import", "customers", "absent.csv"], 1)
            .contains("absent.csv cannot be read")
    );
    assert_eq!(folder.export("customers"), [""; 0]);
}

#[test]
fn results_that_cannot_be_written_end_the_run_and_it_can_be_resumed() {
    let folder = Folder::new();
    folder.write("people.csv", "city\nUlm\nBonn\n");
    let said = folder.crm(&["import", "customers", "people.csv", "--results", "/dev/full"], 1);
    assert!(said.contains("cannot be written to /dev/full"), "{said}");
    let run = said
        .split("--resume ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    let (document, results) = folder.import("customers", "people.csv", &["--resume", &run], 0);
    assert_eq!((counts(&document), results.len()), ([2, 0, 0, 0], 2));
    assert_eq!(folder.export("customers").len(), 2);
}

#[test]
fn the_number_of_rows_a_second_is_limited() {
    let folder = Folder::new();
    let rows: Vec<Value> = (0..31).map(|row| json!({"city": format!("town {row}")})).collect();
    folder.write_lines("people.jsonl", &rows);
    let began = Instant::now();
    folder.document(&["import", "customers", "people.jsonl", "--rate", "20"], 0);
    assert!(began.elapsed() >= Duration::from_millis(1_450), "{:?}", began.elapsed());
}

#[test]
fn a_run_that_is_killed_repeatedly_applies_each_row_once() {
    const ROWS: usize = 300;
    let folder = Folder::new();
    let rows: Vec<Value> = (0..ROWS)
        .map(|row| json!({"city": format!("town {row}"), "zip": if row % 50 == 7 { json!(row) } else { json!("z") }}))
        .collect();
    folder.write_lines("people.jsonl", &rows);
    let mut child = start(
        &folder,
        &["import", "customers", "people.jsonl", "--rate", "400", "--results", "results"],
    );
    let run = eventually(|| folder.document(&["import", "runs"], 0)[0]["run"].as_str().map(str::to_owned));
    for kill_at in [20, 90, 91, 200] {
        eventually(|| (folder.read("results").lines().count() >= kill_at || child.try_wait().unwrap().is_some()).then_some(()));
        child.kill().unwrap();
        child.wait().unwrap();
        let runs = folder.document(&["import", "runs"], 0);
        let reported = folder.read("results").lines().filter(|line| line.contains("created")).count();
        assert!(counts(&runs[0])[0] >= reported as u64 && reported > 0, "{runs}");
        child = start(
            &folder,
            &[
                "import",
                "customers",
                "people.jsonl",
                "--rate",
                "400",
                "--results",
                "results",
                "--resume",
                &run,
            ],
        );
    }
    eventually(|| child.try_wait().unwrap());
    let results = folder.lines("results");
    let reported: Vec<u64> = results.iter().map(|result| result["row"].as_u64().unwrap()).collect();
    assert_eq!(reported, (1..=ROWS as u64).collect::<Vec<_>>());
    let rejected = results.iter().filter(|result| result["result"] == "rejected").count();
    assert_eq!(rejected, 6);
    let exported = folder.export("customers");
    let towns: BTreeSet<String> = exported
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["city"].to_string())
        .collect();
    assert_eq!((exported.len(), towns.len()), (ROWS - 6, ROWS - 6));
    let runs = folder.document(&["import", "runs"], 0);
    assert_eq!((&runs[0]["state"], counts(&runs[0])), (&json!("finished"), [294, 0, 0, 6]));
    assert!(
        folder
            .crm(&["import", "customers", "people.jsonl", "--resume", &run], 2)
            .contains("is finished")
    );
}

#[test]
fn an_interrupted_run_says_how_to_continue_and_accepts_only_the_same_file() {
    let folder = Folder::new();
    let rows: Vec<Value> = (0..200).map(|row| json!({"city": format!("town {row}")})).collect();
    folder.write_lines("people.jsonl", &rows);
    let mut words = folder.command(&["import", "customers", "people.jsonl", "--rate", "50", "--results", "results"]);
    let child = words.stdout(Stdio::piped()).spawn().unwrap();
    eventually(|| (folder.read("results").lines().count() >= 5).then_some(()));
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let command = said
        .lines()
        .find_map(|line| line.strip_prefix("continue with: crm "))
        .unwrap();
    let done = folder.read("results").lines().count();
    assert!(said.contains(&format!("stopped after line {done}")) && done < 200, "{said}");
    let mut words: Vec<&str> = command.split(' ').collect();
    words.extend(["--rate", "100000"]);
    folder.write_lines("people.jsonl", &rows[1..]);
    assert!(folder.crm(&words, 2).contains("another file"));
    folder.write_lines("people.jsonl", &rows);
    folder.crm(&words, 0);
    assert_eq!(folder.export("customers").len(), 200);
    assert_eq!(folder.lines("results").len(), 200);
}

#[test]
fn a_run_whose_results_are_lost_is_reported_from_its_journal() {
    let folder = Folder::new();
    let rows: Vec<Value> = (0..100).map(|row| json!({"city": format!("town {row}")})).collect();
    folder.write_lines("people.jsonl", &rows);
    let mut child = start(
        &folder,
        &["import", "customers", "people.jsonl", "--rate", "100", "--results", "lost"],
    );
    eventually(|| (folder.read("lost").lines().count() >= 10).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    let run = folder.document(&["import", "runs"], 0)[0]["run"].as_str().unwrap().to_owned();
    let before: BTreeSet<String> = folder.export("customers").into_iter().collect();
    let (document, results) = folder.import("customers", "people.jsonl", &["--resume", &run, "--results", "new"], 0);
    assert_eq!((counts(&document), results.len()), ([100, 0, 0, 0], 100));
    let after: BTreeSet<String> = folder.export("customers").into_iter().collect();
    assert!(after.len() == 100 && after.is_superset(&before));
}

#[test]
fn cases_belong_to_customers_by_either_id_and_keep_their_interactions() {
    let folder = Folder::new();
    folder.write_lines("people.jsonl", &[json!({"externalId": "P1", "city": "Ulm"})]);
    let (_, people) = folder.import("customers", "people.jsonl", &[], 0);
    let customer = people[0]["id"].as_str().unwrap();
    let long: Vec<Value> = (0..130).map(|at| interaction(&format!("{at:03}"), "text")).collect();
    folder.write_lines(
        "cases.jsonl",
        &[
            json!({"externalId": "C1", "customerExternalId": "P1", "title": "Late", "priority": "high", "created": "2020-02-03",
                "interactions": [interaction("1", "where?")]}),
            json!({"externalId": "C1", "interactions": [interaction("1", "where?"), interaction("2", "here")]}),
            json!({"externalId": "C1", "status": "open"}),
            json!({"customerId": customer, "title": "Long", "interactions": long}),
            json!({"customerExternalId": "P2", "title": "Nobody's"}),
            json!({"customerId": "C00000000001", "title": "Nobody's"}),
            json!({"title": "", "status": "late", "priority": "highest", "interactions": [{"body": 7}]}),
            json!({"externalId": "C9"}),
        ],
    );
    let (document, results) = folder.import("cases", "cases.jsonl", &[], 1);
    assert_eq!(counts(&document), [2, 1, 1, 4]);
    let names = |at: usize| -> Vec<&str> {
        results[at]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect()
    };
    assert_eq!(
        (names(4), names(5), names(7)),
        (vec!["customerExternalId"], vec!["customerId"], vec!["title", "customerId"])
    );
    assert!(names(6).contains(&"priority") && names(6).contains(&"interactions[0].body"));
    let cases = folder.khoros.cases(customer);
    assert_eq!(cases.len(), 2);
    let late = folder.khoros.case(results[0]["id"].as_str().unwrap());
    assert_eq!(
        (&late["priority"], &late["created"]),
        (&json!("high"), &json!("2020-02-03T00:00:00Z"))
    );
    assert_eq!(late["interactions"].as_array().unwrap().len(), 2);
    let long = folder.khoros.case(results[3]["id"].as_str().unwrap());
    assert_eq!(long["interactions"].as_array().unwrap().len(), 130);
}

#[test]
fn two_records_cannot_have_one_external_id() {
    let folder = Folder::new();
    folder.write_lines(
        "a.jsonl",
        &[
            json!({"externalId": "1", "city": "Ulm"}),
            json!({"externalId": "2", "city": "Bonn"}),
        ],
    );
    let (_, results) = folder.import("customers", "a.jsonl", &[], 0);
    let (one, two) = (&results[0]["id"], &results[1]["id"]);
    folder.write_lines("b.jsonl", &[json!({"id": two, "externalId": "1"})]);
    let (_, refused) = folder.import("customers", "b.jsonl", &[], 1);
    assert_eq!(refused[0]["fields"][0]["name"], "externalId");
    folder.write_lines("c.jsonl", &[json!({"id": one, "externalId": "3"})]);
    folder.import("customers", "c.jsonl", &[], 0);
    let (document, _) = folder.import("customers", "b.jsonl", &[], 0);
    assert_eq!(counts(&document), [0, 1, 0, 0], "the id is free then");
}

fn start(folder: &Folder, words: &[&str]) -> Child {
    folder
        .command(words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Repeats a request until there is an answer.
#[track_caller]
fn eventually<T>(ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    let mut ask = ask;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "no answer within a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_erased_person_comes_back_only_on_demand() {
    let folder = Folder::new();
    folder.write("people.csv", "externalId,firstName,email\nA1,Jane,jane@x.example\n");
    let (_, results) = folder.import("customers", "people.csv", &[], 0);
    let id = results[0]["id"].as_str().unwrap().to_owned();
    folder.document(&["customer", "erase", &id, "--yes"], 0);
    for (name, content) in [
        ("same.csv", "externalId,firstName\nA1,Jane\n"),
        ("mail.csv", "firstName,email\nJ.,JANE@x.example\n"),
    ] {
        folder.write(name, content);
        let (summary, results) = folder.import("customers", name, &[], 1);
        assert_eq!(counts(&summary), [0, 0, 0, 1], "{name}");
        let message = results[0]["fields"][0]["message"].as_str().unwrap();
        assert!(
            message.contains("was erased on") && message.contains("--force-erased"),
            "{message}"
        );
    }
    let (summary, results) = folder.import("customers", "same.csv", &["--force-erased"], 0);
    assert_eq!(counts(&summary), [1, 0, 0, 0]);
    assert_ne!(
        results[0]["id"].as_str(),
        Some(id.as_str()),
        "the external id still led to the old record"
    );
}

#[test]
fn a_new_record_has_what_the_model_requires() {
    let folder = Folder::new();
    folder.write("model.yaml", "customer:\n  - {name: tier, label: Tier, type: text, required: true}\n  - {name: remark, label: Remark, type: text}\ncase: []\n");
    folder.document(&["model", "apply", "model.yaml", "--no-wait", "--yes"], 0);
    folder.write("people.csv", "externalId,tier,remark\nA1,,slow\nA2,gold,fast\n");
    let (summary, results) = folder.import("customers", "people.csv", &[], 1);
    assert_eq!(counts(&summary), [1, 0, 0, 1]);
    assert_eq!(results[0]["fields"], json!([{"name": "tier", "message": "is required"}]));
}
