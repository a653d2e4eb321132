//! `POST /customer/bestmatch`.

use contract_tests::client::{Tenant, customer, eventually, id_of};
use contract_tests::stack::tenant;
use serde_json::{Value, json};

/// Jane, with every field of the default model.
fn jane() -> Value {
    json!({
        "displayName": "Jane Doe",
        "firstName": "Jane",
        "lastName": "Doe",
        "email": "jane.doe@example.com",
        "email2": "jane@work.example",
        "phone": "+14155552671",
        "phone2": "+14155550123",
        "twitterHandle": "jane_doe_77",
        "instagramHandle": "janes.photos",
        "profileUrl": "https://social.example/jane.doe.77",
        "streetOne": "742 Evergreen Terrace",
        "city": "Springfield",
        "state": "IL",
        "zip": "62701",
        "accountNumber": "ACC-4711",
        "orderNumber": "ORD-0815",
    })
}

/// A tenant with customers who are not Jane but share something with her.
fn with_others() -> Tenant {
    let tenant = tenant();
    for other in [
        json!({"firstName": "Jane", "lastName": "Miller", "email": "jane.miller@example.com", "city": "Springfield"}),
        json!({"firstName": "John", "lastName": "Doe", "email": "john.doe@example.com", "phone": "+12125550100"}),
        json!({"displayName": "Otto Other", "twitterHandle": "otto", "streetOne": "742 Evergreen Terrace", "city": "Springfield"}),
    ] {
        tenant.create_customer(&other);
    }
    tenant
}

/// Jane is the first match of this identity.
#[track_caller]
fn check_jane_first(identity: &Value) {
    let tenant = with_others();
    let id = id_of(&tenant.create_customer(&jane()));
    tenant.expect_best(identity, &id);
}

/// Nobody matches this identity, although Jane and the others exist.
#[track_caller]
fn check_nobody(identity: &Value) {
    let tenant = with_others();
    let id = id_of(&tenant.create_customer(&jane()));
    tenant.expect_found(&json!({"email": "jane.doe@example.com"}), &[&id]);
    assert_eq!(
        tenant.post("/customer/bestmatch", identity).expect(200),
        json!([]),
        "{identity}"
    );
}

#[track_caller]
fn check_refused(identity: &Value, named: &[&str]) {
    let answer = with_others().post("/customer/bestmatch", identity);
    answer.refused(&[400]);
    answer.expect_fields(named);
}

#[test]
fn an_empty_object_matches_nobody() {
    check_nobody(&json!({}));
}

#[test]
fn an_empty_body_matches_nobody() {
    assert_eq!(
        with_others().send("POST", "/customer/bestmatch", &[], b"").expect(200),
        json!([])
    );
}

#[test]
fn blank_members_match_nobody() {
    check_nobody(&json!({
        "displayName": "", "screenName": " ", "description": "", "profileUrl": "", "email": "", "phoneNumbers": [], "addresses": [],
        "orderNumbers": [], "caseNumbers": [], "accountNumbers": [],
    }));
    check_nobody(&json!({"phoneNumbers": ["", " "], "addresses": [{}, {"city": ""}], "orderNumbers": [""], "screenName": "@"}));
}

#[test]
fn a_tenant_without_customers_has_no_match() {
    assert_eq!(
        tenant().best_match(&json!({"displayName": "Jane Doe", "email": "jane@example.com"})),
        Vec::<String>::new()
    );
}

#[test]
fn an_unknown_identity_matches_nobody() {
    check_nobody(&json!({
        "displayName": "Zebulon Quartermaine", "screenName": "zquart", "email": "zeb@elsewhere.example", "phoneNumbers": ["+13125550199"],
    }));
}

#[test]
fn a_description_alone_matches_nobody() {
    check_nobody(&json!({"description": "I love my cat."}));
}

#[test]
fn a_city_alone_matches_nobody() {
    check_nobody(&json!({"addresses": [{"city": "Springfield", "state": "IL"}]}));
}

#[test]
fn a_first_or_last_name_alone_matches_nobody() {
    check_nobody(&json!({"displayName": "Jane Quartermaine"}));
    check_nobody(&json!({"displayName": "Zebulon Doe"}));
}

#[test]
fn the_beginning_of_an_identifier_matches_nobody() {
    check_nobody(&json!({"screenName": "janes.pho"}));
    check_nobody(&json!({"email": "jane.doe@example.co"}));
    check_nobody(&json!({"accountNumbers": ["ACC-47"]}));
}

#[test]
fn email_matches_in_any_case() {
    check_jane_first(&json!({"email": "jane.doe@example.com"}));
    check_jane_first(&json!({"email": " Jane.Doe@EXAMPLE.com"}));
}

#[test]
fn the_second_email_matches_as_well() {
    check_jane_first(&json!({"displayName": "Jane Doe", "email": "jane@work.example"}));
}

#[test]
fn any_of_the_phone_numbers_matches_in_any_spelling() {
    check_jane_first(&json!({"displayName": "Jane Doe", "phoneNumbers": ["+13125550199", "(415) 555-2671"]}));
    check_jane_first(&json!({"displayName": "Jane Doe", "phoneNumbers": ["415.555.0123"]}));
}

#[test]
fn a_handle_matches_with_and_without_at() {
    check_jane_first(&json!({"displayName": "Jane Doe", "screenName": "@Jane_Doe_77"}));
    check_jane_first(&json!({"displayName": "Jane Doe", "screenName": "janes.photos"}));
}

#[test]
fn a_profile_url_matches_in_any_spelling() {
    check_jane_first(&json!({"displayName": "Jane Doe", "profileUrl": "https://social.example/jane.doe.77"}));
    check_jane_first(&json!({"displayName": "Jane Doe", "profileUrl": "http://www.social.example/jane.doe.77/"}));
}

#[test]
fn the_usual_first_call_finds_the_customer() {
    check_jane_first(
        &json!({"displayName": "Jane Doe", "screenName": "jane_doe_77", "profileUrl": "https://twitter.com/jane_doe_77"}),
    );
}

#[test]
fn numbers_match() {
    check_jane_first(&json!({"displayName": "Jane Doe", "accountNumbers": ["X-1", "ACC-4711"]}));
    check_jane_first(&json!({"displayName": "Jane Doe", "orderNumbers": ["ORD-0815", "X-2"]}));
}

#[test]
fn a_name_at_its_address_matches() {
    check_jane_first(&json!({
        "displayName": "Jane Doe",
        "addresses": [{"streetOne": "742 Evergreen Terrace", "city": "Springfield", "state": "IL", "zip": "62701"}],
    }));
}

#[test]
fn all_members_together_match() {
    check_jane_first(&json!({
        "displayName": "Jane Doe",
        "screenName": "jane_doe_77",
        "description": "Cats.",
        "profileUrl": "https://social.example/jane.doe.77",
        "email": "jane.doe@example.com",
        "phoneNumbers": ["+14155552671", "+14155550123"],
        "addresses": [
            {"streetOne": "1 Elsewhere Road", "streetTwo": "", "city": "Shelbyville", "state": "IL", "zip": "62565"},
            {"streetOne": "742 Evergreen Terrace", "city": "Springfield", "state": "IL", "zip": "62701"},
        ],
        "orderNumbers": ["ORD-0815"],
        "caseNumbers": ["0001"],
        "accountNumbers": ["ACC-4711"],
    }));
}

#[test]
fn the_better_match_comes_first() {
    let tenant = with_others();
    let namesake = id_of(&tenant.create_customer(&json!({"displayName": "Jane Doe", "email": "another.jane@example.com"})));
    let id = id_of(&tenant.create_customer(&jane()));
    tenant.expect_found(&json!({"displayName": "Jane Doe"}), &[&namesake, &id]);
    tenant.expect_best(&json!({"displayName": "Jane Doe", "email": "jane.doe@example.com"}), &id);
    tenant.expect_best(
        &json!({"displayName": "Jane Doe", "email": "another.jane@example.com"}),
        &namesake,
    );
    tenant.expect_best(&json!({"displayName": "Jane Doe", "screenName": "jane_doe_77"}), &id);
}

#[test]
fn more_agreement_comes_first() {
    let tenant = tenant();
    let shared = id_of(&tenant.create_customer(&json!({"displayName": "Joe Doe", "phone": "+14155552671"})));
    let id = id_of(&tenant.create_customer(&jane()));
    tenant.expect_found(&json!({"phone": "+14155552671"}), &[&shared, &id]);
    let identity = json!({"displayName": "Jane Doe", "phoneNumbers": ["+14155552671"], "email": "jane.doe@example.com"});
    tenant.expect_best(&identity, &id);
}

#[test]
fn a_match_is_the_whole_customer_and_nothing_more() {
    let tenant = with_others();
    let created = tenant.create_customer(&jane());
    let identity = json!({"displayName": "Jane Doe", "email": "jane.doe@example.com"});
    tenant.expect_best(&identity, &id_of(&created));
    assert_eq!(tenant.post("/customer/bestmatch", &identity).expect(200)[0], created);
}

#[test]
fn no_customer_is_matched_twice() {
    let tenant = with_others();
    let id = id_of(&tenant.create_customer(&jane()));
    let identity =
        json!({"displayName": "Jane Doe", "email": "jane.doe@example.com", "phoneNumbers": ["+14155552671", "4155552671"]});
    tenant.expect_best(&identity, &id);
    let found = tenant.best_match(&identity);
    assert_eq!(found.iter().filter(|found| **found == id).count(), 1, "{found:?}");
}

#[test]
fn the_order_is_stable() {
    let tenant = tenant();
    for name in ["Ann", "Bea", "Cid", "Dan"] {
        tenant.create_customer(&json!({"firstName": name, "email": "family@example.com"}));
    }
    let identity = json!({"email": "family@example.com"});
    let first = tenant.best_match(&identity);
    for _ in 0..5 {
        assert_eq!(tenant.best_match(&identity), first);
    }
}

#[test]
fn a_cleared_email_no_longer_matches() {
    let tenant = with_others();
    let id = id_of(&tenant.create_customer(&customer(json!({"email": "jane.doe@example.com"}))));
    let identity = json!({"email": "jane.doe@example.com"});
    tenant.expect_best(&identity, &id);
    tenant.patch(&format!("/customer/{id}"), &json!({"email": null})).expect(201);
    let found = eventually(|| tenant.best_match(&identity), Vec::is_empty);
    assert!(found.good, "{:?}", found.last);
}

#[test]
fn an_unknown_member_is_400_and_named() {
    check_refused(&json!({"shoeSize": "43"}), &["shoeSize"]);
    check_refused(
        &json!({"displayName": "Jane Doe", "email2": "x@example.com", "phone": "1"}),
        &["email2", "phone"],
    );
}

#[test]
fn fields_of_the_model_are_not_members() {
    check_refused(&json!({"firstName": "Jane"}), &["firstName"]);
    check_refused(&json!({"twitterHandle": "jane_doe_77"}), &["twitterHandle"]);
}

#[test]
fn an_unknown_part_of_an_address_is_400() {
    check_refused(
        &json!({"addresses": [{"city": "Springfield", "planet": "Earth"}]}),
        &["addresses"],
    );
}

#[test]
fn a_text_member_takes_only_text() {
    for name in ["displayName", "screenName", "description", "profileUrl", "email"] {
        for value in [json!(5), json!(true), json!(["x"]), json!({"x": "y"})] {
            check_refused(&json!({name: value}), &[name]);
        }
    }
}

#[test]
fn a_list_member_takes_only_lists_of_texts() {
    for name in ["phoneNumbers", "orderNumbers", "caseNumbers", "accountNumbers"] {
        for value in [
            json!("x"),
            json!(5),
            json!({"0": "x"}),
            json!([5]),
            json!(["x", ["y"]]),
            json!([{}]),
        ] {
            check_refused(&json!({name: value}), &[name]);
        }
    }
}

#[test]
fn addresses_take_only_a_list_of_objects_of_texts() {
    for value in [
        json!("Springfield"),
        json!({"city": "Springfield"}),
        json!(["Springfield"]),
        json!([5]),
        json!([{"city": 5}]),
    ] {
        check_refused(&json!({"addresses": value}), &["addresses"]);
    }
}

#[test]
fn very_long_lists_are_answered_or_refused_but_never_an_unexpected_error() {
    let tenant = with_others();
    let numbers: Vec<String> = (0..5000).map(|n| format!("+1415555{n:04}")).collect();
    let answer = tenant.post(
        "/customer/bestmatch",
        &json!({"phoneNumbers": numbers, "orderNumbers": numbers}),
    );
    if answer.status != 200 {
        answer.refused(&[400, 422]);
    }
}

#[test]
fn very_long_texts_are_answered_or_refused_but_never_an_unexpected_error() {
    let tenant = with_others();
    let long = "jane ".repeat(40_000);
    for name in ["displayName", "screenName", "description", "profileUrl", "email"] {
        let answer = tenant.post("/customer/bestmatch", &json!({name: long}));
        if answer.status != 200 {
            answer.refused(&[400, 422]);
        }
    }
}
