//! A database that fails on command: a proxy between the functions and the embedded DynamoDB.
//!
//! Faults and records belong to a [`Scope`]: the calls that name one tenant or one of its keys. So tests with tenants of
//! their own run in parallel over one proxy without disturbing each other.
//!
//! The proxy also stands in for IAM: it refuses everything that [`crm_lambda::table_use`] does not list for a
//! function.

use std::{
    collections::{BTreeMap, BTreeSet},
    future,
    io::{Error, ErrorKind},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use crm_lambda::table_use::TableUse;
use crm_store::clock;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header,
};
use local::{
    proxy,
    units::{Units, asking, units},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

use crate::permissions;

/// DynamoDB's error for a missing permission.
const ACCESS_DENIED: &str = "com.amazon.coral.service#AccessDeniedException";

/// DynamoDB's error for a transaction that was sent before and is still in progress.
const TRANSACTION_IN_PROGRESS: &str = "com.amazonaws.dynamodb.v20120810#TransactionInProgressException";

/// The operation of rules that apply to every operation.
pub const ANY: &str = "any operation";

/// A fault of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call is refused with this status and error, and does nothing.
    Refused(u16, &'static str),
    /// A transaction does not happen, and gives this reason for its first write.
    Cancelled(&'static str),
    /// Nothing is done, and no answer ever comes.
    Hanging,
    /// Nothing is done, and the connection closes.
    Dropped,
    /// The call is executed, and the connection closes before the answer.
    AnswerLost,
    /// The call is executed, and no answer ever comes.
    AnswerWithheld,
    /// The call is executed, and its answer ends in the middle.
    AnswerCut,
    /// The call is executed, but the answer is this status and error.
    AnswerReplaced(u16, &'static str),
    /// The call is executed after so long, whether the caller still waits or not.
    Late(Duration),
    /// The call is executed, and the answer's date is so many seconds later than now.
    Dated(i64),
    /// A `BatchGetItem` answers half of its keys, and says that the others are unprocessed.
    HalfUnprocessed,
}

impl Fault {
    /// The table throttles.
    pub const THROTTLED: Self = Self::Refused(400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException");
    /// The account is throttled.
    pub const THROTTLED_ACCOUNT: Self = Self::Refused(400, "com.amazon.coral.availability#ThrottlingException");
    /// The database has an internal error.
    pub const INTERNAL: Self = Self::Refused(500, "com.amazonaws.dynamodb.v20120810#InternalServerError");
    /// The function's role lacks a permission.
    pub const ACCESS_DENIED: Self = Self::Refused(400, ACCESS_DENIED);
    /// The table does not exist.
    pub const NO_TABLE: Self = Self::Refused(400, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException");
    /// The same transaction was sent before and is still in progress.
    pub const IN_PROGRESS: Self = Self::Refused(400, TRANSACTION_IN_PROGRESS);
    /// The answer says that the transaction is still in progress, although it was committed.
    pub const COMMITTED_LATE: Self = Self::AnswerReplaced(400, TRANSACTION_IN_PROGRESS);
    /// Another transaction holds the same item.
    pub const CONFLICT: Self = Self::Cancelled("TransactionConflict");
    /// A transaction writes to a throttled partition.
    pub const TRANSACTION_THROTTLED: Self = Self::Cancelled("ThrottlingError");
}

/// One call that a scope saw.
#[derive(Clone, Debug)]
pub struct Call {
    /// For example `GetItem`.
    pub operation: String,
    /// The request, as JSON.
    pub body: Bytes,
    /// When it arrived.
    pub began: Instant,
    /// When its answer was sent; `None` if it never was.
    pub ended: Option<Instant>,
    /// The fault that it met.
    pub fault: Option<Fault>,
}

/// Groups calls into sequential round trips. Calls that overlap ran in parallel and are one step.
pub fn steps(mut calls: Vec<Call>) -> Vec<Vec<Call>> {
    calls.sort_by_key(|call| call.began);
    let mut steps: Vec<(Option<Instant>, Vec<Call>)> = Vec::new();
    for call in calls {
        match steps.last_mut() {
            // The call began before the first answer of the step.
            Some((first_end, step)) if first_end.is_none_or(|end| call.began < end) => {
                *first_end = [*first_end, call.ended].into_iter().flatten().min();
                step.push(call);
            }
            _ => steps.push((call.ended, vec![call])),
        }
    }
    steps.into_iter().map(|(_, step)| step).collect()
}

/// The running proxy. It serves until it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    desk: Arc<Desk>,
    server: Mutex<JoinHandle<()>>,
}

impl FaultProxy {
    /// Starts in front of the database at `upstream`, such as `http://127.0.0.1:8000`.
    pub async fn start(upstream: &str) -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            scopes: Mutex::default(),
            uses: Mutex::default(),
            tellers: Mutex::default(),
            meters: Mutex::default(),
        });
        let server = Mutex::new(tokio::spawn(Arc::clone(&desk).serve(listener)));
        Ok(Self { address, desk, server })
    }

    /// The address to give to the functions.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The scope of the calls that contain one of `marks` and none of `exceptions`. If a call is in
    /// several scopes, the oldest one counts.
    pub fn scope(&self, marks: &[&str], exceptions: &[&str]) -> Scope {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let script = Arc::new(Script {
            marks: owned(marks),
            exceptions: owned(exceptions),
            state: Mutex::default(),
        });
        self.desk.scopes().push(Arc::clone(&script));
        Scope {
            desk: Arc::clone(&self.desk),
            script,
        }
    }

    /// What a function has done to the table so far.
    pub fn uses_of(&self, function: &str) -> BTreeSet<TableUse> {
        lock(&self.desk.uses).get(function).cloned().unwrap_or_default()
    }

    /// Whether a function has written a notice to the feed of changes.
    pub fn has_told(&self, function: &str) -> bool {
        lock(&self.desk.tellers).contains(function)
    }

    /// Starts counting the units that a function's calls consume, except for calls in a scope.
    pub fn meter(&self, function: &str) {
        lock(&self.desk.meters).insert(function.to_owned(), Units::default());
    }

    /// The units that a function's calls have consumed since [`Self::meter`].
    pub fn units_of(&self, function: &str) -> Units {
        lock(&self.desk.meters).get(function).copied().unwrap_or_default()
    }

    /// Closes every connection and refuses new ones.
    pub async fn go_down(&self) {
        let server = std::mem::replace(&mut *lock(&self.server), tokio::spawn(future::ready(())));
        server.abort();
        // It is gone when the task has ended.
        _ = server.await;
    }

    /// Listens again after [`Self::go_down`], at the same address.
    pub async fn come_back(&self) -> Result<(), Error> {
        let listener = TcpListener::bind(self.address).await?;
        *lock(&self.server) = tokio::spawn(Arc::clone(&self.desk).serve(listener));
        Ok(())
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        lock(&self.server).abort();
    }
}

/// A group of calls: their faults, and a record of them. Dropping the scope ends both.
#[derive(Debug)]
pub struct Scope {
    desk: Arc<Desk>,
    script: Arc<Script>,
}

impl Scope {
    /// Applies a fault to the next `times` calls of the operation.
    pub fn next(&self, times: usize, operation: &'static str, fault: Fault) {
        self.add(operation, 0, Some(times), fault);
    }

    /// Applies a fault to every call of the operation, until [`Self::heal`].
    pub fn always(&self, operation: &'static str, fault: Fault) {
        self.add(operation, 0, None, fault);
    }

    /// Applies a fault to the `n`th call of the operation from now, counted from 1, and to all later ones, until
    /// [`Self::heal`]. On a busy machine an attempt may take too long and be repeated. All attempts of one transaction
    /// count as one call.
    pub fn from_nth(&self, n: usize, operation: &'static str, fault: Fault) {
        self.add(operation, n - 1, None, fault);
    }

    fn add(&self, operation: &'static str, skip: usize, times: Option<usize>, fault: Fault) {
        let rule = Rule {
            operation,
            skip,
            spared: BTreeSet::new(),
            times,
            fault,
        };
        lock(&self.script.state).rules.push(rule);
    }

    /// Delays every call by this much.
    pub fn slow_down(&self, delay: Duration) {
        lock(&self.script.state).delay = delay;
    }

    /// Removes all faults. Calls that hang already keep hanging.
    pub fn heal(&self) {
        let mut state = lock(&self.script.state);
        state.rules.clear();
        state.delay = Duration::ZERO;
    }

    /// The calls so far, in order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.script.state).calls.clone()
    }

    /// How many calls of the operation there were.
    pub fn count(&self, operation: &str) -> usize {
        self.calls()
            .iter()
            .filter(|call| operation == ANY || call.operation == operation)
            .count()
    }

    /// Whether a call met a fault, as far as the record goes.
    pub fn has_struck(&self) -> bool {
        lock(&self.script.state).calls.iter().any(|call| call.fault.is_some())
    }

    /// Clears the record of calls.
    pub fn forget_calls(&self) {
        lock(&self.script.state).calls.clear();
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.desk.scopes().retain(|script| !Arc::ptr_eq(script, &self.script));
    }
}

#[derive(Debug)]
struct Script {
    marks: Vec<String>,
    exceptions: Vec<String>,
    state: Mutex<ScriptState>,
}

#[derive(Debug, Default)]
struct ScriptState {
    delay: Duration,
    rules: Vec<Rule>,
    calls: Vec<Call>,
}

/// A fault for some calls of an operation: after `skip` calls, a number of times or always.
#[derive(Debug)]
struct Rule {
    operation: &'static str,
    skip: usize,
    /// The transactions among the calls that were skipped, by their request tokens.
    spared: BTreeSet<String>,
    times: Option<usize>,
    fault: Fault,
}

impl Rule {
    /// Counts a call. Returns whether the fault applies to it.
    fn takes(&mut self, operation: &str, body: &[u8]) -> bool {
        if self.operation != ANY && self.operation != operation {
            return false;
        }
        let token = request_token(body);
        if token.is_some_and(|token| self.spared.contains(token)) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            self.spared.extend(token.map(str::to_owned));
            return false;
        }
        match &mut self.times {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

/// The token that all attempts of a transaction have in common.
fn request_token(body: &[u8]) -> Option<&str> {
    let (_, rest) = std::str::from_utf8(body).ok()?.split_once(r#""ClientRequestToken":""#)?;
    Some(rest.split_once('"')?.0)
}

impl Script {
    fn concerns(&self, body: &str) -> bool {
        let holds_any = |texts: &[String]| texts.iter().any(|text| body.contains(text));
        holds_any(&self.marks) && !holds_any(&self.exceptions)
    }

    /// Records the start of a call. Returns when it began, its delay and its fault.
    fn begin(&self, operation: &str, body: &Bytes) -> (Instant, Duration, Option<Fault>) {
        let mut state = lock(&self.state);
        // Every rule counts every call, even one that an earlier rule applies to.
        let fault = state
            .rules
            .iter_mut()
            .map(|rule| rule.takes(operation, body).then_some(rule.fault))
            .fold(None, Option::or);
        let began = Instant::now();
        state.calls.push(Call {
            operation: operation.to_owned(),
            body: body.clone(),
            began,
            ended: None,
            fault,
        });
        (began, state.delay, fault)
    }

    fn end(&self, began: Instant, operation: &str) {
        let mut state = lock(&self.state);
        let call = state
            .calls
            .iter_mut()
            .find(|call| call.began == began && call.operation == operation);
        if let Some(call) = call {
            call.ended = Some(Instant::now());
        }
    }
}

/// The state that all connections share.
#[derive(Debug)]
struct Desk {
    upstream: String,
    scopes: Mutex<Vec<Arc<Script>>>,
    /// By function.
    uses: Mutex<BTreeMap<String, BTreeSet<TableUse>>>,
    /// The functions that told others of a change.
    tellers: Mutex<BTreeSet<String>>,
    /// By function, of those that are metered.
    meters: Mutex<BTreeMap<String, Units>>,
}

impl Desk {
    fn scopes(&self) -> MutexGuard<'_, Vec<Arc<Script>>> {
        lock(&self.scopes)
    }

    async fn serve(self: Arc<Self>, listener: TcpListener) {
        let answer = move |request| {
            let desk = Arc::clone(&self);
            async move { desk.answer(request).await }
        };
        proxy::serve(listener, answer).await;
    }

    /// An error closes the connection.
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(Error::other)?.to_bytes();
        let operation = proxy::operation(&head);
        let user_agent = head.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let function = user_agent.and_then(permissions::caller).unwrap_or_default().to_owned();
        if !function.is_empty()
            && let Err(reason) = self.admit(&function, &operation, &body)
        {
            return Ok(refusal(400, &json!({"__type": ACCESS_DENIED, "message": reason})));
        }
        // Attributes are in any order, so the key that tells the scope may be anywhere.
        let text = String::from_utf8_lossy(&body);
        let script = self.scopes().iter().find(|script| script.concerns(&text)).cloned();
        let Some(script) = script else {
            let metered = lock(&self.meters).contains_key(&function);
            let request = Request::from_parts(head, Full::new(if metered { asking(&body)? } else { body }));
            let answer = proxy::forward(&self.upstream, request).await?;
            return if metered {
                self.count(&function, &operation, answer).await
            } else {
                Ok(answer)
            };
        };
        let (began, delay, fault) = script.begin(&operation, &body);
        sleep(delay).await;
        let request = Request::from_parts(head, Full::new(body.clone()));
        if let Some(Fault::Late(delay)) = fault {
            let upstream = self.upstream.clone();
            let late = tokio::spawn(async move {
                sleep(delay).await;
                proxy::forward(&upstream, request).await
            });
            return late.await.map_err(Error::other)?;
        }
        let forwarded = proxy::forward(&self.upstream, request);
        let answer = match fault {
            None | Some(Fault::Late(_)) => forwarded.await?,
            Some(Fault::Refused(status, kind)) => refusal(status, &json!({"__type": kind, "message": "made by the test"})),
            Some(Fault::Cancelled(reason)) => refusal(400, &cancellation(reason, &body)?),
            Some(Fault::Hanging) => future::pending().await,
            Some(Fault::Dropped) => return Err(ErrorKind::ConnectionReset.into()),
            Some(Fault::AnswerLost) => {
                forwarded.await?;
                return Err(ErrorKind::ConnectionReset.into());
            }
            Some(Fault::AnswerWithheld) => {
                forwarded.await?;
                future::pending().await
            }
            Some(Fault::AnswerReplaced(status, kind)) => {
                forwarded.await?;
                refusal(status, &json!({"__type": kind, "message": "made by the test"}))
            }
            Some(Fault::Dated(later)) => {
                let mut answer = forwarded.await?;
                let date = DateTime::from_secs(clock::now().plus_seconds(later).seconds()).fmt(DateTimeFormat::HttpDate);
                let date = date.map_err(Error::other)?.parse().map_err(Error::other)?;
                answer.headers_mut().insert(header::DATE, date);
                answer
            }
            Some(Fault::AnswerCut) => change_body(forwarded.await?, |answer| Ok(answer.slice(..answer.len() / 2))).await?,
            Some(Fault::HalfUnprocessed) => {
                change_body(forwarded.await?, |answer| half_unprocessed(&operation, &body, &answer)).await?
            }
        };
        script.end(began, &operation);
        Ok(answer)
    }

    /// Records what a function does, if it is allowed.
    fn admit(&self, function: &str, operation: &str, body: &[u8]) -> Result<(), String> {
        let request = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let uses = permissions::allowed_as(function, permissions::uses(function, operation, &request)?);
        if let Some(reason) = permissions::refusal(function, &uses) {
            return Err(reason);
        }
        lock(&self.uses).entry(function.to_owned()).or_default().extend(uses);
        if permissions::tells(operation, &request) {
            lock(&self.tellers).insert(function.to_owned());
        }
        Ok(())
    }

    async fn count(&self, function: &str, operation: &str, answer: Response<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Error> {
        change_body(answer, |body| {
            let consumed = units(operation, &serde_json::from_slice(&body)?);
            *lock(&self.meters).entry(function.to_owned()).or_default() += consumed;
            Ok(body)
        })
        .await
    }
}

async fn change_body(
    answer: Response<Full<Bytes>>,
    change: impl FnOnce(Bytes) -> Result<Bytes, Error>,
) -> Result<Response<Full<Bytes>>, Error> {
    let (mut head, body) = answer.into_parts();
    head.headers.remove("x-amz-crc32");
    let body = body.collect().await.map_err(Error::other)?.to_bytes();
    Ok(Response::from_parts(head, Full::new(change(body)?)))
}

fn refusal(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::from(body.to_string())));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    answer
}

/// DynamoDB's answer to a cancelled transaction: a reason for each of its writes, mostly `None`.
fn cancellation(reason: &str, request: &[u8]) -> Result<Value, Error> {
    let request: Value = serde_json::from_slice(request)?;
    let writes = request["TransactItems"].as_array().map_or(1, Vec::len);
    let codes: Vec<&str> = (0..writes).map(|at| if at == 0 { reason } else { "None" }).collect();
    let reasons: Vec<Value> = codes
        .iter()
        .map(|code| match *code {
            "None" => json!({"Code": code}),
            code => json!({"Code": code, "Message": "made by the test"}),
        })
        .collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    Ok(json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "CancellationReasons": reasons,
        "Message": message,
    }))
}

/// Removes the items of half of the keys from the answer to a `BatchGetItem`, and names those keys as unprocessed.
fn half_unprocessed(operation: &str, request: &[u8], answer: &Bytes) -> Result<Bytes, Error> {
    let mut answer: Value = serde_json::from_slice(answer)?;
    if operation != "BatchGetItem" || answer.get("Responses").is_none() {
        return Err(Error::other(format!("{operation} has no unprocessed keys")));
    }
    let mut request: Value = serde_json::from_slice(request)?;
    let tables = request["RequestItems"].as_object_mut();
    for (table, asked) in tables.into_iter().flatten() {
        let Some(keys) = asked["Keys"].as_array_mut() else { continue };
        keys.drain(..keys.len() / 2);
        let left = keys.clone();
        if let Some(items) = answer["Responses"][table.as_str()].as_array_mut() {
            items.retain(|item| !left.iter().any(|key| key["pk"] == item["pk"] && key["sk"] == item["sk"]));
        }
        answer["UnprocessedKeys"][table.as_str()] = asked.clone();
    }
    Ok(Bytes::from(answer.to_string()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
