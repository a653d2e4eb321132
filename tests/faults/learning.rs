//! What customers learn from conversations, while the database fails or others write the customer. Each test ends with a
//! check of the whole table (see [`Watched`]).

use contract_tests::{
    client::{at_once, id_of, interaction},
    fault_proxy::Fault,
    stack::wait,
};
use crm_domain::CustomerId;
use serde_json::{Value, json};

use crate::rig::{Rig, Watched, in_time, soon};

const TRANSACT: &str = "TransactWriteItems";
const GET: &str = "GetItem";

fn message(n: usize, account: usize, handle: &str) -> Value {
    let author = json!({
        "service": "TWITTER", "serviceId": account.to_string(), "handle": handle, "name": "Ada", "brandOwned": false,
    });
    interaction(n, json!({"author": author}))
}

/// The handles that the customer learnt.
fn learnt(tenant: &Watched, customer: &str) -> Vec<String> {
    let id = CustomerId::parse(customer).unwrap();
    let customer = wait(tenant.store().customer_get(id)).unwrap().unwrap();
    let handles = customer.learnt.iter().flat_map(|account| &account.handles);
    handles.map(|handle| handle.value.clone()).collect()
}

#[test]
fn a_case_and_what_its_customer_learns_are_written_together_or_not_at_all() {
    at_once(4, |nth| {
        let (operation, fault) = [
            (TRANSACT, Fault::Dropped),
            (TRANSACT, Fault::AnswerLost),
            (TRANSACT, Fault::THROTTLED),
            (GET, Fault::Dropped),
        ][nth];
        let tenant = Rig::shared().tenant();
        let customer = tenant.some_customer();
        let body = json!({"customerId": customer, "title": "Late", "interactions": [message(1, 9, "quietharbour42")]});
        tenant.faults.always(operation, fault);
        in_time(|| tenant.post("/case", &body)).refused(&[500, 503]);
        tenant.faults.heal();
        let cases = tenant.cases(&customer).len();
        assert_eq!(learnt(&tenant, &customer).len(), cases, "{operation} {fault:?}");
        let case = soon("the case is created", || {
            let answer = tenant.post("/case", &body);
            (answer.status == 201).then(|| id_of(&answer.json()))
        });
        assert_eq!(learnt(&tenant, &customer), ["quietharbour42"]);
        // The new handle of an update meets the same fault.
        let path = format!("/case/{case}");
        let more = json!({"interactions": [message(2, 9, "tidalfox_91")]});
        tenant.faults.always(operation, fault);
        in_time(|| tenant.patch(&path, &more)).refused(&[500, 503]);
        tenant.faults.heal();
        let messages = tenant.case(&case)["interactions"].as_array().unwrap().len();
        assert_eq!(learnt(&tenant, &customer).len(), messages, "{operation} {fault:?}");
        tenant.patch(&path, &more).expect(201);
        assert_eq!(learnt(&tenant, &customer), ["quietharbour42", "tidalfox_91"]);
    });
}

#[test]
fn agents_who_edit_the_customer_meanwhile_lose_nothing_and_no_case_fails() {
    let tenant = Rig::shared().tenant();
    let customer = tenant.some_customer();
    let path = format!("/customer/{customer}");
    at_once(8, |n| {
        if n % 2 == 0 {
            tenant.create_case(
                &customer,
                json!({"interactions": [message(n, n, &format!("quietharbour{n}"))]}),
            );
        } else {
            let field = ["city", "state", "zip", "lastName"][n / 2];
            tenant.patch(&path, &json!({field: format!("{n}")})).expect(201);
        }
    });
    let record = tenant.customer(&customer);
    for (field, value) in [("city", "1"), ("state", "3"), ("zip", "5"), ("lastName", "7")] {
        assert_eq!(record[field], json!(value));
    }
    assert_eq!(tenant.cases(&customer).len(), 4);
    for handle in learnt(&tenant, &customer) {
        tenant.expect_found(&json!({"screenName": handle}), &[&customer]);
    }
    // Nobody else writes now.
    tenant.create_case(&customer, json!({"interactions": [message(9, 90, "tidalfox_91")]}));
    assert!(learnt(&tenant, &customer).contains(&"tidalfox_91".to_owned()));
}
