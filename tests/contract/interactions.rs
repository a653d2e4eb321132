//! The conversation in a case: `interactions` in `POST /case` and `PATCH /case/{id}`.

use contract_tests::client::{Tenant, case, id_of, interaction, over, service_ids, without};
use contract_tests::stack::tenant;
use serde_json::{Value, json};

const REQUIRED: [&str; 6] = ["created", "body", "linkUrl", "serviceId", "service", "contentType"];

fn author(fields: Value) -> Value {
    over(
        json!({"service": "TWITTER", "serviceId": "77", "handle": "jane_doe", "name": "Jane Doe", "brandOwned": false}),
        fields,
    )
}

/// A tenant and a case with the first three interactions.
fn with_case() -> (Tenant, Value) {
    let tenant = tenant();
    let interactions: Vec<Value> = (1..=3).map(|n| interaction(n, json!({}))).collect();
    let case = tenant.create_case(&tenant.some_customer(), json!({"interactions": interactions}));
    (tenant, case)
}

/// Sends these, and returns the case. Update and lookup must show it alike.
#[track_caller]
fn sent(tenant: &Tenant, case: &Value, interactions: &[Value]) -> Value {
    let path = format!("/case/{}", id_of(case));
    let updated = tenant.patch(&path, &json!({"interactions": interactions})).expect(201);
    assert_eq!(tenant.get(&path).expect(200), updated);
    updated
}

/// Create and update refuse the interaction and name `interactions`. Nothing of it is stored, nor of a valid one beside it.
#[track_caller]
fn check_refused(bad: &Value) {
    let (tenant, existing) = with_case();
    let good = interaction(9, json!({}));
    for interactions in [json!([bad]), json!([good, bad]), json!([bad, good])] {
        let path = format!("/case/{}", id_of(&existing));
        tenant.expect_patch_refused(
            &path,
            &json!({"interactions": interactions}),
            422,
            "validation_failed",
            &["interactions"],
        );
    }
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
    let body = case(&other, json!({"interactions": [good, bad]}));
    tenant.expect_case_refused(&other, &body, 422, "validation_failed", &["interactions"]);
}

/// An interaction is shown as it was sent, after create and after update.
#[track_caller]
fn check_kept(interaction: &Value) {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let created = tenant.create_case(&customer_id, json!({"interactions": [interaction]}));
    assert_eq!(created["interactions"], json!([interaction]));
    assert_eq!(tenant.case(&id_of(&created)), created);
    let empty = tenant.create_case(&customer_id, json!({"title": "empty"}));
    assert_eq!(
        sent(&tenant, &empty, std::slice::from_ref(interaction))["interactions"],
        json!([interaction])
    );
}

#[track_caller]
fn check_created(sent: &str, shown: &str) {
    let tenant = tenant();
    let created = tenant.create_case(
        &tenant.some_customer(),
        json!({"interactions": [interaction(1, json!({"created": sent}))]}),
    );
    assert_eq!(created["interactions"][0]["created"], shown, "{sent}");
}

#[test]
fn an_interaction_is_kept_as_sent() {
    check_kept(&interaction(1, json!({})));
}

#[test]
fn an_interaction_keeps_its_author() {
    check_kept(&interaction(1, json!({"author": author(json!({}))})));
    check_kept(&interaction(
        1,
        json!({"author": author(json!({"brandOwned": true, "name": "Brand Support"}))}),
    ));
}

#[test]
fn strange_ids_and_services_are_kept() {
    for id in [
        "a#b",
        "a/b",
        "t3_x:y",
        "#",
        "interaction#x",
        "ünïcödé 🦊",
        "a b",
        "\"",
        "0",
        &"9".repeat(300),
    ] {
        check_kept(&interaction(1, json!({"serviceId": id, "service": "FACE#BOOK"})));
    }
}

#[test]
fn ids_and_services_are_not_confused_when_put_together() {
    let tenant = tenant();
    let pairs = [
        ("a", "b#c"),
        ("a#b", "c"),
        ("a", "b"),
        ("a", "B"),
        ("a#", "b"),
        ("a", "#b"),
        ("ab", "c"),
        ("a", "bc"),
    ];
    let interactions: Vec<Value> = pairs
        .iter()
        .enumerate()
        .map(|(n, (service, id))| interaction(n, json!({"service": service, "serviceId": id})))
        .collect();
    let created = tenant.create_case(&tenant.some_customer(), json!({"interactions": interactions}));
    assert_eq!(created["interactions"], json!(interactions));
}

#[test]
fn each_required_member_is_required() {
    for name in REQUIRED {
        check_refused(&without(interaction(1, json!({})), &[name]));
    }
}

#[test]
fn each_required_member_is_a_text() {
    for name in REQUIRED {
        for value in [json!(5), json!(null), json!(["x"]), json!({})] {
            check_refused(&interaction(1, json!({name: value})));
        }
    }
}

#[test]
fn created_is_a_time() {
    for value in [
        "yesterday",
        "",
        "14:09:00",
        "2017-13-07T14:09:00Z",
        "2017-02-30T14:09:00Z",
        "07/08/2017 14:09",
    ] {
        check_refused(&interaction(1, json!({"created": value})));
    }
}

#[test]
fn created_is_shown_in_utc_to_the_second() {
    check_created("2017-08-07T14:09:00Z", "2017-08-07T14:09:00Z");
    check_created("2017-08-07T16:09:00+02:00", "2017-08-07T14:09:00Z");
    check_created("2017-08-07T14:09:00.123Z", "2017-08-07T14:09:00Z");
}

#[test]
fn every_member_of_an_author_is_required() {
    for name in ["service", "serviceId", "handle", "name", "brandOwned"] {
        check_refused(&interaction(1, json!({"author": without(author(json!({})), &[name])})));
    }
}

#[test]
fn members_of_an_author_have_types() {
    for name in ["service", "serviceId", "handle", "name"] {
        check_refused(&interaction(1, json!({"author": author(json!({name: 5}))})));
    }
    for value in [json!("yes"), json!(1), json!(null), json!([])] {
        check_refused(&interaction(1, json!({"author": author(json!({"brandOwned": value}))})));
    }
    for value in [json!("Jane"), json!(5), json!([]), json!({})] {
        check_refused(&interaction(1, json!({"author": value})));
    }
}

#[test]
fn interactions_are_a_list_of_objects() {
    let (tenant, case) = with_case();
    let path = format!("/case/{}", id_of(&case));
    for value in [
        json!("x"),
        json!(5),
        json!(true),
        json!({}),
        json!({"0": interaction(9, json!({}))}),
        json!(["x"]),
        json!([[]]),
        json!([null]),
    ] {
        tenant.expect_patch_refused(
            &path,
            &json!({"interactions": value}),
            422,
            "validation_failed",
            &["interactions"],
        );
    }
}

#[test]
fn errors_in_interactions_and_beside_them_are_in_one_answer() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let body = case(
        &customer_id,
        json!({"status": "pending", "interactions": [without(interaction(1, json!({})), &["body"])]}),
    );
    tenant.expect_case_refused(&customer_id, &body, 422, "validation_failed", &["status", "interactions"]);
}

#[test]
fn the_same_identity_twice_in_one_create_is_one_interaction() {
    let tenant = tenant();
    let twice = [
        interaction(1, json!({})),
        interaction(2, json!({})),
        interaction(1, json!({})),
    ];
    let created = tenant.create_case(&tenant.some_customer(), json!({"interactions": twice}));
    assert_eq!(service_ids(&created), ["status-1", "status-2"]);
    assert_eq!(tenant.case(&id_of(&created)), created);
}

#[test]
fn the_same_id_on_two_services_is_two_interactions() {
    let tenant = tenant();
    let two = [interaction(1, json!({})), interaction(1, json!({"service": "FACEBOOK"}))];
    let created = tenant.create_case(&tenant.some_customer(), json!({"interactions": two}));
    assert_eq!(created["interactions"].as_array().unwrap().len(), 2);
    let again = sent(&tenant, &created, &[interaction(1, json!({"service": "INSTAGRAM"}))]);
    assert_eq!(again["interactions"].as_array().unwrap().len(), 3);
}

#[test]
fn the_same_interaction_in_two_cases_is_kept_in_both() {
    let (tenant, one) = with_case();
    let customer_id = one["customerId"].as_str().unwrap();
    let two = tenant.create_case(customer_id, json!({"title": "other", "interactions": one["interactions"]}));
    assert_eq!(two["interactions"], one["interactions"]);
    assert_eq!(tenant.case(&id_of(&one)), one);
}

#[test]
fn update_appends() {
    let (tenant, case) = with_case();
    let updated = sent(&tenant, &case, &[interaction(4, json!({})), interaction(5, json!({}))]);
    assert_eq!(
        service_ids(&updated),
        ["status-1", "status-2", "status-3", "status-4", "status-5"]
    );
}

#[test]
fn update_with_some_already_there_appends_the_others() {
    let (tenant, case) = with_case();
    let updated = sent(
        &tenant,
        &case,
        &[
            interaction(2, json!({})),
            interaction(4, json!({})),
            interaction(3, json!({})),
        ],
    );
    assert_eq!(service_ids(&updated), ["status-1", "status-2", "status-3", "status-4"]);
}

#[test]
fn an_update_repeated_appends_nothing() {
    let (tenant, case) = with_case();
    let more = [interaction(4, json!({})), interaction(5, json!({}))];
    let once = sent(&tenant, &case, &more);
    let twice = sent(&tenant, &case, &more);
    assert_eq!(twice["interactions"], once["interactions"]);
}

#[test]
fn a_repeated_interaction_updates_its_body() {
    let (tenant, case) = with_case();
    let updated = sent(&tenant, &case, &[interaction(2, json!({"body": "corrected"}))]);
    let mut wanted = case["interactions"].clone();
    wanted[1]["body"] = json!("corrected");
    assert_eq!(updated["interactions"], wanted);
}

#[test]
fn the_same_identity_twice_in_one_update_is_one_interaction() {
    let (tenant, case) = with_case();
    let updated = sent(&tenant, &case, &[interaction(4, json!({})), interaction(4, json!({}))]);
    assert_eq!(service_ids(&updated), ["status-1", "status-2", "status-3", "status-4"]);
}

#[test]
fn an_empty_or_missing_list_removes_nothing() {
    let (tenant, case) = with_case();
    assert_eq!(sent(&tenant, &case, &[])["interactions"], case["interactions"]);
    let path = format!("/case/{}", id_of(&case));
    assert_eq!(
        tenant.patch(&path, &json!({"title": "x"})).expect(201)["interactions"],
        case["interactions"]
    );
    let answer = tenant.patch(&path, &json!({"interactions": null}));
    assert!(answer.status < 500, "{answer:?}");
    assert_eq!(tenant.get(&path).expect(200)["interactions"], case["interactions"]);
}

#[test]
fn interactions_are_shown_by_their_time() {
    let tenant = tenant();
    let mixed: Vec<Value> = [5, 1, 4, 2, 3].iter().map(|n| interaction(*n, json!({}))).collect();
    let created = tenant.create_case(&tenant.some_customer(), json!({"interactions": mixed}));
    assert_eq!(
        service_ids(&created),
        ["status-1", "status-2", "status-3", "status-4", "status-5"]
    );
    let updated = sent(&tenant, &created, &[interaction(0, json!({}))]);
    assert_eq!(service_ids(&updated)[0], "status-0");
}

#[test]
fn one_update_can_close_and_append() {
    let (tenant, case) = with_case();
    let path = format!("/case/{}", id_of(&case));
    let updated = tenant
        .patch(
            &path,
            &json!({"status": "closed", "interactions": [interaction(4, json!({}))]}),
        )
        .expect(201);
    assert_eq!((&updated["status"], service_ids(&updated).len()), (&json!("closed"), 4));
}

#[test]
fn a_closed_case_takes_interactions() {
    let (tenant, case) = with_case();
    tenant
        .patch(&format!("/case/{}", id_of(&case)), &json!({"status": "closed"}))
        .expect(201);
    assert_eq!(service_ids(&sent(&tenant, &case, &[interaction(4, json!({}))])).len(), 4);
}

#[test]
fn a_very_long_interaction_is_kept_or_refused_but_never_an_unexpected_error() {
    let (tenant, case) = with_case();
    let path = format!("/case/{}", id_of(&case));
    for (n, length) in [(10, 50_000), (11, 390_000), (12, 600_000)] {
        let long = interaction(n, json!({"body": "x".repeat(length)}));
        let answer = tenant.patch(&path, &json!({"interactions": [long]}));
        if answer.status == 201 {
            assert!(
                tenant.get(&path).expect(200)["interactions"]
                    .as_array()
                    .unwrap()
                    .contains(&long),
                "{length}"
            );
        } else {
            answer.error(422, "validation_failed");
            answer.expect_fields(&["interactions"]);
        }
    }
}
