//! How much of the table's capacity `crm import` uses.

use std::time::{Duration, Instant};

use contract_tests::{
    fault_proxy::{Fault, FaultProxy},
    stack::{shared_stack, wait},
};
use serde_json::{Value, json};

use crate::folder::{Folder, counts};

fn people(count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| json!({"externalId": format!("P-{number}"), "firstName": "Ann", "city": format!("town {number}")}))
        .collect()
}

#[test]
fn a_run_stays_within_its_units_and_reports_them() {
    let folder = Folder::new();
    folder.write_lines("people.jsonl", &people(40));
    let (document, _) = folder.import("customers", "people.jsonl", &["--dry-run"], 0);
    assert_eq!(document["writeUnits"], 0.0, "{document}");
    let began = Instant::now();
    let (document, _) = folder.import("customers", "people.jsonl", &["--units", "400"], 0);
    let took = began.elapsed();
    assert_eq!(counts(&document), [40, 0, 0, 0]);
    let units = document["writeUnits"].as_f64().unwrap();
    assert!(units > 400.0, "{document}");
    // It starts at an eighth of the limit, and up to 16 rows beyond the limit can be in
    // progress.
    let price = units / 40.0;
    let least = (units - 16.0 * price) / 400.0;
    assert!(took >= Duration::from_secs_f64(least), "{units} units in {took:?}");
    let (document, _) = folder.import("customers", "people.jsonl", &["--units", "400"], 0);
    assert_eq!(counts(&document), [0, 0, 40, 0]);
    assert!(document["writeUnits"].as_f64().unwrap() < 20.0, "the noted run: {document}");
    let said = folder.crm(&["import", "--undo", document["run"].as_str().unwrap()], 0);
    assert!(said.contains("0 removed"), "{said}");
}

#[test]
fn a_throttled_table_slows_a_run_down_and_costs_no_row() {
    let folder = Folder::new();
    folder.write_lines("people.jsonl", &people(60));
    let proxy = wait(FaultProxy::start(shared_stack().endpoint())).unwrap();
    let scope = proxy.scope(&[&folder.tenant], &[]);
    scope.next(
        30,
        "TransactWriteItems",
        Fault::Refused(400, "com.amazonaws.dynamodb.v20120810#ThrottlingException"),
    );
    scope.next(60, "TransactWriteItems", Fault::Cancelled("ThrottlingError"));
    let words = [
        "import",
        "customers",
        "people.jsonl",
        "--rate",
        "100000",
        "--results",
        "results",
    ];
    let mut command = folder.command(&[&words[..], &["--json"]].concat());
    let output = command.env("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(counts(&document), [60, 0, 0, 0]);
    assert!(document["refusedCalls"].as_u64().unwrap() >= 60, "{document}");
    assert_eq!(folder.export("customers").len(), 60);
    // Without `--json` the run says so in words.
    scope.next(5, "TransactWriteItems", Fault::Cancelled("ThrottlingError"));
    folder.write_lines("people.jsonl", &[json!({"externalId": "P-1", "city": "Ulm"})]);
    let output = folder
        .command(&words)
        .env("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("1 updated") && said.contains("the table refused 5 calls"),
        "{said}"
    );
}
