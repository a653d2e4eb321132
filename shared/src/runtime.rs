//! The Lambda boundary: what every function has in common (design section 7).
//!
//! A binary names its dialect, its function and its handler; [`serve`] does the rest. The key comes first, before anything else
//! of a request is looked at; then the body's size; then the handler, against a deadline. Whatever happens becomes an answer in
//! the dialect's own shape and one log line without a contact value or a key.

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
    access::{KeyRing, Permission},
    domain::Timestamp,
    error::Error,
    http::{BODY_LIMIT, Request, Response},
    operations::Session,
    routes::ROUTES,
    store::{Database, digest},
};

/// How long opening the connection may take: the first request's caller waits for it, and its own seven seconds come on top.
const TO_OPEN: Duration = Duration::from_millis(500);

/// How one of the three APIs looks from outside.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// Where its requests carry the key.
    pub key: fn(&Request) -> Option<&str>,
    /// How it words an error; the second argument is the trace code.
    pub render_error: fn(&Error, &str) -> Response,
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
    start_logging();
    // One request at a time: a second thread would only cost start-up time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let function = Function::start(dialect, function, handler).await?;
        // Boxed: the types of nested futures would outgrow the compiler's limit.
        lambda_runtime::run(service_fn(|event| function.answer(event).boxed_local())).await
    })
}

struct Function<H> {
    dialect: Dialect,
    name: &'static str,
    permission: Option<Permission>,
    keys: KeyRing,
    handler: H,
}

impl<H, F> Function<H>
where
    H: Fn(Session, Arc<Request>) -> F,
    F: Future<Output = Result<Response, Error>>,
{
    async fn start(dialect: Dialect, name: &'static str, handler: H) -> Result<Self, lambda_runtime::Error> {
        let table = std::env::var("TABLE_NAME")
            .map_err(|_| "the environment variable TABLE_NAME is not set: it names the DynamoDB table of infra/template.yaml")?;
        let database = Database::connect(table).await;
        // A function without a database still starts, and says so in every answer: a loop of failing starts would say less.
        let opened = tokio::time::timeout(TO_OPEN, database.open_connection()).await;
        if let Err(error) = opened.unwrap_or(Err(Error::Timeout)) {
            error!(function = name, cause = error.log_text(), "the table cannot be read");
        }
        Ok(Self {
            dialect,
            name,
            permission: ROUTES
                .iter()
                .find(|route| route.function == name)
                .map(|route| route.permission),
            keys: KeyRing::new(database),
            handler,
        })
    }

    async fn answer(&self, event: LambdaEvent<ApiGatewayV2httpRequest>) -> Result<ApiGatewayV2httpResponse, Infallible> {
        let begun = Instant::now();
        let request = Arc::new(Request::new(event));
        let mut notes = Notes::default();
        let result = AssertUnwindSafe(tokio::time::timeout(request.budget, self.result(&request, &mut notes)))
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
            Err(error) => ((self.dialect.render_error)(&error, &request.trace), Some(error)),
        };
        self.log(&request, &notes, response.status, failure, begun.elapsed());
        Ok(response.into_event())
    }

    async fn result(&self, request: &Arc<Request>, notes: &mut Notes) -> Result<Response, Error> {
        let now = Timestamp::now();
        let actor = request.actor();
        let grant = self.keys.find((self.dialect.key)(request)).await?;
        *notes = Notes {
            tenant: grant.key.tenant.as_str().to_owned(),
            key: grant.key.label.clone(),
            agent: actor.agent.as_deref().map(pseudonym).unwrap_or_default(),
            initiative: actor.initiative,
            company: actor.company,
        };
        grant.key.check(self.permission, actor.company, now)?;
        self.keys.note_use(&grant, now);
        if request.body.len() > BODY_LIMIT {
            return Err(Error::TooLarge);
        }
        (self.handler)(Session { grant, actor, now }, Arc::clone(request)).await
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
        .with_target("khoros", level);
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
