//! Temporary faults: the caller does not notice them, or Khoros' own retry succeeds.

use contract_tests::{
    client::{at_once, case, customer, id_of, interaction},
    fault_proxy::{ANY, Fault},
};
use serde_json::{Value, json};

use crate::{
    omnidesk,
    rig::{Operation, Rig, Watched, operations},
};

const TRANSACT: &str = "TransactWriteItems";

/// Every operation succeeds although its first two calls get this fault.
#[track_caller]
fn check_unnoticed(fault: Fault) {
    let tenant = Rig::shared().tenant();
    for operation in operations(&tenant) {
        let before = tenant.faults.count(ANY);
        tenant.faults.next(2, ANY, fault);
        let answer = operation.ask(&tenant);
        assert_eq!(answer.status, operation.success, "{fault:?}, {operation:?}: {answer:?}");
        assert!(tenant.faults.count(ANY) > before + 2, "{operation:?} met no fault");
        tenant.faults.heal();
    }
    check_as_without_faults(&tenant);
}

/// The result of all operations: two customers with the same e-mail address. The first has two cases, one of
/// which was changed.
#[track_caller]
fn check_as_without_faults(tenant: &Watched) {
    let found = tenant.search(&json!({"email": "jane@example.com"}));
    assert_eq!(found.len(), 2, "{found:?}");
    let moved = tenant.search(&json!({"city": "Springfield"}));
    assert_eq!(moved.len(), 1, "{moved:?}");
    let cases = tenant.cases(&moved[0]);
    let mut sizes: Vec<usize> = cases
        .iter()
        .map(|case| case["interactions"].as_array().unwrap().len())
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 2], "interactions of {cases:?}");
}

#[test]
fn a_call_to_a_throttled_table_is_retried() {
    check_unnoticed(Fault::THROTTLED);
}

#[test]
fn a_call_in_a_throttled_account_is_retried() {
    check_unnoticed(Fault::THROTTLED_ACCOUNT);
}

#[test]
fn a_call_with_an_internal_error_is_retried() {
    check_unnoticed(Fault::INTERNAL);
}

#[test]
fn a_dropped_connection_is_reopened() {
    check_unnoticed(Fault::Dropped);
}

#[test]
fn a_call_whose_answer_is_lost_is_retried_and_takes_effect_once() {
    check_unnoticed(Fault::AnswerLost);
}

#[test]
fn a_call_that_hangs_is_retried() {
    let tenant = Rig::shared().tenant();
    let all = operations(&tenant);
    // They run in parallel, since each waits for a second.
    for operation in &all {
        operation.ask(&tenant).expect(operation.success);
    }
    tenant.faults.next(3, ANY, Fault::Hanging);
    let reads: Vec<&Operation> = all.iter().filter(|operation| !operation.writes()).collect();
    for answer in at_once(reads.len(), |n| reads[n].ask(&tenant)) {
        answer.expect(200);
    }
}

#[test]
fn a_transaction_that_conflicts_a_few_times_is_retried() {
    for fault in [Fault::CONFLICT, Fault::TRANSACTION_THROTTLED, Fault::IN_PROGRESS] {
        let tenant = Rig::shared().tenant();
        for operation in operations(&tenant).iter().filter(|operation| operation.writes()) {
            let before = tenant.faults.count(TRANSACT);
            tenant.faults.next(4, TRANSACT, fault);
            operation.ask(&tenant).expect(201);
            assert_eq!(tenant.faults.count(TRANSACT), before + 5, "{operation:?}");
        }
        check_as_without_faults(&tenant);
    }
}

/// More attempts than the SDK makes of one call, so that our own code retries the transaction.
const MORE_THAN_THE_SDKS: usize = 4;

/// If an attempt succeeds unnoticed, the next one must not mistake its result for another writer's.
#[test]
fn a_transaction_that_commits_while_reported_as_in_progress_is_made_once() {
    let tenant = Rig::shared().tenant();
    for operation in operations(&tenant).iter().filter(|operation| operation.writes()) {
        tenant.faults.next(MORE_THAN_THE_SDKS, TRANSACT, Fault::COMMITTED_LATE);
        operation.ask(&tenant).expect(201);
        tenant.faults.heal();
    }
    check_as_without_faults(&tenant);
    // Without a created-once record, and with an id that must be unique.
    let tenant = omnidesk::watched(Rig::shared());
    tenant.faults.next(MORE_THAN_THE_SDKS, TRANSACT, Fault::COMMITTED_LATE);
    let strict = json!({"primaryID": "A-1", "firstname": "Ann"});
    omnidesk::send(&tenant, "POST", "/createCustomerCRUD", &strict).expect(200);
    tenant.faults.heal();
    omnidesk::send(&tenant, "POST", "/createCustomerCRUD", &strict).expect(400);
}

#[test]
fn a_search_reads_everything_from_a_batch_that_is_answered_in_parts() {
    let tenant = Rig::shared().tenant();
    let number_of_customers: usize = 12;
    let create = |n: usize| id_of(&tenant.create_customer(&json!({"lastName": "Doe", "accountNumber": format!("A-{n}")})));
    let ids = at_once(number_of_customers, create);
    let wanted: Vec<&str> = ids.iter().map(String::as_str).collect();
    tenant.expect_found(&json!({"lastName": "Doe"}), &wanted);

    tenant.faults.forget_calls();
    tenant.faults.next(3, "BatchGetItem", Fault::HalfUnprocessed);
    let mut found = tenant.search(&json!({"lastName": "Doe"}));
    found.sort();
    let mut wanted = ids.clone();
    wanted.sort();
    assert_eq!(found, wanted);
    assert!(tenant.faults.count("BatchGetItem") >= 4, "{:?}", tenant.faults.calls());

    tenant.faults.next(2, "BatchGetItem", Fault::HalfUnprocessed);
    let best = tenant.best_match(&json!({"accountNumbers": ["A-3", "A-4"]}));
    assert_eq!(best.len(), 2, "{best:?}");
}

/// A create whose answer is lost every time fails. When Khoros repeats the request, it gets what was created.
#[track_caller]
fn check_created_once(path: &str, body: &Value, lost: Fault, made: impl Fn() -> Vec<Value>, tenant: &Watched) {
    let agent = [("x-sf-user-email", "ann@brand.example")];
    tenant.faults.always(TRANSACT, lost);
    tenant.post_with(path, &agent, body).refused(&[500]);
    tenant.faults.heal();
    let [first] = made().try_into().expect("the database has executed one create");
    assert_eq!(tenant.post_with(path, &agent, body).expect(201), first);
    assert_eq!(made(), [first]);
}

/// The ways in which an answer does not arrive.
const LOST: [Fault; 3] = [Fault::AnswerLost, Fault::AnswerWithheld, Fault::AnswerCut];

#[test]
fn a_create_whose_answer_is_lost_takes_effect_once() {
    // Both operations with each fault, in parallel, since they mostly wait.
    at_once(2 * LOST.len(), |n| {
        let (tenant, lost) = (Rig::shared().tenant(), LOST[n / 2]);
        if n % 2 == 0 {
            let jane = customer(json!({"email": "jane@example.com"}));
            let made = || {
                let ids = tenant.search(&json!({"email": "jane@example.com"}));
                ids.iter().map(|id| tenant.customer(id)).collect()
            };
            check_created_once("/customer", &jane, lost, made, &tenant);
        } else {
            let customer_id = tenant.some_customer();
            let body = case(&customer_id, json!({"interactions": [interaction(1, json!({}))]}));
            check_created_once("/case", &body, lost, || tenant.cases(&customer_id), &tenant);
        }
    });
}

#[test]
fn an_update_whose_answer_is_lost_takes_effect_once() {
    let rig = Rig::shared();
    let tenant = rig.tenant();
    let customer_id = tenant.some_customer();
    let case = tenant.create_case(&customer_id, json!({"interactions": [interaction(1, json!({}))]}));
    let case_id = id_of(&case);
    let audits = |partition: String| rig.table().count(&format!("{}#{partition}", tenant.name), "audit#");

    tenant.faults.next(2, TRANSACT, Fault::AnswerLost);
    let updated = tenant
        .patch(&format!("/customer/{customer_id}"), &json!({"city": "Springfield"}))
        .expect(201);
    assert_eq!(updated["city"], "Springfield");
    assert_eq!(tenant.customer(&customer_id), updated);
    assert_eq!(audits(format!("customer#{customer_id}")), 2, "a creation and one update");

    tenant.faults.next(2, TRANSACT, Fault::AnswerLost);
    let change = json!({"status": "closed", "interactions": [interaction(2, json!({}))]});
    let updated = tenant.patch(&format!("/case/{case_id}"), &change).expect(201);
    assert_eq!(tenant.case(&case_id), updated);
    assert_eq!(
        updated["interactions"],
        json!([interaction(1, json!({})), interaction(2, json!({}))])
    );
    assert_eq!(audits(format!("case#{case_id}")), 2, "a creation and one update");
}

#[test]
fn an_update_whose_answers_are_all_lost_can_be_repeated() {
    let tenant = Rig::shared().tenant();
    let customer_id = tenant.some_customer();
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
    let case_id = id_of(&tenant.create_case(&customer_id, json!({"interactions": [interaction(1, json!({}))]})));
    let change = json!({"customerId": other, "interactions": [interaction(2, json!({}))]});
    let path = format!("/case/{case_id}");

    tenant.faults.always(TRANSACT, Fault::AnswerLost);
    tenant.patch(&path, &change).refused(&[500]);
    tenant.faults.heal();
    let moved = tenant.patch(&path, &change).expect(201);
    assert_eq!(tenant.cases(&other), [moved]);
    assert_eq!(tenant.cases(&customer_id), Vec::<Value>::new());
    assert_eq!(tenant.case(&case_id)["interactions"].as_array().unwrap().len(), 2);
}
