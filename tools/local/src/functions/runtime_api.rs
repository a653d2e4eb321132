//! The Runtime API: where a function's process gets its calls and posts its answers.
//!
//! Each process has its own prefix, `/{function}/{environment}`, which identifies it.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    http,
};
use serde::Deserialize;
use uuid::Uuid;

use super::pool::{Invocation, Outcome, Pool};
use crate::http::{BodyError, Reply, json, read_body};

/// Lambda's limit for the payload of an answer, slightly more than 6 MB.
const MAX_ANSWER_BYTES: usize = 6_291_556;
/// How much of a reported error is logged.
const MAX_ERROR_CHARS: usize = 2_000;

pub(super) async fn answer(pools: Arc<[Arc<Pool>]>, request: Request<Incoming>) -> Reply {
    let path = request.uri().path().to_owned();
    let Some((pool, environment, operation)) = parse(&pools, &path) else {
        return not_found();
    };
    match (request.method(), operation) {
        (&Method::GET, "invocation/next") => next(pool, environment).await,
        (&Method::POST, "init/error") => init_error(pool, environment, request).await,
        (&Method::POST, operation) => match parse_invocation(operation) {
            Some((request_id, "response")) => response(pool, environment, request_id, request).await,
            Some((request_id, "error")) => invocation_error(pool, environment, request_id, request).await,
            _ => not_found(),
        },
        _ => not_found(),
    }
}

/// `/{function}/{environment}/2018-06-01/runtime/{operation}`
fn parse<'a>(pools: &'a [Arc<Pool>], path: &'a str) -> Option<(&'a Pool, Uuid, &'a str)> {
    let (function, rest) = path.strip_prefix('/')?.split_once('/')?;
    let (environment, rest) = rest.split_once('/')?;
    let operation = rest.strip_prefix("2018-06-01/runtime/")?;
    Some((
        pools.get(function.parse::<usize>().ok()?)?,
        environment.parse().ok()?,
        operation,
    ))
}

/// `invocation/{request id}/{what}`
fn parse_invocation(operation: &str) -> Option<(Uuid, &str)> {
    let (request_id, what) = operation.strip_prefix("invocation/")?.split_once('/')?;
    Some((request_id.parse().ok()?, what))
}

/// Waits for a call without a limit.
async fn next(pool: &Pool, environment: Uuid) -> Reply {
    let Some(invocation) = pool.poll(environment) else {
        return unknown_environment();
    };
    match invocation.await {
        Ok(invocation) => event(pool, invocation).unwrap_or_else(|_| json(StatusCode::INTERNAL_SERVER_ERROR, "{}")),
        Err(_) => unknown_environment(),
    }
}

fn event(pool: &Pool, invocation: Invocation) -> http::Result<Reply> {
    let deadline = invocation.deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", invocation.request_id.to_string())
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", arn(&pool.definition.name))
        .header("lambda-runtime-trace-id", trace_id())
        .body(Full::new(invocation.payload))
}

fn arn(function: &str) -> String {
    format!("arn:aws:lambda:us-east-1:000000000000:function:{function}")
}

/// A trace id in X-Ray's form.
pub(crate) fn trace_id() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let random = Uuid::new_v4().simple().to_string();
    format!("Root=1-{seconds:08x}-{}", &random[..24])
}

async fn response(pool: &Pool, environment: Uuid, request_id: Uuid, mut request: Request<Incoming>) -> Reply {
    match read_body(&mut request, MAX_ANSWER_BYTES).await {
        Ok(payload) => acknowledge(pool.finish(environment, request_id, Outcome::Answer(payload))),
        Err(BodyError::TooLarge) => {
            pool.log(&format!(
                "{request_id} the answer exceeds the maximum payload size ({MAX_ANSWER_BYTES} bytes)"
            ));
            pool.finish(environment, request_id, Outcome::Failed);
            json(
                StatusCode::PAYLOAD_TOO_LARGE,
                r#"{"errorType":"RequestEntityTooLarge","errorMessage":"response too large"}"#,
            )
        }
        Err(BodyError::TooSlow | BodyError::Broken) => {
            pool.finish(environment, request_id, Outcome::Failed);
            json(
                StatusCode::BAD_REQUEST,
                r#"{"errorType":"TruncatedResponse","errorMessage":"incomplete response"}"#,
            )
        }
    }
}

async fn invocation_error(pool: &Pool, environment: Uuid, request_id: Uuid, mut request: Request<Incoming>) -> Reply {
    let body = read_body(&mut request, MAX_ANSWER_BYTES).await.unwrap_or_default();
    pool.log(&format!("{request_id} the function failed: {}", error_message(&body)));
    acknowledge(pool.finish(environment, request_id, Outcome::Failed))
}

async fn init_error(pool: &Pool, environment: Uuid, mut request: Request<Incoming>) -> Reply {
    let body = read_body(&mut request, MAX_ANSWER_BYTES).await.unwrap_or_default();
    acknowledge(pool.fail_start(environment, error_message(&body)))
}

/// The body of a runtime's error report.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportedError {
    error_message: String,
}

/// The message of the report, or the body as it was sent.
fn error_message(body: &Bytes) -> String {
    let message = match serde_json::from_slice(body) {
        Ok(ReportedError { error_message }) => error_message,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    message.chars().take(MAX_ERROR_CHARS).collect()
}

fn acknowledge(known: bool) -> Reply {
    if known {
        json(StatusCode::ACCEPTED, r#"{"status":"OK"}"#)
    } else {
        json(
            StatusCode::BAD_REQUEST,
            r#"{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}"#,
        )
    }
}

fn unknown_environment() -> Reply {
    json(
        StatusCode::FORBIDDEN,
        r#"{"errorType":"InvalidEnvironment","errorMessage":"this environment has ended"}"#,
    )
}

fn not_found() -> Reply {
    json(
        StatusCode::NOT_FOUND,
        r#"{"errorType":"NotFound","errorMessage":"no such operation"}"#,
    )
}
