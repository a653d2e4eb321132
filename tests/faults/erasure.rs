//! Erasing a customer when the table has invisible items about them, or requests are about to write some.

use std::{thread, time::Duration};

use contract_tests::{
    client::{id_of, interaction},
    crm::crm,
    fault_proxy::Fault,
    stack::one_at_a_time,
    table::{items_of, without_notices},
};
use serde_json::{Value, json};

use crate::{
    crash::{big_case, check_invisible},
    rig::{Rig, Watched, in_time, soon},
};

const BATCH: &str = "BatchWriteItem";

/// `crm customer erase` of the only customer leaves three items of the tenant: the digest of the customer's id, the
/// key of digests, and the pointer to the API key.
/// of digests, and the pointer to the API key.
#[track_caller]
fn check_erased_to_the_last_item(tenant: &Watched, customer_id: &str) {
    let endpoint = Rig::shared().stack.endpoint();
    let words = ["customer", "erase", customer_id, "--yes"];
    let erased = crm(endpoint, &tenant.name, &words).output().expect("`make crm` builds it");
    assert!(erased.status.success(), "{erased:?}");
    let left = without_notices(items_of(endpoint, &tenant.name));
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn the_remains_of_an_interrupted_create_are_erased() {
    let tenant = Rig::shared().tenant();
    let customer_id = id_of(&tenant.create_customer(&json!({"city": "Paris"})));
    tenant.faults.forget_calls();
    tenant.faults.from_nth(7, BATCH, Fault::Dropped);
    in_time(|| tenant.post("/case", &big_case(&customer_id))).refused(&[500]);
    tenant.faults.heal();
    check_invisible(&tenant, &customer_id);
    check_erased_to_the_last_item(&tenant, &customer_id);
}

/// A big update writes interactions before the transaction that would notice that the case is gone.
#[test]
fn writes_during_an_erasure_are_erased() {
    let _alone = one_at_a_time();
    let tenant = Rig::shared().tenant();
    let customer_id = id_of(&tenant.create_customer(&json!({"city": "Paris"})));
    let case_id = id_of(&tenant.create_case(&customer_id, json!({})));
    tenant.faults.forget_calls();
    tenant.faults.slow_down(Duration::from_millis(800));
    let conversation: Vec<Value> = (0..150).map(|n| interaction(n, json!({}))).collect();
    thread::scope(|scope| {
        let update = scope.spawn(|| {
            let path = format!("/case/{case_id}");
            in_time(|| tenant.patch(&path, &json!({"interactions": conversation})))
        });
        soon("interactions being written", || {
            (tenant.faults.count(BATCH) > 0).then_some(())
        });
        check_erased_to_the_last_item(&tenant, &customer_id);
        update.join().expect("an answer").error(404, "not_found");
    });
}
