//! The key, and the context headers.

use contract_tests::client::{Answer, Tenant, ask, ask_raw, customer, id_of, interaction, split_trace};
use contract_tests::stack::tenant;
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");

/// Every route once, then paths, methods, bodies and ids that would be refused for other reasons.
fn calls(customer_id: &str, case_id: &str) -> Vec<(&'static str, String, Vec<u8>)> {
    let ok = || br#"{"firstName": "Eve"}"#.to_vec();
    vec![
        ("GET", "/meta/object/customer".into(), vec![]),
        ("GET", "/meta/object/case".into(), vec![]),
        ("POST", "/customers".into(), ok()),
        ("POST", "/customer/bestmatch".into(), ok()),
        ("POST", "/customer".into(), ok()),
        ("GET", format!("/customer/{customer_id}"), vec![]),
        ("PATCH", format!("/customer/{customer_id}"), ok()),
        ("GET", format!("/customer/{customer_id}/cases"), vec![]),
        (
            "POST",
            "/case".into(),
            json!({"customerId": customer_id, "title": "x"}).to_string().into_bytes(),
        ),
        ("GET", format!("/case/{case_id}"), vec![]),
        ("PATCH", format!("/case/{case_id}"), br#"{"title": "x"}"#.to_vec()),
        ("GET", "/meta/object/nonsense".into(), vec![]),
        ("GET", "/nothing/here".into(), vec![]),
        ("DELETE", format!("/customer/{customer_id}"), vec![]),
        ("PUT", "/customers".into(), ok()),
        ("GET", "/customer/none".into(), vec![]),
        ("GET", "/case/none".into(), vec![]),
        ("POST", "/customer".into(), b"not json".to_vec()),
        ("POST", "/customer".into(), b"{}".to_vec()),
        ("POST", "/customers".into(), br#"{"nonsense": 1}"#.to_vec()),
        ("POST", "/case".into(), b"{}".to_vec()),
        ("PATCH", "/case/none".into(), b"\xff".to_vec()),
    ]
}

/// The key is refused on every path, always with the same answer, and without effect.
#[track_caller]
fn check_refused_everywhere(tenant: &Tenant, authorization: Option<&str>) {
    let customer_id = tenant.some_customer();
    let case = tenant.create_case(&customer_id, json!({}));
    let before = tenant.customer(&customer_id);
    let mut headers = vec![JSON, ("x-sf-user-email", "eve@example.com")];
    headers.extend(authorization.map(|value| ("authorization", value)));
    let mut messages = Vec::new();
    for (method, path, body) in calls(&customer_id, &id_of(&case)) {
        let answer = ask(&tenant.base, method, &path, &headers, &body);
        assert_eq!(answer.status, 401, "{method} {path}: {answer:?}");
        let error = answer.error(401, "unauthorized");
        assert_eq!(error.get("fields"), None, "{method} {path}: {answer:?}");
        messages.push(split_trace(error["message"].as_str().unwrap()).unwrap().0);
    }
    messages.dedup();
    assert_eq!(messages.len(), 1, "what is wrong besides the key must not show: {messages:?}");
    assert_eq!(tenant.customer(&customer_id), before);
    assert_eq!(tenant.cases(&customer_id), [case]);
    assert_eq!(tenant.search(&json!({"firstName": "Eve"})), Vec::<String>::new());
}

#[track_caller]
fn check_not_accepted(tenant: &Tenant, authorization: &str) {
    assert_ne!(authorization, tenant.authorization);
    // Written to a socket, because ureq accepts only ASCII values.
    let answer = tenant
        .with_authorization(authorization)
        .raw("GET", "/meta/object/customer", &[], b"");
    answer.error(401, "unauthorized");
}

/// A create and a read with this context header work as if it were not there.
#[track_caller]
fn check_ignored(header: (&str, &str)) {
    let tenant = tenant();
    let created = tenant.post_with("/customer", &[header], &customer(json!({}))).expect(201);
    let found = tenant
        .send("GET", &format!("/customer/{}", id_of(&created)), &[header], b"")
        .expect(200);
    assert_eq!(found, created);
}

#[test]
fn no_key_is_401_on_every_path_before_anything_else() {
    check_refused_everywhere(&tenant(), None);
}

#[test]
fn an_unknown_key_is_401_on_every_path_before_anything_else() {
    check_refused_everywhere(&tenant(), Some("Bearer 0123456789abcdef0123456789abcdef"));
}

#[test]
fn an_empty_authorization_is_401_on_every_path() {
    check_refused_everywhere(&tenant(), Some(""));
}

#[test]
fn an_issued_key_is_a_bearer_token() {
    let authorization = tenant().authorization;
    assert!(
        authorization.strip_prefix("Bearer ").is_some_and(|token| token.len() >= 16),
        "{authorization}"
    );
}

#[test]
fn the_scheme_word_belongs_to_the_key() {
    let tenant = tenant();
    let token = tenant
        .authorization
        .split_once(' ')
        .expect("a scheme and a token")
        .1
        .to_owned();
    for scheme in ["", "bearer ", "BEARER ", "Basic ", "Token ", "Bearer  ", "Bearer\t"] {
        check_not_accepted(&tenant, &format!("{scheme}{token}"));
    }
}

#[test]
fn a_key_is_compared_exactly() {
    let tenant = tenant();
    let key = tenant.authorization.clone();
    let swapped: String = key
        .char_indices()
        .map(|(i, c)| match c {
            _ if i < 7 => c,
            c if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
            c => c.to_ascii_lowercase(),
        })
        .collect();
    let cut = &key[..key.len() - 1];
    for other in [
        cut,
        &format!("{key}x"),
        &format!("{key}, {key}"),
        &format!("{key}="),
        &format!("\"{key}\""),
        "Bearer",
        "*",
    ] {
        check_not_accepted(&tenant, other);
    }
    if swapped != key {
        check_not_accepted(&tenant, &swapped);
    }
}

#[test]
fn a_key_in_other_places_is_not_accepted() {
    let tenant = tenant();
    let key = tenant.authorization.as_str();
    let encoded = key.replace(' ', "%20");
    let path = format!("/meta/object/customer?authorization={encoded}&Authorization={encoded}&api_key={encoded}");
    ask(&tenant.base, "GET", &path, &[], b"").error(401, "unauthorized");
    for header in ["x-authorization", "x-api-key", "proxy-authorization", "x-sf-user-email"] {
        ask(&tenant.base, "GET", "/meta/object/customer", &[(header, key)], b"").error(401, "unauthorized");
    }
}

#[test]
fn strange_header_values_are_401() {
    let tenant = tenant();
    for value in [
        "Bearer é🦊",
        "Bearer %00",
        "Bearer {}",
        "' OR 1=1 --",
        "key#",
        &"x".repeat(6000),
    ] {
        check_not_accepted(&tenant, value);
    }
}

#[test]
fn the_name_of_the_header_is_case_insensitive() {
    let tenant = tenant();
    let headers = [("AUTHORIZATION", tenant.authorization.as_str())];
    ask_raw(&tenant.base, "GET", "/meta/object/customer", &headers, b"").expect(200);
}

#[test]
fn an_oversized_body_without_a_key_is_401() {
    let body = vec![b' '; 1_200_000];
    ask_raw(&tenant().base, "POST", "/customer", &[JSON], &body).error(401, "unauthorized");
}

#[test]
fn context_headers_do_not_authorise() {
    let headers = [
        ("x-sf-user-email", "ann@brand.example"),
        ("x-sf-initiative", "7"),
        ("x-sf-company-id", "42"),
    ];
    ask(&tenant().base, "GET", "/meta/object/customer", &headers, b"").error(401, "unauthorized");
}

#[test]
fn context_headers_are_accepted_on_every_path() {
    let tenant = tenant();
    let customer_id = tenant.some_customer();
    let case_id = id_of(&tenant.create_case(&customer_id, json!({"interactions": [interaction(1, json!({}))]})));
    tenant.expect_found(&json!({"firstName": "Jane"}), &[&customer_id]);
    for agent in ["x-sf-user-email", "x-sf-email"] {
        let headers = [
            (agent, "ann@brand.example"),
            ("x-sf-initiative", "7"),
            ("x-sf-company-id", "42"),
        ];
        let send = |method: &str, path: &str, body: &Value| -> Answer {
            let body = if body.is_null() { String::new() } else { body.to_string() };
            tenant.send(method, path, &headers, body.as_bytes())
        };
        send("GET", "/meta/object/case", &Value::Null).expect(200);
        send("POST", "/customers", &json!({"firstName": "Jane"})).expect(200);
        send("POST", "/customer/bestmatch", &json!({"displayName": "Jane Doe"})).expect(200);
        send("POST", "/customer", &json!({"firstName": "Joe", "city": agent})).expect(201);
        send("GET", &format!("/customer/{customer_id}"), &Value::Null).expect(200);
        send("PATCH", &format!("/customer/{customer_id}"), &json!({"city": agent})).expect(201);
        send("GET", &format!("/customer/{customer_id}/cases"), &Value::Null).expect(200);
        send("POST", "/case", &json!({"customerId": customer_id, "title": agent})).expect(201);
        send("GET", &format!("/case/{case_id}"), &Value::Null).expect(200);
        send("PATCH", &format!("/case/{case_id}"), &json!({"title": agent})).expect(201);
    }
}

#[test]
fn a_malformed_initiative_is_ignored() {
    for value in ["abc", "", "-1", "1.5", "99999999999999999999999999", "0x10", "7; drop"] {
        check_ignored(("x-sf-initiative", value));
    }
}

#[test]
fn a_malformed_company_id_is_ignored() {
    for value in ["abc", "", "1.5", "99999999999999999999999999", "null"] {
        check_ignored(("x-sf-company-id", value));
    }
}

#[test]
fn a_malformed_agent_is_ignored() {
    for value in ["", "not an address", "é🦊@example", "a@b@c", "<script>", &"x".repeat(3000)] {
        check_ignored(("x-sf-user-email", value));
        check_ignored(("x-sf-email", value));
    }
}

#[test]
fn the_audit_trail_is_not_on_the_wire() {
    let tenant = tenant();
    let headers = [
        ("x-sf-user-email", "ann@brand.example"),
        ("x-sf-initiative", "7"),
        ("x-sf-company-id", "42"),
    ];
    let created = tenant.post_with("/customer", &headers, &customer(json!({}))).expect(201);
    let text = tenant.customer(&id_of(&created)).to_string();
    for part in ["ann@brand.example", "createdBy", "updatedBy", "initiative", "company"] {
        assert!(!text.contains(part), "{part} in {text}");
    }
}
