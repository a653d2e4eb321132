//! Stale and false index entries: they may cost a read, but never show a wrong customer.

use contract_tests::client::id_of;
use serde_json::json;

use crate::rig::{Rig, Watched};

const GHOST: &str = "ghost@example.com";

/// Writes an index entry for `email` of a customer into the partition of the tenant `of`.
fn put_email_term(tenant: &Watched, of: &str, customer_id: &str, email: &str) {
    Rig::shared().table().put(&[
        ("pk", &format!("{of}#customer#{customer_id}")),
        ("sk", &format!("term#email#{email}")),
        ("email", &format!("{}#{email}", tenant.name)),
    ]);
}

/// Neither search nor best match finds anybody by this e-mail, although the index names this customer.
#[track_caller]
fn check_not_found(tenant: &Watched, email: &str, proposed: Option<&str>) {
    tenant.faults.forget_calls();
    assert_eq!(tenant.search(&json!({"email": email})), Vec::<String>::new());
    assert_eq!(
        tenant.best_match(&json!({"email": email, "displayName": "Jane Doe"})),
        Vec::<String>::new()
    );
    let reads: Vec<String> = tenant
        .faults
        .calls()
        .iter()
        .filter(|call| call.operation == "BatchGetItem")
        .map(|call| String::from_utf8_lossy(&call.body).into_owned())
        .filter(|body| body.contains("#customer#"))
        .collect();
    match proposed {
        Some(id) => assert!(
            reads.len() == 2 && reads.iter().all(|body| body.contains(id)),
            "both read the customer: {reads:?}"
        ),
        None => assert_eq!(reads, Vec::<String>::new(), "nobody of this tenant's was proposed"),
    }
}

#[test]
fn an_entry_for_a_value_that_the_customer_does_not_have_finds_nobody() {
    let tenant = Rig::shared().tenant().with_strays();
    let id = id_of(&tenant.create_customer(&json!({"firstName": "Joe", "email": "joe@example.com"})));
    put_email_term(&tenant, &tenant.name, &id, GHOST);
    check_not_found(&tenant, GHOST, Some(&id));
    tenant.expect_found(&json!({"email": "joe@example.com"}), &[&id]);
}

#[test]
fn an_entry_for_a_former_value_finds_nobody() {
    let tenant = Rig::shared().tenant().with_strays();
    let id = id_of(&tenant.create_customer(&json!({"firstName": "Joe", "email": GHOST})));
    tenant
        .patch(&format!("/customer/{id}"), &json!({"email": "joe@example.com"}))
        .expect(201);
    check_not_found(&tenant, GHOST, None);
    // As if the old entry had not been deleted.
    put_email_term(&tenant, &tenant.name, &id, GHOST);
    check_not_found(&tenant, GHOST, Some(&id));
}

#[test]
fn an_entry_for_a_customer_that_does_not_exist_is_ignored() {
    let tenant = Rig::shared().tenant().with_strays();
    let nobody = "C00000000001";
    put_email_term(&tenant, &tenant.name, nobody, GHOST);
    check_not_found(&tenant, GHOST, Some(nobody));
    // An entry for an existing customer works beside it.
    let id = id_of(&tenant.create_customer(&json!({"email": GHOST})));
    tenant.expect_found(&json!({"email": GHOST}), &[&id]);
    tenant.expect_best(&json!({"email": GHOST}), &id);
}

#[test]
fn an_entry_for_another_tenants_customer_is_not_even_read() {
    let rig = Rig::shared();
    let (tenant, other) = (rig.tenant(), rig.tenant().with_strays());
    let id = id_of(&other.create_customer(&json!({"firstName": "Joe", "email": GHOST})));
    put_email_term(&tenant, &other.name, &id, GHOST);
    other.faults.forget_calls();
    check_not_found(&tenant, GHOST, None);
    assert_eq!(other.faults.calls().len(), 0, "{:?}", other.faults.calls());
}
