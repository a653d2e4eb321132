//! Lambda's Runtime API for one execution environment. It hands out calls one by one, and records when a function
//! asks for a call and when it answers.

use std::{
    io::Error,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response,
    body::{Bytes, Incoming},
};
use local::proxy;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

/// How long a function may take for anything.
const PATIENCE: Duration = Duration::from_secs(20);
/// Lambda's own time-out, which is told to the functions.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The running API. It serves until it is dropped.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    polls: mpsc::UnboundedReceiver<Poll>,
    answers: mpsc::UnboundedReceiver<Answer>,
    server: JoinHandle<()>,
}

/// A function that waits for a call.
#[derive(Debug)]
pub struct Poll {
    /// When it asked.
    pub at: Instant,
    call: oneshot::Sender<Bytes>,
}

impl Poll {
    /// Gives it the call.
    pub fn send(self, event: Bytes) {
        // A function that has ended does not get it, and its answer will be missed.
        _ = self.call.send(event);
    }
}

/// The answer of a function.
#[derive(Debug)]
pub struct Answer {
    /// When its answer was complete.
    pub at: Instant,
    /// The answer.
    pub body: Bytes,
}

impl RuntimeApi {
    /// Starts on a free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (polled, polls) = mpsc::unbounded_channel();
        let (answered, answers) = mpsc::unbounded_channel();
        let server = tokio::spawn(proxy::serve(listener, move |request| {
            answer(request, polled.clone(), answered.clone())
        }));
        Ok(Self {
            address,
            polls,
            answers,
            server,
        })
    }

    /// The address for the functions.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the function asks for a call.
    pub async fn polled(&mut self) -> Result<Poll> {
        let poll = tokio::time::timeout(PATIENCE, self.polls.recv()).await;
        poll.ok().flatten().context("it does not ask for a call")
    }

    /// Waits for an answer.
    pub async fn answered(&mut self) -> Result<Answer> {
        let answer = tokio::time::timeout(PATIENCE, self.answers.recv()).await;
        answer.ok().flatten().context("it does not answer")
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    request: Request<Incoming>,
    polled: mpsc::UnboundedSender<Poll>,
    answered: mpsc::UnboundedSender<Answer>,
) -> Result<Response<Full<Bytes>>, Error> {
    if request.method() == Method::GET {
        let at = Instant::now();
        let (call, event) = oneshot::channel();
        polled.send(Poll { at, call }).map_err(Error::other)?;
        return next(event.await.map_err(Error::other)?);
    }
    let body = request.into_body().collect().await.map_err(Error::other)?.to_bytes();
    let at = Instant::now();
    answered.send(Answer { at, body }).map_err(Error::other)?;
    let mut accepted = Response::new(Full::new(Bytes::from_static(br#"{"status":"OK"}"#)));
    *accepted.status_mut() = hyper::StatusCode::ACCEPTED;
    Ok(accepted)
}

fn next(event: Bytes) -> Result<Response<Full<Bytes>>, Error> {
    let deadline = SystemTime::now() + TIMEOUT;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:bench",
        )
        .header(
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
        )
        .body(Full::new(event))
        .map_err(Error::other)
}
