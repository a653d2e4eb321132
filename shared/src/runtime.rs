//! The Lambda boundary: what every function has in common (design section 7).
//!
//! A binary names its dialect, its function and its handler; [`serve`] does the rest. The key, or the signature of a page's link, comes
//! first, before anything else of a request is looked at; then the body's size; then the handler, against a deadline. Whatever happens
//! becomes an answer in the dialect's own shape and one log line without a contact value or a key.

use std::{
    cell::Cell,
    convert::Infallible,
    io::Write as _,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::FutureExt as _;
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tracing::{error, level_filters::LevelFilter};
use tracing_subscriber::{Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{
    access::{
        KeyRing, Permission,
        link::{LINK_SECRET, LinkKeys, LinkRing},
    },
    domain::Timestamp,
    error::Error,
    http::{BODY_LIMIT, Request, Response},
    operations::Session,
    request_line::{Caller, Outcome, request_line},
    routes::ROUTES,
    store::Database,
};

/// How long opening the connection may take: the first request's caller waits for it, and its own seven seconds come on top.
const TO_OPEN: Duration = Duration::from_millis(500);

/// How one of the APIs, or our own pages, look from outside.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// What opens it.
    pub access: Access,
    /// How it words an error.
    pub render_error: RenderError,
}

/// How an error about a request is worded.
pub type RenderError = fn(&Error, &Request) -> Response;

/// What opens a dialect's functions.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// An API key, and where its requests carry it.
    Key(fn(&Request) -> Option<&str>),
    /// The signature of the link that was followed.
    Link,
}

/// Runs one function until Lambda ends it.
///
/// # Errors
/// When the function cannot start; the text tells an operator what to set.
pub fn serve<H, F>(dialect: Dialect, function: &'static str, handler: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn(Session, Arc<Request>) -> F,
    F: Future<Output = Result<Response, Error>>,
{
    run(
        function,
        dialect.render_error,
        Gated::start(dialect.access, function, handler),
    )
}

/// Runs one function that shows the same to everybody, and has no table.
///
/// # Errors
/// When the function cannot start.
pub fn serve_open<H>(render_error: RenderError, function: &'static str, handler: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn(&Request) -> Result<Response, Error>,
{
    run(function, render_error, async { Ok(Open(handler)) })
}

fn run<W: Work>(
    name: &'static str,
    render_error: RenderError,
    start: impl Future<Output = Result<W, lambda_runtime::Error>>,
) -> Result<(), lambda_runtime::Error> {
    start_logging();
    // One request at a time: a second thread would only cost start-up time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let function = Function {
            name,
            render_error,
            work: start.await?,
            cold: Cell::new(true),
            metrics: std::env::var("METRICS_NAMESPACE").ok().filter(|name| !name.is_empty()),
        };
        // Boxed: the types of nested futures would outgrow the compiler's limit.
        lambda_runtime::run(service_fn(|event| function.answer(event).boxed_local())).await
    })
}

/// What a function does with a request, and who it says is asking.
trait Work {
    async fn result(&self, request: &Arc<Request>, caller: &mut Caller) -> Result<Response, Error>;
}

/// Work for everybody.
struct Open<H>(H);

impl<H: Fn(&Request) -> Result<Response, Error>> Work for Open<H> {
    async fn result(&self, request: &Arc<Request>, _: &mut Caller) -> Result<Response, Error> {
        (self.0)(request)
    }
}

/// Work for those whom a key or a link lets in.
struct Gated<H> {
    gate: Gate,
    links: Arc<LinkKeys>,
    handler: H,
}

enum Gate {
    Key {
        of: fn(&Request) -> Option<&str>,
        permissions: &'static [Permission],
        keys: KeyRing,
    },
    Link(LinkRing),
}

impl<H> Gated<H> {
    async fn start(access: Access, name: &'static str, handler: H) -> Result<Self, lambda_runtime::Error> {
        let table = std::env::var("TABLE_NAME")
            .map_err(|_| "the environment variable TABLE_NAME is not set: it names the DynamoDB table of infra/template.yaml")?;
        let database = Database::connect(table).await;
        // A function without a database still starts, and says so in every answer: a loop of failing starts would say less.
        let opened = tokio::time::timeout(TO_OPEN, database.open_connection()).await;
        if let Err(error) = opened.unwrap_or(Err(Error::Timeout)) {
            error!(function = name, cause = error.log_text(), "the table cannot be read");
        }
        let links = Arc::new(link_keys(name));
        let gate = match access {
            Access::Key(of) => Gate::Key {
                of,
                permissions: ROUTES
                    .iter()
                    .find(|route| route.function == name)
                    .map_or(&[], |route| route.permissions),
                keys: KeyRing::new(database),
            },
            Access::Link => Gate::Link(LinkRing::new(database, Arc::clone(&links))),
        };
        Ok(Self { gate, links, handler })
    }

    /// Who is asking, if they may.
    async fn admit(&self, request: &Request, caller: &mut Caller, now: Timestamp) -> Result<Session, Error> {
        let actor = request.actor();
        let grant = match &self.gate {
            Gate::Key { of, keys, .. } => keys.find(of(request)).await?,
            Gate::Link(links) => links.find(request, now).await?,
        };
        *caller = Caller::new(grant.key.tenant.as_str(), &grant.key.label, &actor);
        if let Gate::Key { permissions, keys, .. } = &self.gate {
            grant.key.check(permissions, actor.company, now)?;
            keys.note_use(&grant, now);
        }
        Ok(Session {
            grant,
            actor,
            now,
            links: Arc::clone(&self.links),
        })
    }
}

impl<H, F> Work for Gated<H>
where
    H: Fn(Session, Arc<Request>) -> F,
    F: Future<Output = Result<Response, Error>>,
{
    async fn result(&self, request: &Arc<Request>, caller: &mut Caller) -> Result<Response, Error> {
        let session = self.admit(request, caller, Timestamp::now()).await?;
        if request.body.len() > BODY_LIMIT {
            return Err(Error::TooLarge);
        }
        (self.handler)(session, Arc::clone(request)).await
    }
}

/// The secrets of links to our pages. Without them the CRM works, and its links lead to a page that says they do not open: what is
/// wrong with a page must not keep agents from their customers.
fn link_keys(function: &str) -> LinkKeys {
    LinkKeys::read(&std::env::var(LINK_SECRET).unwrap_or_default()).unwrap_or_else(|why| {
        error!(function, cause = why, "links to the pages are not signed and do not open");
        LinkKeys::default()
    })
}

struct Function<W> {
    name: &'static str,
    render_error: RenderError,
    work: W,
    /// No request has been answered here yet.
    cold: Cell<bool>,
    /// The namespace of the metrics; without one there are none.
    metrics: Option<String>,
}

impl<W: Work> Function<W> {
    async fn answer(&self, event: LambdaEvent<ApiGatewayV2httpRequest>) -> Result<ApiGatewayV2httpResponse, Infallible> {
        let begun = Instant::now();
        let request = Arc::new(Request::new(event));
        let mut caller = Caller::default();
        let result = AssertUnwindSafe(tokio::time::timeout(request.budget, self.work.result(&request, &mut caller)))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| {
                Ok(Err(Error::internal(
                    "handle a request",
                    "panicked; the line before says where",
                )))
            })
            .unwrap_or(Err(Error::Timeout));
        let (response, failure) = match result {
            Ok(response) => (response, None),
            Err(error) => ((self.render_error)(&error, &request), Some(error)),
        };
        let outcome = Outcome {
            function: self.name,
            status: response.status,
            failure: failure.as_ref(),
            took: begun.elapsed(),
            cold: self.cold.replace(false),
        };
        write_line(&request_line(
            &request,
            &caller,
            &outcome,
            Timestamp::now(),
            self.metrics.as_deref(),
        ));
        Ok(response.into_event())
    }
}

/// In one piece, since Lambda takes what arrives together for a line. A log that cannot be written is no reason not to answer.
fn write_line(line: &Value) {
    _ = std::io::stdout().write_all(format!("{line}\n").as_bytes());
}

/// JSON lines on standard output, which Lambda collects. `LOG_LEVEL` sets how much our own code says beside the line of each
/// request, which is always there; the SDK stays at warnings, since it logs whole items below.
fn start_logging() {
    let level = std::env::var("LOG_LEVEL")
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let ours = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("shared", level)
        .with_target("khoros", level)
        .with_target("agent", level);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false);
    tracing_subscriber::registry().with(lines.with_filter(ours)).init();
    // A panic's own text can hold a value.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        error!(place, "panicked");
    }));
}
