//! `crm register --new-key`, against a stand-in for Khoros.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    thread::{self, JoinHandle},
};

use serde_json::Value;

use crate::rig::{command, document, fresh_tenant, khoros};

/// A Khoros that answers once with this status. The thread returns what it received.
fn khoros_answering(status: u16) -> (String, JoinHandle<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/v2/crm/admin/custom", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let answer = r#"{"id": 4711}"#;
        let head = format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        serde_json::from_slice(&body).unwrap()
    });
    (endpoint, served)
}

/// Registers with a new key. Returns the header's value that Khoros received, and the key's state afterwards.
fn register(status: u16, code: i32) -> (String, String) {
    let tenant = fresh_tenant();
    let (endpoint, served) = khoros_answering(status);
    let words = [
        "register",
        "--endpoint",
        &endpoint,
        "--name",
        "Ours",
        "--url",
        "https://crm.example.com/api/v1",
    ];
    let new_key = ["--new-key", "Khoros production"];
    let mut command = command(&tenant, &[&words[..], &new_key].concat());
    let output = command.env("KHOROS_TOKEN", "t0ken-of-an-admin").output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let sent = served.join().unwrap()["authHeaderValue"].as_str().unwrap().to_owned();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !shown.contains(&sent) && shown.contains("The key \"Khoros production\""),
        "{shown}"
    );
    let listed = document(&tenant, &["keys", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    (sent, listed[0]["state"].as_str().unwrap().to_owned())
}

#[test]
fn khoros_sends_the_new_key_from_then_on() {
    let (sent, state) = register(201, 0);
    assert_eq!(state, "live");
    khoros(&sent).get("/meta/object/customer").expect(200);
}

#[test]
fn a_key_that_khoros_refuses_is_revoked() {
    let (sent, state) = register(422, 1);
    assert_eq!(state, "revoked");
    khoros(&sent).get("/meta/object/customer").error(401, "unauthorized");
}

#[test]
fn a_key_that_khoros_may_have_accepted_is_kept() {
    let (_, state) = register(503, 1);
    assert_eq!(state, "live");
}
