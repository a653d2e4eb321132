//! Errors have the same shape on every path, whatever a caller sends.

use contract_tests::client::{Answer, Tenant, case, customer, id_of, interaction, split_trace};
use contract_tests::stack::tenant;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A tenant with a customer and a case, and the stored state of both.
struct World {
    tenant: Tenant,
    customer: Value,
    case: Value,
}

impl World {
    fn new() -> Self {
        let tenant = tenant();
        let customer = tenant.create_customer(&customer(json!({"email": "jane@example.com"})));
        let case = tenant.create_case(&id_of(&customer), json!({"interactions": [interaction(1, json!({}))]}));
        Self { tenant, customer, case }
    }

    /// Every route that takes a body.
    fn writes(&self) -> Vec<(&'static str, String)> {
        let mut routes = self.changes();
        routes.extend([("POST", "/customers".into()), ("POST", "/customer/bestmatch".into())]);
        routes
    }

    /// Every route that changes something.
    fn changes(&self) -> Vec<(&'static str, String)> {
        vec![
            ("POST", "/customer".into()),
            ("PATCH", format!("/customer/{}", id_of(&self.customer))),
            ("POST", "/case".into()),
            ("PATCH", format!("/case/{}", id_of(&self.case))),
        ]
    }

    /// Checks that nothing was created, changed or lost.
    #[track_caller]
    fn check_unchanged(&self) {
        assert_eq!(self.tenant.customer(&id_of(&self.customer)), self.customer);
        assert_eq!(self.tenant.cases(&id_of(&self.customer)), std::slice::from_ref(&self.case));
        self.tenant
            .expect_found(&json!({"email": "jane@example.com"}), &[&id_of(&self.customer)]);
    }
}

/// Each route that takes a body refuses each of these.
#[track_caller]
fn check_bodies(bodies: &[&[u8]], check: impl Fn(&Answer)) {
    let world = World::new();
    for (method, path) in world.writes() {
        for body in bodies {
            if body.is_empty() && path.ends_with("bestmatch") {
                continue; // "Empty body or nothing usable: 200 []"
            }
            check(&world.tenant.send(method, &path, &[], body));
        }
    }
    world.check_unchanged();
}

#[track_caller]
fn check_not_json(bodies: &[&[u8]]) {
    check_bodies(bodies, |answer| drop(answer.error(400, "invalid_request")));
}

/// No customer and no case has this id, spelled as in a path. It does not match another route.
#[track_caller]
fn check_no_such_id(id: &str) {
    let world = World::new();
    for (method, path, body) in [
        ("GET", format!("/customer/{id}"), Value::Null),
        ("PATCH", format!("/customer/{id}"), json!({"city": "x"})),
        ("GET", format!("/customer/{id}/cases"), Value::Null),
        ("GET", format!("/case/{id}"), Value::Null),
        ("PATCH", format!("/case/{id}"), json!({"title": "x"})),
    ] {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        world.tenant.raw(method, &path, &[], body.as_bytes()).error(404, "not_found");
    }
    world.check_unchanged();
}

#[track_caller]
fn check_no_such_path(method: &str, path: &str) {
    World::new().tenant.raw(method, path, &[], b"").refused(&[404]);
}

/// A path that exists, but not with this method.
#[track_caller]
fn check_no_such_method(method: &str) {
    let world = World::new();
    let (customer_id, case_id) = (id_of(&world.customer), id_of(&world.case));
    for (path, allowed) in [
        ("/meta/object/customer".to_owned(), vec!["GET"]),
        ("/customers".into(), vec!["POST"]),
        ("/customer".into(), vec!["POST"]),
        (format!("/customer/{customer_id}"), vec!["GET", "PATCH"]),
        (format!("/customer/{customer_id}/cases"), vec!["GET"]),
        ("/case".into(), vec!["POST"]),
        (format!("/case/{case_id}"), vec!["GET", "PATCH"]),
    ] {
        if !allowed.contains(&method) {
            let body: &[u8] = if ["GET", "DELETE"].contains(&method) {
                b""
            } else {
                b"{\"city\": \"x\"}"
            };
            world.tenant.raw(method, &path, &[], body).refused(&[405]);
        }
    }
    world.check_unchanged();
}

// Bodies

#[test]
fn a_body_that_is_no_json_is_400() {
    check_not_json(&[
        b"not json",
        b"{",
        b"}",
        b"{\"city\": }",
        b"{\"city\": \"x\"",
        b"{'city': 'x'}",
        b"city=x&state=y",
        b"<xml/>",
    ]);
}

#[test]
fn a_body_that_is_compressed_or_marked_says_so() {
    let says = |body: &[u8], wanted: &str| {
        check_bodies(&[body], |answer| {
            let message = answer.error(400, "invalid_request")["message"].to_string();
            assert!(message.contains(wanted), "{message}");
        });
    };
    says(b"\xef\xbb\xbf{\"city\": \"x\"}", "byte order mark");
    says(b"\xff\xfe{\0}\0", "UTF-16");
    says(
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00",
        "gzip",
    );
    let tenant = tenant();
    for path in ["/customers", "/customer", "/customer/bestmatch", "/case"] {
        let answer = tenant.send("POST", path, &[("content-encoding", "br")], b"{}");
        let message = answer.error(400, "invalid_request")["message"].to_string();
        assert!(message.contains("Content-Encoding"), "{message}");
    }
}

#[test]
fn json_that_is_nearly_right_is_400() {
    check_not_json(&[
        b"{\"city\": \"x\",}",
        b"{\"city\": \"x\"} x",
        b"{\"city\": \"x\"}{\"city\": \"y\"}",
        b"{city: \"x\"}",
        b"{\"city\": NaN}",
        b"{\"city\": 01}",
        b"{\"city\": \"a\nb\"}",
        b"{\"city\": \"\\x41\"}",
        b"// comment\n{\"city\": \"x\"}",
    ]);
}

#[test]
fn json_that_is_no_object_is_400() {
    check_not_json(&[
        b"[]",
        b"[{\"city\": \"x\"}]",
        b"\"text\"",
        b"42",
        b"-1.5e3",
        b"true",
        b"false",
        b"null",
    ]);
}

#[test]
fn an_empty_body_is_400() {
    check_not_json(&[b"", b" ", b"\n\t"]);
}

#[test]
fn a_body_that_is_no_utf8_is_400() {
    check_not_json(&[
        b"\xff",
        b"{\"city\": \"\xff\"}",
        b"{\"city\": \"\xc3\"}",
        b"{\"city\": \"\xed\xa0\x80\"}",
        b"{\"c\xe9\": \"x\"}",
        b"\xff\xfe{\0}\0",
    ]);
}

#[test]
fn a_nul_byte_in_the_body_is_400() {
    check_not_json(&[b"\0", b"{\"city\": \"a\0b\"}", b"{\"city\": \"x\"}\0"]);
}

#[test]
fn a_lone_surrogate_is_refused() {
    let bodies: [&[u8]; 4] = [
        br#"{"city": "\ud800"}"#,
        br#"{"city": "\udc00\ud800"}"#,
        br#"{"city": "x\ud83e"}"#,
        br#"{"\ud800": "x"}"#,
    ];
    check_bodies(&bodies, |answer| drop(answer.refused(&[400, 422])));
}

#[test]
fn deep_nesting_is_refused() {
    let arrays = |depth: usize| format!("{{\"city\": {}{}}}", "[".repeat(depth), "]".repeat(depth)).into_bytes();
    let objects = |depth: usize| format!("{}1{}", "{\"city\":".repeat(depth), "}".repeat(depth)).into_bytes();
    let unclosed = "[".repeat(200_000).into_bytes();
    let bodies = [
        arrays(100),
        arrays(1_000),
        arrays(200_000),
        objects(100),
        objects(50_000),
        unclosed,
    ];
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    check_bodies(&bodies, |answer| drop(answer.refused(&[400, 422])));
}

#[test]
fn huge_numbers_are_refused() {
    let digits = format!("{{\"city\": {}}}", "9".repeat(5_000)).into_bytes();
    let bodies: [&[u8]; 5] = [
        br#"{"city": 1e400}"#,
        br#"{"city": -1e999999999}"#,
        br#"{"city": 18446744073709551616}"#,
        br#"{"city": 1e-999999999}"#,
        &digits,
    ];
    check_bodies(&bodies, |answer| drop(answer.refused(&[400, 422])));
}

#[test]
fn very_many_unknown_fields_are_refused() {
    let fields: serde_json::Map<String, Value> = (0..5_000).map(|n| (format!("field{n}"), json!("x"))).collect();
    let body = Value::Object(fields).to_string().into_bytes();
    check_bodies(&[&body], |answer| drop(answer.error(400, "invalid_field")));
}

#[test]
fn a_strange_unknown_field_is_named() {
    for name in ["🦊", "a b", "\u{0}", "<script>", "é", &"x".repeat(2_000)] {
        let answer = tenant().post("/customer", &json!({name: "x"}));
        answer.error(400, "invalid_field");
        assert_eq!(answer.field_names().len(), 1, "{answer:?}");
    }
}

#[test]
fn a_field_without_a_name_is_400() {
    check_bodies(&[b"{\"\": \"x\"}"], |answer| assert_eq!(answer.status, 400, "{answer:?}"));
}

#[test]
fn a_body_over_a_megabyte_is_413() {
    let world = World::new();
    let json = json!({"city": "x".repeat(1_200_000)}).to_string().into_bytes();
    for (method, path) in world.writes() {
        for body in [&json, &vec![b' '; 1_200_000], &vec![0xff; 3_000_000]] {
            world.tenant.raw(method, &path, &[], body).error(413, "payload_too_large");
        }
    }
    world.check_unchanged();
}

#[test]
fn a_body_of_nearly_a_megabyte_is_read() {
    let world = World::new();
    let mut body = json!({"city": "Springfield", "title": "x"}).to_string().into_bytes();
    body.resize(950_000, b' ');
    for (method, path) in world.writes() {
        assert_ne!(world.tenant.raw(method, &path, &[], &body).status, 413, "{method} {path}");
    }
    let interactions: Vec<Value> = (0..900).map(|n| interaction(n, json!({"body": "x".repeat(800)}))).collect();
    let created = world
        .tenant
        .post(
            "/case",
            &case(&id_of(&world.customer), json!({"title": "big", "interactions": interactions})),
        )
        .expect(201);
    assert_eq!(created["interactions"].as_array().unwrap().len(), 900);
}

// Ids

#[test]
fn an_unknown_id_is_404() {
    for id in ["none", "0", "-1", "null", "undefined", "00000000-0000-0000-0000-000000000000"] {
        check_no_such_id(id);
    }
}

#[test]
fn an_id_of_control_characters_is_404() {
    for id in ["%00", "a%00b", "%0A", "%0D%0Ax-evil:%201", "%7F"] {
        check_no_such_id(id);
    }
}

#[test]
fn an_id_that_is_no_utf8_is_404() {
    for id in ["%FF", "%C3", "a%80", "%ED%A0%80"] {
        check_no_such_id(id);
    }
}

#[test]
fn a_badly_escaped_id_is_refused() {
    let world = World::new();
    for id in ["%", "%4", "%zz", "100%"] {
        for path in [
            format!("/customer/{id}"),
            format!("/customer/{id}/cases"),
            format!("/case/{id}"),
        ] {
            world.tenant.raw("GET", &path, &[], b"").refused(&[400, 404]);
        }
    }
}

#[test]
fn an_id_of_path_characters_is_404() {
    for id in ["%2E%2E%2F", "..%2Fcustomer", "%2F", "a%2Fb", "..%5C", "%252e%252e"] {
        check_no_such_id(id);
    }
}

#[test]
fn an_id_that_looks_like_a_key_of_the_store_is_404() {
    for id in [
        "customer%23x",
        "%23",
        "x%23customer%23y",
        "term%23email%23jane@example.com",
        "*",
        "begins_with",
    ] {
        check_no_such_id(id);
    }
}

#[test]
fn an_id_in_unicode_is_404() {
    for id in ["%F0%9F%A6%8A", "%C3%BC", "%D9%A3", "%E2%80%8B", "%EF%BC%91"] {
        check_no_such_id(id);
    }
}

#[test]
fn a_long_id_is_404() {
    check_no_such_id(&"x".repeat(300));
    check_no_such_id(&"9".repeat(5_000));
}

#[test]
fn an_id_with_extra_characters_is_404() {
    let world = World::new();
    let (customer_id, case_id) = (id_of(&world.customer), id_of(&world.case));
    for (before, after) in [
        ("", "%20"),
        ("%20", ""),
        ("", "%00"),
        ("", "x"),
        ("x", ""),
        ("", "%0A"),
        ("0", ""),
        ("%2F", ""),
        ("", "%E2%80%8B"),
    ] {
        for path in [
            format!("/customer/{before}{customer_id}{after}"),
            format!("/case/{before}{case_id}{after}"),
        ] {
            world.tenant.raw("GET", &path, &[], b"").error(404, "not_found");
        }
    }
}

#[test]
fn an_id_of_the_wrong_kind_is_404() {
    let world = World::new();
    let (customer_id, case_id) = (id_of(&world.customer), id_of(&world.case));
    world.tenant.get(&format!("/customer/{case_id}")).error(404, "not_found");
    world
        .tenant
        .get(&format!("/customer/{case_id}/cases"))
        .error(404, "not_found");
    world
        .tenant
        .patch(&format!("/customer/{case_id}"), &json!({"city": "x"}))
        .error(404, "not_found");
    world.tenant.get(&format!("/case/{customer_id}")).error(404, "not_found");
    world
        .tenant
        .patch(&format!("/case/{customer_id}"), &json!({"title": "x"}))
        .error(404, "not_found");
    world.check_unchanged();
}

#[test]
fn dots_in_a_path_lead_nowhere() {
    let world = World::new();
    let customer_id = id_of(&world.customer);
    for path in [
        "/customer/..",
        "/customer/../..",
        "/customer/./none",
        "/case/../customer/none",
        "/../../etc/passwd",
    ] {
        let answer = world.tenant.raw("GET", path, &[], b"");
        answer.refused(&[400, 404, 405]);
    }
    let answer = world.tenant.raw(
        "PATCH",
        &format!("/case/../customer/{customer_id}"),
        &[],
        b"{\"title\": \"x\"}",
    );
    answer.refused(&[400, 404, 405]);
    world.check_unchanged();
}

// Paths and methods

#[test]
fn an_unknown_path_is_404() {
    for path in [
        "/nothing",
        "",
        "/",
        "/meta",
        "/meta/object",
        "/meta/object/customer/x",
        "/customer/x/nothing",
        "/customer/x/cases/y",
    ] {
        check_no_such_path("GET", path);
    }
    for path in [
        "/cases",
        "/case/x/y",
        "/customers/x",
        "/customer/bestmatch/x",
        "/Customer",
        "/CUSTOMERS",
        "/customer/x/case",
    ] {
        check_no_such_path("POST", path);
    }
}

#[test]
fn an_unknown_path_is_404_for_any_method() {
    for method in ["GET", "POST", "PATCH", "PUT", "DELETE"] {
        check_no_such_path(method, "/nothing/here");
    }
}

#[test]
fn put_is_405() {
    check_no_such_method("PUT");
}

#[test]
fn delete_is_405() {
    check_no_such_method("DELETE");
}

#[test]
fn get_of_a_path_for_post_is_405() {
    check_no_such_method("GET");
}

#[test]
fn post_to_a_path_for_get_or_patch_is_405() {
    check_no_such_method("POST");
}

#[test]
fn patch_of_a_collection_is_405() {
    check_no_such_method("PATCH");
}

// Shape

#[test]
fn every_error_has_a_trace_code_of_its_own() {
    let tenant = tenant();
    let codes: BTreeSet<String> = (0..10)
        .map(|_| {
            split_trace(
                tenant.get("/customer/none").error(404, "not_found")["message"]
                    .as_str()
                    .unwrap(),
            )
            .unwrap()
            .1
        })
        .collect();
    assert_eq!(codes.len(), 10, "{codes:?}");
}

#[test]
fn an_error_does_not_repeat_the_value() {
    let tenant = tenant();
    let answer = tenant.post(
        "/customer",
        &json!({"email": "secret-part", "city": ["secret-part"], "firstName": "Jane"}),
    );
    answer.error(422, "validation_failed");
    assert!(!String::from_utf8_lossy(&answer.body).contains("secret-part"), "{answer:?}");
}

#[test]
fn errors_without_a_field_name_none() {
    let world = World::new();
    for answer in [
        world.tenant.get("/customer/none"),
        world.tenant.get("/nothing"),
        world.tenant.send("POST", "/customer", &[], b"not json"),
        world.tenant.send("POST", "/case", &[], b"[]"),
    ] {
        answer.refused(&[400, 404]);
        assert_eq!(answer.json().get("fields"), None, "{answer:?}");
    }
}

#[test]
fn a_refused_call_does_not_affect_the_next_one() {
    let world = World::new();
    for (method, path) in world.changes() {
        world
            .tenant
            .send(method, &path, &[], b"not json")
            .error(400, "invalid_request");
    }
    world
        .tenant
        .patch(
            &format!("/customer/{}", id_of(&world.customer)),
            &json!({"city": "Springfield"}),
        )
        .expect(201);
    world
        .tenant
        .patch(&format!("/case/{}", id_of(&world.case)), &json!({"title": "x"}))
        .expect(201);
}
