//! A tenant cannot see or change anything of another tenant.

use contract_tests::client::{Tenant, customer, id_of, interaction, split_trace};
use contract_tests::stack::tenant;
use serde_json::{Value, json};

/// A tenant with a customer and a case, and another tenant.
fn two() -> (Tenant, Value, Value, Tenant) {
    let ours = tenant();
    let customer = ours.create_customer(&customer(json!({"email": "jane@example.com", "twitterHandle": "jane_doe"})));
    let case = ours.create_case(&id_of(&customer), json!({"interactions": [interaction(1, json!({}))]}));
    (ours, customer, case, tenant())
}

#[track_caller]
fn check_untouched(ours: &Tenant, customer: &Value, case: &Value) {
    assert_eq!(ours.customer(&id_of(customer)), *customer);
    assert_eq!(ours.case(&id_of(case)), *case);
    assert_eq!(ours.cases(&id_of(customer)), std::slice::from_ref(case));
    ours.expect_found(&json!({"email": "jane@example.com"}), &[&id_of(customer)]);
}

#[test]
fn another_tenants_customer_is_404() {
    let (ours, customer, case, theirs) = two();
    let id = id_of(&customer);
    theirs.get(&format!("/customer/{id}")).error(404, "not_found");
    theirs.get(&format!("/customer/{id}/cases")).error(404, "not_found");
    theirs
        .patch(&format!("/customer/{id}"), &json!({"city": "x", "email": null}))
        .error(404, "not_found");
    check_untouched(&ours, &customer, &case);
}

#[test]
fn another_tenants_case_is_404() {
    let (ours, customer, case, theirs) = two();
    let id = id_of(&case);
    theirs.get(&format!("/case/{id}")).error(404, "not_found");
    let change = json!({"title": "x", "interactions": [interaction(2, json!({}))]});
    theirs.patch(&format!("/case/{id}"), &change).error(404, "not_found");
    check_untouched(&ours, &customer, &case);
}

#[test]
fn another_tenants_id_is_like_one_that_does_not_exist() {
    let (_, customer, case, theirs) = two();
    let message = |path: &str| {
        split_trace(theirs.get(path).error(404, "not_found")["message"].as_str().unwrap())
            .unwrap()
            .0
    };
    let blank = |path: &str, id: &str| message(path).replace(id, "");
    assert_eq!(
        blank(&format!("/customer/{}", id_of(&customer)), &id_of(&customer)),
        blank("/customer/none", "none")
    );
    assert_eq!(
        blank(&format!("/case/{}", id_of(&case)), &id_of(&case)),
        blank("/case/none", "none")
    );
}

#[test]
fn search_finds_nothing_of_another_tenant() {
    let (ours, customer, _, theirs) = two();
    for criteria in [
        json!({"email": "jane@example.com"}),
        json!({"twitterHandle": "jane_doe"}),
        json!({"firstName": "Jane"}),
    ] {
        ours.expect_found(&criteria, &[&id_of(&customer)]);
        theirs.post("/customers", &criteria).expect_empty(204);
    }
}

#[test]
fn best_match_finds_nothing_of_another_tenant() {
    let (ours, customer, _, theirs) = two();
    let identity = json!({"displayName": "Jane Doe", "email": "jane@example.com", "screenName": "jane_doe"});
    ours.expect_best(&identity, &id_of(&customer));
    assert_eq!(theirs.best_match(&identity), Vec::<String>::new());
}

#[test]
fn a_case_cannot_be_created_for_another_tenants_customer() {
    let (ours, customer, case, theirs) = two();
    for name in ["customerId", "customId"] {
        theirs
            .post("/case", &json!({name: customer["id"], "title": "x"}))
            .error(422, "validation_failed");
    }
    check_untouched(&ours, &customer, &case);
}

#[test]
fn a_case_cannot_be_moved_to_another_tenants_customer() {
    let (ours, customer, case, theirs) = two();
    let own = theirs.create_case(&theirs.some_customer(), json!({}));
    let path = format!("/case/{}", id_of(&own));
    theirs.expect_patch_refused(
        &path,
        &json!({"customerId": customer["id"]}),
        422,
        "validation_failed",
        &["customerId"],
    );
    check_untouched(&ours, &customer, &case);
}

#[test]
fn two_tenants_hold_the_same_person_apart() {
    let (ours, customer, case, theirs) = two();
    let other = theirs.create_customer(&json!({"firstName": "Jane", "email": "jane@example.com"}));
    theirs.expect_found(&json!({"email": "jane@example.com"}), &[&id_of(&other)]);
    theirs
        .patch(&format!("/customer/{}", id_of(&other)), &json!({"email": null}))
        .expect(201);
    check_untouched(&ours, &customer, &case);
}

#[test]
fn a_repeat_at_another_tenant_is_no_repeat() {
    let (ours, theirs) = (tenant(), tenant());
    for headers in [
        vec![("x-sf-user-email", "ann@brand.example")],
        vec![("idempotency-key", "k-1")],
    ] {
        let one = ours.post_with("/customer", &headers, &customer(json!({}))).expect(201);
        let two = theirs.post_with("/customer", &headers, &customer(json!({}))).expect(201);
        assert_eq!(theirs.customer(&id_of(&two)), two);
        theirs.get(&format!("/customer/{}", id_of(&one))).error(404, "not_found");
    }
}

#[test]
fn the_company_header_does_not_reach_another_tenant() {
    let (_, customer, _, theirs) = two();
    for company in ["1", "42", "0", "tenant"] {
        let path = format!("/customer/{}", id_of(&customer));
        theirs
            .send("GET", &path, &[("x-sf-company-id", company)], b"")
            .error(404, "not_found");
    }
}

#[test]
fn a_key_without_companies_serves_all_of_them() {
    let (ours, customer, ..) = two();
    let path = format!("/customer/{}", id_of(&customer));
    for company in ["1", "42"] {
        assert_eq!(
            ours.send("GET", &path, &[("x-sf-company-id", company)], b"").expect(200),
            customer
        );
    }
}
