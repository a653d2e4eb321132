//! The round-trip budget of docs/table.md: how many sequential calls to the database a warm request makes.

use std::{collections::BTreeSet, time::Duration};

use contract_tests::{
    client::{ask, id_of, interaction, over},
    fault_proxy::{ANY, Call, steps},
};
use serde_json::{Value, json};

use crate::rig::{Operation, Rig, Watched, operations};

/// The delay of each call: much longer than the time between the beginnings of parallel calls.
const DELAY: Duration = Duration::from_millis(300);

/// The kinds of calls of each step.
type Steps = Vec<BTreeSet<String>>;

fn kinds(steps: &[&[&str]]) -> Steps {
    let step = |step: &&[&str]| step.iter().map(|&kind| kind.to_owned()).collect();
    steps.iter().map(step).collect()
}

/// The steps of one request to a function that has just seen the key.
fn measure(tenant: &Watched, operation: &Operation) -> Steps {
    let Watched { faults, admission, .. } = tenant;
    operation.ask(tenant).expect(operation.success);
    faults.forget_calls();
    admission.forget_calls();
    faults.slow_down(DELAY);
    let again = Operation {
        body: operation.body.clone().map(|body| different(operation, body)),
        ..operation.clone()
    };
    again.ask(tenant).expect(operation.success);
    faults.heal();
    assert_eq!(admission.count(ANY), 0, "a key that was seen adds no call: {operation:?}");
    let step = |step: Vec<_>| step.into_iter().map(|call: Call| call.operation).collect();
    steps(faults.calls()).into_iter().map(step).collect()
}

/// A repeated create would create nothing, and a repeated edit would change nothing.
fn different(operation: &Operation, body: Value) -> Value {
    match operation.name {
        "createCustomer" | "updateCustomer" => over(body, json!({"city": "Shelbyville"})),
        "createCase" => over(body, json!({"description": "another"})),
        _ => body,
    }
}

fn budget_of(operation: &str) -> Steps {
    match operation {
        "defineObjectStructures" => kinds(&[]),
        "findCustomer" => kinds(&[&["GetItem"]]),
        "createCustomer" | "createCase" => kinds(&[&["TransactWriteItems"]]),
        "updateCustomer" => kinds(&[&["GetItem"], &["TransactWriteItems"]]),
        "lookupCase" => kinds(&[&["Query"]]),
        "updateCase" => kinds(&[&["Query"], &["TransactWriteItems"]]),
        "findCases" => kinds(&[&["Query"], &["Query"]]),
        "searchCustomers" | "bestmatchCustomers" => kinds(&[&["Query"], &["BatchGetItem"]]),
        other => panic!("no budget for {other}"),
    }
}

/// It has a stack of its own: on a shared one, the second request may reach another process than the first one warmed.
#[test]
fn each_operation_keeps_to_its_round_trips() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let mut all = operations(&tenant);
    for kind in ["customer", "case"] {
        all.push(Operation {
            name: "defineObjectStructures",
            method: "GET",
            path: format!("/meta/object/{kind}"),
            body: None,
            success: 200,
        });
    }
    let customer_id = tenant.some_customer();
    for title in ["one", "two", "three"] {
        tenant.create_case(
            &customer_id,
            json!({"title": title, "interactions": [interaction(1, json!({}))]}),
        );
    }
    let cases = |success, method, path: String, body| Operation {
        name: if method == "PATCH" { "updateCase" } else { "findCases" },
        method,
        path,
        body,
        success,
    };
    all.push(cases(200, "GET", format!("/customer/{customer_id}/cases"), None));
    // A move to another customer, with as many interactions as a transaction holds.
    let case_id = id_of(&tenant.cases(&customer_id)[0]);
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Mover"})));
    let conversation: Vec<Value> = (0..95).map(|n| interaction(n, json!({}))).collect();
    let body = json!({"customerId": other, "interactions": conversation});
    all.push(cases(201, "PATCH", format!("/case/{case_id}"), Some(body)));

    for operation in &all {
        let found = measure(&tenant, operation);
        assert_eq!(found, budget_of(operation.name), "steps of {operation:?}");
    }
}

/// What a customer may learn from a new author takes one read of the customer. An author who is known takes none.
#[test]
fn learning_from_a_conversation_keeps_to_its_round_trips() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let customer_id = tenant.some_customer();
    let message = |n: usize, handle: &str| {
        let author = json!({"service": "TWITTER", "serviceId": "9", "handle": handle, "name": "Ada", "brandOwned": false});
        json!([interaction(n, json!({"author": author}))])
    };
    let case_id = id_of(&tenant.create_case(&customer_id, json!({"interactions": message(1, "ada")})));
    let steps_of = |method: &str, path: &str, body: Value| -> Steps {
        tenant.faults.forget_calls();
        tenant.faults.slow_down(DELAY);
        tenant.send(method, path, &[], body.to_string().as_bytes()).expect(201);
        tenant.faults.heal();
        let step = |step: Vec<_>| step.into_iter().map(|call: Call| call.operation).collect();
        steps(tenant.faults.calls()).into_iter().map(step).collect()
    };
    let path = format!("/case/{case_id}");
    let update = |n, handle| steps_of("PATCH", &path, json!({"interactions": message(n, handle)}));
    // The first call of an environment may take longer.
    update(2, "ada");
    assert_eq!(update(3, "ada"), kinds(&[&["Query"], &["TransactWriteItems"]]));
    let learning = kinds(&[&["Query"], &["GetItem"], &["TransactWriteItems"]]);
    assert_eq!(update(4, "ada_new"), learning);
    let another = json!({"customerId": customer_id, "title": "Another", "interactions": message(5, "ada")});
    assert_eq!(
        steps_of("POST", "/case", another),
        kinds(&[&["GetItem"], &["TransactWriteItems"]])
    );
}

/// One customer's duplicates: the record, all look-ups in parallel, the records that they propose, and the marks of
/// different people.
#[test]
fn the_duplicates_of_a_customer_keep_to_their_round_trips() {
    let rig = Rig::start();
    let tenant = crate::omnidesk::watched(&rig);
    let [one, _] = ["Ulm", "Bonn"].map(|city| {
        let jane = json!({"firstName": "Jane", "lastName": "Dovzhenko", "email": "jane@dovzhenko.example", "city": city});
        id_of(&tenant.create_customer(&jane))
    });
    let path = format!("/admin/v1/customers/{one}/duplicates");
    let (origin, headers) = (
        tenant.base.trim_end_matches("/api/v1"),
        [("authorization", tenant.authorization.as_str())],
    );
    let open = || ask(origin, "GET", &path, &headers, b"").expect(200);
    open();
    tenant.faults.forget_calls();
    tenant.faults.slow_down(DELAY);
    assert!(open().to_string().contains("certain"));
    tenant.faults.heal();
    let found: Steps = steps(tenant.faults.calls())
        .into_iter()
        .map(|step| step.into_iter().map(|call: Call| call.operation).collect())
        .collect();
    assert_eq!(found, kinds(&[&["GetItem"], &["Query"], &["BatchGetItem"], &["Query"]]));
}

/// A customer's page: the record with its case pointers, then everything else in parallel. A case's page: the case,
/// then its customer.
#[test]
fn each_page_keeps_to_its_round_trips() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let customer = tenant.create_customer(&json!({"firstName": "Jane"}));
    let cases: Vec<Value> = (0..20)
        .map(|number| {
            let conversation = json!({"title": format!("{number}"), "interactions": [interaction(1, json!({}))]});
            tenant.create_case(&id_of(&customer), conversation)
        })
        .collect();
    let pages = [
        (&customer["url"], kinds(&[&["Query"], &["Query", "BatchGetItem"]])),
        (&cases[0]["url"], kinds(&[&["Query"], &["Query"]])),
    ];
    for (url, budget) in pages {
        let (origin, path) = (tenant.base.trim_end_matches("/api/v1"), url.as_str().expect("a link"));
        let open = || ask(origin, "GET", path.trim_start_matches(origin), &[], b"");
        assert_eq!(open().status, 200, "{url}");
        tenant.faults.forget_calls();
        tenant.admission.forget_calls();
        tenant.faults.slow_down(DELAY);
        assert_eq!(open().status, 200, "{url}");
        tenant.faults.heal();
        assert_eq!(tenant.admission.count(ANY), 0, "a tenant that was seen adds no call: {url}");
        let found: Steps = steps(tenant.faults.calls())
            .into_iter()
            .map(|step| step.into_iter().map(|call: Call| call.operation).collect())
            .collect();
        assert_eq!(found, budget, "steps of {url}");
    }
}
