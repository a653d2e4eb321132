//! A create in several steps that is interrupted: no part of it is visible, and repeating the request completes it.

use contract_tests::{
    client::{case, interaction},
    fault_proxy::Fault,
};
use serde_json::{Value, json};

use crate::rig::{Rig, Watched, in_time, soon};

/// The first step of [`big_case`] claims its number; the last one makes it visible.
const TRANSACT: &str = "TransactWriteItems";
const LAST_STEP: usize = 2;
/// In between, the interactions are written in batches of twenty-five.
const BATCH: &str = "BatchWriteItem";
const LAST_BATCH: usize = 52;
const INTERACTIONS: usize = 1_300;

pub fn big_case(customer_id: &str) -> Value {
    let conversation: Vec<Value> = (0..INTERACTIONS).map(|n| interaction(n, json!({}))).collect();
    case(customer_id, json!({"interactions": conversation}))
}

/// The case that the functions were creating, according to their calls.
#[track_caller]
fn case_being_created(tenant: &Watched) -> String {
    let beginning = format!("\"{}#case#", tenant.name);
    let calls = tenant.faults.calls();
    let named = calls.iter().filter(|call| call.operation == TRANSACT).find_map(|call| {
        let body = String::from_utf8_lossy(&call.body).into_owned();
        let (_, rest) = body.split_once(&beginning)?;
        Some(rest.split_once('"')?.0.to_owned())
    });
    named.expect("a transaction names the case")
}

/// Neither the list of the customer's cases, nor a look-up, nor an update shows any part of it.
#[track_caller]
pub fn check_invisible(tenant: &Watched, customer_id: &str) {
    assert_eq!(tenant.cases(customer_id), Vec::<Value>::new());
    let path = format!("/case/{}", case_being_created(tenant));
    tenant.get(&path).error(404, "not_found");
    tenant.patch(&path, &json!({"status": "closed"})).error(404, "not_found");
}

/// Repeating the request any number of times completes the case, and creates it only once.
#[track_caller]
pub fn check_completed_by_retry(tenant: &Watched, customer_id: &str, body: &Value) {
    let created = soon("the case is completed", || {
        let answer = in_time(|| tenant.post("/case", body));
        (answer.status == 201).then(|| answer.json())
    });
    assert_eq!(created["interactions"].as_array().unwrap().len(), INTERACTIONS);
    let cases = tenant.cases(customer_id);
    assert_eq!(cases.len(), 1, "cases of the customer");
    assert!(
        cases[0]["interactions"] == body["interactions"],
        "the conversation is not what was sent"
    );
    assert_eq!(cases[0]["id"], created["id"]);
    let again = tenant.post("/case", body).expect(201);
    assert_eq!(again["id"], created["id"], "one more request makes no other case");
}

/// The create meets this fault from the `n`th such call on.
#[track_caller]
fn check_broken_off(n: usize, operation: &'static str, fault: Fault) {
    let tenant = Rig::shared().tenant();
    let customer_id = tenant.some_customer();
    let body = big_case(&customer_id);
    tenant.faults.forget_calls();
    tenant.faults.from_nth(n, operation, fault);
    in_time(|| tenant.post("/case", &body)).refused(&[500]);
    assert!(tenant.faults.has_struck(), "it did not reach {operation} {n}");
    tenant.faults.heal();
    let last_step_is_done = (n, operation, fault) == (LAST_STEP, TRANSACT, Fault::AnswerLost);
    if !last_step_is_done {
        check_invisible(&tenant, &customer_id);
    }
    check_completed_by_retry(&tenant, &customer_id, &body);
}

#[test]
fn a_big_case_interrupted_at_its_first_step_is_completed() {
    check_broken_off(1, TRANSACT, Fault::AnswerLost);
}

#[test]
fn a_big_case_interrupted_at_its_second_step_is_completed() {
    check_broken_off(1, BATCH, Fault::THROTTLED);
}

#[test]
fn a_big_case_interrupted_in_the_middle_is_completed() {
    check_broken_off(7, BATCH, Fault::Hanging);
}

#[test]
fn a_big_case_interrupted_at_its_last_interactions_is_completed() {
    check_broken_off(LAST_BATCH, BATCH, Fault::Dropped);
}

#[test]
fn a_big_case_interrupted_at_its_last_step_is_completed() {
    check_broken_off(LAST_STEP, TRANSACT, Fault::INTERNAL);
}

#[test]
fn a_big_case_whose_last_answer_is_lost_is_completed() {
    check_broken_off(LAST_STEP, TRANSACT, Fault::AnswerLost);
}

/// A part of a big case that conflicts with another transaction is written later.
#[test]
fn a_big_case_survives_conflicts_between_its_steps() {
    let tenant = Rig::shared().tenant();
    let customer_id = tenant.some_customer();
    tenant.faults.next(4, TRANSACT, Fault::CONFLICT);
    let created = in_time(|| tenant.post("/case", &big_case(&customer_id))).expect(201);
    assert_eq!(created["interactions"].as_array().unwrap().len(), INTERACTIONS);
    assert_eq!(tenant.cases(&customer_id).len(), 1);
}

/// An update with many interactions has several steps, too. What it wrote before the interruption stays, and
/// repeating the request writes the rest.
/// request writes the rest.
#[test]
fn an_interrupted_big_update_is_completed_by_the_same_request() {
    let tenant = Rig::shared().tenant();
    let customer_id = tenant.some_customer();
    let made = tenant.create_case(&customer_id, json!({"interactions": [interaction(0, json!({}))]}));
    let path = format!("/case/{}", made["id"].as_str().unwrap());
    let change = json!({"status": "closed", "interactions": big_case(&customer_id)["interactions"]});
    tenant.faults.from_nth(5, BATCH, Fault::Dropped);
    in_time(|| tenant.patch(&path, &change)).refused(&[500]);
    tenant.faults.heal();
    let between = tenant.get(&path).expect(200);
    assert_eq!(between["status"], "open", "the record changes last");
    let updated = in_time(|| tenant.patch(&path, &change)).expect(201);
    assert_eq!(updated["status"], "closed");
    assert!(
        updated["interactions"] == change["interactions"],
        "the conversation is not what was sent"
    );
    assert!(tenant.get(&path).expect(200) == updated, "the answer is not what is stored");
}

#[test]
fn a_big_update_that_is_refused_leaves_nothing_behind() {
    let tenant = Rig::shared().tenant();
    let customer_id = tenant.some_customer();
    let made = tenant.create_case(&customer_id, json!({"interactions": [interaction(0, json!({}))]}));
    let path = format!("/case/{}", made["id"].as_str().unwrap());
    let conversation: Vec<Value> = (0..200).map(|n| interaction(n, json!({}))).collect();
    let change = json!({"customerId": "C00000000001", "interactions": conversation});
    tenant.patch(&path, &change).error(422, "validation_failed");
    let after = tenant.get(&path).expect(200);
    assert_eq!(
        after["interactions"].as_array().unwrap().len(),
        1,
        "interactions of a refused update"
    );
    assert_eq!(after, made);
}
