//! Marks that two customers are different people (contract section 3).

use std::sync::Arc;

use crm_domain::{CustomerId, error::Error, model::json_type};
use crm_lambda::http::{Request, Response};
use crm_service::{
    DistinctRefusal, Session,
    json::{self, Mistakes},
};
use serde_json::{Map, Value, json};

use crate::refusal;

/// `PUT distinct/{id}/{other}` (`markDistinct`).
pub async fn mark_distinct(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let reason = reason(&request)?;
    let marked = crm_service::mark_distinct(&session, ids(&request)?, reason).await;
    Ok(answer(marked.map_err(refusal::of_mark)?, true))
}

/// `DELETE distinct/{id}/{other}` (`liftDistinct`).
pub async fn lift_distinct(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let lifted = crm_service::lift_distinct(&session, ids(&request)?).await;
    Ok(answer(lifted.map_err(refusal::of_mark)?, false))
}

fn answer(ids: [CustomerId; 2], is_distinct: bool) -> Response {
    Response::json(200, &json!({"ids": ids, "distinct": is_distinct}))
}

fn ids(request: &Request) -> Result<[CustomerId; 2], Error> {
    // A text that is not an id names no customer.
    let id = |name, refused| CustomerId::parse(request.path_parameter(name)).ok_or_else(|| refusal::of_mark(refused));
    Ok([id("id", DistinctRefusal::NoOne)?, id("other", DistinctRefusal::NoOther)?])
}

/// The reason. A request without a body has none.
fn reason(request: &Request) -> Result<Option<String>, Error> {
    let mut body = if request.body.is_empty() {
        Map::new()
    } else {
        request.json_object()?
    };
    let mut mistakes = Mistakes::default();
    let reason = match body.remove("reason").unwrap_or_default() {
        Value::Null => Ok(None),
        Value::String(reason) => Ok(Some(reason).filter(|reason| !reason.trim().is_empty())),
        other => Err(format!("must be a text, not {}", json_type(&other))),
    };
    let reason = mistakes.note("reason", reason);
    json::no_others(body, &mut mistakes);
    mistakes.or(reason.flatten())
}
