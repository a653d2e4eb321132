//! A conversation beyond what one record of the store can hold (400 KB).

use contract_tests::client::{Tenant, at_once, case, id_of, interaction, over, without};
use contract_tests::stack::{one_at_a_time, tenant};
use serde_json::{Value, json};
use std::ops::Range;

/// Interactions of about 600 bytes each.
fn interactions(numbers: Range<usize>) -> Vec<Value> {
    numbers
        .map(|n| interaction(n, json!({"body": format!("message {n} {}", "…x".repeat(100))})))
        .collect()
}

/// The case has exactly these interactions, in order of time, in every answer.
#[track_caller]
fn check_interactions(tenant: &Tenant, case: &Value, wanted: &[Value]) {
    let stored = tenant.case(&id_of(case));
    assert_same(&stored["interactions"], wanted);
    let cases = tenant.cases(case["customerId"].as_str().unwrap());
    assert!(cases == [stored], "a customer's cases differ from the case");
}

/// Compares without printing a megabyte if they differ.
#[track_caller]
fn assert_same(shown: &Value, wanted: &[Value]) {
    let shown = shown.as_array().unwrap();
    assert_eq!(shown.len(), wanted.len(), "interactions");
    for (n, (shown, wanted)) in shown.iter().zip(wanted).enumerate() {
        assert_eq!(shown, wanted, "interaction {n}");
    }
}

#[test]
fn thirteen_hundred_interactions_in_one_create() {
    let tenant = tenant();
    let all = interactions(0..1300);
    assert!(json!(all).to_string().len() > 600_000);
    let case = tenant.create_case(&tenant.some_customer(), json!({"interactions": all}));
    assert_same(&case["interactions"], &all);
    check_interactions(&tenant, &case, &all);
}

#[test]
fn thirteen_hundred_interactions_in_several_updates() {
    let tenant = tenant();
    let all = interactions(0..1300);
    let case = tenant.create_case(&tenant.some_customer(), json!({"interactions": all[..10]}));
    let path = format!("/case/{}", id_of(&case));
    for (from, to) in [(10, 11), (11, 200), (200, 600), (600, 1300)] {
        let updated = tenant.patch(&path, &json!({"interactions": all[from..to]})).expect(201);
        assert_same(&updated["interactions"], &all[..to]);
    }
    check_interactions(&tenant, &case, &all);
}

#[test]
fn interactions_of_mixed_order_are_shown_by_time() {
    let tenant = tenant();
    let all = interactions(0..700);
    let (late, early) = all.split_at(350);
    let case = tenant.create_case(
        &tenant.some_customer(),
        json!({"interactions": late.iter().rev().collect::<Vec<_>>()}),
    );
    tenant
        .patch(
            &format!("/case/{}", id_of(&case)),
            &json!({"interactions": early.iter().rev().collect::<Vec<_>>()}),
        )
        .expect(201);
    check_interactions(&tenant, &case, &all);
}

#[test]
fn an_overlapping_update_duplicates_nothing() {
    let tenant = tenant();
    let all = interactions(0..700);
    let case = tenant.create_case(&tenant.some_customer(), json!({"interactions": all[..500]}));
    tenant
        .patch(&format!("/case/{}", id_of(&case)), &json!({"interactions": all[300..]}))
        .expect(201);
    check_interactions(&tenant, &case, &all);
}

#[test]
fn a_big_create_repeated_is_the_first_one() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let all = interactions(0..800);
    let first = tenant.create_case(&customer_id, json!({"interactions": all}));
    let second = tenant.create_case(&customer_id, json!({"interactions": all}));
    assert_eq!(first["id"], second["id"]);
    check_interactions(&tenant, &first, &all);
}

#[test]
fn an_edit_of_a_big_case_keeps_its_interactions() {
    let tenant = tenant();
    let all = interactions(0..800);
    let case = tenant.create_case(&tenant.some_customer(), json!({"interactions": all}));
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
    let change = json!({"title": "moved", "status": "closed", "customerId": other});
    let moved = tenant.patch(&format!("/case/{}", id_of(&case)), &change).expect(201);
    assert_eq!(
        without(moved.clone(), &["interactions", "lastUpdated"]),
        without(over(case.clone(), change), &["interactions", "lastUpdated"])
    );
    assert_eq!(tenant.cases(case["customerId"].as_str().unwrap()), Vec::<Value>::new());
    check_interactions(&tenant, &moved, &all);
}

#[test]
fn a_refused_big_update_leaves_nothing_behind() {
    let tenant = tenant();
    let all = interactions(0..800);
    let case = tenant.create_case(&tenant.some_customer(), json!({"interactions": all[..100]}));
    let mut bad = all[100..].to_vec();
    bad.push(without(interaction(900, json!({})), &["body"]));
    let path = format!("/case/{}", id_of(&case));
    tenant.expect_patch_refused(
        &path,
        &json!({"interactions": bad}),
        422,
        "validation_failed",
        &["interactions"],
    );
    check_interactions(&tenant, &case, &all[..100]);
}

#[test]
fn several_big_cases_of_one_customer_are_shown_together() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    for n in 0..3 {
        tenant.create_case(
            &customer_id,
            json!({"title": format!("case {n}"), "interactions": interactions(0..400)}),
        );
    }
    let cases = tenant.cases(&customer_id);
    assert_eq!(cases.len(), 3);
    for case in &cases {
        assert_same(&case["interactions"], &interactions(0..400));
        assert!(tenant.case(&id_of(case)) == *case, "a customer's cases differ from the case");
    }
}

#[test]
fn a_refused_update_appends_nothing_however_large_it_is() {
    let tenant = tenant();
    let case = tenant.create_case(&tenant.some_customer(), json!({}));
    let path = format!("/case/{}", id_of(&case));
    for wrong in [
        json!({"customerId": "C00000000000"}),
        json!({"customerId": "C00000000000", "title": ""}),
        json!({"number": "other"}),
        json!({"status": "half"}),
    ] {
        let mut body = wrong.clone();
        body["interactions"] = json!(interactions(0..300));
        tenant.patch(&path, &body).error(422, "validation_failed");
        assert!(tenant.case(&id_of(&case)) == case, "{wrong} changed the case");
    }
}

#[test]
fn eight_equal_big_creates_at_once_make_one_case() {
    let _alone = one_at_a_time();
    let tenant = tenant();
    let customer = tenant.some_customer();
    let all = interactions(0..450);
    let body = case(&customer, json!({"interactions": all}));
    let ids = at_once(8, |_| id_of(&tenant.post("/case", &body).expect(201)));
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let cases = tenant.cases(&customer);
    assert_eq!(cases.len(), 1, "cases");
    assert_same(&cases[0]["interactions"], &all);
}

#[test]
fn eight_agents_create_big_cases_at_once() {
    let _alone = one_at_a_time();
    let tenant = tenant();
    let customer = tenant.some_customer();
    let all = interactions(0..450);
    at_once(8, |agent| {
        let body = case(&customer, json!({"title": format!("case {agent}"), "interactions": all}));
        assert_same(&tenant.post("/case", &body).expect(201)["interactions"], &all);
    });
    assert_eq!(tenant.cases(&customer).len(), 8);
}

#[test]
fn eight_equal_big_updates_at_once_append_once() {
    let _alone = one_at_a_time();
    let tenant = tenant();
    let case = tenant.create_case(&tenant.some_customer(), json!({}));
    let all = interactions(0..450);
    let path = format!("/case/{}", id_of(&case));
    at_once(8, |_| tenant.patch(&path, &json!({"interactions": all})).expect(201));
    check_interactions(&tenant, &case, &all);
}

#[test]
fn two_big_cases_with_one_idempotency_key_are_not_mixed() {
    let tenant = tenant();
    let customer = tenant.some_customer();
    let of = |agent: usize| interactions(agent * 1000..agent * 1000 + 300);
    let answers = at_once(2, |agent| {
        let body = case(&customer, json!({"interactions": of(agent)}));
        tenant.post_with("/case", &[("idempotency-key", "k")], &body).expect(201)
    });
    assert_eq!(answers[0]["id"], answers[1]["id"]);
    let cases = tenant.cases(&customer);
    assert_eq!(cases.len(), 1, "cases");
    assert!(
        [of(0), of(1)].into_iter().any(|one| cases[0]["interactions"] == json!(one)),
        "a mixture of both"
    );
}

#[test]
fn interactions_of_one_second_stay_in_the_order_in_which_they_came() {
    let tenant = tenant();
    let at = |ids: &[&str]| -> Vec<Value> {
        let one = |id: &&str| interaction(0, json!({"serviceId": id, "created": "2026-01-01T00:00:00Z"}));
        ids.iter().map(one).collect()
    };
    let case = tenant.create_case(&tenant.some_customer(), json!({"interactions": at(&["9", "10", "b", "a"])}));
    let path = format!("/case/{}", id_of(&case));
    tenant
        .patch(&path, &json!({"interactions": at(&["2", "1", "10"])}))
        .expect(201);
    check_interactions(&tenant, &case, &at(&["9", "10", "b", "a", "2", "1"]));
}
