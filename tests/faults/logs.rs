//! The log: one line per request, with everything that an operator needs and no personal data.

use std::collections::BTreeSet;

use contract_tests::{
    client::{Answer, ask_raw, at_once, id_of, over, split_trace},
    fault_proxy::{ANY, Fault},
};
use serde_json::{Value, json};

use crate::rig::{Rig, Watched, request_lines, soon};

/// A marker in every value that the tests of this file send. No field name and no name of the product
/// contains it.
const MARK: &str = "zq7";
/// The telephone number that they send, in its stored form.
const PHONE: &str = "4155550173";

/// Khoros' headers, with an agent.
const CONTEXT: [(&str, &str); 3] = [
    ("x-sf-user-email", "ann-zq7@brand.example"),
    ("x-sf-initiative", "7"),
    ("x-sf-company-id", "42"),
];

/// A value in every standard field.
fn everything() -> Value {
    let names = [
        "displayName",
        "firstName",
        "lastName",
        "screenName",
        "twitterHandle",
        "facebookHandle",
        "instagramHandle",
        "streetOne",
        "streetTwo",
        "city",
        "state",
        "zip",
        "accountNumber",
        "orderNumber",
        "description",
    ];
    let texts = names.map(|name| (name.to_owned(), json!(format!("Zq7 {name}"))));
    let others = json!({
        "email": "Jane.Zq7@example.com",
        "email2": "jane2-zq7@example.com",
        "phone": "+1 415-555-0173",
        "phone2": "(415) 555-0173",
        "profileUrl": "https://twitter.com/jane_zq7",
    });
    over(Value::Object(texts.into_iter().collect()), others)
}

fn conversation() -> Value {
    json!([{
        "created": "2017-08-07T14:09:00Z",
        "body": "zq7: where is my parcel?",
        "linkUrl": "https://twitter.com/jane_zq7/status/1",
        "serviceId": "status-zq7",
        "service": "TWITTER",
        "contentType": "post",
        "author": {"service": "TWITTER", "serviceId": "author-zq7", "handle": "jane_zq7", "name": "Jane Zq7", "brandOwned": false},
    }])
}

/// A tenant whose key contains the marker.
fn secretive_tenant(rig: &Rig) -> Watched {
    let first = rig.tenant();
    let (tenant, key) = (first.tenant.clone(), first.key.clone());
    let secret = format!("Bearer {MARK}-secret-of-{}", first.name);
    // The older of two scopes counts. The tenant itself is used further.
    drop(first.with_strays());
    rig.stack.key_put(&secret, &key);
    rig.watch(tenant.with_authorization(&secret), key)
}

/// One request of every kind, good and bad.
fn requests(customer_id: &str, case_id: &str) -> Vec<(&'static str, String, Vec<u8>)> {
    let json = |body: Value| body.to_string().into_bytes();
    let case = json!({"customerId": customer_id, "title": "Zq7 parcel", "description": "zq7", "interactions": conversation()});
    let (customer_path, case_path) = (format!("/customer/{customer_id}"), format!("/case/{case_id}"));
    let without_author = json!([{"body": "zq7", "author": "zq7"}]);
    vec![
        ("GET", "/meta/object/customer".into(), vec![]),
        ("GET", customer_path.clone(), vec![]),
        ("GET", format!("{customer_path}/cases"), vec![]),
        ("GET", case_path.clone(), vec![]),
        ("POST", "/customer".into(), json(everything())),
        (
            "POST",
            "/customers".into(),
            json(json!({"email": "jane.zq7@example.com", "lastName": "zq7"})),
        ),
        (
            "POST",
            "/customer/bestmatch".into(),
            json(json!({"email": "jane.zq7@example.com", "displayName": "Zq7 displayName", "phoneNumbers": ["+1 415-555-0173"]})),
        ),
        ("PATCH", customer_path.clone(), json(json!({"city": "Zq7 town"}))),
        ("POST", "/case".into(), json(case.clone())),
        (
            "PATCH",
            case_path.clone(),
            json(json!({"title": "zq7", "interactions": conversation()})),
        ),
        // Nothing found.
        ("GET", "/customer/jane.zq7@example.com".into(), vec![]),
        ("GET", "/case/zq7".into(), vec![]),
        ("GET", "/zq7/nowhere?email=jane.zq7@example.com".into(), vec![]),
        ("DELETE", customer_path.clone(), vec![]),
        // Unreadable.
        ("POST", "/customer".into(), b"zq7".to_vec()),
        (
            "POST",
            "/customer".into(),
            b"{\"email\": \"jane.zq7@example.com\", zq7".to_vec(),
        ),
        ("POST", "/case".into(), b"[\"zq7\"]".to_vec()),
        ("PATCH", case_path.clone(), b"{\"title\": \"zq7\xff\"}".to_vec()),
        ("POST", "/customers".into(), b"\"zq7\"".to_vec()),
        ("POST", "/customer/bestmatch".into(), b"{\"email\": zq7}".to_vec()),
        // Wrong fields and values.
        (
            "POST",
            "/customers".into(),
            json(json!({"nonsense": "zq7", "description": "zq7"})),
        ),
        (
            "POST",
            "/customer/bestmatch".into(),
            json(json!({"email": ["zq7"], "addresses": [{"zip": {"zq7": 1}}]})),
        ),
        (
            "POST",
            "/customer".into(),
            json(json!({"firstName": ["zq7"], "city": {"a": "zq7"}, "email": "zq7"})),
        ),
        (
            "PATCH",
            customer_path,
            json(json!({"id": "zq7", "phone": ["415-555-0173"], "lastName": "Zq7".repeat(2_000)})),
        ),
        (
            "POST",
            "/case".into(),
            json(json!({"customerId": "zq7", "title": ["zq7"], "status": "zq7", "interactions": without_author})),
        ),
        (
            "PATCH",
            case_path,
            json(json!({"priority": "zq7", "escalated": "zq7", "customerId": "C00000000001"})),
        ),
        ("POST", "/customer".into(), vec![b'z'; 1_100_000]),
    ]
}

/// Sends them all.
fn ask_all(tenant: &Watched, headers: &[(&str, &str)], customer_id: &str, case_id: &str) -> Vec<Answer> {
    let requests = requests(customer_id, case_id);
    requests
        .iter()
        .map(|(method, path, body)| tenant.send(method, path, headers, body))
        .collect()
}

/// The two records that [`requests`] works on.
fn records(tenant: &Watched) -> (String, String) {
    records_by(tenant, "zq7-records")
}

/// Creates two records. A create with the same key would return the existing ones.
fn records_by(tenant: &Watched, key: &str) -> (String, String) {
    let key = [("idempotency-key", key)];
    let customer_id = id_of(&tenant.post_with("/customer", &key, &everything()).expect(201));
    let case = json!({"customerId": customer_id, "title": "zq7", "interactions": conversation()});
    let case_id = id_of(&tenant.post_with("/case", &key, &case).expect(201));
    (customer_id, case_id)
}

/// Waits until this many requests are logged, and returns their lines.
#[track_caller]
fn lines_of(rig: &Rig, requests: usize) -> Vec<Value> {
    soon(&format!("{requests} lines of requests"), || {
        let lines = request_lines(&rig.stack.log());
        (lines.len() >= requests).then_some(lines)
    })
}

/// No line, about a request or not, contains a value that was sent.
#[track_caller]
fn check_no_values(rig: &Rig) {
    for line in rig.stack.log() {
        for secret in [MARK, PHONE, "555-0173", "5550173"] {
            let clean = !line.to_lowercase().contains(secret);
            assert!(
                clean,
                "{secret:?} in the log: {}",
                line.chars().take(6_000).collect::<String>()
            );
        }
    }
}

#[test]
fn every_request_has_one_line_and_no_line_contains_a_value() {
    let rig = Rig::start();
    let tenant = secretive_tenant(&rig);
    let (customer_id, case_id) = records(&tenant);
    let mut answers = ask_all(&tenant, &CONTEXT, &customer_id, &case_id);
    let asked = answers.len() + 2;

    let lines = lines_of(&rig, asked);
    assert_eq!(lines.len(), asked, "lines and requests");
    let traces: BTreeSet<&str> = lines.iter().map(|line| line["trace"].as_str().unwrap()).collect();
    assert_eq!(traces.len(), asked, "each has a trace of its own");
    for line in &lines {
        assert!(
            line["function"].as_str().is_some_and(|name| name.starts_with("khoros-")),
            "{line}"
        );
        assert!(
            line["status"].as_u64().is_some_and(|status| (200..600).contains(&status)),
            "{line}"
        );
        assert!(line["milliseconds"].as_f64().is_some_and(|took| took > 0.0), "{line}");
        assert_eq!(line["tenant"], tenant.name, "{line}");
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
        check_metrics(line);
    }
    let contexts = lines.iter().filter(|line| line["initiative"] == 7 && line["company"] == 42);
    assert_eq!(contexts.count(), answers.len(), "the context is logged");

    // With an invalid key, or none.
    let key = tenant.authorization.clone();
    for authorization in [format!("{key}x"), "zq7".to_owned(), key.to_uppercase()] {
        answers.push(tenant.with_authorization(&authorization).get("/meta/object/customer"));
    }
    answers.push(ask_raw(&tenant.base, "GET", "/meta/object/case", &[], b""));
    // With context headers that cannot be read, and an idempotency key.
    let strange = [
        ("x-sf-user-email", "zq7 is no address"),
        ("x-sf-initiative", "zq7"),
        ("x-sf-company-id", "zq7"),
        ("idempotency-key", "zq7"),
    ];
    answers.push(tenant.post_with("/customer", &strange, &everything()));

    let lines = lines_of(&rig, answers.len() + 2);
    assert_eq!(lines.len(), answers.len() + 2, "lines and requests");
    for answer in answers.iter().filter(|answer| answer.status >= 400) {
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        let (_, trace) = split_trace(&message).unwrap();
        let of_trace: Vec<&Value> = lines.iter().filter(|line| line["trace"] == *trace).collect();
        assert_eq!(of_trace.len(), 1, "{answer:?}");
        assert_eq!(of_trace[0]["status"], answer.status, "{answer:?}");
        check_metrics(of_trace[0]);
        assert!(of_trace[0]["cause"].is_string(), "{}", of_trace[0]);
    }
    for line in rig.stack.log() {
        assert!(
            serde_json::from_str::<Value>(&line).is_ok_and(|line| line.is_object()),
            "not JSON: {line}"
        );
    }
    check_no_values(&rig);
}

/// Every request gets this fault on all of its calls to the database.
#[track_caller]
fn check_no_values_under(rig: &Rig, fault: Fault) {
    let tenant = secretive_tenant(rig);
    let (customer_id, case_id) = records(&tenant);
    let requests = requests(&customer_id, &case_id);
    tenant.faults.always(ANY, fault);
    let parts: Vec<&[_]> = requests.chunks(requests.len().div_ceil(6)).collect();
    at_once(parts.len(), |n| {
        for (method, path, body) in parts[n] {
            tenant.send(method, path, &CONTEXT, body);
        }
    });
}

/// The line itself declares the metrics for CloudWatch, with the function as the only dimension.
#[track_caller]
fn check_metrics(line: &Value) {
    let metrics = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(metrics["Dimensions"], json!([["function"]]), "{line}");
    let names: BTreeSet<&str> = metrics["Metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|metric| metric["Name"].as_str().unwrap())
        .collect();
    let status = line["status"].as_u64().unwrap();
    assert!(names.contains("milliseconds"), "{line}");
    assert_eq!(names.contains("errors"), status >= 500, "{line}");
    assert_eq!(names.contains("client_errors"), (400..500).contains(&status), "{line}");
    assert_eq!(names.contains("key_failures"), status == 401, "{line}");
    assert!(names.iter().all(|name| line[name].is_number()), "{line}");
}

#[test]
fn no_line_about_a_fault_contains_a_value() {
    let rig = Rig::start();
    let faults = [
        Fault::INTERNAL,
        Fault::Dropped,
        Fault::AnswerLost,
        Fault::Cancelled("ValidationError"),
        Fault::ACCESS_DENIED,
    ];
    for fault in faults {
        check_no_values_under(&rig, fault);
    }
    check_no_values(&rig);
}

#[test]
fn no_line_about_a_hanging_database_contains_a_value() {
    let rig = Rig::start();
    let tenant = secretive_tenant(&rig);
    let (customer_id, case_id) = records(&tenant);
    let requests = requests(&customer_id, &case_id);
    tenant.faults.always(ANY, Fault::Hanging);
    at_once(requests.len(), |n| {
        let (method, path, body) = &requests[n];
        tenant.send(method, path, &CONTEXT, body);
    });
    check_no_values(&rig);
}

#[test]
fn no_line_about_a_truncated_answer_contains_a_value() {
    let rig = Rig::start();
    check_no_values_under(&rig, Fault::AnswerCut);
    check_no_values(&rig);
}

/// A record that cannot be read, because another version or an operator wrote it.
#[track_caller]
fn check_no_values_of_damaged(damages: &[(&str, &str)]) {
    let rig = Rig::start();
    let tenant = secretive_tenant(&rig).with_strays();
    for (kind, attribute) in damages {
        let (customer_id, case_id) = records_by(&tenant, attribute);
        let id = if *kind == "case" { case_id } else { customer_id };
        rig.table()
            .change(&format!("{}#{kind}#{id}", tenant.name), kind, attribute, "zq7");
        let answer = tenant.get(&format!("/{kind}/{id}"));
        answer.error(500, "internal_error");
        rig.log_line_of(&answer);
    }
    check_no_values(&rig);
}

#[test]
fn no_line_about_a_damaged_customer_contains_a_value() {
    check_no_values_of_damaged(&[
        ("customer", "id"),
        ("customer", "version"),
        ("customer", "profile"),
        ("customer", "identifiers"),
        ("customer", "custom"),
        ("customer", "created"),
    ]);
}

#[test]
fn no_line_about_a_damaged_case_contains_a_value() {
    check_no_values_of_damaged(&[
        ("case", "id"),
        ("case", "customer"),
        ("case", "custom"),
        ("case", "created"),
        ("case", "status"),
    ]);
}
