//! `POST /case`, `GET /case/{id}`, `PATCH /case/{id}`, `GET /customer/{id}/cases`.

use contract_tests::client::{Tenant, case, id_of, interaction, is_time, members, over, without};
use contract_tests::stack::tenant;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MEMBERS: [&str; 11] = [
    "created",
    "customerId",
    "description",
    "id",
    "interactions",
    "lastUpdated",
    "linkUrl",
    "number",
    "status",
    "title",
    "url",
];

/// A create with these fields on top of a customer and a title is refused and leaves no case.
#[track_caller]
fn check_create_refused(fields: Value, status: u16, error: &str, named: &[&str]) {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    tenant.expect_case_refused(&customer_id, &case(&customer_id, fields), status, error, named);
}

/// A tenant, a customer's id and a case with an interaction and a few custom fields.
fn with_case() -> (Tenant, String, Value) {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let fields =
        json!({"description": "Since Monday.", "priority": "high", "product": "Lamp", "interactions": [interaction(1, json!({}))]});
    let case = tenant.create_case(&customer_id, fields);
    (tenant, customer_id, case)
}

/// An update changes only these members and perhaps `lastUpdated`, and is visible at once wherever the case is shown.
#[track_caller]
fn check_update(change: &Value, wanted: Value) {
    let (tenant, customer_id, case) = with_case();
    let path = format!("/case/{}", id_of(&case));
    let updated = tenant.patch(&path, change).expect(201);
    assert_eq!(
        without(updated.clone(), &["lastUpdated"]),
        without(over(case.clone(), wanted), &["lastUpdated"])
    );
    assert!(updated["lastUpdated"].as_str() >= case["lastUpdated"].as_str(), "{updated}");
    assert_eq!(tenant.get(&path).expect(200), updated);
    assert_eq!(tenant.cases(&customer_id), [updated]);
}

#[track_caller]
fn check_update_refused(change: &Value, status: u16, error: &str, named: &[&str]) {
    let (tenant, customer_id, case) = with_case();
    tenant.expect_patch_refused(&format!("/case/{}", id_of(&case)), change, status, error, named);
    assert_eq!(tenant.cases(&customer_id), [case]);
}

// Create

#[test]
fn a_case_has_the_documented_members() {
    let tenant = tenant();
    let created = tenant.create_case(&tenant.some_customer(), json!({}));
    assert_eq!(members(&created), MEMBERS);
}

#[test]
fn description_status_and_interactions_have_defaults() {
    let tenant = tenant();
    let created = tenant.create_case(&tenant.some_customer(), json!({}));
    assert_eq!(created["description"], "");
    assert_eq!(created["status"], "open");
    assert_eq!(created["interactions"], json!([]));
}

#[test]
fn a_case_keeps_what_was_entered() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let entered = json!({
        "customerId": customer_id, "title": "Lamp broken", "description": "It fell.\nTwice.", "status": "closed",
        "interactions": [interaction(1, json!({}))], "priority": "urgent", "product": "Lamp", "escalated": true,
    });
    let created = tenant.post("/case", &entered).expect(201);
    assert_eq!(
        without(created, &["id", "number", "url", "linkUrl", "created", "lastUpdated"]),
        entered
    );
}

#[test]
fn url_and_link_url_are_the_same_link() {
    let (_, _, case) = with_case();
    assert_eq!(case["url"], case["linkUrl"]);
    assert!(case["url"].as_str().is_some_and(|url| url.starts_with("http")), "{case}");
}

#[test]
fn times_are_iso_8601_in_utc_to_the_second() {
    let (tenant, _, case) = with_case();
    let updated = tenant
        .patch(&format!("/case/{}", id_of(&case)), &json!({"title": "x"}))
        .expect(201);
    for case in [&case, &updated] {
        assert!(is_time(&case["created"]) && is_time(&case["lastUpdated"]), "{case}");
        assert!(case["created"].as_str() <= case["lastUpdated"].as_str(), "{case}");
    }
}

#[test]
fn numbers_are_short_readable_and_distinct() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let numbers: BTreeSet<String> = (0..10)
        .map(|n| {
            tenant.create_case(&customer_id, json!({"title": format!("case {n}")}))["number"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(numbers.len(), 10, "{numbers:?}");
    for number in numbers {
        assert!((1..=20).contains(&number.len()), "{number}");
        assert!(
            number.chars().all(|c| c.is_ascii_alphanumeric() || "-#".contains(c)),
            "{number}"
        );
    }
}

#[test]
fn both_names_of_the_customer_reference_are_accepted() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    for name in ["customerId", "customId"] {
        let created = tenant.post("/case", &json!({name: customer_id, "title": name})).expect(201);
        assert_eq!(created["customerId"], customer_id);
        assert_eq!(created.get("customId"), None);
    }
    assert_eq!(tenant.cases(&customer_id).len(), 2);
}

#[test]
fn customer_id_wins_over_custom_id() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
    let created = tenant.create_case(&customer_id, json!({"customId": other}));
    assert_eq!(created["customerId"], customer_id);
    assert_eq!(tenant.cases(&other), Vec::<Value>::new());
    let body = json!({"customerId": "none", "customId": other, "title": "x"});
    tenant.expect_case_refused(&other, &body, 422, "validation_failed", &["customerId"]);
}

#[test]
fn a_case_without_customer_is_422() {
    let tenant = tenant();
    let answer = tenant.post("/case", &json!({"title": "x"}));
    answer.error(422, "validation_failed");
    answer.expect_fields(&["customerId"]);
}

#[test]
fn a_case_of_an_unknown_customer_is_422() {
    let tenant = tenant();
    for customer_id in ["none", "", " ", "\u{0}", "../x", &"x".repeat(3000)] {
        let answer = tenant.post("/case", &json!({"customerId": customer_id, "title": "x"}));
        answer.error(422, "validation_failed");
        answer.expect_fields(&["customerId"]);
    }
}

#[test]
fn a_customer_reference_of_the_wrong_type_is_422() {
    for value in [json!(5), json!(true), json!(["x"]), json!({}), json!(null)] {
        check_create_refused(json!({"customerId": value}), 422, "validation_failed", &["customerId"]);
    }
}

#[test]
fn a_case_cannot_be_the_customer() {
    let (tenant, _, case) = with_case();
    let answer = tenant.post("/case", &json!({"customerId": case["id"], "title": "x"}));
    answer.error(422, "validation_failed");
    answer.expect_fields(&["customerId"]);
}

#[test]
fn a_case_without_title_is_422() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    tenant.expect_case_refused(
        &customer_id,
        &json!({"customerId": customer_id}),
        422,
        "validation_failed",
        &["title"],
    );
    for title in [json!(""), json!(null)] {
        check_create_refused(json!({"title": title}), 422, "validation_failed", &["title"]);
    }
}

#[test]
fn all_required_fields_are_named_in_one_answer() {
    let answer = tenant().post("/case", &json!({"description": "x"}));
    answer.error(422, "validation_failed");
    answer.expect_fields(&["customerId", "title"]);
}

#[test]
fn an_unknown_customer_is_named_beside_the_other_errors() {
    let answer = tenant().post(
        "/case",
        &json!({"customerId": "none", "status": "pending", "priority": "extreme"}),
    );
    answer.error(422, "validation_failed");
    answer.expect_fields(&["customerId", "title", "status", "priority"]);
}

#[test]
fn all_invalid_values_are_named_in_one_answer() {
    check_create_refused(
        json!({"title": 5, "description": [], "status": "pending", "interactions": "x", "priority": "extreme", "escalated": "maybe", "product": 7}),
        422,
        "validation_failed",
        &[
            "title",
            "description",
            "status",
            "interactions",
            "priority",
            "escalated",
            "product",
        ],
    );
}

#[test]
fn status_is_open_or_closed() {
    for status in [json!("Open"), json!("CLOSED"), json!("pending"), json!(true), json!(1)] {
        check_create_refused(json!({"status": status}), 422, "validation_failed", &["status"]);
    }
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    for status in ["open", "closed"] {
        assert_eq!(tenant.create_case(&customer_id, json!({"status": status}))["status"], status);
    }
}

#[test]
fn title_and_description_take_only_text() {
    for value in [json!(5), json!(true), json!(["x"]), json!({"x": "y"})] {
        check_create_refused(json!({"title": value}), 422, "validation_failed", &["title"]);
        check_create_refused(json!({"description": value}), 422, "validation_failed", &["description"]);
    }
}

#[test]
fn a_list_field_takes_only_its_values() {
    for value in [
        json!("extreme"),
        json!("High"),
        json!(" high"),
        json!(2),
        json!(["high"]),
        json!(true),
    ] {
        check_create_refused(json!({"priority": value}), 422, "validation_failed", &["priority"]);
    }
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    for value in ["low", "normal", "high", "urgent"] {
        assert_eq!(
            tenant.create_case(&customer_id, json!({"priority": value}))["priority"],
            value
        );
    }
}

#[test]
fn a_checkbox_takes_booleans_and_their_names() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    for (n, (value, shown)) in [
        (json!(true), true),
        (json!(false), false),
        (json!("true"), true),
        (json!("false"), false),
    ]
    .into_iter()
    .enumerate()
    {
        let created = tenant.create_case(&customer_id, json!({"title": format!("case {n}"), "escalated": value}));
        assert_eq!(created["escalated"], json!(shown), "{value}");
        assert_eq!(tenant.case(&id_of(&created))["escalated"], json!(shown), "{value}");
    }
    for value in [json!("yes"), json!("on"), json!(1), json!(0), json!([true]), json!({})] {
        check_create_refused(json!({"escalated": value}), 422, "validation_failed", &["escalated"]);
    }
}

#[test]
fn unknown_fields_of_a_case_are_400_and_named() {
    check_create_refused(
        json!({"shoeSize": "43", "email": "x@example.com"}),
        400,
        "invalid_field",
        &["shoeSize", "email"],
    );
}

#[test]
fn a_value_too_long_for_a_record_is_422() {
    let long = "x".repeat(500_000);
    for name in ["title", "description", "product"] {
        check_create_refused(json!({name: long}), 422, "validation_failed", &[name]);
    }
}

// Lookup and find

#[test]
fn lookup_answers_with_what_create_answered() {
    let (tenant, _, case) = with_case();
    assert_eq!(tenant.case(&id_of(&case)), case);
}

#[test]
fn lookup_of_an_unknown_id_is_404() {
    let (tenant, _, case) = with_case();
    let id = id_of(&case);
    let last = if id.ends_with('0') { '1' } else { '0' };
    tenant
        .get(&format!("/case/{}{last}", &id[..id.len() - 1]))
        .error(404, "not_found");
    tenant.get("/case/none").error(404, "not_found");
}

#[test]
fn lookup_takes_the_id_and_not_the_number() {
    let (tenant, _, case) = with_case();
    if case["number"] != case["id"] {
        tenant
            .get(&format!("/case/{}", case["number"].as_str().unwrap().replace('#', "%23")))
            .error(404, "not_found");
    }
}

#[test]
fn a_case_is_visible_as_soon_as_it_is_created() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    for n in 1..=20 {
        let created = tenant.create_case(&customer_id, json!({"title": format!("case {n}")}));
        assert_eq!(tenant.case(&id_of(&created)), created);
        let cases = tenant.cases(&customer_id);
        assert_eq!((cases.len(), cases.contains(&created)), (n, true));
    }
}

#[test]
fn a_customer_without_cases_has_an_empty_list() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    assert_eq!(tenant.get(&format!("/customer/{customer_id}/cases")).expect(200), json!([]));
}

#[test]
fn cases_of_an_unknown_customer_are_404() {
    tenant().get("/customer/none/cases").error(404, "not_found");
}

#[test]
fn cases_of_a_case_are_404() {
    let (tenant, _, case) = with_case();
    tenant
        .get(&format!("/customer/{}/cases", id_of(&case)))
        .error(404, "not_found");
}

#[test]
fn a_customer_has_only_its_own_cases() {
    let (tenant, customer_id, case) = with_case();
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
    let others = tenant.create_case(&other, json!({}));
    assert_eq!(tenant.cases(&customer_id), [case]);
    assert_eq!(tenant.cases(&other), [others]);
}

#[test]
fn open_and_closed_cases_are_found() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let open = tenant.create_case(&customer_id, json!({"status": "open"}));
    let closed = tenant.create_case(&customer_id, json!({"status": "closed"}));
    let found = tenant.cases(&customer_id);
    assert!(
        found.len() == 2 && found.contains(&open) && found.contains(&closed),
        "{found:?}"
    );
}

#[test]
fn a_customer_does_not_contain_its_cases() {
    let (tenant, customer_id, _) = with_case();
    assert_eq!(
        members(&tenant.customer(&customer_id)),
        ["firstName", "id", "lastName", "uri", "url"]
    );
}

// Update

#[test]
fn update_changes_the_title() {
    check_update(&json!({"title": "Lamp broken"}), json!({"title": "Lamp broken"}));
}

#[test]
fn update_changes_the_description() {
    check_update(
        &json!({"description": "Since Tuesday."}),
        json!({"description": "Since Tuesday."}),
    );
}

#[test]
fn update_changes_custom_fields() {
    check_update(
        &json!({"priority": "low", "product": "Chair", "escalated": "true"}),
        json!({"priority": "low", "product": "Chair", "escalated": true}),
    );
}

#[test]
fn update_changes_several_things_at_once() {
    let change = json!({"title": "Lamp broken", "status": "closed", "escalated": false});
    check_update(&change, change.clone());
}

#[test]
fn a_case_is_closed_and_opened_again() {
    check_update(&json!({"status": "closed"}), json!({"status": "closed"}));
    let (tenant, _, case) = with_case();
    let path = format!("/case/{}", id_of(&case));
    for status in ["closed", "open", "closed", "closed", "open"] {
        assert_eq!(tenant.patch(&path, &json!({"status": status})).expect(201)["status"], status);
        assert_eq!(tenant.get(&path).expect(200)["status"], status);
    }
}

#[test]
fn update_of_the_same_customer_changes_nothing() {
    let (tenant, customer_id, case) = with_case();
    for name in ["customerId", "customId"] {
        let updated = tenant
            .patch(&format!("/case/{}", id_of(&case)), &json!({name: customer_id}))
            .expect(201);
        assert_eq!(without(updated, &["lastUpdated"]), without(case.clone(), &["lastUpdated"]));
    }
    assert_eq!(tenant.cases(&customer_id).len(), 1);
}

#[test]
fn a_case_moves_to_another_customer_otherwise_unchanged() {
    for name in ["customerId", "customId"] {
        let (tenant, customer_id, case) = with_case();
        let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
        let moved = tenant
            .patch(&format!("/case/{}", id_of(&case)), &json!({name: other}))
            .expect(201);
        assert_eq!(
            without(moved.clone(), &["lastUpdated"]),
            without(over(case, json!({"customerId": other})), &["lastUpdated"])
        );
        assert_eq!(tenant.case(&id_of(&moved)), moved);
        assert_eq!(tenant.cases(&customer_id), Vec::<Value>::new());
        assert_eq!(tenant.cases(&other), [moved]);
    }
}

#[test]
fn a_case_moves_back_and_forth() {
    let (tenant, customer_id, case) = with_case();
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
    for _ in 0..3 {
        for (to, from) in [(&other, &customer_id), (&customer_id, &other)] {
            let moved = tenant
                .patch(&format!("/case/{}", id_of(&case)), &json!({"customerId": to}))
                .expect(201);
            assert_eq!(tenant.cases(to), [moved]);
            assert_eq!(tenant.cases(from), Vec::<Value>::new());
        }
    }
}

#[test]
fn a_case_moves_and_changes_in_one_update() {
    let (tenant, customer_id, case) = with_case();
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
    let change = json!({"customerId": other, "status": "closed", "interactions": [interaction(2, json!({}))]});
    let moved = tenant.patch(&format!("/case/{}", id_of(&case)), &change).expect(201);
    assert_eq!(
        (&moved["status"], moved["interactions"].as_array().unwrap().len()),
        (&json!("closed"), 2)
    );
    assert_eq!(tenant.cases(&other), [moved]);
    assert_eq!(tenant.cases(&customer_id), Vec::<Value>::new());
}

#[test]
fn a_case_does_not_move_to_an_unknown_customer() {
    check_update_refused(
        &json!({"customerId": "none", "title": "x"}),
        422,
        "validation_failed",
        &["customerId"],
    );
    check_update_refused(&json!({"customerId": 5}), 422, "validation_failed", &["customerId"]);
}

#[test]
fn the_time_of_the_last_update_may_be_sent_back_but_nothing_else() {
    for wrong in [json!("x"), json!(5), json!({}), json!(null), json!("")] {
        let change = json!({"lastUpdated": wrong, "title": "x"});
        check_update_refused(&change, 422, "validation_failed", &["lastUpdated"]);
    }
    let (tenant, _, case) = with_case();
    let stale = json!({"lastUpdated": "2017-08-07T14:09:00Z", "title": "x"});
    let updated = tenant.patch(&format!("/case/{}", id_of(&case)), &stale).expect(201);
    assert!(updated["lastUpdated"].as_str() >= case["lastUpdated"].as_str(), "{updated}");
}

#[test]
fn customer_id_wins_over_custom_id_in_an_update() {
    let (tenant, customer_id, case) = with_case();
    let other = id_of(&tenant.create_customer(&json!({"firstName": "Joe"})));
    let change = json!({"customerId": other, "customId": customer_id});
    assert_eq!(
        tenant.patch(&format!("/case/{}", id_of(&case)), &change).expect(201)["customerId"],
        other
    );
    assert_eq!(tenant.cases(&customer_id), Vec::<Value>::new());
}

#[test]
fn update_of_an_unknown_case_is_404() {
    let (tenant, customer_id, _) = with_case();
    tenant.patch("/case/none", &json!({"title": "x"})).error(404, "not_found");
    tenant
        .patch(&format!("/case/{customer_id}"), &json!({"title": "x"}))
        .error(404, "not_found");
    assert_eq!(tenant.cases(&customer_id).len(), 1);
}

#[test]
fn an_unknown_field_stops_the_whole_update() {
    let change = json!({"title": "x", "shoeSize": "43", "hatSize": "58", "interactions": [interaction(2, json!({}))]});
    check_update_refused(&change, 400, "invalid_field", &["shoeSize", "hatSize"]);
}

#[test]
fn invalid_values_stop_the_whole_update_and_are_all_named() {
    let change =
        json!({"title": "x", "status": "pending", "priority": "extreme", "escalated": "maybe", "product": 5, "description": true});
    check_update_refused(
        &change,
        422,
        "validation_failed",
        &["status", "priority", "escalated", "product", "description"],
    );
}

#[test]
fn an_empty_update_changes_nothing() {
    let (tenant, _, case) = with_case();
    let path = format!("/case/{}", id_of(&case));
    let answer = tenant.patch(&path, &json!({}));
    assert!(answer.status < 500, "{answer:?}");
    assert_eq!(
        without(tenant.get(&path).expect(200), &["lastUpdated"]),
        without(case, &["lastUpdated"])
    );
}

#[test]
fn update_does_not_affect_other_cases() {
    let (tenant, customer_id, case) = with_case();
    let other = tenant.create_case(
        &customer_id,
        json!({"title": "other", "interactions": [interaction(1, json!({}))]}),
    );
    tenant
        .patch(
            &format!("/case/{}", id_of(&case)),
            &json!({"title": "x", "interactions": [interaction(1, json!({"body": "x"}))]}),
        )
        .expect(201);
    assert_eq!(tenant.case(&id_of(&other)), other);
}

#[test]
fn update_of_the_customer_does_not_affect_its_cases() {
    let (tenant, customer_id, case) = with_case();
    tenant
        .patch(&format!("/customer/{customer_id}"), &json!({"firstName": "Janet"}))
        .expect(201);
    assert_eq!(tenant.cases(&customer_id), [case]);
}
