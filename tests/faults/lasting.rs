//! Faults that last: a clean error before Khoros gives up, nothing half-done, and success once the fault has ended.

use std::time::Duration;

use contract_tests::{
    client::{Answer, at_once, case, customer, interaction},
    fault_proxy::{ANY, Fault},
    stack::wait,
};
use crm_store::operator_hint;
use serde_json::{Value, json};

use crate::rig::{Operation, Rig, Watched, in_time, operations, soon};

const TRANSACT: &str = "TransactWriteItems";

/// A clean error in the contract's shape, and a log line with the outcome.
#[track_caller]
fn check_failed(rig: &Rig, operation: &Operation, answer: &Answer, errors: &[&str]) {
    let body = answer.refused(&[500]);
    assert!(
        errors.iter().any(|error| body["error"] == *error),
        "{operation:?}: wanted {errors:?}, got {answer:?}"
    );
    assert_eq!(body.get("fields"), None, "{answer:?}");
    let line = rig.log_line_of(answer);
    assert_eq!((&line["status"], &line["message"]), (&json!(500), &json!("failed")), "{line}");
}

/// All operations, asked in parallel, fail with one of these errors during the fault and succeed after it.
#[track_caller]
fn check_all_fail(fault: Fault, errors: &[&str]) {
    let rig = Rig::shared();
    let tenant = rig.tenant();
    let all = operations(&tenant);
    tenant.faults.always(ANY, fault);
    let answers = at_once(all.len(), |n| all[n].ask(&tenant));
    tenant.faults.heal();
    for (operation, answer) in all.iter().zip(&answers) {
        check_failed(rig, operation, answer, errors);
    }
    check_nothing_was_written(&tenant);
    for operation in &all {
        operation.ask(&tenant).expect(operation.success);
    }
}

/// Only what [`operations`] itself created exists: a customer with one open case.
#[track_caller]
fn check_nothing_was_written(tenant: &Watched) {
    let found = tenant.search(&json!({"email": "jane@example.com"}));
    let [id] = found.as_slice() else {
        panic!("one customer: {found:?}")
    };
    assert_eq!(tenant.customer(id).get("city"), None);
    let cases = tenant.cases(id);
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!(cases[0]["status"], "open");
    assert_eq!(cases[0]["interactions"], json!([interaction(1, json!({}))]));
}

#[test]
fn a_table_that_stays_throttled_gives_an_error_in_time() {
    check_all_fail(Fault::THROTTLED, &["internal_error"]);
}

#[test]
fn a_database_that_keeps_failing_gives_an_error_in_time() {
    check_all_fail(Fault::INTERNAL, &["internal_error"]);
}

#[test]
fn connections_that_keep_dropping_give_an_error_in_time() {
    check_all_fail(Fault::Dropped, &["internal_error"]);
}

#[test]
fn a_database_that_hangs_gives_a_timeout_in_time() {
    check_all_fail(Fault::Hanging, &["timeout"]);
}

/// A fault is not reported as an invalid key. The agent would ask the administrator about it for nothing.
#[test]
fn a_key_that_cannot_be_read_is_not_reported_as_invalid() {
    for (fault, error) in [(Fault::INTERNAL, "internal_error"), (Fault::Hanging, "timeout")] {
        let tenant = Rig::shared().tenant();
        tenant.admission.always(ANY, fault);
        let paths = ["/meta/object/customer", "/nothing/here"];
        at_once(paths.len(), |n| in_time(|| tenant.get(paths[n])).error(500, error));
        tenant.admission.heal();
        tenant.get("/meta/object/customer").expect(200);
    }
}

#[test]
fn transactions_that_keep_conflicting_give_an_error_in_time_and_write_nothing() {
    at_once(2, |n| {
        let rig = Rig::shared();
        let tenant = rig.tenant();
        let writes: Vec<Operation> = operations(&tenant).into_iter().filter(Operation::writes).collect();
        tenant
            .faults
            .always(TRANSACT, [Fault::CONFLICT, Fault::TRANSACTION_THROTTLED][n]);
        for (n, answer) in at_once(writes.len(), |n| writes[n].ask(&tenant)).iter().enumerate() {
            check_failed(rig, &writes[n], answer, &["internal_error"]);
        }
        tenant.faults.heal();
        check_nothing_was_written(&tenant);
    });
}

/// No single call takes too long, but all of them together do.
#[test]
fn retries_that_would_exceed_khoros_limit_end_in_a_timeout() {
    let rig = Rig::shared();
    let tenant = rig.tenant();
    let writes: Vec<Operation> = operations(&tenant).into_iter().filter(Operation::writes).collect();
    tenant.faults.always(TRANSACT, Fault::CONFLICT);
    tenant.faults.slow_down(Duration::from_millis(850));
    for (n, answer) in at_once(writes.len(), |n| writes[n].ask(&tenant)).iter().enumerate() {
        check_failed(rig, &writes[n], answer, &["timeout"]);
    }
    tenant.faults.heal();
    check_nothing_was_written(&tenant);
}

#[test]
fn a_batch_that_stays_incomplete_gives_an_error_and_not_a_shorter_list() {
    let tenant = Rig::shared().tenant();
    let all = operations(&tenant);
    for operation in &all[..2] {
        operation.ask(&tenant).expect(200);
        tenant.faults.always("BatchGetItem", Fault::HalfUnprocessed);
        operation.ask(&tenant).error(500, "internal_error");
        tenant.faults.heal();
    }
}

/// The caller sees no text of the database. The operator is told what to do.
#[track_caller]
fn check_operator_is_told(fault: Fault, code: &str) {
    let rig = Rig::shared();
    let tenant = rig.tenant();
    for operation in operations(&tenant) {
        tenant.faults.always(ANY, fault);
        let answer = operation.ask(&tenant);
        tenant.faults.heal();
        check_failed(rig, &operation, &answer, &["internal_error"]);
        let text = String::from_utf8_lossy(&answer.body).to_lowercase();
        for word in [
            "exception",
            "denied",
            "resource",
            "table",
            "role",
            "policy",
            "region",
            "khoros-crm",
        ] {
            assert!(!text.contains(word), "{word:?} in {answer:?}");
        }
        let line = rig.log_line_of(&answer);
        let cause = line["cause"].as_str().unwrap_or_default();
        let hint = operator_hint(code);
        assert!(!hint.is_empty() && cause.contains(hint) && cause.contains(code), "{line}");
        assert_eq!(line["level"], "ERROR", "{line}");
    }
}

#[test]
fn a_missing_permission_is_reported_to_the_operator_only() {
    check_operator_is_told(Fault::ACCESS_DENIED, "AccessDeniedException");
}

#[test]
fn a_missing_table_is_reported_to_the_operator_only() {
    check_operator_is_told(Fault::NO_TABLE, "ResourceNotFoundException");
}

#[test]
fn throttling_is_reported_to_the_operator() {
    check_operator_is_told(Fault::THROTTLED, "ProvisionedThroughputExceededException");
}

#[test]
fn a_truncated_answer_gives_an_error_in_time() {
    check_reads_fail(Fault::AnswerCut);
}

#[track_caller]
fn check_reads_fail(fault: Fault) {
    let rig = Rig::shared();
    let tenant = rig.tenant();
    let reads: Vec<Operation> = operations(&tenant)
        .into_iter()
        .filter(|operation| !operation.writes())
        .collect();
    tenant.faults.always(ANY, fault);
    for (n, answer) in at_once(reads.len(), |n| reads[n].ask(&tenant)).iter().enumerate() {
        check_failed(rig, &reads[n], answer, &["internal_error"]);
    }
}

/// It has a stack of its own, since the database goes away for all tenants.
#[test]
fn a_database_that_is_down_gives_errors_in_time_until_it_is_back() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let all = operations(&tenant);
    wait(rig.proxy.go_down());
    let answers = at_once(all.len(), |n| all[n].ask(&tenant));
    for (operation, answer) in all.iter().zip(&answers) {
        check_failed(&rig, operation, answer, &["internal_error", "timeout"]);
        let line = rig.log_line_of(answer);
        let cause = line["cause"].as_str().unwrap_or_default();
        assert!(cause.contains("cannot be reached: check AWS_ENDPOINT_URL_DYNAMODB"), "{line}");
    }
    wait(rig.proxy.come_back()).expect("the address is still free");
    check_nothing_was_written(&tenant);
    for operation in &all {
        operation.ask(&tenant).expect(operation.success);
    }
}

/// Khoros' own retry after the fault counts as the first request, not as a second one.
#[test]
fn a_create_that_failed_can_be_sent_again() {
    let tenant = Rig::shared().tenant();
    let customer_id = tenant.some_customer();
    let joan = customer(json!({"firstName": "Joan", "email": "joan@example.com"}));
    let complaint = case(&customer_id, json!({"title": "Broken"}));
    tenant.faults.always(TRANSACT, Fault::Dropped);
    tenant.post("/customer", &joan).error(500, "internal_error");
    tenant.post("/case", &complaint).error(500, "internal_error");
    tenant.faults.heal();
    assert_eq!(tenant.search(&json!({"email": "joan@example.com"})), Vec::<String>::new());
    assert_eq!(tenant.cases(&customer_id), Vec::<Value>::new());
    for _ in 0..2 {
        tenant.post("/customer", &joan).expect(201);
        tenant.post("/case", &complaint).expect(201);
    }
    let found = soon("one customer", || {
        Some(tenant.search(&json!({"email": "joan@example.com"}))).filter(|found| !found.is_empty())
    });
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(tenant.cases(&customer_id).len(), 1);
}
