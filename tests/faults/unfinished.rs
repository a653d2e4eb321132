//! Customers with more terms, and cases with more interactions, than a transaction holds: writes that are interrupted
//! anywhere, or run concurrently. Each test ends with a check of the whole table (see [`Watched`]): no record lacks a
//! term, and no term lacks its record.

use std::thread;

use aws_sdk_dynamodb::types::AttributeValue;
use contract_tests::{
    client::{at_once, id_of},
    crm::crm,
    fault_proxy::Fault,
    stack::one_at_a_time,
    table::items_of,
};
use crm_store::Problem;
use serde_json::{Value, json};

use crate::{
    crash::{big_case, check_invisible},
    omnidesk::{send, watched},
    rig::{Rig, Watched, in_time, soon},
};

const TRANSACT: &str = "TransactWriteItems";
const BATCH: &str = "BatchWriteItem";
const FAULTS: [Fault; 2] = [Fault::Dropped, Fault::AnswerLost];
/// In minutes. Longer than a request lives, or than a create waits for an equal one.
const A_MINUTE: i64 = 1;
const A_QUARTER: i64 = 15;

/// Words with this prefix.
fn words(beginning: &str, count: u32) -> String {
    let letter = |n: u32| char::from_u32(u32::from('a') + n % 26).unwrap();
    let word = |n: u32| format!("{beginning}{}{}", letter(n / 26), letter(n));
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

/// A name with so many words that its terms take three or more transactions.
pub fn named(beginning: &str) -> Value {
    json!({"displayName": words(beginning, 100), "firstName": words(&format!("{beginning}z"), 100)})
}

/// Exactly these words find the customer.
#[track_caller]
pub fn check_found(tenant: &Watched, id: &str, name: &Value, is_found: bool) {
    for field in ["displayName", "firstName"] {
        let name = name[field].as_str().unwrap();
        for word in [name.split(' ').next(), name.split(' ').next_back()] {
            let found = tenant.search(&json!({field: word}));
            assert_eq!(found.iter().any(|found| found == id), is_found, "{field} {word:?}: {found:?}");
        }
    }
}

#[test]
fn a_repeated_create_with_many_words_is_one_customer_in_every_list() {
    let tenant = watched(Rig::shared());
    let body = json!({"displayName": format!("zzcurl {}", words("w", 120))});
    let [first, second] = [(); 2].map(|()| tenant.create_customer(&body));
    assert_eq!(first["id"], second["id"]);
    for path in ["?query=zzcurl", ""] {
        let list = send(&tenant, "GET", path, &Value::Null).expect(200);
        let items = list["items"].as_array().unwrap();
        assert_eq!((&list["itemTotal"], items.len()), (&json!(1), 1), "{path}: {list}");
    }
}

#[test]
fn a_large_create_interrupted_anywhere_is_completed_by_the_same_request() {
    let _alone = one_at_a_time();
    let steps: Vec<(usize, Fault)> = (1..=5).flat_map(|n| FAULTS.map(|fault| (n, fault))).collect();
    let deepest = at_once(steps.len(), |at| {
        let (n, fault) = steps[at];
        let tenant = watched(Rig::shared());
        let name = named("q");
        tenant.faults.forget_calls();
        tenant.faults.from_nth(n, TRANSACT, fault);
        let broken = in_time(|| tenant.post("/customer", &name));
        let got_there = tenant.faults.has_struck();
        assert_eq!(broken.status, if got_there { 500 } else { 201 }, "{n} {fault:?}: {broken:?}");
        tenant.faults.heal();
        // Nothing is written before the record, so either the record exists or nothing does.
        let id = id_of(&tenant.post("/customer", &name).expect(201));
        check_found(&tenant, &id, &name, true);
        let list = send(&tenant, "GET", "?query=qaa", &Value::Null).expect(200);
        assert_eq!(
            (&list["itemTotal"], &list["items"][1]),
            (&json!(1), &Value::Null),
            "{n} {fault:?}"
        );
        if got_there { n } else { 0 }
    });
    assert!(deepest.into_iter().max() >= Some(3), "a create in several transactions");
}

/// A customer with one long name.
fn long_named(tenant: &Watched, name: &Value) -> (String, String) {
    let id = id_of(&tenant.create_customer(name));
    let path = format!("/customer/{id}");
    (id, path)
}

#[test]
fn a_large_edit_interrupted_anywhere_is_completed_by_the_next_request_or_without_one() {
    let _alone = one_at_a_time();
    let steps: Vec<(usize, Fault)> = (1..=8).flat_map(|n| FAULTS.map(|fault| (n, fault))).collect();
    let deepest = at_once(steps.len(), |at| {
        let (n, fault) = steps[at];
        let tenant = watched(Rig::shared());
        let [old, new] = ["o", "n"].map(named);
        let (id, path) = long_named(&tenant, &old);
        tenant.faults.forget_calls();
        tenant.faults.from_nth(n, TRANSACT, fault);
        let broken = in_time(|| tenant.patch(&path, &new));
        let got_there = tenant.faults.has_struck();
        assert_eq!(broken.status, if got_there { 500 } else { 201 }, "{n} {fault:?}: {broken:?}");
        tenant.faults.heal();
        let is_written = n > 1 || fault == Fault::AnswerLost;
        // The same edit again, an edit of another field, or an edit that changes nothing.
        let again = [new.clone(), json!({"city": "Ulm"}), json!({})];
        let again = if is_written { &again[n % 3] } else { &again[0] };
        tenant.patch(&path, again).expect(201);
        check_found(&tenant, &id, &old, false);
        check_found(&tenant, &id, &new, true);
        if got_there { n } else { 0 }
    });
    assert!(deepest.into_iter().max() >= Some(5), "an edit in several transactions");
}

#[test]
fn concurrent_large_and_small_edits_leave_no_stray_term() {
    let _alone = one_at_a_time();
    at_once(2, |_| {
        let tenant = watched(Rig::shared());
        let [old, new] = ["o", "n"].map(named);
        let (id, path) = long_named(&tenant, &old);
        thread::scope(|scope| {
            let large = scope.spawn(|| in_time(|| tenant.patch(&path, &new)).expect(201));
            for number in 0..4 {
                let (tenant, path) = (&tenant, &path);
                scope.spawn(move || {
                    let field = ["city", "zip", "streetOne", "lastName"][number];
                    in_time(|| tenant.patch(path, &json!({field: format!("{field} {number}")}))).expect(201)
                });
            }
            large.join().expect("an answer");
        });
        check_found(&tenant, &id, &old, false);
        check_found(&tenant, &id, &new, true);
    });
}

/// A customer whose edit was interrupted after its first transaction.
fn broken_off(tenant: &Watched) -> (String, [Value; 2]) {
    let names = ["o", "n"].map(named);
    let (id, path) = long_named(tenant, &names[0]);
    tenant.faults.from_nth(2, TRANSACT, Fault::Dropped);
    in_time(|| tenant.patch(&path, &names[1])).refused(&[500]);
    tenant.faults.heal();
    (id, names)
}

/// A refused request about nobody, to a function that has not seen the tenant's key yet. The function looks for
/// unfinished work.
fn ask_another_function(tenant: &Watched, nth: usize) {
    let functions = [
        ("POST", "/externalEvent"),
        ("PUT", ""),
        ("POST", "/addChannelOnly"),
        ("PUT", "/updateCustomer"),
    ];
    let (method, path) = functions[nth % functions.len()];
    let answer = send(tenant, method, path, &json!({"customer_id": 1, "message": "x"}));
    assert!((400..500).contains(&answer.status), "{answer:?}");
}

/// Calls one function after the other until this holds. A request spends two seconds on others' work, and the next
/// one continues.
#[track_caller]
pub fn ask_functions_until(what: &str, tenant: &Watched, mut is_so: impl FnMut() -> bool) {
    let mut nth = 0;
    soon(what, || {
        ask_another_function(tenant, nth);
        nth += 1;
        is_so().then_some(())
    });
}

#[test]
fn an_edit_that_nobody_repeats_is_completed_by_the_next_writer() {
    let tenant = watched(Rig::shared());
    let (id, [old, new]) = broken_off(&tenant);
    Rig::shared().table().age(&tenant, &id, A_MINUTE);
    let findings = tenant.strays();
    assert!(
        matches!(findings.as_slice(), [one] if one.problem == Problem::Unfinished && one.of == id),
        "{findings:?}"
    );
    ask_functions_until("the edit is complete", &tenant, || tenant.strays().is_empty());
    check_found(&tenant, &id, &old, false);
    check_found(&tenant, &id, &new, true);
}

#[test]
fn erasing_a_customer_with_an_unfinished_edit_leaves_nothing() {
    let _alone = one_at_a_time();
    let tenant = watched(Rig::shared());
    let (id, _) = broken_off(&tenant);
    let endpoint = Rig::shared().stack.endpoint();
    let words = ["customer", "erase", &id, "--yes"];
    let erased = crm(endpoint, &tenant.name, &words).output().expect("`make crm` builds it");
    assert!(erased.status.success(), "{erased:?}");
    let left = items_of(endpoint, &tenant.name);
    let left: Vec<&String> = left
        .iter()
        .filter(|item| item.contains(&id.to_lowercase()) || item.contains("naa"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_large_case_that_nobody_completes_is_removed_completely() {
    let tenant = watched(Rig::shared());
    let customer = id_of(&tenant.create_customer(&json!({"city": "Paris"})));
    tenant.faults.forget_calls();
    tenant.faults.from_nth(7, BATCH, Fault::Dropped);
    in_time(|| tenant.post("/case", &big_case(&customer))).refused(&[500]);
    tenant.faults.heal();
    check_invisible(&tenant, &customer);
    let endpoint = Rig::shared().stack.endpoint();
    let listed = Rig::shared().table().items(&format!("{}#unfinished", tenant.name));
    let case = listed[0]["sk"].as_s().unwrap().clone();
    Rig::shared().table().age(&tenant, &case, A_QUARTER);
    ask_functions_until("nothing of the case is left", &tenant, || {
        let left = items_of(endpoint, &tenant.name);
        !left.iter().any(|item| item.contains(&case.to_lowercase()))
    });
}

/// Every entry of a complete record is removed, and an entry that fails does not block the others.
#[test]
fn an_entry_of_a_complete_record_is_dropped() {
    let tenant = watched(Rig::shared());
    let id = id_of(&tenant.create_customer(&json!({"city": "Paris"})));
    let list = format!("{}#unfinished", tenant.name);
    for id in [id.as_str(), "C00000000001", "K000000001", "nonsense"] {
        let number = |number: &str| AttributeValue::N(number.to_owned());
        let entry = [
            ("id", AttributeValue::S(id.to_owned())),
            ("at", number("0")),
            ("version", number("1")),
        ];
        Rig::shared().table().put_with(&list, id, entry);
    }
    ask_another_function(&tenant, 0);
    assert_eq!(Rig::shared().table().items(&list), []);
}
