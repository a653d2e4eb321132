//! `POST /customer`, `GET /customer/{id}`, `PATCH /customer/{id}`.

use contract_tests::client::{Tenant, customer, id_of, members, over, without};
use contract_tests::stack::tenant;
use serde_json::{Value, json};

/// A value for every field that the default model lets an agent fill.
fn everything() -> Value {
    json!({
        "displayName": "Jane Q. Doe",
        "firstName": "Jane",
        "lastName": "Doe",
        "email": "jane@example.com",
        "email2": "jane.doe@work.example",
        "phone": "+14155552671",
        "phone2": "+442071838750",
        "screenName": "janeq",
        "profileUrl": "https://social.example/janeq",
        "twitterHandle": "jane_tw",
        "facebookHandle": "jane.fb",
        "instagramHandle": "jane_ig",
        "streetOne": "1 Main Street",
        "streetTwo": "Apartment 2",
        "city": "Springfield",
        "state": "IL",
        "zip": "62701",
        "accountNumber": "ACC-1",
        "orderNumber": "ORD-1",
        "description": "Prefers e-mail.\nSecond line.",
    })
}

/// Checks that an update of a customer with a few fields is refused, and that the e-mail is still found.
#[track_caller]
fn check_update_refused(change: &Value, status: u16, error: &str, fields: &[&str]) {
    let tenant = tenant();
    let id = id_of(&tenant.create_customer(&customer(json!({"email": "jane@example.com", "city": "Springfield"}))));
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id]);
    tenant.expect_patch_refused(&format!("/customer/{id}"), change, status, error, fields);
    assert_eq!(tenant.search(&json!({"email": "jane@example.com"})), [id]);
}

#[track_caller]
fn check_create_refused(fields: &Value, status: u16, error: &str, named: &[&str]) {
    tenant().expect_customer_refused(fields, status, error, named);
}

/// The result of this change of a customer with an e-mail and a city, without the members that every customer has.
#[track_caller]
fn check_update(change: &Value, wanted: &Value) {
    let tenant = tenant();
    let created = tenant.create_customer(&json!({"email": "jane@example.com", "city": "Springfield"}));
    let path = format!("/customer/{}", id_of(&created));
    let answer = tenant.patch(&path, change).expect(201);
    assert_eq!(without(answer.clone(), &["id", "url", "uri"]), *wanted);
    assert_eq!(tenant.get(&path).expect(200), answer);
    for name in ["id", "url", "uri"] {
        assert_eq!(answer[name], created[name]);
    }
}

/// A value for `field` is shown as it was entered.
#[track_caller]
fn check_shown_as_entered(field: &str, value: &str) {
    let tenant = tenant();
    let created = tenant.create_customer(&json!({field: value}));
    assert_eq!(created[field], value);
    assert_eq!(tenant.customer(&id_of(&created))[field], value);
}

// Create

#[test]
fn create_returns_the_entered_fields_and_id_url_and_uri() {
    let created = tenant().create_customer(&json!({"firstName": "Jane"}));
    assert_eq!(members(&created), ["firstName", "id", "uri", "url"]);
}

#[test]
fn create_keeps_every_field_of_the_model() {
    let tenant = tenant();
    let created = tenant.create_customer(&everything());
    assert_eq!(without(created.clone(), &["id", "url", "uri"]), everything());
    assert_eq!(tenant.customer(&id_of(&created)), created);
}

#[test]
fn every_single_field_is_enough_for_a_customer() {
    let tenant = tenant();
    for (name, value) in everything().as_object().unwrap() {
        let created = tenant.create_customer(&json!({name: value}));
        assert_eq!(created[name], *value);
    }
}

#[test]
fn url_and_uri_are_the_same_link() {
    let created = tenant().create_customer(&customer(json!({})));
    assert_eq!(created["url"], created["uri"]);
    assert!(
        created["url"].as_str().is_some_and(|url| url.starts_with("http")),
        "{created}"
    );
}

#[test]
fn an_id_fits_into_a_path() {
    let id = tenant().some_customer();
    assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{id}");
}

#[test]
fn two_customers_have_two_ids() {
    let tenant = tenant();
    let one = tenant.create_customer(&json!({"firstName": "Jane"}));
    let two = tenant.create_customer(&json!({"firstName": "Joe"}));
    assert_ne!(one["id"], two["id"]);
    assert_ne!(one["url"], two["url"]);
}

#[test]
fn two_customers_may_share_email_and_phone() {
    let tenant = tenant();
    let shared = json!({"email": "family@example.com", "phone": "+14155552671"});
    let one = id_of(&tenant.create_customer(&over(shared.clone(), json!({"firstName": "Jane"}))));
    let two = id_of(&tenant.create_customer(&over(shared.clone(), json!({"firstName": "Joe"}))));
    tenant.expect_found(&shared, &[&one, &two]);
}

#[test]
fn create_without_any_field_is_422() {
    tenant().post("/customer", &json!({})).error(422, "validation_failed");
}

#[test]
fn create_with_blank_fields_only_is_422() {
    let tenant = tenant();
    for body in [
        json!({"email": ""}),
        json!({"email": null}),
        json!({"firstName": "", "city": null, "description": ""}),
    ] {
        tenant.post("/customer", &body).error(422, "validation_failed");
    }
}

#[test]
fn blank_fields_of_a_new_customer_are_omitted() {
    let tenant = tenant();
    let created = tenant.create_customer(&json!({"firstName": "Jane", "lastName": null, "city": ""}));
    assert_eq!(members(&created), ["firstName", "id", "uri", "url"]);
    assert_eq!(tenant.customer(&id_of(&created)), created);
}

#[test]
fn an_unknown_field_of_a_new_customer_is_400() {
    check_create_refused(&json!({"shoeSize": "43"}), 400, "invalid_field", &["shoeSize"]);
}

#[test]
fn all_unknown_fields_are_named() {
    check_create_refused(
        &json!({"shoeSize": "43", "hatSize": "58", "city": "Springfield"}),
        400,
        "invalid_field",
        &["shoeSize", "hatSize"],
    );
}

#[test]
fn field_names_are_case_sensitive() {
    check_create_refused(&json!({"Email": "jane@example.com"}), 400, "invalid_field", &["Email"]);
}

#[test]
fn a_field_of_a_case_is_unknown_for_a_customer() {
    check_create_refused(
        &json!({"priority": "high", "title": "x"}),
        400,
        "invalid_field",
        &["priority", "title"],
    );
}

#[test]
fn names_of_internal_things_are_unknown_fields() {
    let names = [
        "pk",
        "sk",
        "version",
        "tenant",
        "createdBy",
        "__proto__",
        "contactPoints",
        "phoneNumbers",
        "role",
        "a.b",
        "#n",
        "$top",
    ];
    for name in names {
        check_create_refused(&json!({name: "x"}), 400, "invalid_field", &[name.split('.').next().unwrap()]);
    }
}

#[test]
fn a_text_field_takes_only_text() {
    for value in [
        json!(5),
        json!(1.5),
        json!(true),
        json!([]),
        json!(["x"]),
        json!({}),
        json!({"S": "x"}),
    ] {
        check_create_refused(&json!({"city": value}), 422, "validation_failed", &["city"]);
    }
}

#[test]
fn a_textarea_takes_only_text() {
    for value in [json!(5), json!(false), json!(["x"]), json!({"x": 1})] {
        check_create_refused(&json!({"description": value}), 422, "validation_failed", &["description"]);
    }
}

#[test]
fn all_invalid_values_are_named_in_one_answer() {
    check_create_refused(
        &json!({"city": 1, "state": true, "email": ["x"], "phone": {}, "description": 7, "firstName": "Jane"}),
        422,
        "validation_failed",
        &["city", "state", "email", "phone", "description"],
    );
}

#[test]
fn a_malformed_email_is_422() {
    for value in ["jane", "jane@", "@example.com", "jane doe@example.com", "jane@exa mple.com"] {
        check_create_refused(&json!({"email": value}), 422, "validation_failed", &["email"]);
    }
}

#[test]
fn both_emails_are_checked() {
    check_create_refused(
        &json!({"email": "jane", "email2": "doe"}),
        422,
        "validation_failed",
        &["email", "email2"],
    );
}

#[test]
fn a_value_too_long_for_a_record_is_422() {
    let long = "x".repeat(500_000);
    check_create_refused(&json!({"city": long}), 422, "validation_failed", &["city"]);
    check_create_refused(&json!({"description": long}), 422, "validation_failed", &["description"]);
}

#[test]
fn many_long_values_are_kept_or_refused_but_never_an_unexpected_error() {
    let tenant = tenant();
    let long = "x".repeat(45_000);
    let body = json!({
        "displayName": long, "firstName": long, "lastName": long, "streetOne": long, "streetTwo": long, "city": long, "state": long,
        "zip": long, "accountNumber": long, "orderNumber": long, "screenName": long, "description": long,
    });
    let answer = tenant.post("/customer", &body);
    if answer.status == 201 {
        assert_eq!(without(tenant.customer(&id_of(&answer.json())), &["id", "url", "uri"]), body);
    } else {
        answer.error(422, "validation_failed");
    }
}

#[test]
fn values_are_shown_as_entered() {
    check_shown_as_entered("email", "Jane.Doe@Example.COM");
    check_shown_as_entered("phone", "(415) 555-2671");
    check_shown_as_entered("twitterHandle", "@Jane_Doe");
    check_shown_as_entered("profileUrl", "https://www.Twitter.com/Jane_Doe/");
    check_shown_as_entered("displayName", "JANE  \"the fox\" <doe> & Söhne");
}

#[test]
fn a_phone_that_does_not_parse_is_kept() {
    check_shown_as_entered("phone", "12345");
    check_shown_as_entered("phone", "ext. 42");
}

#[test]
fn texts_that_look_like_other_types_stay_texts() {
    for value in [
        "null",
        "true",
        "0",
        "007",
        "1e5",
        "{}",
        "[]",
        "\\u0041",
        "'; DROP TABLE x; --",
        "{{7*7}}",
        "%s%n",
    ] {
        check_shown_as_entered("city", value);
    }
}

#[test]
fn json_with_a_charset_is_json() {
    let body = json!({"firstName": "Zoë"}).to_string();
    let headers = [("content-type", "application/json; charset=utf-8")];
    assert_eq!(
        tenant().send("POST", "/customer", &headers, body.as_bytes()).expect(201)["firstName"],
        "Zoë"
    );
}

// Find

#[test]
fn find_answers_with_what_create_answered() {
    let tenant = tenant();
    let created = tenant.create_customer(&customer(json!({"email": "jane@example.com"})));
    assert_eq!(tenant.customer(&id_of(&created)), created);
}

#[test]
fn find_of_an_unknown_id_is_404() {
    let tenant = tenant();
    let id = tenant.some_customer();
    let last = if id.ends_with('0') { '1' } else { '0' };
    tenant
        .get(&format!("/customer/{}{last}", &id[..id.len() - 1]))
        .error(404, "not_found");
    tenant.get("/customer/none").error(404, "not_found");
}

#[test]
fn an_escaped_id_is_the_same_id() {
    let tenant = tenant();
    let created = tenant.create_customer(&customer(json!({})));
    let id = id_of(&created);
    let escaped = id.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    assert_eq!(tenant.get(&format!("/customer/{escaped}")).expect(200), created);
    assert_eq!(tenant.get(&format!("/customer/{escaped}/cases")).expect(200), json!([]));
}

// Update

#[test]
fn update_changes_a_field_and_leaves_the_others() {
    check_update(
        &json!({"city": "Shelbyville"}),
        &json!({"email": "jane@example.com", "city": "Shelbyville"}),
    );
}

#[test]
fn update_adds_a_field() {
    check_update(
        &json!({"zip": "62701"}),
        &json!({"email": "jane@example.com", "city": "Springfield", "zip": "62701"}),
    );
}

#[test]
fn null_clears_a_field() {
    check_update(&json!({"city": null}), &json!({"email": "jane@example.com"}));
}

#[test]
fn empty_text_clears_a_field() {
    check_update(&json!({"city": ""}), &json!({"email": "jane@example.com"}));
}

#[test]
fn clearing_an_empty_field_changes_nothing() {
    check_update(
        &json!({"zip": null, "state": ""}),
        &json!({"email": "jane@example.com", "city": "Springfield"}),
    );
}

#[test]
fn one_update_may_set_and_clear() {
    check_update(
        &json!({"city": null, "email": "", "firstName": "Jane"}),
        &json!({"firstName": "Jane"}),
    );
}

#[test]
fn every_field_can_be_changed_and_cleared() {
    let tenant = tenant();
    let id = id_of(&tenant.create_customer(&everything()));
    let path = format!("/customer/{id}");
    for (name, value) in everything().as_object().unwrap() {
        let changed = match name.as_str() {
            "email" | "email2" => json!("new@example.org"),
            "phone" | "phone2" => json!("+14155550123"),
            _ => json!(format!("{}x", value.as_str().unwrap())),
        };
        assert_eq!(tenant.patch(&path, &json!({name: changed})).expect(201)[name], changed);
        assert_eq!(tenant.patch(&path, &json!({name: null})).expect(201).get(name), None);
        assert_eq!(tenant.patch(&path, &json!({name: value})).expect(201)[name], *value);
    }
    assert_eq!(without(tenant.customer(&id), &["id", "url", "uri"]), everything());
}

#[test]
fn an_empty_update_changes_nothing() {
    let tenant = tenant();
    let created = tenant.create_customer(&customer(json!({})));
    let path = format!("/customer/{}", id_of(&created));
    let answer = tenant.patch(&path, &json!({}));
    assert!(answer.status < 500, "{answer:?}");
    assert_eq!(tenant.get(&path).expect(200), created);
}

#[test]
fn a_customer_sent_back_whole_is_accepted() {
    let tenant = tenant();
    let created = tenant.create_customer(&everything());
    let path = format!("/customer/{}", id_of(&created));
    assert_eq!(tenant.patch(&path, &created).expect(201), created);
    assert_eq!(tenant.get(&path).expect(200), created);
}

#[test]
fn equal_id_url_and_uri_are_ignored() {
    let tenant = tenant();
    let created = tenant.create_customer(&customer(json!({})));
    for name in ["id", "url", "uri"] {
        let answer = tenant.patch(
            &format!("/customer/{}", id_of(&created)),
            &json!({name: created[name], "city": name}),
        );
        assert_eq!(answer.expect(201), over(created.clone(), json!({"city": name})));
    }
}

#[test]
fn another_id_url_or_uri_is_422() {
    for name in ["id", "url", "uri"] {
        check_update_refused(
            &json!({name: "https://elsewhere.example/x", "city": "x"}),
            422,
            "validation_failed",
            &[name],
        );
    }
}

#[test]
fn a_link_that_was_altered_is_422() {
    let tenant = tenant();
    let created = tenant.create_customer(&customer(json!({})));
    let path = format!("/customer/{}", id_of(&created));
    let link = created["url"].as_str().unwrap();
    let (_, after_host) = link.split_once("/agent/").unwrap();
    let page = link.split_once('?').unwrap().0;
    let altered = [
        format!("{link}x"),
        format!("{link}xxxxx"),
        format!("{}A", &link[..link.len() - 1]),
        format!("http://evil.example/agent/{after_host}"),
        format!("/agent/{after_host}"),
        link.replace("http://", "https://"),
        format!(" {link}"),
        page.to_owned(),
    ];
    for link in altered.iter().filter(|altered| *altered != link) {
        for name in ["url", "uri"] {
            let change = json!({name: link, "city": "x"});
            tenant.expect_patch_refused(&path, &change, 422, "validation_failed", &[name]);
        }
    }
}

#[test]
fn an_unknown_field_stops_the_whole_update() {
    let change = json!({"city": "Shelbyville", "email": "new@example.com", "shoeSize": "43", "hatSize": null});
    check_update_refused(&change, 400, "invalid_field", &["shoeSize", "hatSize"]);
}

#[test]
fn an_invalid_value_stops_the_whole_update() {
    check_update_refused(
        &json!({"city": 5, "email": "new@example.com"}),
        422,
        "validation_failed",
        &["city"],
    );
}

#[test]
fn all_invalid_values_of_an_update_are_named() {
    let change = json!({"city": 5, "state": [], "email": "new", "phone2": true, "zip": "62701"});
    check_update_refused(&change, 422, "validation_failed", &["city", "state", "email", "phone2"]);
}

#[test]
fn a_value_too_long_stops_the_whole_update() {
    let change = json!({"description": "x".repeat(500_000), "email": "new@example.com"});
    check_update_refused(&change, 422, "validation_failed", &["description"]);
}

#[test]
fn update_of_an_unknown_customer_is_404_and_creates_none() {
    let tenant = tenant();
    tenant
        .patch("/customer/none", &json!({"lastName": "Nobody"}))
        .error(404, "not_found");
    assert_eq!(tenant.search(&json!({"lastName": "Nobody"})), Vec::<String>::new());
}

#[test]
fn update_does_not_affect_other_customers() {
    let tenant = tenant();
    let shared = json!({"email": "family@example.com"});
    let one = id_of(&tenant.create_customer(&over(shared.clone(), json!({"firstName": "Jane"}))));
    let two = tenant.create_customer(&over(shared, json!({"firstName": "Joe"})));
    tenant
        .patch(&format!("/customer/{one}"), &json!({"email": "jane@example.com"}))
        .expect(201);
    assert_eq!(tenant.customer(&id_of(&two)), two);
    tenant.expect_found(&json!({"email": "family@example.com"}), &[&id_of(&two)]);
}

#[test]
fn an_update_repeated_is_an_update_again() {
    let tenant = tenant();
    let path = format!("/customer/{}", tenant.some_customer());
    let agent = [("x-sf-user-email", "ann@brand.example")];
    for city in ["Springfield", "Shelbyville", "Springfield"] {
        tenant.patch_with(&path, &agent, &json!({"city": city})).expect(201);
        assert_eq!(tenant.get(&path).expect(200)["city"], city);
    }
}

fn moved_in_index(tenant: &Tenant, before: &Value, change: &Value, after: &Value) {
    let id = id_of(&tenant.create_customer(&customer(before.clone())));
    tenant.expect_found(before, &[&id]);
    tenant.patch(&format!("/customer/{id}"), change).expect(201);
    if !after.is_null() {
        tenant.expect_found(after, &[&id]);
    }
    tenant.expect_found(before, &[]);
}

#[test]
fn search_follows_a_changed_value() {
    let tenant = tenant();
    for (name, before, after) in [
        ("email", "old@example.com", "new@example.com"),
        ("phone", "+14155552671", "+14155550123"),
        ("twitterHandle", "old_tw", "new_tw"),
        ("profileUrl", "https://old.example/x", "https://new.example/x"),
        ("firstName", "Oldname", "Newname"),
        ("accountNumber", "ACC-OLD", "ACC-NEW"),
        ("zip", "11111", "22222"),
    ] {
        moved_in_index(&tenant, &json!({name: before}), &json!({name: after}), &json!({name: after}));
    }
}

#[test]
fn search_forgets_a_cleared_value() {
    let tenant = tenant();
    moved_in_index(
        &tenant,
        &json!({"email": "old@example.com"}),
        &json!({"email": null}),
        &Value::Null,
    );
    moved_in_index(
        &tenant,
        &json!({"phone": "+14155552671"}),
        &json!({"phone": ""}),
        &Value::Null,
    );
    moved_in_index(&tenant, &json!({"city": "Oldtown"}), &json!({"city": null}), &Value::Null);
}

#[test]
fn a_value_that_moves_to_another_field_of_its_role_is_still_found() {
    let tenant = tenant();
    let id = id_of(&tenant.create_customer(&customer(json!({"email": "jane@example.com"}))));
    let moved = tenant
        .patch(
            &format!("/customer/{id}"),
            &json!({"email": null, "email2": "jane@example.com"}),
        )
        .expect(201);
    assert_eq!((moved.get("email"), &moved["email2"]), (None, &json!("jane@example.com")));
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id]);
    let swapped = tenant
        .patch(&format!("/customer/{id}"), &json!({"email": "new@example.com"}))
        .expect(201);
    assert_eq!(
        (&swapped["email"], &swapped["email2"]),
        (&json!("new@example.com"), &json!("jane@example.com"))
    );
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id]);
    tenant.expect_found(&json!({"email": "new@example.com"}), &[&id]);
}

#[test]
fn the_same_value_in_two_fields_survives_clearing_one() {
    let tenant = tenant();
    let id = id_of(&tenant.create_customer(&json!({"email": "jane@example.com", "email2": "JANE@example.com"})));
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id]);
    let left = tenant.patch(&format!("/customer/{id}"), &json!({"email": null})).expect(201);
    assert_eq!((left.get("email"), &left["email2"]), (None, &json!("JANE@example.com")));
    tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id]);
}
