//! `crm doctor` against the real functions, run by an operator with access to the table.

use contract_tests::{stack::shared_stack, table::items_of};
use serde_json::json;

use crate::rig::{check_refused, document, fresh_tenant};

#[test]
fn with_access_to_the_table_nothing_is_left_behind() {
    let tenant = fresh_tenant();
    let key = document(&tenant, &["keys", "create", "--label", "doctor"]);
    let (url, auth) = (shared_stack().base_url(), key["value"].as_str().unwrap());
    let other = ["doctor", &url, "--auth", auth, "--remove", "--table", "another"];
    check_refused(&tenant, &other, 1, "no such table");
    let report = document(&tenant, &["doctor", &url, "--auth", auth, "--remove"]);
    assert_eq!(report["leftBehind"], json!([]), "{report:#}");
    assert!(
        report["notes"].to_string().contains("erased from the table"),
        "{}",
        report["notes"]
    );
    let mark = report["mark"].as_str().unwrap();
    for item in items_of(shared_stack().endpoint(), &tenant) {
        assert!(!item.contains(mark), "{item}");
    }
}
