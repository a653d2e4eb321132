//! The Lambda boundary: what every function has in common (design section 7).
//!
//! A binary names its dialect, its function and its handler; [`serve`] does the rest. The key, or the signature of a page's link, comes
//! first, before anything else of a request is looked at; then the body's size; then the handler, against a deadline. Whatever happens
//! becomes an answer in the dialect's own shape and one log line without a contact value or a key.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::FutureExt as _;
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use lambda_runtime::{LambdaEvent, service_fn};
use tracing::{error, info, level_filters::LevelFilter, warn};
use tracing_subscriber::{Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{
    access::{
        Grant, KeyRing, Permission,
        link::{LINK_SECRET, LinkKeys, LinkRing},
    },
    domain::{Actor, Timestamp},
    error::Error,
    http::{BODY_LIMIT, Request, Response},
    operations::Session,
    routes::ROUTES,
    store::{Database, digest},
};

/// How long opening the connection may take: the first request's caller waits for it, and its own seven seconds come on top.
const TO_OPEN: Duration = Duration::from_millis(500);

/// How one of the APIs, or our own pages, look from outside.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// What opens it.
    pub access: Access,
    /// How it words an error; the second argument is the trace code.
    pub render_error: RenderError,
}

/// How an error is worded; the second argument is the trace code.
pub type RenderError = fn(&Error, &str) -> Response;

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
    run(async {
        Ok(Function {
            name: function,
            render_error: dialect.render_error,
            work: Gated::start(dialect.access, function, handler).await?,
        })
    })
}

/// Runs one function that shows the same to everybody, and has no table.
///
/// # Errors
/// When the function cannot start.
pub fn serve_open<H>(render_error: RenderError, function: &'static str, handler: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn(&Request) -> Result<Response, Error>,
{
    run(async {
        Ok(Function {
            name: function,
            render_error,
            work: Open(handler),
        })
    })
}

fn run<W: Work>(start: impl Future<Output = Result<Function<W>, lambda_runtime::Error>>) -> Result<(), lambda_runtime::Error> {
    start_logging();
    // One request at a time: a second thread would only cost start-up time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let function = start.await?;
        // Boxed: the types of nested futures would outgrow the compiler's limit.
        lambda_runtime::run(service_fn(|event| function.answer(event).boxed_local())).await
    })
}

/// What a function does with a request, and who it says is asking.
trait Work {
    async fn result(&self, request: &Arc<Request>, notes: &mut Notes) -> Result<Response, Error>;
}

/// Work for everybody.
struct Open<H>(H);

impl<H: Fn(&Request) -> Result<Response, Error>> Work for Open<H> {
    async fn result(&self, request: &Arc<Request>, _: &mut Notes) -> Result<Response, Error> {
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
        permission: Option<Permission>,
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
                permission: ROUTES
                    .iter()
                    .find(|route| route.function == name)
                    .and_then(|route| route.permission),
                keys: KeyRing::new(database),
            },
            Access::Link => Gate::Link(LinkRing::new(database, Arc::clone(&links))),
        };
        Ok(Self { gate, links, handler })
    }

    /// Who is asking, if they may.
    async fn admit(&self, request: &Request, notes: &mut Notes, now: Timestamp) -> Result<Session, Error> {
        let actor = request.actor();
        let grant = match &self.gate {
            Gate::Key { of, keys, .. } => keys.find(of(request)).await?,
            Gate::Link(links) => links.find(request, now).await?,
        };
        *notes = Notes::of(&grant, &actor);
        if let Gate::Key { permission, keys, .. } = &self.gate {
            grant.key.check(*permission, actor.company, now)?;
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
    async fn result(&self, request: &Arc<Request>, notes: &mut Notes) -> Result<Response, Error> {
        let session = self.admit(request, notes, Timestamp::now()).await?;
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
}

impl<W: Work> Function<W> {
    async fn answer(&self, event: LambdaEvent<ApiGatewayV2httpRequest>) -> Result<ApiGatewayV2httpResponse, Infallible> {
        let begun = Instant::now();
        let request = Arc::new(Request::new(event));
        let mut notes = Notes::default();
        let result = AssertUnwindSafe(tokio::time::timeout(request.budget, self.work.result(&request, &mut notes)))
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
            Err(error) => ((self.render_error)(&error, &request.trace), Some(error)),
        };
        self.log(&request, &notes, response.status, failure, begun.elapsed());
        Ok(response.into_event())
    }

    /// One line per request. Agents appear by pseudonym: the line is no place for anybody's address.
    fn log(&self, request: &Request, notes: &Notes, status: u16, failure: Option<Error>, took: Duration) {
        let milliseconds = f64::from(u32::try_from(took.as_micros()).unwrap_or(u32::MAX)) / 1e3;
        macro_rules! line {
            ($level:ident, $text:literal $(, $name:ident = $value:expr)*) => {
                $level!(
                    trace = request.trace, request_id = request.request_id, function = self.name, method = request.method,
                    tenant = notes.tenant, key = notes.key, agent = notes.agent, initiative = notes.initiative,
                    company = notes.company, status, milliseconds, $($name = $value,)* $text
                )
            };
        }
        match failure {
            Some(failure) if failure.is_ours() => line!(error, "failed", cause = failure.log_text()),
            Some(failure) => line!(warn, "refused", cause = failure.log_text()),
            None => line!(info, "answered"),
        }
    }
}

/// What the log line says of a caller whose key is known.
#[derive(Default)]
struct Notes {
    tenant: String,
    key: String,
    agent: String,
    initiative: Option<i64>,
    company: Option<i64>,
}

impl Notes {
    fn of(grant: &Grant, actor: &Actor) -> Self {
        Self {
            tenant: grant.key.tenant.as_str().to_owned(),
            key: grant.key.label.clone(),
            agent: actor.agent.as_deref().map(pseudonym).unwrap_or_default(),
            initiative: actor.initiative,
            company: actor.company,
        }
    }
}

/// The same for the same address, and no way back for a reader of logs without a list of addresses.
fn pseudonym(agent: &str) -> String {
    digest(&["agent", agent])[..10].to_owned()
}

/// JSON lines on standard output, which Lambda collects. `LOG_LEVEL` sets how much our own code says; the SDK stays at
/// warnings, since it logs whole items below.
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
