//! `crm register` against a stand-in for Khoros.

use crate::stand_in::{Request, serve};
use serde_json::{Value, json};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

const TOKEN: &str = "t0ken-of-an-admin";
const AUTH: &str = "Bearer auth-value-987";
const FULL: [&str; 6] = ["--name", "Our CRM", "--url", "https://crm.example.com/api/v1", "--auth", AUTH];

fn register(endpoint: &str, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
    command
        .args(["register", "--endpoint", endpoint])
        .args(options)
        .env("KHOROS_TOKEN", TOKEN);
    let output = command.output().unwrap();
    let all = all(&output);
    assert!(!all.contains("t0ken") && !all.contains("auth-value"), "a secret shows: {all}");
    output
}

fn all(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Khoros with one answer. Returns its address and the requests.
fn khoros(status: u16, headers: &'static str, body: Value) -> (String, Arc<Mutex<Vec<Request>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let url = serve(move |request| {
        log.lock().unwrap().push(request.clone());
        Some((
            status,
            format!("content-type: application/json\r\n{headers}"),
            body.to_string().into_bytes(),
        ))
    });
    (format!("{url}/v2/crm/admin/custom"), asked)
}

/// Khoros answers with this status. The program prints `words` and exits with 1.
#[track_caller]
fn check_refused(status: u16, headers: &'static str, options: &[&str], words: &str) {
    // Khoros repeats the request, but the secrets must not be shown.
    let (endpoint, _) = khoros(status, headers, json!({"message": format!("no: {AUTH} {TOKEN}")}));
    let output = register(&endpoint, options);
    assert_eq!(output.status.code(), Some(1), "{}", all(&output));
    assert!(all(&output).contains(words), "{}", all(&output));
}

#[test]
fn a_registration_is_sent_and_its_id_is_printed() {
    let (endpoint, asked) = khoros(201, "", json!({"data": {"id": 4711}}));
    let output = register(&endpoint, &FULL);
    assert_eq!(output.status.code(), Some(0), "{}", all(&output));
    assert!(all(&output).contains("Its id at Khoros is 4711."), "{}", all(&output));
    let asked = asked.lock().unwrap();
    let request = &asked[0];
    assert_eq!(
        (asked.len(), request.method.as_str(), request.path.as_str()),
        (1, "POST", "/v2/crm/admin/custom")
    );
    assert_eq!(request.header("authorization"), Some("Bearer t0ken-of-an-admin"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        body,
        json!({"name": "Our CRM", "instanceUrl": "https://crm.example.com/api/v1", "authHeaderValue": AUTH})
    );
}

#[test]
fn an_update_is_a_patch_of_the_registration() {
    let (endpoint, asked) = khoros(204, "", Value::Null);
    let output = register(&endpoint, &["--update", "4711", "--auth", AUTH]);
    assert_eq!(output.status.code(), Some(0), "{}", all(&output));
    let asked = asked.lock().unwrap();
    assert_eq!(
        (asked[0].method.as_str(), asked[0].path.as_str()),
        ("PATCH", "/v2/crm/admin/custom/4711")
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&asked[0].body).unwrap(),
        json!({"authHeaderValue": AUTH})
    );
}

#[test]
fn refusals_are_explained() {
    check_refused(400, "", &FULL, "does not accept the name, URL or auth value");
    check_refused(401, "", &FULL, "token is missing, wrong or expired");
    check_refused(403, "", &FULL, "may not administer CRMs");
    check_refused(404, "", &["--update", "4711", "--auth", AUTH], "no CRM with this id");
    check_refused(404, "", &FULL, "no such endpoint");
    check_refused(409, "", &FULL, "crm register --update");
    check_refused(429, "retry-after: 17\r\n", &FULL, "Try again in 17 seconds");
    check_refused(503, "", &FULL, "Khoros itself has a problem");
    check_refused(302, "location: https://elsewhere.example/\r\n", &FULL, "redirects elsewhere");
}

#[test]
fn print_sends_nothing_and_needs_no_token() {
    let (endpoint, asked) = khoros(201, "", json!({"id": 1}));
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
    let output = command
        .args(["register", "--print", "--endpoint", &endpoint])
        .args(FULL)
        .env_remove("KHOROS_TOKEN")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", all(&output));
    assert!(
        all(&output).contains("authorization: Bearer ********") && all(&output).contains("\"Our CRM\""),
        "{}",
        all(&output)
    );
    assert!(!all(&output).contains("auth-value"), "{}", all(&output));
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
fn a_missing_token_is_a_usage_error() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
    let output = command
        .arg("register")
        .args(FULL)
        .env_remove("KHOROS_TOKEN")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", all(&output));
    assert!(all(&output).contains("KHOROS_TOKEN is not set"), "{}", all(&output));
}

#[test]
fn mistakes_are_found_before_anything_is_sent() {
    let (endpoint, asked) = khoros(201, "", json!({"id": 1}));
    for (url, auth) in [
        ("http://crm.example.com/api/v1", AUTH),
        ("https://crm.example.com", AUTH),
        ("https://crm.example.com/api/v1", "Bearer auth-value\n"),
        ("https://crm.example.com/api/v1", ""),
    ] {
        let output = register(&endpoint, &["--name", "x", "--url", url, "--auth", auth]);
        assert_eq!(output.status.code(), Some(2), "{url} {auth:?}: {}", all(&output));
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
fn a_missing_answer_is_explained() {
    let output = register("http://127.0.0.1:9/v2", &FULL);
    assert_eq!(output.status.code(), Some(3), "{}", all(&output));
    assert!(all(&output).contains("Nobody listens there"), "{}", all(&output));
    let endpoint = serve(|_| None);
    let output = register(&endpoint, &FULL);
    assert_eq!(output.status.code(), Some(3), "{}", all(&output));
    assert!(all(&output).contains("may have arrived"), "{}", all(&output));
}

#[test]
fn with_json_the_result_is_a_document() {
    let (endpoint, _) = khoros(200, "", json!({"id": "abc"}));
    let mut options = FULL.to_vec();
    options.push("--json");
    let document: Value = serde_json::from_slice(&register(&endpoint, &options).stdout).unwrap();
    assert_eq!((&document["registered"], &document["crmId"]), (&json!(true), &json!("abc")));
}
