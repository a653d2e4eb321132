//! API Gateway and the Lambda service on a laptop: HTTP in front, the prebuilt function binaries behind.
//!
//! A request becomes the event that API Gateway would make of it (`event`), goes to the function that API Gateway
//! would choose (`routes`), and the function's answer becomes the response that API Gateway would make of it
//! (`response`).

mod event;
mod response;
mod routes;

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyhow::{Context, Result};
use hyper::{
    Method, Request, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderName, HeaderValue},
    http::request::Parts,
};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crm_store::clock;

use crate::{
    functions::{Functions, FunctionsOptions, LogSink, Outcome},
    home::Home,
    http::{self, BodyError, Clients, Reply, json, read_body},
    template::FunctionDefinition,
};
use event::Ends;
use routes::Routes;

/// The largest body that is passed to a function: Lambda's limit.
const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;
/// API Gateway's limit for the request line and the header values together.
const MAX_HEAD_BYTES: usize = 10_240;

/// What a gateway needs to start.
pub struct GatewayOptions {
    /// Where to listen; the port may be 0 for a free one.
    pub address: SocketAddr,
    /// The functions, with their routes.
    pub functions: Vec<FunctionDefinition>,
    /// The directory of the functions' binaries.
    pub binaries: PathBuf,
    /// Environment variables of every function. They inherit next to nothing else.
    pub environment: Vec<(String, String)>,
    /// The most processes that one function may have; see [`GatewayOptions::DEFAULT_CONCURRENCY`].
    pub concurrency: usize,
    /// Receives the lines that the functions write.
    pub log: LogSink,
}

impl GatewayOptions {
    /// Enough for a developer and for tests that send requests in parallel.
    pub const DEFAULT_CONCURRENCY: usize = 8;
}

/// A running gateway with its functions.
///
/// Dropping it ends everything as well, but does not wait: prefer [`Gateway::shutdown`].
pub struct Gateway {
    address: SocketAddr,
    home: Arc<OnceLock<Home>>,
    functions: Arc<Functions>,
    server: JoinHandle<()>,
    stop: DropGuard,
}

impl Gateway {
    /// Listens, starts one process of each function, and returns when all of them are ready.
    ///
    /// A port that is taken fails with an [`std::io::Error`] of the kind `AddrInUse` in the error's chain. A function
    /// that does not start fails with its name and the last lines that it wrote.
    pub async fn start(options: GatewayOptions) -> Result<Self> {
        let GatewayOptions {
            address,
            functions,
            binaries,
            environment,
            concurrency,
            log,
        } = options;
        let routes = Routes::new(&functions)?;
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("the gateway cannot listen on {address}"))?;
        let address = listener.local_addr()?;
        let options = FunctionsOptions {
            functions,
            binaries,
            environment,
            concurrency,
            log: Arc::clone(&log),
        };
        let functions = Arc::new(Functions::start(options).await?);

        let stop = CancellationToken::new();
        let home = Arc::<OnceLock<Home>>::default();
        let api = Arc::new(Api {
            address,
            home: Arc::clone(&home),
            routes,
            functions: Arc::clone(&functions),
            log,
        });
        let server = tokio::spawn(http::serve(
            listener,
            Clients::Public,
            stop.clone(),
            move |client, request| {
                let api = Arc::clone(&api);
                async move { api.answer(client, request).await }
            },
        ));
        Ok(Self {
            address,
            home,
            functions,
            server,
            stop: stop.drop_guard(),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shows this page at `/` from now on. Without one, a function answers there, as on API Gateway.
    pub fn show(&self, home: Home) {
        // It is shown once; a second one changes nothing.
        _ = self.home.set(home);
    }

    /// Calls a function that no request calls, as AWS does by a schedule. Returns whether it succeeded.
    pub async fn call(&self, function: &str) -> bool {
        call(&self.functions, function).await
    }

    /// Calls such a function every so often, until the task is aborted.
    pub fn call_every(&self, function: &'static str, pause: Duration) -> JoinHandle<()> {
        let functions = Arc::clone(&self.functions);
        tokio::spawn(async move {
            loop {
                sleep(pause).await;
                call(&functions, function).await;
            }
        })
    }

    /// Stops listening, lets running requests finish for a moment, and ends the functions' processes.
    pub async fn shutdown(self) {
        let Self {
            functions, server, stop, ..
        } = self;
        drop(stop);
        _ = server.await;
        functions.shutdown().await;
    }
}

async fn call(functions: &Functions, function: &str) -> bool {
    let event = Bytes::from_static(br#"{"detail-type": "Scheduled Event"}"#);
    matches!(functions.invoke_named(function, event).await, Outcome::Answer(_))
}

/// The parts that answer requests.
struct Api {
    address: SocketAddr,
    home: Arc<OnceLock<Home>>,
    routes: Routes,
    functions: Arc<Functions>,
    log: LogSink,
}

impl Api {
    async fn answer(&self, client: SocketAddr, request: Request<Incoming>) -> Reply {
        let request_id = Uuid::new_v4().to_string();
        let mut reply = self.call(client, request, &request_id).await.unwrap_or_else(|refusal| {
            (self.log)("gateway", &format!("{request_id} refused by the gateway itself: {refusal:?}"));
            refusal.into_reply(&request_id)
        });
        if let Ok(value) = HeaderValue::from_str(&request_id) {
            reply.headers_mut().insert(HeaderName::from_static("apigw-requestid"), value);
        }
        reply
    }

    async fn call(&self, client: SocketAddr, mut request: Request<Incoming>, request_id: &str) -> Result<Reply, Refusal> {
        let body = read_body(&mut request, MAX_BODY_BYTES).await?;
        let (request, _) = request.into_parts();
        if head_bytes(&request) > MAX_HEAD_BYTES {
            return Err(Refusal::HeadTooLarge);
        }
        // The targets of `OPTIONS *` and `CONNECT host:port` are not paths, and API Gateway has no routes for them.
        if !request.uri.path().starts_with('/') {
            return Err(Refusal::BadRequest);
        }
        if let Some(page) = self.home_page(&request) {
            return Ok(page);
        }
        let (function, event) = self.event(client, &request, &body, request_id)?;
        match self.functions.invoke(function, event).await {
            Outcome::Answer(payload) => response::response(&payload).map_err(|error| {
                (self.log)("gateway", &format!("{request_id} {error:#}"));
                Refusal::Internal
            }),
            Outcome::Failed => Err(Refusal::Internal),
            Outcome::Unavailable => Err(Refusal::Unavailable),
        }
    }

    /// Our own page, if it is requested under a name of this machine.
    fn home_page(&self, request: &Parts) -> Option<Reply> {
        let home = self
            .home
            .get()
            .filter(|_| matches!(request.method, Method::GET | Method::HEAD) && request.uri.path() == "/")?;
        let host = event::host(request, self.address)?;
        let name = host.rsplit_once(':').map_or(&*host, |(name, _)| name);
        matches!(name, "127.0.0.1" | "localhost").then(|| http::page(home.page(clock::now())))
    }

    /// The function for a request, and the event to call it with.
    fn event(&self, client: SocketAddr, request: &Parts, body: &[u8], request_id: &str) -> Result<(usize, Bytes), Refusal> {
        let host = event::host(request, self.address).ok_or(Refusal::BadRequest)?;
        let found = self
            .routes
            .find(request.method.as_str(), request.uri.path())
            .ok_or(Refusal::NotFound)?;
        let ends = Ends {
            client,
            server: self.address,
            host: &host,
        };
        let event = event::event(request, body, &found, ends, request_id).map_err(|_| Refusal::Internal)?;
        Ok((found.function, event))
    }
}

fn head_bytes(request: &Parts) -> usize {
    let line = request.method.as_str().len() + request.uri.path_and_query().map_or(0, |path| path.as_str().len());
    line + request.headers.values().map(HeaderValue::len).sum::<usize>()
}

/// The answers of the gateway itself.
#[derive(Clone, Copy, Debug)]
enum Refusal {
    BadRequest,
    NotFound,
    BodyTooSlow,
    BodyTooLarge,
    HeadTooLarge,
    Internal,
    Unavailable,
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::BodyTooLarge,
            BodyError::TooSlow => Self::BodyTooSlow,
            BodyError::Broken => Self::BadRequest,
        }
    }
}

impl Refusal {
    /// The answer in the error shape of the Khoros contract, so that a client meets one shape on a laptop. The
    /// message is API Gateway's own text.
    fn into_reply(self, request_id: &str) -> Reply {
        let (status, name, text) = match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "invalid_request", "Bad Request"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "Not Found"),
            Self::BodyTooSlow => (StatusCode::REQUEST_TIMEOUT, "timeout", "Request Timeout"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", "Request Entity Too Large"),
            Self::HeadTooLarge => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "payload_too_large",
                "Request Header Fields Too Large",
            ),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Internal Server Error"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "timeout", "Service Unavailable"),
        };
        let body = serde_json::json!({"error": name, "message": format!("{text} (trace {request_id})")});
        let mut reply = json(status, body.to_string());
        if matches!(self, Self::BodyTooSlow | Self::BodyTooLarge) {
            // The rest of the body may still arrive, so the connection cannot be used for another request.
            reply
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        reply
    }
}
