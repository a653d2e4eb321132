//! The Lambda boundary: what every function has in common (ARCHITECTURE.md, "One request").
//!
//! A binary names its [`Endpoint`], and [`Endpoint::serve`] does the rest. It first checks the key, or the signature of a page's link, then
//! the body's size, and then runs the handler against a deadline. Every outcome becomes an answer in the dialect's own format and one log
//! line without contact values or keys.

use std::{
    cell::Cell,
    convert::Infallible,
    io::Write as _,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use crm_domain::{
    Actor, Permission, Timestamp,
    error::{Error, Refusal},
    normal::prepare_phone_numbers,
};
use crm_service::{
    Session,
    link::{LINK_SECRET, LinkKeys},
    take_up_unfinished,
};
use crm_store::{Database, clock};
use futures::{FutureExt as _, future::LocalBoxFuture};
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use lambda_runtime::{LambdaEvent, Runtime, service_fn, tower::util::ThenLayer};
use serde_json::Value;
use tracing::{error, level_filters::LevelFilter};
use tracing_subscriber::{Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{
    afterwards::Afterwards,
    http::{BODY_LIMIT, Request, Response},
    key_ring::KeyRing,
    link_ring::LinkRing,
    request_line::{Caller, Outcome, request_line},
    routes::{Admission, Route},
    tries::Tries,
};

/// The field of the desk's forms that carries the code of the sign-in. Fields of data models have no hyphens.
pub const FORM_CODE: &str = "form-code";
/// The refusal of a form that no page of this sign-in has made.
pub const FOREIGN_FORM: &str = "foreign_form";
/// The refusal of a sign-in after too many failures.
pub const TOO_MANY_TRIES: &str = "too_many_tries";

/// The time limit for opening the connection. The first request's caller waits for it in addition to its own seven seconds.
pub(crate) const TO_OPEN: Duration = Duration::from_millis(500);

/// The outer form of a dialect, or of our own pages.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// Finds the API key in a request, or the token of a sign-in. It is not called on routes that neither opens.
    pub key: fn(&Request) -> Option<&str>,
    /// Finds the acting user in a request. It is also called on routes that no key opens. A sign-in tells its own.
    pub actor: fn(&Request) -> Actor,
    /// The code of a form, where forms count only with that of their sign-in.
    pub form_code: fn(&Request) -> String,
    /// Words an error.
    pub render_error: fn(&Error, &Request) -> Response,
}

/// The future that a handler returns.
pub type Answering = LocalBoxFuture<'static, Result<Response, Error>>;

/// The handler of an authenticated request. The macro [`handler!`](crate::handler) makes one of an `async fn`.
pub type Handler = fn(Session, Arc<Request>) -> Answering;

/// The handler of a function.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    /// For authenticated requests.
    Gated(Handler),
    /// For everybody, without a table.
    Open(fn(&Request) -> Result<Response, Error>),
}

/// A route with its handler: all that a binary has to name.
///
/// Endpoints are statics of their dialect's library. Nothing below [`Endpoint::serve`] is generic, so a binary compiles only a call.
#[derive(Debug)]
pub struct Endpoint {
    /// The row of the route table.
    pub route: &'static Route,
    /// The dialect.
    pub dialect: &'static Dialect,
    /// The handler.
    pub work: Work,
}

/// Makes a [`Handler`] of an `async fn(Session, Arc<Request>)`.
#[macro_export]
macro_rules! handler {
    ($handler:path) => {
        $crate::runtime::Work::Gated(|session, request| Box::pin($handler(session, request)))
    };
}

/// Declares the endpoints of one dialect, each a route with its handler, and the list of them.
///
/// A row is `NAME = handler;`, where `NAME` is that of the row in the dialect's route table. It does not compile as long as a route
/// has none.
#[macro_export]
macro_rules! endpoints {
    ($routes:ident, $dialect:path: $($name:ident = $work:expr;)+) => {
        $(
            #[doc = concat!("Answers the route of this name: `", stringify!($work), "`.")]
            pub static $name: $crate::runtime::Endpoint = $crate::runtime::Endpoint {
                route: &$crate::routes::$routes::$name,
                dialect: &$dialect,
                work: $work,
            };
        )+
        const _: () = {
            let endpoints = [$(stringify!($name)),+];
            assert!(endpoints.len() == $crate::routes::$routes::ALL.len(), "a route has no endpoint");
        };
        /// All endpoints of the dialect.
        pub static ALL: &[&$crate::runtime::Endpoint] = &[$(&$name),+];
    };
}

/// The `main` of a binary, which must have the name of the endpoint's function.
#[macro_export]
macro_rules! serve {
    ($endpoint:path) => {
        const _: () = $endpoint.route.assert_served_by(env!("CARGO_BIN_NAME"));

        fn main() -> Result<(), $crate::runtime::StartError> {
            $endpoint.serve()
        }
    };
}

/// The reason why a function cannot start. The text tells an operator what to set.
pub type StartError = lambda_runtime::Error;

impl Endpoint {
    /// Runs the function until Lambda ends it.
    ///
    /// # Errors
    /// The function cannot start. The text tells an operator what to set.
    pub fn serve(&'static self) -> Result<(), StartError> {
        start_logging();
        // A function handles one request at a time, so a second thread would only cost start-up time.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let function = Function {
                endpoint: self,
                gate: Gate::start(self).await?,
                cold: Cell::new(true),
                afterwards: Afterwards::default(),
                metrics: std::env::var("METRICS_NAMESPACE").ok().filter(|name| !name.is_empty()),
            };
            // Boxed: the types of nested futures would outgrow the compiler's limit.
            let service = service_fn(|event| function.answer(event).boxed_local());
            let finish = ThenLayer::new(async |answered| {
                function.afterwards.finish().await;
                answered
            });
            Runtime::new(service).layer(finish).run().await
        })
    }
}

/// What lets callers in.
struct Gate {
    ring: Ring,
    links: Arc<LinkKeys>,
    /// The failures, where they are bounded.
    tries: Option<Tries>,
}

/// Whom this execution environment has let in before.
enum Ring {
    /// By a key with any one of these permissions; any valid key if there are none.
    Keys(KeyRing, Option<&'static [Permission]>),
    /// By a sign-in, whose key has any one of these permissions.
    SignIns(KeyRing, &'static [Permission]),
    Links(LinkRing),
    /// The request is not authenticated.
    Open,
}

impl Gate {
    async fn start(endpoint: &Endpoint) -> Result<Self, StartError> {
        let name = endpoint.route.function;
        let admission = endpoint.route.admission;
        if admission == Admission::Open {
            return Ok(Self::open());
        }
        let table = table_name()?;
        // The processor works while the network does. It runs at full speed during INIT, and not during the first request.
        let prepare = async {
            if endpoint.route.reads_contact_points() {
                prepare_phone_numbers();
            }
        };
        let ((database, opened), ()) = tokio::join!(Database::connect(table, TO_OPEN), prepare);
        // A function without a database still starts, and every answer says so. A loop of failing starts would reveal less.
        if let Err(error) = opened {
            error!(function = name, cause = error.log_text(), "the table cannot be read");
        }
        let links = if endpoint.route.links {
            link_keys(name)
        } else {
            LinkKeys::default()
        };
        let links = Arc::new(links);
        let ring = match admission {
            Admission::Key(permissions) | Admission::SignIn(permissions) => Ring::Keys(KeyRing::new(database), Some(permissions)),
            Admission::AnyKey => Ring::Keys(KeyRing::new(database), None),
            Admission::SignedIn(permissions) => Ring::SignIns(KeyRing::new(database), permissions),
            Admission::Link => Ring::Links(LinkRing::new(database, Arc::clone(&links))),
            Admission::Open => Ring::Open,
        };
        let tries = matches!(admission, Admission::SignIn(_)).then(Tries::default);
        Ok(Self { ring, links, tries })
    }

    fn open() -> Self {
        Self {
            ring: Ring::Open,
            links: Arc::default(),
            tries: None,
        }
    }

    /// The keys that were read, where keys let callers in.
    fn keys(&self) -> Option<&KeyRing> {
        match &self.ring {
            Ring::Keys(keys, _) | Ring::SignIns(keys, _) => Some(keys),
            Ring::Links(_) | Ring::Open => None,
        }
    }

    /// Whether this is the first request since the caller's key was read, at most some fifty seconds ago.
    fn is_first_look(&self, session: &Session) -> bool {
        self.keys().is_some_and(|keys| keys.is_first_look(&session.grant))
    }

    /// Like [`Self::admit`], but not after too many failures.
    async fn admit_if_allowed(
        &self,
        dialect: &Dialect,
        request: &Request,
        caller: &mut Caller,
        now: Timestamp,
        afterwards: &Afterwards,
    ) -> Result<Session, Error> {
        let Some(tries) = &self.tries else {
            return self.admit(dialect, request, caller, now, afterwards).await;
        };
        if !tries.may_try(&request.source, Instant::now()) {
            return Err(refused(TOO_MANY_TRIES));
        }
        let admitted = self.admit(dialect, request, caller, now, afterwards).await;
        let whole = admitted.and_then(|session| session.grant.key.check_whole_tenant().map(|()| session));
        if matches!(whole, Err(Error::Unauthorized(_) | Error::Forbidden(_))) {
            tries.note_failure(&request.source, Instant::now());
        }
        whole
    }

    /// Checks that a form comes from a page of this sign-in: another site cannot know the code.
    fn check_form(&self, dialect: &Dialect, request: &Request) -> Result<(), Error> {
        if !matches!(self.ring, Ring::SignIns(..)) || request.method == "GET" {
            return Ok(());
        }
        let token = (dialect.key)(request).unwrap_or_default();
        if self.links.is_form_code(&(dialect.form_code)(request), token) {
            Ok(())
        } else {
            Err(refused(FOREIGN_FORM))
        }
    }

    /// The caller, authenticated. `None` on routes that do not authenticate.
    async fn admit(
        &self,
        dialect: &Dialect,
        request: &Request,
        caller: &mut Caller,
        now: Timestamp,
        afterwards: &Afterwards,
    ) -> Result<Session, Error> {
        let actor = (dialect.actor)(request);
        let (grant, actor) = match &self.ring {
            Ring::Keys(keys, _) => (keys.find((dialect.key)(request)).await?, actor),
            Ring::SignIns(keys, _) => {
                let sign_in = self.links.sign_in((dialect.key)(request).unwrap_or_default(), now)?;
                (keys.of_sign_in(&sign_in).await?, sign_in.actor())
            }
            Ring::Links(links) => (links.find(request, now).await?, actor),
            Ring::Open => return Err(Error::internal("admit a caller", "an open route has no sessions")),
        };
        *caller = Caller::new(grant.key.tenant.as_str(), &grant.key.label, &actor);
        match &self.ring {
            Ring::Keys(_, Some(permissions)) => grant.key.check(permissions, actor.company, now)?,
            Ring::Keys(_, None) => grant.key.check_valid(actor.company, now)?,
            Ring::SignIns(_, permissions) => {
                grant.key.check(permissions, actor.company, now)?;
                grant.key.check_whole_tenant()?;
            }
            Ring::Links(_) | Ring::Open => {}
        }
        if let Some(note) = self.keys().and_then(|keys| keys.note_of_use(&grant, now)) {
            afterwards.add(note);
        }
        Ok(Session {
            grant,
            actor,
            now,
            links: Arc::clone(&self.links),
        })
    }
}

/// The table's name.
pub(crate) fn table_name() -> Result<String, StartError> {
    let name = std::env::var("TABLE_NAME");
    Ok(name.map_err(|_| "the environment variable TABLE_NAME is not set: it names the DynamoDB table of infra/template.yaml")?)
}

/// A refusal that the desk words.
fn refused(code: &'static str) -> Error {
    Error::Refused(Box::new(Refusal {
        code,
        arguments: Vec::new(),
        details: Vec::new(),
    }))
}

/// The secrets that sign links to our pages. Without them the CRM works, and its links lead to a page that says so. A problem with pages
/// must not keep agents from their customers.
fn link_keys(function: &str) -> LinkKeys {
    LinkKeys::read(&std::env::var(LINK_SECRET).unwrap_or_default()).unwrap_or_else(|why| {
        error!(function, cause = why, "links to the pages are not signed and do not open");
        LinkKeys::default()
    })
}

struct Function {
    endpoint: &'static Endpoint,
    gate: Gate,
    /// Whether no request has been answered here yet.
    cold: Cell<bool>,
    /// The work after the answer to the current request.
    afterwards: Afterwards,
    /// The namespace of the metrics. Without it there are no metrics.
    metrics: Option<String>,
}

impl Function {
    async fn answer(&self, event: LambdaEvent<ApiGatewayV2httpRequest>) -> Result<ApiGatewayV2httpResponse, Infallible> {
        let begun = Instant::now();
        let request = Arc::new(Request::new(event));
        let mut caller = Caller::default();
        let result = AssertUnwindSafe(tokio::time::timeout(
            request.budget,
            Box::pin(self.result(&request, &mut caller)),
        ))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| {
            Ok(Err(Error::internal(
                "handle a request",
                "panicked; the line before says where",
            )))
        })
        .unwrap_or(Err(Error::Timeout));
        let (response, failure) = match result.and_then(sendable) {
            Ok(response) => (response, None),
            Err(error) => ((self.endpoint.dialect.render_error)(&error, &request), Some(error)),
        };
        let outcome = Outcome {
            function: self.endpoint.route.function,
            status: response.status,
            failure: failure.as_ref(),
            took: begun.elapsed(),
            cold: self.cold.replace(false),
        };
        write_line(&request_line(
            &request,
            &caller,
            &outcome,
            clock::now(),
            self.metrics.as_deref(),
        ));
        let response = if request.method == "HEAD" { response.head() } else { response };
        Ok(response.into_event())
    }

    async fn result(&self, request: &Arc<Request>, caller: &mut Caller) -> Result<Response, Error> {
        let handler = match self.endpoint.work {
            Work::Open(handler) => return handler(request),
            Work::Gated(handler) => handler,
        };
        let dialect = self.endpoint.dialect;
        let session = self
            .gate
            .admit_if_allowed(dialect, request, caller, clock::now(), &self.afterwards)
            .await?;
        if request.body.len() > BODY_LIMIT {
            return Err(Error::TooLarge);
        }
        self.gate.check_form(dialect, request)?;
        if !(self.endpoint.route.writes() && self.gate.is_first_look(&session)) {
            return handler(session, Arc::clone(request)).await;
        }
        // In parallel with the request, so that it costs no time if there is nothing to complete.
        let others = session.clone();
        let (response, ()) = tokio::join!(handler(session, Arc::clone(request)), take_up_unfinished(&others));
        response
    }
}

/// Handlers keep answers small enough. One that does not causes an error in the dialect's own format rather than one of Lambda's.
fn sendable(response: Response) -> Result<Response, Error> {
    if response.is_sendable() {
        Ok(response)
    } else {
        Err(Error::internal("answer a request", "the answer is larger than Lambda takes"))
    }
}

/// Written in one piece, because Lambda treats what arrives together as one line. A log that cannot be written does not stop the answer.
pub(crate) fn write_line(line: &Value) {
    _ = std::io::stdout().write_all(format!("{line}\n").as_bytes());
}

/// The crates of this workspace, whose log lines contain no data of the SDK.
const OURS: [&str; 12] = [
    "crm_domain",
    "crm_store",
    "crm_service",
    "crm_outgoing",
    "crm_lambda",
    "khoros",
    "agent",
    "egain",
    "omnidesk",
    "admin",
    "desk",
    "webhook",
];

/// Logs JSON lines to standard output, which Lambda collects. `LOG_LEVEL` sets what our own code logs beside the line of each request,
/// which is always written. The SDK stays at warnings, since it logs whole items at lower levels.
pub(crate) fn start_logging() {
    let level = std::env::var("LOG_LEVEL")
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let ours = OURS.iter().map(|ours| (*ours, level));
    let ours = Targets::new().with_default(LevelFilter::WARN).with_targets(ours);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false);
    tracing_subscriber::registry().with(lines.with_filter(ours)).init();
    // The text of a panic can contain a stored value.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        error!(place, "panicked");
    }));
}
