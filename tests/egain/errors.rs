//! Cases 44 to 55: mistakes.

use crate::world::{SHARED, refused, world};

#[track_caller]
fn check(parameters: &[(&str, &str)], code: &str) -> String {
    let body = world().user.check_refused(parameters, code);
    body["developerMessage"].as_str().unwrap().to_owned()
}

#[test]
fn case_44_a_search_without_a_criterion_is_refused() {
    check(&[], "400-245");
    check(&[("$sort", "id")], "400-245");
}

#[test]
fn case_45_an_unknown_parameter_is_named() {
    let message = check(&[("email", SHARED), ("foo", "1"), ("Phone", "2")], "400-101");
    assert!(message.contains("foo") && message.contains("Phone"), "{message}");
}

#[test]
fn case_46_former_custom_parameters_are_unknown() {
    check(&[("custom.preferredlang", "English")], "400-101");
}

#[test]
fn case_47_an_order_without_a_sort_is_refused() {
    check(&[("email", SHARED), ("$order", "asc")], "400-124");
}

#[test]
fn case_48_pages_and_ranges_cannot_be_combined() {
    check(&[("email", SHARED), ("$pagenum", "1"), ("$rangestart", "1")], "400-120");
    check(&[("email", SHARED), ("$pagesize", "1"), ("$rangesize", "1")], "400-120");
}

#[test]
fn case_49_a_type_alone_is_refused() {
    check(&[("type", "corporate")], "400-614");
    check(&[("type", "corporate"), ("$sort", "id")], "400-614");
}

#[test]
fn case_50_words_outside_the_allowed_values_are_refused() {
    check(&[("email", SHARED), ("type", "company")], "400-102");
    check(&[("email", SHARED), ("$sort", "email")], "400-102");
    check(&[("email", SHARED), ("$sort", "id"), ("$order", "up")], "400-102");
}

#[test]
fn case_51_only_one_name_can_be_sorted_by() {
    check(&[("email", SHARED), ("$sort", "id,type")], "400-102");
}

#[test]
fn case_52_repeated_and_empty_parameters_are_refused() {
    check(&[("email", SHARED), ("email", SHARED)], "400-244");
    check(&[("phone", "")], "400-244");
    check(&[("customerName", " \u{200b}")], "400-244");
}

#[test]
fn case_53_invalid_custom_criteria_are_refused() {
    for custom in [
        "[",
        "{}",
        "[]",
        r#"[{"object":"case","name":"preferredlang","value":"x"}]"#,
        r#"[{"object":"customer","name":"preferredlang"}]"#,
        r#"[{"object":"customer","name":"preferredlang","value":7}]"#,
        r#"[{"object":"customer","name":"preferredlang","value":"x","more":"y"}]"#,
        r#"[{"object":"customer","name":"shoe","value":"42"}]"#,
        r#"[{"object":"customer","name":"description","value":"x"}]"#,
    ] {
        let body = world().user.check_refused(&[("custom", custom)], "400-244");
        assert_eq!(body["details"][0]["key"], "custom", "{custom}");
        assert!(
            body["details"][0]["value"].as_str().is_some_and(|reason| reason.len() > 9),
            "{body}"
        );
    }
}

#[test]
fn case_54_invalid_activities_are_refused() {
    for activity in [
        "notjson",
        "{}",
        r#"{"colour":"x"}"#,
        r#"{"mode":"sideways"}"#,
        r#"{"sentDate":"2024-05-01"}"#,
        r#"{"isRead":1}"#,
    ] {
        check(&[("activity", activity)], "400-244");
    }
}

#[test]
fn case_55_errors_have_one_shape() {
    let headers = [("x-egain-error-message", "yes")];
    let answer = world().user.get_with(&[("foo", "1")], &headers);
    assert!(answer.expect(400)["userMessage"].is_string());
    refused(&world().user.get(&[("foo", "1")]), "400-101");
}

#[test]
fn the_first_mistake_in_the_contracts_order_is_reported() {
    check(&[("foo", "1"), ("phone", "")], "400-101");
    check(&[("phone", ""), ("$pagenum", "1"), ("$rangesize", "1")], "400-244");
    check(&[("$pagenum", "1"), ("$rangesize", "1"), ("$order", "up")], "400-120");
    check(&[("$order", "up"), ("type", "company")], "400-124");
    check(
        &[("$attribute", "colour"), ("$sort", "email"), ("type", "company")],
        "400-116",
    );
    check(&[("$sort", "email"), ("$pagenum", "0")], "400-102");
    check(&[("$pagenum", "0"), ("type", "company")], "400-105");
    check(&[("type", "company"), ("created", "x")], "400-102");
}

/// Section 9.
#[test]
fn unknown_paths_below_core_have_errors_of_the_same_shape() {
    let caller = &world().no_agent;
    for path in [
        "/core",
        "/core/",
        "/core/customermgr/v3",
        "/core/customermgr/v3/customer/",
        "/core/customermgr/v3/customers/2001",
        "/core/casemgr/v3/case?customer=2001",
        "/core/customermgr/v3/internal/customer/a%20b",
    ] {
        refused(&caller.follow(path, &[]), "404-100");
    }
    for path in ["/core/customermgr/v3/customer", "/core/customermgr/v3/internal/customer"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let answer = caller.send(method, path, &[]);
            let message = refused(&answer, "405-100")["developerMessage"].to_string();
            assert!(message.contains("GET"), "{message}");
            assert_eq!(answer.headers["allow"], "GET");
        }
    }
    let headers = [("accept", "application/xml"), ("accept-language", "de-DE")];
    let answer = caller.follow("/core/nowhere", &headers);
    assert!(
        answer.text().contains("<code>404-100</code>") && answer.text().contains("gibt es nicht"),
        "{answer:?}"
    );
    let answer = caller.send_as(None, "DELETE", "/core/customermgr/v3/customer", &[]);
    refused(&answer, "401-104");
    refused(
        &caller.send_as(Some("Bearer nonsense"), "GET", "/core/nowhere", &[]),
        "401-101",
    );
}
