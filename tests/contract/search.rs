//! `POST /customers`.

use contract_tests::client::{Tenant, at_once, customer, eventually, id_of, list};
use contract_tests::stack::tenant;
use serde_json::{Value, json};

/// A customer with `stored` is found by each of `searched`, among other customers.
#[track_caller]
fn check_found(stored: &Value, searched: &[Value]) {
    let tenant = with_others();
    let id = id_of(&tenant.create_customer(stored));
    for criteria in searched {
        tenant.expect_found(criteria, &[&id]);
    }
}

/// A customer with `stored` is found by `proof`, and by none of `searched`.
#[track_caller]
fn check_not_found(stored: &Value, proof: &Value, searched: &[Value]) {
    let tenant = with_others();
    let id = id_of(&tenant.create_customer(stored));
    tenant.expect_found(proof, &[&id]);
    for criteria in searched {
        tenant.post("/customers", criteria).expect_empty(204);
    }
}

/// A tenant with customers.
fn with_others() -> Tenant {
    let tenant = tenant();
    tenant.create_customer(
        &json!({"firstName": "Otto", "lastName": "Other", "email": "otto@other.example", "phone": "+12125550100"}),
    );
    tenant.create_customer(&json!({"displayName": "Ottilie Other", "twitterHandle": "ottilie", "city": "Otherville"}));
    tenant
}

/// A value of `field` that is stored in any of these spellings is found by each of them.
#[track_caller]
fn check_spellings(field: &str, spellings: &[&str]) {
    let searched: Vec<Value> = spellings.iter().map(|spelling| json!({field: spelling})).collect();
    for stored in spellings {
        check_found(&json!({field: stored}), &searched);
    }
}

#[track_caller]
fn check_bad_criteria(criteria: &Value, fields: &[&str]) {
    let answer = tenant().post("/customers", criteria);
    answer.error(400, "invalid_field");
    answer.expect_fields(fields);
}

#[test]
fn nothing_found_is_204_without_a_body() {
    tenant()
        .post("/customers", &json!({"email": "nobody@example.com"}))
        .expect_empty(204);
    with_others()
        .post("/customers", &json!({"email": "nobody@example.com"}))
        .expect_empty(204);
}

#[test]
fn found_customers_are_whole() {
    let tenant = tenant();
    let created = tenant.create_customer(&customer(
        json!({"email": "jane@example.com", "description": "Prefers e-mail."}),
    ));
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id_of(&created)]);
    assert_eq!(
        tenant.post("/customers", &json!({"email": "jane@example.com"})).expect(200),
        json!([created])
    );
}

#[test]
fn every_searchable_field_of_the_model_finds() {
    let tenant = with_others();
    let model = list(tenant.get("/meta/object/customer").expect(200)["fields"].clone());
    let mut tried = 0;
    for field in model.iter().filter(|field| field["searchable"] == true) {
        let name = field["name"].as_str().unwrap();
        let value = match name {
            "id" | "uri" => continue,
            "email" | "email2" => format!("{name}@example.com"),
            "phone" => "+14155552671".to_owned(),
            "phone2" => "+14155550123".to_owned(),
            "profileUrl" => "https://social.example/jane".to_owned(),
            name => format!("value{name}"),
        };
        let id = id_of(&tenant.create_customer(&json!({name: value})));
        tenant.expect_found(&json!({name: value}), &[&id]);
        tried += 1;
    }
    assert!(tried >= 19, "{tried} searchable fields");
}

#[test]
fn all_criteria_must_match() {
    let stored = customer(json!({"email": "jane@example.com", "city": "Springfield", "phone": "+14155552671"}));
    check_found(
        &stored,
        &[
            json!({"email": "jane@example.com", "city": "Springfield"}),
            json!({"email": "jane@example.com", "city": "Springfield", "phone": "+14155552671", "firstName": "Jane", "lastName": "Doe"}),
        ],
    );
    check_not_found(
        &stored,
        &json!({"email": "jane@example.com"}),
        &[
            json!({"email": "jane@example.com", "city": "Shelbyville"}),
            json!({"email": "other@example.com", "city": "Springfield"}),
            json!({"email": "jane@example.com", "zip": "62701"}),
            json!({"firstName": "Jane", "lastName": "Dae"}),
            json!({"firstName": "Jane", "lastName": "Doe", "phone": "+14155550123"}),
        ],
    );
}

#[test]
fn one_customer_must_meet_all_criteria() {
    let tenant = tenant();
    tenant.create_customer(&json!({"firstName": "Jane", "city": "Springfield"}));
    let id = id_of(&tenant.create_customer(&json!({"firstName": "Joe", "city": "Shelbyville"})));
    tenant.expect_found(&json!({"firstName": "Joe", "city": "Shelbyville"}), &[&id]);
    tenant.expect_found(&json!({"firstName": "Jane", "city": "Shelbyville"}), &[]);
}

#[test]
fn email_is_found_in_any_case_and_with_spaces_around() {
    let spellings = [
        "jane.doe@example.com",
        "JANE.DOE@EXAMPLE.COM",
        "Jane.Doe@Example.com",
        "  jane.doe@example.com ",
    ];
    check_spellings("email", &spellings);
}

#[test]
fn email_is_matched_whole() {
    check_not_found(
        &json!({"email": "jane.doe@example.com"}),
        &json!({"email": "jane.doe@example.com"}),
        &[
            json!({"email": "jane.doe@example.co"}),
            json!({"email": "doe@example.com"}),
            json!({"email": "jane.doe@example.com.au"}),
            json!({"email": "janexdoe@example.com"}),
        ],
    );
}

#[test]
fn phone_is_found_in_any_spelling() {
    check_spellings(
        "phone",
        &[
            "+14155552671",
            "(415) 555-2671",
            "+1 415-555-2671",
            "4155552671",
            "1-415-555-2671",
            "415.555.2671",
        ],
    );
}

#[test]
fn a_foreign_phone_is_found_in_any_spelling() {
    check_spellings("phone", &["+442071838750", "+44 20 7183 8750", "+44 (0)20 7183 8750"]);
}

#[test]
fn another_phone_is_another_phone() {
    check_not_found(
        &json!({"phone": "+14155552671"}),
        &json!({"phone": "+14155552671"}),
        &[
            json!({"phone": "+14155552672"}),
            json!({"phone": "+444155552671"}),
            json!({"phone": "5552671"}),
            json!({"phone": "+1415555267"}),
        ],
    );
}

#[test]
fn a_phone_that_does_not_parse_is_found_as_entered() {
    check_found(&json!({"phone": "12345"}), &[json!({"phone": "12345"})]);
}

#[test]
fn a_handle_is_found_without_at_and_in_any_case() {
    for field in ["twitterHandle", "screenName", "instagramHandle", "facebookHandle"] {
        check_spellings(field, &["jane_doe", "@jane_doe", "@Jane_Doe", "JANE_DOE"]);
    }
}

#[test]
fn a_handle_is_matched_whole() {
    check_not_found(
        &json!({"twitterHandle": "jane_doe"}),
        &json!({"twitterHandle": "jane_doe"}),
        &[
            json!({"twitterHandle": "jane"}),
            json!({"twitterHandle": "janedoe"}),
            json!({"twitterHandle": "jane_doe1"}),
        ],
    );
}

#[test]
fn a_url_is_found_without_scheme_www_and_trailing_slash() {
    check_spellings(
        "profileUrl",
        &[
            "https://www.social.example/jane",
            "http://www.social.example/jane",
            "https://social.example/jane/",
            "www.social.example/jane",
            "social.example/jane",
            "HTTPS://WWW.Social.Example/jane/",
        ],
    );
}

#[test]
fn twitter_com_is_x_com() {
    check_spellings(
        "profileUrl",
        &[
            "https://twitter.com/jane_doe",
            "https://x.com/jane_doe",
            "www.twitter.com/jane_doe/",
            "x.com/jane_doe",
        ],
    );
}

#[test]
fn another_url_is_another_url() {
    check_not_found(
        &json!({"profileUrl": "https://social.example/jane"}),
        &json!({"profileUrl": "https://social.example/jane"}),
        &[
            json!({"profileUrl": "https://social.example/jan"}),
            json!({"profileUrl": "https://social.example/jane/photos"}),
            json!({"profileUrl": "https://social.example"}),
            json!({"profileUrl": "https://other.example/jane"}),
        ],
    );
}

#[test]
fn a_name_is_found_by_a_prefix_in_any_case() {
    for field in ["firstName", "lastName", "displayName"] {
        let searched = ["Johanna", "Johan", "Jo", "JOHANNA", "joh"].map(|value| json!({field: value}));
        check_found(&json!({field: "Johanna"}), &searched);
    }
}

#[test]
fn any_word_of_a_name_is_found_by_its_prefix() {
    let searched = ["Jane", "Q", "Doe", "do", "jan", "jane q"].map(|value| json!({"displayName": value}));
    check_found(&json!({"displayName": "Jane Quincy Doe"}), &searched);
    check_found(
        &json!({"lastName": "de la Cruz"}),
        &[json!({"lastName": "cruz"}), json!({"lastName": "de la"})],
    );
}

#[test]
fn every_word_of_a_searched_name_must_match() {
    check_not_found(
        &json!({"displayName": "Jane Doe"}),
        &json!({"displayName": "Jane Doe"}),
        &[
            json!({"displayName": "Jane Dow"}),
            json!({"displayName": "Jane Doe Smith"}),
            json!({"displayName": "Joan Doe"}),
        ],
    );
}

#[test]
fn the_middle_of_a_word_is_not_found() {
    check_not_found(
        &json!({"firstName": "Johanna"}),
        &json!({"firstName": "Johanna"}),
        &[
            json!({"firstName": "anna"}),
            json!({"firstName": "ohanna"}),
            json!({"firstName": "Johannas"}),
        ],
    );
}

#[test]
fn a_name_is_found_without_its_accents() {
    let searched = ["José", "Jose", "JOSE", "jos", "josé"].map(|value| json!({"firstName": value}));
    check_found(&json!({"firstName": "José"}), &searched);
    check_found(&json!({"firstName": "Jose"}), &searched);
}

#[test]
fn first_and_last_name_are_different_fields() {
    check_not_found(
        &json!({"firstName": "Jane", "lastName": "Doe"}),
        &json!({"firstName": "Jane"}),
        &[json!({"lastName": "Jane"}), json!({"firstName": "Doe"})],
    );
}

#[test]
fn other_texts_are_matched_whole() {
    for (field, stored, part) in [
        ("city", "San Francisco", "San"),
        ("accountNumber", "ACC-10", "ACC-1"),
        ("orderNumber", "ORD-10", "ORD-1"),
        ("zip", "62701", "627"),
        ("streetOne", "1 Main Street", "1 Main"),
    ] {
        check_not_found(&json!({field: stored}), &json!({field: stored}), &[json!({field: part})]);
    }
}

#[test]
fn both_emails_are_found_by_either_field() {
    let stored = json!({"email": "one@example.com", "email2": "two@example.com"});
    let searched = [
        json!({"email": "one@example.com"}),
        json!({"email": "two@example.com"}),
        json!({"email2": "one@example.com"}),
        json!({"email2": "two@example.com"}),
        json!({"email": "two@example.com", "email2": "one@example.com"}),
    ];
    check_found(&stored, &searched);
}

#[test]
fn both_phones_are_found_by_either_field() {
    let stored = json!({"phone": "+14155552671", "phone2": "+14155550123"});
    check_found(
        &stored,
        &[json!({"phone": "(415) 555-0123"}), json!({"phone2": "(415) 555-2671"})],
    );
}

#[test]
fn a_handle_of_any_network_is_found_by_screen_name() {
    for field in ["twitterHandle", "facebookHandle", "instagramHandle"] {
        check_found(&json!({field: "jane_doe"}), &[json!({"screenName": "@jane_doe"})]);
    }
}

#[test]
fn a_handle_of_an_unknown_network_is_found_by_any_network() {
    for field in ["twitterHandle", "facebookHandle", "instagramHandle"] {
        check_found(&json!({"screenName": "jane_doe"}), &[json!({field: "@jane_doe"})]);
    }
}

#[test]
fn a_customer_is_found_once() {
    check_found(
        &json!({"email": "jane@example.com", "email2": "JANE@example.com", "displayName": "Jane Jane Janet"}),
        &[
            json!({"email": "jane@example.com"}),
            json!({"displayName": "jan"}),
            json!({"email": "jane@example.com", "displayName": "ja"}),
        ],
    );
}

#[test]
fn all_who_match_are_found() {
    let tenant = with_others();
    let ids: Vec<String> = ["Ann", "Bea", "Cid"]
        .iter()
        .map(|name| {
            id_of(&tenant.create_customer(&json!({"firstName": name, "email": "family@example.com", "city": "Springfield"})))
        })
        .collect();
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    tenant.expect_found(&json!({"email": "family@example.com"}), &all);
    tenant.expect_found(&json!({"city": "Springfield"}), &all);
    tenant.expect_found(&json!({"email": "family@example.com", "firstName": "Bea"}), &all[1..2]);
}

#[test]
fn the_most_recently_updated_comes_first() {
    let tenant = tenant();
    let [a, b, c] =
        ["Ann", "Bea", "Cid"].map(|name| id_of(&tenant.create_customer(&json!({"firstName": name, "lastName": "Doe"}))));
    tenant.expect_found(&json!({"lastName": "Doe"}), &[&a, &b, &c]);
    assert_eq!(tenant.search(&json!({"lastName": "Doe"})), [c.as_str(), &b, &a]);
    tenant
        .patch(&format!("/customer/{a}"), &json!({"city": "Springfield"}))
        .expect(201);
    assert_eq!(tenant.search(&json!({"lastName": "Doe"})), [a.as_str(), &c, &b]);
    tenant
        .patch(&format!("/customer/{b}"), &json!({"city": "Springfield"}))
        .expect(201);
    assert_eq!(tenant.search(&json!({"lastName": "Doe"})), [b.as_str(), &a, &c]);
}

#[test]
fn at_most_fifty_are_found_the_most_recently_updated() {
    let tenant = tenant();
    let create =
        |name: &str| id_of(&tenant.create_customer(&json!({"firstName": name, "lastName": "Doe", "email": "shared@example.com"})));
    let oldest = ["Ann", "Bea", "Cid"].map(create);
    at_once(5, |thread| (0..10).for_each(|n| drop(create(&format!("Dan{thread}x{n}")))));
    for criteria in [json!({"lastName": "Doe"}), json!({"email": "shared@example.com"})] {
        let newest = |found: &Vec<String>| found.len() == 50 && oldest.iter().all(|id| !found.contains(id));
        let found = eventually(|| tenant.search(&criteria), newest);
        assert!(
            found.good,
            "{criteria}: found {}, and one of the oldest {oldest:?} is among {:?}",
            found.last.len(),
            found.last
        );
    }
    tenant
        .patch(&format!("/customer/{}", oldest[0]), &json!({"city": "Springfield"}))
        .expect(201);
    let found = tenant.search(&json!({"lastName": "Doe"}));
    assert_eq!((found.len(), found.first()), (50, Some(&oldest[0])));
}

#[test]
fn many_matches_of_one_criterion_do_not_hide_the_match_of_all() {
    let tenant = tenant();
    let wanted = id_of(&tenant.create_customer(&json!({"lastName": "Doe", "city": "Springfield", "zip": "62701"})));
    at_once(5, |thread| {
        for n in 0..12 {
            tenant.create_customer(&json!({"firstName": format!("Dan{thread}x{n}"), "lastName": "Doe", "city": "Springfield"}));
        }
    });
    tenant.expect_found(&json!({"lastName": "Doe", "city": "Springfield", "zip": "62701"}), &[&wanted]);
}

#[test]
fn an_unknown_criterion_is_400_and_named() {
    check_bad_criteria(&json!({"shoeSize": "43"}), &["shoeSize"]);
    check_bad_criteria(&json!({"email": "jane@example.com", "shoeSize": "43"}), &["shoeSize"]);
}

#[test]
fn an_unsearchable_criterion_is_400_and_named() {
    check_bad_criteria(&json!({"description": "Prefers e-mail."}), &["description"]);
}

#[test]
fn all_bad_criteria_are_named() {
    check_bad_criteria(
        &json!({"description": "x", "shoeSize": "43", "hatSize": "58", "email": "jane@example.com"}),
        &["description", "shoeSize", "hatSize"],
    );
}

#[test]
fn criteria_of_cases_and_of_best_match_are_unknown() {
    check_bad_criteria(&json!({"priority": "high"}), &["priority"]);
    check_bad_criteria(&json!({"phoneNumbers": ["+14155552671"]}), &["phoneNumbers"]);
}

#[test]
fn no_criteria_is_400() {
    with_others().post("/customers", &json!({})).refused(&[400]);
}

#[test]
fn blank_criteria_do_not_find_everyone() {
    let tenant = with_others();
    for criteria in [
        json!({"email": ""}),
        json!({"firstName": " "}),
        json!({"city": null}),
        json!({"twitterHandle": "@"}),
    ] {
        let answer = tenant.post("/customers", &criteria);
        if answer.status == 204 {
            answer.expect_empty(204);
        } else {
            answer.refused(&[400, 422]);
        }
    }
}

#[test]
fn wildcards_are_ordinary_characters() {
    let tenant = with_others();
    for value in ["*", "%", "_", ".*", "?", "#"] {
        for field in ["city", "accountNumber", "firstName", "screenName"] {
            let answer = tenant.post("/customers", &json!({field: value}));
            assert!([204, 400, 422].contains(&answer.status), "{field}={value:?}: {answer:?}");
        }
    }
}

#[test]
fn a_criterion_of_the_wrong_type_is_refused_and_named() {
    let tenant = with_others();
    for value in [json!(5), json!(true), json!(["otto@other.example"]), json!({"$ne": ""})] {
        let answer = tenant.post("/customers", &json!({"email": value}));
        answer.refused(&[400, 422]);
        answer.expect_fields(&["email"]);
    }
}

#[test]
fn search_creates_nothing() {
    let tenant = tenant();
    for _ in 0..2 {
        tenant
            .post("/customers", &json!({"email": "nobody@example.com", "firstName": "Nobody"}))
            .expect_empty(204);
    }
}

#[test]
fn a_found_customer_shows_the_newest_values() {
    let tenant = tenant();
    let id = id_of(&tenant.create_customer(&customer(json!({"email": "jane@example.com", "city": "Springfield"}))));
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id]);
    let updated = tenant
        .patch(&format!("/customer/{id}"), &json!({"city": "Shelbyville"}))
        .expect(201);
    assert_eq!(
        tenant.post("/customers", &json!({"email": "jane@example.com"})).expect(200),
        json!([updated])
    );
}
