//! The HTTP server that stands in for another system: a client's CRM, Khoros, CloudWatch, a server that `crm doctor`
//! visits. It answers as the test tells it.
#![expect(clippy::expect_used, reason = "what a test stands on reports by panicking")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

/// A request as received.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The headers, with their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The head as received.
    head: String,
}

/// A way to answer a request.
#[derive(Clone, Debug)]
pub enum Manner {
    /// These bytes, unchanged.
    Raw(Vec<u8>),
    /// These bytes, after this delay.
    Late(Duration, Vec<u8>),
    /// No answer: the connection closes.
    Dropped,
    /// No answer: the connection stays open.
    Silent,
    /// An endless body.
    Endless,
}

/// An answer of 200 with this JSON.
pub fn json(body: &str) -> Manner {
    answer("200 OK", "content-type: application/json; charset=utf-8\r\n", body)
}

/// An answer with additional header lines.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Manner {
    let body = body.as_ref();
    let length = if status.starts_with("204") {
        String::new()
    } else {
        format!("content-length: {}\r\n", body.len())
    };
    let head = format!("HTTP/1.1 {status}\r\n{headers}{length}connection: close\r\n\r\n");
    Manner::Raw([head.as_bytes(), body].concat())
}

/// Serves on a free port until the process ends. Returns the address: `http://127.0.0.1:…`.
///
/// # Panics
/// If there is no free port.
pub fn serve(answer: impl Fn(&Request) -> Manner + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address");
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            thread::spawn(move || {
                if let Some(request) = Request::read(&socket) {
                    respond(socket, answer(&request));
                }
            });
        }
    });
    format!("http://{address}")
}

impl Request {
    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn read(socket: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(socket);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let mut lines = head.lines();
        let mut words = lines.next()?.split_whitespace().map(str::to_owned);
        let (method, path) = (words.next()?, words.next()?);
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers: Vec<(String, String)> = headers
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        Some(Self {
            method,
            path,
            headers,
            body,
            head,
        })
    }
}

fn respond(mut socket: TcpStream, manner: Manner) {
    match manner {
        Manner::Raw(bytes) => drop(socket.write_all(&bytes)),
        Manner::Late(delay, bytes) => {
            thread::sleep(delay);
            drop(socket.write_all(&bytes));
        }
        Manner::Dropped => {}
        Manner::Silent => drop(socket.read(&mut [0])),
        Manner::Endless => {
            let start = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n[";
            let mut written = socket.write_all(start);
            while written.is_ok() {
                written = socket.write_all(&[b' '; 16_384]);
            }
        }
    }
}

/// A client's CRM. A test can change its answers, and it records the requests.
pub struct StandIn {
    origin: String,
    manner: Arc<Mutex<Manner>>,
    asked: mpsc::Receiver<String>,
}

impl StandIn {
    /// A stand-in on a free port.
    ///
    /// # Panics
    /// If there is no free port.
    pub fn start() -> Self {
        let manner = Arc::new(Mutex::new(json("[]")));
        let (tell, asked) = mpsc::channel();
        let shared = Arc::clone(&manner);
        let origin = serve(move |request| {
            // Nobody receives it if the test is over.
            let _ = tell.send(request.head.clone());
            shared.lock().expect("no other thread panicked").clone()
        });
        Self { origin, manner, asked }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("{}/lookup?key=xyzzy", self.origin)
    }

    /// Sets the answer to all further requests.
    ///
    /// # Panics
    /// If a thread that serves a request has panicked.
    pub fn answers(&self, manner: Manner) {
        *self.manner.lock().expect("no other thread panicked") = manner;
    }

    /// The heads of the requests since the last call of this method.
    pub fn asked(&self) -> Vec<String> {
        self.asked.try_iter().collect()
    }
}
