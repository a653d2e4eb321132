//! Customers learn from conversations under which accounts they write, and are found by these (decision 0050).

use contract_tests::client::{Tenant, ask, at_once, eventually, id_of, interaction};
use contract_tests::stack::tenant;
use serde_json::{Value, json};

/// A message of an account on X, on one of the days of a month.
fn message(day: usize, account: &str, handle: &str) -> Value {
    let author = json!({"service": "TWITTER", "serviceId": account, "handle": handle, "name": "Somebody", "brandOwned": false});
    interaction(
        day,
        json!({"author": author, "created": format!("2026-09-{day:02}T08:00:00Z")}),
    )
}

fn answer(day: usize, handle: &str) -> Value {
    let mut answer = message(day, "1", handle);
    answer["author"]["brandOwned"] = json!(true);
    answer
}

fn customer(tenant: &Tenant, name: &str) -> String {
    id_of(&tenant.create_customer(&json!({"displayName": name})))
}

/// Adds messages to a case.
fn add(tenant: &Tenant, case: &str, messages: &[Value]) {
    tenant
        .patch(&format!("/case/{case}"), &json!({"interactions": messages}))
        .expect(201);
}

fn case(tenant: &Tenant, customer: &str, messages: &[Value]) -> String {
    id_of(&tenant.create_case(customer, json!({"interactions": messages})))
}

#[test]
fn who_wrote_once_is_recognised_by_nothing_but_a_new_handle() {
    let tenant = tenant();
    let id = customer(&tenant, "Sabine Köhler");
    let before = tenant.customer(&id);
    let conversation = [message(1, "1006733463", "quietharbour42"), answer(2, "northwindcare")];
    let case = case(&tenant, &id, &conversation);
    tenant.expect_best(&json!({"screenName": "quietharbour42"}), &id);
    tenant.expect_found(&json!({"screenName": "@QuietHarbour42"}), &[&id]);
    assert!(tenant.search(&json!({"screenName": "northwindcare"})).is_empty());
    // The account has another handle now. Its id is the same.
    add(&tenant, &case, &[message(9, "1006733463", "tidalfox_91")]);
    for identity in [
        json!({"screenName": "tidalfox_91"}),
        json!({"screenName": "tidalfox_91", "profileUrl": "https://twitter.com/tidalfox_91"}),
        json!({"profileUrl": "https://x.com/i/user/1006733463"}),
        json!({"screenName": "quietharbour42"}),
    ] {
        tenant.expect_best(&identity, &id);
    }
    assert_eq!(tenant.customer(&id), before, "no field changes");
    let origin = tenant.base.trim_end_matches("/api/v1");
    let path = before["url"].as_str().unwrap().trim_start_matches(origin);
    let page = ask(origin, "GET", path, &[], b"").text();
    for shown in ["Seen in conversations", "tidalfox_91", "before 2026-09-01 as quietharbour42"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[test]
fn a_handle_that_somebody_else_has_now_stops_counting_for_the_former() {
    let tenant = tenant();
    let [former, holder] = ["Sabine Köhler", "Tom Winter"].map(|name| customer(&tenant, name));
    let first = case(&tenant, &former, &[message(1, "41", "quietharbour42")]);
    tenant.expect_found(&json!({"screenName": "quietharbour42"}), &[&former]);
    add(&tenant, &first, &[message(3, "41", "tidalfox_91")]);
    case(&tenant, &holder, &[message(5, "42", "quietharbour42")]);
    tenant.expect_found(&json!({"screenName": "quietharbour42"}), &[&holder]);
    tenant.expect_best(&json!({"screenName": "quietharbour42"}), &holder);
    tenant.expect_found(&json!({"screenName": "tidalfox_91"}), &[&former]);
}

#[test]
fn a_case_that_turns_out_to_be_anothers_takes_its_account_along() {
    let tenant = tenant();
    let [wrong, right] = ["Sabine Köhler", "Tom Winter"].map(|name| customer(&tenant, name));
    let moved = case(&tenant, &wrong, &[message(1, "41", "quietharbour42")]);
    tenant.expect_found(&json!({"screenName": "quietharbour42"}), &[&wrong]);
    tenant
        .patch(&format!("/case/{moved}"), &json!({"customerId": right}))
        .expect(201);
    tenant.expect_found(&json!({"screenName": "quietharbour42"}), &[&right]);
}

#[test]
fn several_authors_tell_nothing_unless_one_agrees() {
    let tenant = tenant();
    let id = customer(&tenant, "Sabine Köhler");
    let mut own = message(2, "42", "tidalfox_91");
    own["author"]["name"] = json!("Köhler, Sabine");
    case(&tenant, &id, &[message(1, "41", "quietharbour42"), own]);
    tenant.expect_found(&json!({"screenName": "tidalfox_91"}), &[&id]);
    assert!(tenant.search(&json!({"screenName": "quietharbour42"})).is_empty());
}

#[test]
fn many_cases_at_once_teach_what_they_can_and_are_all_kept() {
    let tenant = tenant();
    let id = customer(&tenant, "Sabine Köhler");
    at_once(6, |n| {
        case(&tenant, &id, &[message(n + 1, "41", "quietharbour42")]);
    });
    assert_eq!(tenant.cases(&id).len(), 6);
    tenant.expect_found(&json!({"screenName": "quietharbour42"}), &[&id]);
    // More than a transaction holds.
    let many: Vec<Value> = (1..=120)
        .map(|n| {
            let mut message = message(1 + n % 28, "43", "longwinded_7");
            message["serviceId"] = json!(format!("m{n}"));
            message
        })
        .collect();
    case(&tenant, &id, &many);
    let found = eventually(
        || tenant.search(&json!({"screenName": "longwinded_7"})),
        |found| *found == [id.clone()],
    );
    assert!(found.good, "{:?}", found.last);
}
