//! `crm logs` of a file, and of a stand-in for CloudWatch.

use crate::stand_in::{Request, serve};
use serde_json::{Value, json};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

const TRACE: &str = "69535d61b371";

fn line(trace: &str, status: u16) -> Value {
    json!({"timestamp": "2026-11-30T08:00:00.123Z", "level": "ERROR", "message": "failed", "trace": trace, "function": "khoros-create-case",
        "method": "POST", "tenant": "acme", "key": "Khoros", "status": status, "milliseconds": 6950.4, "cause": "the time ran out"})
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
    // The lines are old, whenever this test runs.
    command.args(["logs", "--since", "36500d"]).args(words);
    command
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn a_trace_is_found_in_the_file_of_make_run() {
    let file = std::env::temp_dir().join(format!("crm-logs-{}", std::process::id()));
    std::fs::write(&file, format!("no line\n{}\n{}\n", line(TRACE, 500), line("other", 200))).unwrap();
    let path = file.to_str().unwrap();
    let output = command(&[TRACE, "--file", path]).output().unwrap();
    let said = text(&output);
    for word in [
        "2026-11-30T08:00:00.123Z",
        "ERROR",
        "khoros-create-case",
        "POST 500 in 6950 ms",
        "the time ran out",
        TRACE,
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains("other"), "{said}");
    let output = command(&["--json", TRACE]).env("CRM_LOG", path).output().unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&output.stdout).unwrap(),
        json!([line(TRACE, 500)])
    );
    let nowhere = command(&["aaaaaaaaaaaa", "--file", path]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(text(&nowhere).contains("--since looks further back"), "{}", text(&nowhere));
    std::fs::remove_file(&file).unwrap();
}

/// CloudWatch with these answers, one after the other. Returns its address and the
/// requests.
fn cloud_watch(answers: Vec<(u16, Value)>) -> (String, Arc<Mutex<Vec<Request>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (log, answers) = (Arc::clone(&asked), Mutex::new(answers.into_iter()));
    let url = serve(move |request| {
        log.lock().unwrap().push(request.clone());
        let (status, body) = answers.lock().unwrap().next()?;
        Some((status, String::new(), body.to_string().into_bytes()))
    });
    (url, asked)
}

fn of_cloud_watch(url: &str, words: &[&str]) -> Output {
    let mut command = command(words);
    command.env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", url).envs([
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ]);
    command.output().unwrap()
}

#[test]
fn a_trace_is_found_in_cloud_watch_however_many_pages_are_empty() {
    let event = json!({"events": [{"message": line(TRACE, 500).to_string()}]});
    let (url, asked) = cloud_watch(vec![(200, json!({"events": [], "nextToken": "t"})), (200, event)]);
    let output = of_cloud_watch(&url, &["--json", TRACE, "--table", "crm-Table-1QXWZ"]);
    assert_eq!(
        serde_json::from_slice::<Value>(&output.stdout).unwrap(),
        json!([line(TRACE, 500)]),
        "{}",
        text(&output)
    );
    let asked = asked.lock().unwrap();
    let questions: Vec<Value> = asked
        .iter()
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    assert_eq!(questions[0]["logGroupName"], "/khoros-crm/crm/functions");
    assert_eq!(questions[0]["filterPattern"], format!("{{ $.trace = \"{TRACE}\" }}"));
    assert_eq!(
        (&questions[0]["nextToken"], &questions[1]["nextToken"]),
        (&Value::Null, &json!("t"))
    );
    for request in asked.iter() {
        assert_eq!(request.header("x-amz-target"), Some("Logs_20140328.FilterLogEvents"));
        let signature = request.header("authorization").unwrap();
        assert!(
            signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"),
            "{signature}"
        );
        assert!(signature.contains("/eu-west-1/logs/aws4_request"), "{signature}");
    }
}

#[test]
fn a_refusal_shows_aws_text_and_advice() {
    let denied = json!({"__type": "AccessDeniedException", "message": "User: ops is not authorized"});
    let (url, _) = cloud_watch(vec![(400, denied)]);
    let output = of_cloud_watch(&url, &[TRACE, "--log-group", "/khoros-crm/crm/functions"]);
    assert_eq!(output.status.code(), Some(1));
    for words in ["User: ops is not authorized", "logs:FilterLogEvents"] {
        assert!(text(&output).contains(words), "{}", text(&output));
    }
}

#[test]
fn a_command_without_a_log_is_told_how_to_name_one() {
    for (words, said) in [
        (&[TRACE, "--table", "khoros-crm"][..], "--log-group"),
        (&[TRACE, "--endpoint-url", "http://127.0.0.1:9001"], "CRM_LOG"),
        (&["tails"], "is not a trace code"),
        (&["tail", "--json", "--file", "/dev/null"], "leave out --json"),
    ] {
        let output = of_cloud_watch("http://127.0.0.1:9", words);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(text(&output).contains(said), "{said}: {}", text(&output));
    }
}
