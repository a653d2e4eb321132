//! A stand-in for a client's CRM that answers as a test tells it and remembers the requests.
#![expect(clippy::expect_used, reason = "what a test stands on reports by panicking")]

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

/// How it answers.
#[derive(Clone, Debug)]
pub enum Manner {
    /// These bytes, as they are.
    Raw(Vec<u8>),
    /// These bytes, after this delay.
    Late(Duration, Vec<u8>),
    /// No answer: the connection closes.
    Dropped,
    /// No answer: the connection stays open.
    Silent,
    /// A body without end.
    Endless,
}

/// The stand-in. It serves until the process ends.
pub struct StandIn {
    address: String,
    manner: Arc<Mutex<Manner>>,
    asked: mpsc::Receiver<String>,
}

/// An answer of 200 with this JSON.
pub fn json(body: &str) -> Manner {
    answer("200 OK", "content-type: application/json; charset=utf-8\r\n", body)
}

/// An answer.
pub fn answer(status: &str, headers: &str, body: &str) -> Manner {
    let length = body.len();
    Manner::Raw(format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes())
}

impl StandIn {
    /// A stand-in on a free port.
    ///
    /// # Panics
    /// When there is no free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address").to_string();
        let manner = Arc::new(Mutex::new(json("[]")));
        let (tell, asked) = mpsc::channel();
        let shared = Arc::clone(&manner);
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let manner = shared.lock().expect("no other thread panicked").clone();
                let tell = tell.clone();
                thread::spawn(move || serve(socket, manner, &tell));
            }
        });
        Self { address, manner, asked }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/lookup?key=xyzzy", self.address)
    }

    /// Sets how it answers from now on.
    ///
    /// # Panics
    /// When a thread that serves a request panicked.
    pub fn answers(&self, manner: Manner) {
        *self.manner.lock().expect("no other thread panicked") = manner;
    }

    /// The heads of the requests since the last call of this method.
    pub fn asked(&self) -> Vec<String> {
        self.asked.try_iter().collect()
    }
}

fn serve(mut socket: TcpStream, manner: Manner, tell: &mpsc::Sender<String>) {
    let mut head = Vec::new();
    let mut byte = [0_u8; 1];
    while !head.ends_with(b"\r\n\r\n") && socket.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    // Nobody receives it if the test is over.
    let _ = tell.send(String::from_utf8_lossy(&head).into_owned());
    match manner {
        Manner::Raw(bytes) => drop(socket.write_all(&bytes)),
        Manner::Late(delay, bytes) => {
            thread::sleep(delay);
            drop(socket.write_all(&bytes));
        }
        Manner::Dropped => {}
        Manner::Silent => drop(socket.read(&mut byte)),
        Manner::Endless => {
            let start = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n[";
            let mut written = socket.write_all(start);
            while written.is_ok() {
                written = socket.write_all(&[b' '; 16_384]);
            }
        }
    }
}
