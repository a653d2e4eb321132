//! The gateway with real processes behind it.
//!
//! The functions are this very test binary: a script per function calls it back with one test selected, [`function`],
//! which speaks the Runtime API when it finds itself started by the gateway. So nothing has to be built before.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test")]

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Cursor, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{Arc, Mutex},
    thread::sleep,
    time::{Duration, Instant},
};

use crm_domain::TenantId;
use local::{
    desk::Desk,
    gateway::{Gateway, GatewayOptions},
    home::Home,
    template::{FunctionDefinition, Route},
};
use serde_json::{Value, json};

/// Not a test, but what the gateway runs: see the module's comment.
#[test]
fn function() {
    let Ok(runtime_api) = std::env::var("AWS_LAMBDA_RUNTIME_API") else {
        return;
    };
    let name = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap();
    let runtime = format!("{runtime_api}/2018-06-01/runtime");
    match name.as_str() {
        "does-not-start" => {
            eprintln!("TABLE_NAME is not set");
            std::process::exit(1);
        }
        "reports-init-error" => {
            ureq::post(format!("{runtime}/init/error"))
                .send(r#"{"errorMessage": "no such table"}"#)
                .unwrap();
            sleep(Duration::from_mins(1));
        }
        _ => loop {
            let mut next = ureq::get(format!("{runtime}/invocation/next")).call().unwrap();
            let request_id = next.headers()["lambda-runtime-aws-request-id"].to_str().unwrap().to_owned();
            let event = next.body_mut().read_to_string().unwrap();
            run(&name, &format!("{runtime}/invocation/{request_id}"), &event);
        },
    }
}

/// One call of the function `name`.
fn run(name: &str, invocation: &str, event: &str) {
    let respond = |answer: &str| ureq::post(format!("{invocation}/response")).send(answer).is_ok();
    let process = json!({"statusCode": 200, "body": std::process::id().to_string()}).to_string();
    let done = match name {
        "echo" => respond_in_chunks(invocation, event),
        "no-content" => respond(r#"{"statusCode": 204}"#),
        "fails" => ureq::post(format!("{invocation}/error"))
            .send(r#"{"errorMessage": "out of luck"}"#)
            .is_ok(),
        "huge" => !respond(&"x".repeat(7 * 1024 * 1024)),
        "exits" => std::process::exit(3),
        "hangs" => {
            sleep(Duration::from_mins(1));
            false
        }
        "slow" => {
            sleep(Duration::from_millis(300));
            respond(&process)
        }
        _ => respond(&process),
    };
    assert!(done, "{name} was not understood");
}

fn respond_in_chunks(invocation: &str, event: &str) -> bool {
    println!("echoing");
    let headers = json!({"content-type": "application/json"});
    let answer = json!({"statusCode": 200, "headers": headers, "cookies": ["a=1", "b=2"], "body": event}).to_string();
    ureq::post(format!("{invocation}/response"))
        .send(ureq::SendBody::from_owned_reader(Cursor::new(answer)))
        .is_ok()
}

/// A gateway in front of such functions, each at `/{its name}` and `/{its name}/{id}`, and one that takes everything
/// else.
struct Fixture {
    gateway: Gateway,
    binaries: PathBuf,
    log: Arc<Mutex<Vec<String>>>,
}

const CATCH_ALL: &str = "echo";

impl Fixture {
    async fn start(functions: &[&str]) -> Self {
        Self::try_start(functions, (Ipv4Addr::LOCALHOST, 0).into()).await.unwrap()
    }

    async fn try_start(functions: &[&str], address: SocketAddr) -> anyhow::Result<Self> {
        let binaries = std::env::temp_dir().join(format!("local-gateway-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&binaries)?;
        for name in functions {
            let this = std::env::current_exe()?;
            let script = binaries.join(name);
            fs::write(
                &script,
                format!("#!/bin/sh\nexec '{}' --exact function --nocapture\n", this.display()),
            )?;
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
        }
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&log);
        let gateway = Gateway::start(GatewayOptions {
            address,
            functions: functions.iter().map(|name| definition(name)).collect(),
            binaries: binaries.clone(),
            environment: vec![("GREETING".to_owned(), "hello".to_owned())],
            concurrency: 4,
            log: Arc::new(move |function, line| lines.lock().unwrap().push(format!("{function}: {line}"))),
        });
        match gateway.await {
            Ok(gateway) => Ok(Self { gateway, binaries, log }),
            Err(error) => {
                fs::remove_dir_all(binaries)?;
                Err(error)
            }
        }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        self.exchange(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
            .await
            .status_and_body()
    }

    /// Sends just that, and reads until the connection is closed.
    async fn exchange(&self, request: impl Into<Vec<u8>>) -> RawResponse {
        let (address, request) = (self.gateway.address(), request.into());
        let exchange = move || {
            let mut stream = TcpStream::connect(address)?;
            stream.set_read_timeout(Some(Duration::from_secs(20)))?;
            stream.write_all(&request)?;
            let mut response = Vec::new();
            stream.read_to_end(&mut response)?;
            io::Result::Ok(RawResponse(String::from_utf8_lossy(&response).into_owned()))
        };
        tokio::task::spawn_blocking(exchange).await.unwrap().unwrap()
    }

    fn logged(&self, part: &str) -> bool {
        self.log.lock().unwrap().iter().any(|line| line.contains(part))
    }

    async fn stop(self) {
        self.gateway.shutdown().await;
        fs::remove_dir_all(self.binaries).unwrap();
    }
}

fn definition(name: &str) -> FunctionDefinition {
    let route = |path: String| Route {
        method: "ANY".to_owned(),
        path,
    };
    FunctionDefinition {
        name: name.to_owned(),
        timeout: Duration::from_secs(if name == "hangs" { 1 } else { 10 }),
        memory_megabytes: 256,
        routes: vec![route(format!("/{name}")), route(format!("/{name}/{{id}}"))],
        catch_all: name == CATCH_ALL,
    }
}

struct RawResponse(String);

impl RawResponse {
    fn status_and_body(&self) -> (u16, String) {
        let (head, body) = self.0.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_owned())
    }

    fn event(&self) -> Value {
        serde_json::from_str(&self.status_and_body().1).unwrap()
    }
}

/// What the gateway answers itself has the contract's error shape, whose message carries a trace code.
#[track_caller]
fn check_refusal((status, body): (u16, String), wanted: (u16, &str), text: &str) {
    let body: Value = serde_json::from_str(&body).unwrap();
    let message = body["message"].as_str().unwrap();
    assert_eq!((status, body["error"].as_str().unwrap()), wanted);
    assert!(message.starts_with(&format!("{text} (trace ")), "{message}");
}

#[tokio::test]
async fn a_request_becomes_an_event_and_back() {
    let fixture = Fixture::start(&["echo"]).await;
    let request = "POST /echo/a%20b?x=1 HTTP/1.1\r\nHost: crm:9000\r\nContent-Type: application/json\r\n\
                   Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let response = fixture.exchange(request).await;
    let event = response.event();
    assert_eq!(event["routeKey"], "ANY /echo/{id}");
    assert_eq!(event["pathParameters"]["id"], "a b");
    assert_eq!(event["requestContext"]["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(event["headers"]["host"], "crm:9000");
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{}"), &json!(false)));
    assert!(
        response.0.contains("set-cookie: a=1\r\nset-cookie: b=2\r\n"),
        "{}",
        response.0
    );
    assert!(fixture.logged("echo: echoing"));
    fixture.stop().await;
}

#[tokio::test]
async fn every_method_reaches_the_catch_all() {
    let fixture = Fixture::start(&["echo"]).await;
    for method in ["PUT", "OPTIONS", "TRACE", "BREW"] {
        let request = format!("{method} /nothing/here HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let event = fixture.exchange(request).await.event();
        assert_eq!(
            (&event["routeKey"], &event["requestContext"]["http"]["method"]),
            (&json!("$default"), &json!(method))
        );
    }
    let response = fixture
        .exchange("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await;
    assert_eq!(response.status_and_body(), (200, String::new()));
    fixture.stop().await;
}

#[tokio::test]
async fn a_connection_is_kept() {
    let fixture = Fixture::start(&["no-content"]).await;
    let twice = "GET /no-content HTTP/1.1\r\nHost: localhost\r\n\r\n\
                 GET /no-content HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let responses = fixture.exchange(twice).await.0;
    assert_eq!(responses.matches("HTTP/1.1 204 No Content\r\n").count(), 2, "{responses}");
    assert!(!responses.contains("content-length"), "{responses}");
    fixture.stop().await;
}

#[tokio::test]
async fn the_gateway_refuses_bad_requests_itself() {
    let fixture = Fixture::start(&["no-content"]).await;
    check_refusal(fixture.get("/nothing").await, (404, "not_found"), "Not Found");
    let bad_host = "GET /no-content HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n";
    assert_eq!(fixture.exchange(bad_host).await.status_and_body().0, 400);
    let bad_target = "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(fixture.exchange(bad_target).await.status_and_body().0, 400);
    let large_head = format!(
        "GET /no-content HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: {}\r\n\r\n",
        "x".repeat(11_000)
    );
    assert_eq!(fixture.exchange(large_head).await.status_and_body().0, 431);

    let large = 6 * 1024 * 1024 + 1;
    let head =
        |length| format!("POST /no-content HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    let response = fixture.exchange(head(large) + &"x".repeat(large)).await;
    check_refusal(
        response.status_and_body(),
        (413, "payload_too_large"),
        "Request Entity Too Large",
    );
    assert_eq!(
        fixture
            .exchange(head(large - 1) + &"x".repeat(large - 1))
            .await
            .status_and_body()
            .0,
        204
    );
    fixture.stop().await;
}

#[tokio::test]
async fn failures_answer_500_and_the_next_call_works() {
    let fixture = Fixture::start(&["fails", "exits", "hangs", "huge"]).await;
    for round in 0..2 {
        for function in ["fails", "exits", "hangs", "huge"] {
            let answer = fixture.get(&format!("/{function}")).await;
            assert_eq!(answer.0, 500, "{function}, round {round}");
            check_refusal(answer, (500, "internal_error"), "Internal Server Error");
        }
    }
    assert!(fixture.logged("fails: ") && fixture.logged("the function failed: out of luck"));
    assert!(fixture.logged("exits: the process ended (exit status: 3)"));
    assert!(fixture.logged("Task timed out after 1.00 seconds"));
    assert!(fixture.logged("the answer exceeds the maximum payload size"));
    fixture.stop().await;
}

#[tokio::test]
async fn busy_functions_get_more_processes_up_to_the_limit() {
    let fixture = Arc::new(Fixture::start(&["slow"]).await);
    let begun = Instant::now();
    let calls = (0..8).map(|_| {
        let fixture = Arc::clone(&fixture);
        tokio::spawn(async move { fixture.get("/slow").await })
    });
    let mut processes = BTreeSet::new();
    for call in calls.collect::<Vec<_>>() {
        let (status, process) = call.await.unwrap();
        assert_eq!(status, 200);
        processes.insert(process);
    }
    // One after another they would take 2.4 seconds.
    assert!(begun.elapsed() < Duration::from_millis(1800), "{:?}", begun.elapsed());
    assert!((2..=4).contains(&processes.len()), "{processes:?}");
    Arc::into_inner(fixture).unwrap().stop().await;
}

#[tokio::test]
async fn calls_in_a_row_share_one_process() {
    let fixture = Fixture::start(&["process"]).await;
    let mut processes = BTreeSet::new();
    for _ in 0..50 {
        processes.insert(fixture.get("/process").await);
    }
    assert_eq!(processes.len(), 1, "{processes:?}");
    fixture.stop().await;
}

#[tokio::test]
async fn clients_may_leave() {
    let fixture = Fixture::start(&["slow"]).await;
    for _ in 0..20 {
        let mut stream = TcpStream::connect(fixture.gateway.address()).unwrap();
        stream
            .write_all(b"POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{")
            .unwrap();
    }
    for _ in 0..2 {
        let mut stream = TcpStream::connect(fixture.gateway.address()).unwrap();
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    }
    assert_eq!(fixture.get("/slow").await.0, 200);
    fixture.stop().await;
}

#[tokio::test]
async fn a_function_that_does_not_start_is_named_with_its_last_output() {
    let address = (Ipv4Addr::LOCALHOST, 0).into();
    for (function, words) in [
        ("does-not-start", "TABLE_NAME is not set"),
        ("reports-init-error", "no such table"),
    ] {
        let error = Fixture::try_start(&["process", function], address).await.err().unwrap();
        let error = format!("{error:#}");
        assert!(error.contains(function) && error.contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_taken_port_can_be_recognised() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let error = Fixture::try_start(&["process"], taken.local_addr().unwrap())
        .await
        .err()
        .unwrap();
    assert_eq!(error.downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn shutdown_leaves_no_process() {
    let fixture = Fixture::start(&["process"]).await;
    let (_, process) = fixture.get("/process").await;
    let process = PathBuf::from(format!("/proc/{process}"));
    let has_proc = process.exists();
    fixture.stop().await;
    assert!(!has_proc || !process.exists());
}

#[tokio::test]
async fn the_page_at_the_root_is_shown_under_a_name_of_this_machine_only() {
    let fixture = Fixture::start(&["echo"]).await;
    let (status, body) = fixture.get("/").await;
    assert!(
        status == 200 && body.contains("rawPath"),
        "a function answers where there is no page: {body}"
    );
    fixture.gateway.show(Home {
        origin: "http://127.0.0.1:9000".to_owned(),
        endpoint: "http://127.0.0.1:9001".to_owned(),
        authorization: "Bearer demo-key".to_owned(),
        sample: None,
        desk: Desk::new(
            TenantId::parse("demo").unwrap(),
            "Bearer demo-key",
            "a-secret-of-at-least-32-characters",
        )
        .unwrap(),
    });
    for host in ["localhost", "127.0.0.1", "localhost:9000"] {
        let shown = fixture
            .exchange(format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
            .await;
        assert!(
            shown.0.contains("text/html") && shown.0.contains("on this machine"),
            "{host}: {}",
            shown.0
        );
    }
    let head = fixture
        .exchange("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_owned())
        .await;
    assert!(
        head.0.starts_with("HTTP/1.1 200") && head.0.contains("text/html") && head.0.ends_with("\r\n\r\n"),
        "{}",
        head.0
    );
    for other in [
        "GET / HTTP/1.1\r\nHost: crm.example\r\n",
        "GET / HTTP/1.1\r\nHost: localhost.example:9000\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n",
        "GET /other HTTP/1.1\r\nHost: localhost\r\n",
    ] {
        let answer = fixture.exchange(format!("{other}Connection: close\r\n\r\n")).await;
        assert!(!answer.0.contains("on this machine"), "{other}: {}", answer.0);
    }
    fixture.stop().await;
}
