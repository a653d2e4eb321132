//! Retries: a create that arrives a second time.

use contract_tests::client::{Tenant, at_once, case, customer, id_of, interaction, over};
use contract_tests::stack::tenant;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ANN: (&str, &str) = ("x-sf-user-email", "ann@brand.example");
const BOB: (&str, &str) = ("x-sf-user-email", "bob@brand.example");

fn jane() -> Value {
    customer(json!({"email": "jane@example.com"}))
}

fn conversation() -> Value {
    json!({"interactions": [interaction(1, json!({})), interaction(2, json!({}))]})
}

/// A create that is sent twice returns the same answer and creates one record.
#[track_caller]
fn check_customer_once(headers: &[(&str, &str)]) {
    let tenant = tenant();
    let first = tenant.post_with("/customer", headers, &jane()).expect(201);
    let second = tenant.post_with("/customer", headers, &jane()).expect(201);
    assert_eq!(second, first);
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id_of(&first)]);
}

#[track_caller]
fn check_case_once(headers: &[(&str, &str)]) {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let body = case(&customer_id, conversation());
    let first = tenant.post_with("/case", headers, &body).expect(201);
    let second = tenant.post_with("/case", headers, &body).expect(201);
    assert_eq!(second, first);
    assert_eq!(tenant.cases(&customer_id), [first]);
}

/// Two creates with these headers and bodies and the same e-mail make two customers.
#[track_caller]
fn check_two_customers(one: (&[(&str, &str)], &Value), two: (&[(&str, &str)], &Value)) {
    let tenant = tenant();
    let first = tenant.post_with("/customer", one.0, one.1).expect(201);
    let second = tenant.post_with("/customer", two.0, two.1).expect(201);
    assert_ne!(first["id"], second["id"]);
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id_of(&first), &id_of(&second)]);
}

#[track_caller]
fn check_two_cases(one: (&[(&str, &str)], Value), two: (&[(&str, &str)], Value)) {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let first = tenant.post_with("/case", one.0, &case(&customer_id, one.1)).expect(201);
    let second = tenant.post_with("/case", two.0, &case(&customer_id, two.1)).expect(201);
    assert_ne!(first["id"], second["id"]);
    assert_ne!(first["number"], second["number"]);
    assert_eq!(tenant.cases(&customer_id).len(), 2);
}

fn parallel_customers(tenant: &Tenant, n: usize, headers: &[(&str, &str)]) {
    let ids: BTreeSet<String> = at_once(n, |_| id_of(&tenant.post_with("/customer", headers, &jane()).expect(201)))
        .into_iter()
        .collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[ids.first().unwrap()]);
}

fn parallel_cases(n: usize, headers: &[(&str, &str)]) {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let body = case(&customer_id, conversation());
    let answers = at_once(n, |_| tenant.post_with("/case", headers, &body).expect(201));
    for answer in &answers {
        assert_eq!(*answer, answers[0]);
    }
    assert_eq!(tenant.cases(&customer_id), [answers[0].clone()]);
    assert_eq!(answers[0]["interactions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_repeated_customer_is_the_first_one() {
    check_customer_once(&[ANN]);
}

#[test]
fn a_repeated_customer_without_an_agent_is_the_first_one() {
    check_customer_once(&[]);
}

#[test]
fn a_repeated_case_is_the_first_one() {
    check_case_once(&[ANN]);
}

#[test]
fn a_repeated_case_without_an_agent_is_the_first_one() {
    check_case_once(&[]);
}

#[test]
fn many_repeats_are_still_the_first_one() {
    let tenant = tenant();
    let ids: BTreeSet<String> = (0..10).map(|_| id_of(&tenant.create_customer(&jane()))).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[ids.first().unwrap()]);
}

#[test]
fn an_agent_is_the_same_under_both_headers() {
    let tenant = tenant();
    let first = tenant
        .post_with("/customer", &[("x-sf-user-email", "ann@brand.example")], &jane())
        .expect(201);
    let second = tenant
        .post_with("/customer", &[("x-sf-email", "ann@brand.example")], &jane())
        .expect(201);
    assert_eq!(first["id"], second["id"]);
}

#[test]
fn a_repeat_in_another_initiative_is_a_repeat() {
    let tenant = tenant();
    let first = tenant
        .post_with("/customer", &[ANN, ("x-sf-initiative", "1")], &jane())
        .expect(201);
    let second = tenant
        .post_with("/customer", &[ANN, ("x-sf-initiative", "2")], &jane())
        .expect(201);
    assert_eq!(first["id"], second["id"]);
}

#[test]
fn another_agent_creates_another_customer() {
    check_two_customers((&[ANN], &jane()), (&[BOB], &jane()));
    check_two_customers((&[ANN], &jane()), (&[], &jane()));
}

#[test]
fn another_body_creates_another_customer() {
    let other = over(jane(), json!({"city": "Springfield"}));
    check_two_customers((&[ANN], &jane()), (&[ANN], &other));
    check_two_customers((&[], &jane()), (&[], &over(jane(), json!({"firstName": "jane"}))));
}

#[test]
fn another_agent_creates_another_case() {
    check_two_cases((&[ANN], json!({})), (&[BOB], json!({})));
}

#[test]
fn another_body_creates_another_case() {
    check_two_cases((&[ANN], json!({})), (&[ANN], json!({"title": "other"})));
    check_two_cases(
        (&[ANN], conversation()),
        (&[ANN], json!({"interactions": [interaction(1, json!({}))]})),
    );
}

#[test]
fn another_customer_makes_another_case() {
    let tenant = tenant();
    let [one, two] = ["Ann", "Bea"].map(|name| id_of(&tenant.create_customer(&json!({"firstName": name}))));
    assert_ne!(
        tenant.create_case(&one, json!({}))["id"],
        tenant.create_case(&two, json!({}))["id"]
    );
}

#[test]
fn a_repeat_after_others_is_still_the_first_one() {
    let tenant = tenant();
    let first = tenant.create_customer(&jane());
    tenant.create_customer(&over(jane(), json!({"city": "Springfield"})));
    tenant.create_customer(&json!({"firstName": "Joe"}));
    assert_eq!(tenant.create_customer(&jane()), first);
}

#[test]
fn a_repeat_after_an_update_creates_and_changes_nothing() {
    let tenant = tenant();
    let first = tenant.create_customer(&jane());
    let id = id_of(&first);
    let updated = tenant
        .patch(&format!("/customer/{id}"), &json!({"lastName": "Miller"}))
        .expect(201);
    assert_eq!(tenant.create_customer(&jane())["id"], first["id"]);
    assert_eq!(tenant.customer(&id), updated);
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id]);
}

#[test]
fn a_repeated_case_takes_nothing_from_the_conversation_since() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let first = tenant.create_case(&customer_id, conversation());
    let path = format!("/case/{}", id_of(&first));
    let updated = tenant
        .patch(
            &path,
            &json!({"status": "closed", "interactions": [interaction(3, json!({}))]}),
        )
        .expect(201);
    assert_eq!(tenant.create_case(&customer_id, conversation())["id"], first["id"]);
    assert_eq!(tenant.get(&path).expect(200), updated);
    assert_eq!(tenant.cases(&customer_id), [updated]);
}

#[test]
fn a_refused_create_is_refused_again() {
    let tenant = tenant();
    for _ in 0..2 {
        tenant
            .post_with("/customer", &[ANN], &json!({"city": 5}))
            .error(422, "validation_failed");
        tenant
            .post_with("/case", &[ANN], &json!({"customerId": "none", "title": "x"}))
            .error(422, "validation_failed");
    }
}

#[test]
fn the_same_idempotency_key_is_the_same_create() {
    check_customer_once(&[ANN, ("idempotency-key", "k-1")]);
    check_case_once(&[ANN, ("idempotency-key", "k-1")]);
}

#[test]
fn an_idempotency_key_replaces_the_body_as_identity() {
    let tenant = tenant();
    let headers = [ANN, ("Idempotency-Key", "k-1")];
    let first = tenant.post_with("/customer", &headers, &jane()).expect(201);
    let second = tenant
        .post_with("/customer", &headers, &over(jane(), json!({"city": "Springfield"})))
        .expect(201);
    assert_eq!(second, first);
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id_of(&first)]);
}

#[test]
fn another_idempotency_key_creates_another_record() {
    let (one, two) = ([ANN, ("idempotency-key", "k-1")], [ANN, ("idempotency-key", "k-2")]);
    check_two_customers((&one, &jane()), (&two, &jane()));
    check_two_cases((&one, conversation()), (&two, conversation()));
}

#[test]
fn creates_with_and_without_a_key_are_different() {
    check_two_customers((&[ANN], &jane()), (&[ANN, ("idempotency-key", "k-1")], &jane()));
}

#[test]
fn an_idempotency_key_belongs_to_its_agent() {
    check_two_customers(
        (&[ANN, ("idempotency-key", "k-1")], &jane()),
        (&[BOB, ("idempotency-key", "k-1")], &jane()),
    );
}

#[test]
fn an_idempotency_key_belongs_to_its_operation() {
    let tenant = tenant();
    let headers = [ANN, ("idempotency-key", "k-1")];
    let customer = tenant.post_with("/customer", &headers, &jane()).expect(201);
    let case = tenant
        .post_with("/case", &headers, &case(&id_of(&customer), json!({})))
        .expect(201);
    assert_eq!(case["customerId"], customer["id"]);
    assert_eq!(tenant.cases(&id_of(&customer)), [case]);
}

#[test]
fn a_refused_create_does_not_use_up_its_idempotency_key() {
    let tenant = tenant();
    let headers = [ANN, ("idempotency-key", "k-1")];
    tenant
        .post_with("/customer", &headers, &json!({"city": 5}))
        .error(422, "validation_failed");
    let created = tenant.post_with("/customer", &headers, &jane()).expect(201);
    assert_eq!(tenant.customer(&id_of(&created)), created);
}

#[test]
fn strange_idempotency_keys_work() {
    for key in ["#", "a b", "🦊", "../x", &"k".repeat(2_000)] {
        check_customer_once(&[("idempotency-key", key)]);
    }
}

#[test]
fn an_update_is_never_taken_for_a_repeat() {
    let tenant = tenant();
    let path = format!("/customer/{}", tenant.some_customer());
    let headers = [ANN, ("idempotency-key", "k-1")];
    for city in ["Springfield", "Shelbyville", "Springfield"] {
        assert_eq!(
            tenant.patch_with(&path, &headers, &json!({"city": city})).expect(201)["city"],
            city
        );
    }
}

#[test]
fn two_identical_customers_at_once_are_one() {
    parallel_customers(&tenant(), 2, &[ANN]);
}

#[test]
fn eight_identical_customers_at_once_are_one() {
    parallel_customers(&tenant(), 8, &[ANN]);
}

#[test]
fn eight_customers_with_one_idempotency_key_at_once_are_one() {
    parallel_customers(&tenant(), 8, &[ANN, ("idempotency-key", "k-1")]);
}

#[test]
fn two_identical_cases_at_once_are_one() {
    parallel_cases(2, &[ANN]);
}

#[test]
fn eight_identical_cases_at_once_are_one() {
    parallel_cases(8, &[ANN]);
}

#[test]
fn eight_cases_with_one_idempotency_key_at_once_are_one() {
    parallel_cases(8, &[ANN, ("idempotency-key", "k-1")]);
}
