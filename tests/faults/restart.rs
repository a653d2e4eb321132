//! Killed processes. Each test has a stack of its own, so that it kills only its own processes.

use std::{fs, process::Command, thread, time::Duration};

use contract_tests::{
    client::{case, customer, id_of, interaction},
    fault_proxy::{ANY, Fault},
    stack::wait,
};
use serde_json::{Value, json};

use crate::{
    crash::{big_case, check_completed_by_retry, check_invisible},
    rig::{Rig, Watched, in_time, soon},
    unfinished::{check_found, named},
};

const TRANSACT: &str = "TransactWriteItems";
const BATCH: &str = "BatchWriteItem";

/// The processes of this function on this rig. Their environment has the address of the rig's proxy.
pub fn processes(rig: &Rig, function: &str) -> Vec<u32> {
    let endpoint = format!("AWS_ENDPOINT_URL_DYNAMODB={}", rig.proxy.endpoint());
    let name = format!("AWS_LAMBDA_FUNCTION_NAME={function}");
    let numbers = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers
        .filter(|process| {
            let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
            let has = |wanted: &str| environment.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes());
            has(&endpoint) && has(&name)
        })
        .collect()
}

/// `kill -9` for all processes of the function, which must have some.
#[track_caller]
fn kill(rig: &Rig, function: &str) {
    let victims = processes(rig, function);
    assert!(!victims.is_empty(), "no process of {function}");
    for process in victims {
        let status = Command::new("kill").arg("-9").arg(process.to_string()).status().unwrap();
        assert!(status.success(), "kill {process}: {status}");
    }
}

/// Sends a request, and kills the function once `so` holds. The caller still gets an answer, from
/// API Gateway.
#[track_caller]
fn ask_and_kill(rig: &Rig, tenant: &Watched, function: &str, (path, body): (&str, &Value), so: impl Fn() -> bool) {
    thread::scope(|scope| {
        let caller = scope.spawn(|| in_time(|| tenant.post(path, body)));
        soon("it has got that far", || so().then_some(()));
        kill(rig, function);
        let answer = caller.join().expect("an answer");
        assert_eq!(answer.status, 500, "{answer:?}");
    });
    tenant.faults.heal();
}

#[test]
fn a_killed_function_is_back_for_the_next_request() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let id = tenant.some_customer();
    let path = format!("/customer/{id}");
    for _ in 0..3 {
        tenant.get(&path).expect(200);
        kill(&rig, "khoros-find-customer");
        // A call may arrive before the gateway notices that the process is gone.
        soon("an answer", || (in_time(|| tenant.get(&path)).status == 200).then_some(()));
    }
}

#[test]
fn a_read_whose_function_dies_is_answered_and_others_are_not_affected() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let id = tenant.some_customer();
    let path = format!("/customer/{id}");
    tenant.faults.forget_calls();
    tenant.faults.always("GetItem", Fault::Hanging);
    thread::scope(|scope| {
        let caller = scope.spawn(|| in_time(|| tenant.get(&path)));
        soon("the call is under way", || (tenant.faults.count(ANY) > 0).then_some(()));
        tenant.faults.heal();
        kill(&rig, "khoros-find-customer");
        // Other functions are not affected.
        assert_eq!(tenant.cases(&id), Vec::<Value>::new());
        let answer = caller.join().expect("an answer");
        assert_eq!(answer.status, 500, "{answer:?}");
    });
    in_time(|| tenant.get(&path)).expect(200);
}

#[test]
fn a_create_whose_function_dies_before_or_after_its_write_takes_effect_once() {
    let rig = Rig::start();
    for fault in [Fault::Hanging, Fault::AnswerWithheld] {
        let tenant = rig.tenant();
        let is_written = fault == Fault::AnswerWithheld;

        let jane = customer(json!({"email": "jane@example.com"}));
        let found = || tenant.search(&json!({"email": "jane@example.com"}));
        tenant.faults.always(TRANSACT, fault);
        ask_and_kill(&rig, &tenant, "khoros-create-customer", ("/customer", &jane), || {
            tenant.faults.has_struck() && found().len() == usize::from(is_written)
        });
        let id = id_of(&tenant.post("/customer", &jane).expect(201));
        assert_eq!(found(), std::slice::from_ref(&id));

        let complaint = case(&id, json!({"interactions": [interaction(1, json!({}))]}));
        tenant.faults.forget_calls();
        tenant.faults.always(TRANSACT, fault);
        ask_and_kill(&rig, &tenant, "khoros-create-case", ("/case", &complaint), || {
            tenant.faults.has_struck() && tenant.cases(&id).len() == usize::from(is_written)
        });
        let created = tenant.post("/case", &complaint).expect(201);
        assert_eq!(tenant.cases(&id), [created]);
    }
}

#[test]
fn a_customer_with_many_terms_whose_function_dies_is_completed_by_the_same_request() {
    let rig = Rig::start();
    for step in 1..=3 {
        let tenant = rig.tenant();
        let body = named("k");
        tenant.faults.from_nth(step, TRANSACT, Fault::Hanging);
        ask_and_kill(&rig, &tenant, "khoros-create-customer", ("/customer", &body), || {
            tenant.faults.has_struck()
        });
        let id = id_of(&tenant.post("/customer", &body).expect(201));
        check_found(&tenant, &id, &body, true);
        assert_eq!(tenant.search(&json!({"displayName": "kaa"})), [id]);
    }
}

#[test]
fn a_big_case_whose_function_dies_is_completed_by_the_same_request() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let customer_id = tenant.some_customer();
    let body = big_case(&customer_id);
    tenant.faults.forget_calls();
    tenant.faults.from_nth(8, BATCH, Fault::Hanging);
    ask_and_kill(&rig, &tenant, "khoros-create-case", ("/case", &body), || {
        tenant.faults.has_struck()
    });
    check_invisible(&tenant, &customer_id);
    check_completed_by_retry(&tenant, &customer_id, &body);
}

#[test]
fn a_function_that_starts_without_a_database_works_once_there_is_one() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let path = format!("/customer/{}", tenant.some_customer());
    wait(rig.proxy.go_down());
    kill(&rig, "khoros-find-customer");
    soon("the new process answers", || {
        let answer = in_time(|| tenant.get(&path));
        // The first call may still reach the old process.
        answer.json().get("error").map(|_| answer.error(500, "internal_error"))
    });
    wait(rig.proxy.come_back()).expect("the address is still free");
    in_time(|| tenant.get(&path)).expect(200);
}

/// What a starting function reads to open its connection.
const FIRST_READ: &str = "\"nothing\"";

/// Kills the function and waits until it starts again.
#[track_caller]
fn restart(rig: &Rig, function: &str) {
    let old = processes(rig, function);
    kill(rig, function);
    soon("a new process", || {
        let new = processes(rig, function);
        (!new.is_empty() && new.iter().all(|process| !old.contains(process))).then_some(())
    });
}

#[test]
fn a_function_that_starts_while_the_database_hangs_answers_in_time() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let path = format!("/customer/{}", tenant.some_customer());
    let start = rig.proxy.scope(&[FIRST_READ], &[]);
    start.always(ANY, Fault::Hanging);
    tenant.admission.always(ANY, Fault::Hanging);
    restart(&rig, "khoros-find-customer");
    in_time(|| tenant.get(&path)).error(500, "timeout");
}

/// Khoros' limit includes the start of a process, even if the request then uses all of its own time.
#[test]
fn a_slow_start_and_a_slow_request_together_are_in_time() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let path = format!("/customer/{}", tenant.some_customer());
    let start = rig.proxy.scope(&[FIRST_READ], &[]);
    start.always(ANY, Fault::Hanging);
    tenant.faults.always(TRANSACT, Fault::CONFLICT);
    tenant.faults.slow_down(Duration::from_millis(850));
    restart(&rig, "khoros-update-customer");
    in_time(|| tenant.patch(&path, &json!({"city": "Springfield"}))).error(500, "timeout");
}
