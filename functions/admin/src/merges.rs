//! Merges (contract section 2).

use std::sync::Arc;

use crm_domain::{
    CaseId, CustomerId, MergeId,
    error::Error,
    model::{REQUIRED, json_type},
};
use crm_lambda::http::{Request, Response};
use crm_service::{
    MergeRequest, Session,
    json::{self, Mistakes},
};
use khoros::retry;
use serde_json::{Map, Value};

use crate::{refusal, wire};

/// More names than any record has parts.
const MOST_TAKEN: usize = 500;

/// `POST merges` (`mergeCustomers`).
pub async fn merge_customers(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let body = request.json_object()?;
    let once = retry::sent_key(&request).map(|_| retry::once_key("mergeCustomers", &session, &request, &body));
    let (wanted, is_dry) = merge(body)?;
    if is_dry {
        let plan = crm_service::plan_merge(&session, &wanted).await.map_err(refusal::of_merge)?;
        return Ok(Response::json(200, &wire::plan(&plan, &session, &request.origin())));
    }
    let wanted = MergeRequest { once, ..wanted };
    let merge = crm_service::merge_customers(&session, &wanted).await;
    Ok(Response::json(201, &wire::merge(&merge.map_err(refusal::of_merge)?)))
}

/// `GET merges/{receipt}` (`findMerge`).
pub async fn find_merge(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let merge = crm_service::find_merge(&session, receipt(&request)?).await;
    Ok(Response::json(200, &wire::merge(&merge.map_err(refusal::of_separation)?)))
}

/// `DELETE merges/{receipt}` (`undoMerge`).
pub async fn undo_merge(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let (receipt, cases) = (receipt(&request)?, cases(&request)?);
    let merge = crm_service::undo_merge(&session, receipt, &cases).await;
    Ok(Response::json(200, &wire::merge(&merge.map_err(refusal::of_separation)?)))
}

fn receipt(request: &Request) -> Result<MergeId, Error> {
    // A text that is not a receipt names no merge.
    MergeId::parse(request.path_parameter("receipt")).ok_or_else(refusal::no_such_merge)
}

/// The cases that were opened since and are assigned to the merged record.
fn cases(request: &Request) -> Result<Vec<CaseId>, Error> {
    let named = request.query_parameters().iter().filter(|(name, _)| name == "case");
    let case = |(_, id): &(String, String)| {
        let wrong = || Error::invalid_field("case", "must be the id of a case such as K1Q3M9X2B4");
        CaseId::parse(id).ok_or_else(wrong)
    };
    named.map(case).collect()
}

/// Reads a body: the merge, and whether it is a dry run.
fn merge(mut body: Map<String, Value>) -> Result<(MergeRequest, bool), Error> {
    let mut mistakes = Mistakes::default();
    let mut id = |name: &str| {
        let read = customer_id(body.remove(name));
        mistakes.note(name, read)
    };
    let (survivor, merged) = (id("survivor"), id("merged"));
    let take = mistakes.note("take", names(body.remove("take")));
    let mut flag = |name: &str| {
        let read = flag(body.remove(name));
        mistakes.note(name, read).unwrap_or_default()
    };
    let (force, is_dry) = (flag("force"), flag("dryRun"));
    json::no_others(body, &mut mistakes);
    match (survivor, merged) {
        (Some(survivor), Some(merged)) if mistakes.is_empty() => Ok((
            MergeRequest {
                survivor,
                merged,
                take: take.unwrap_or_default(),
                force,
                once: None,
            },
            is_dry,
        )),
        _ => Err(mistakes.into_error()),
    }
}

fn customer_id(value: Option<Value>) -> Result<CustomerId, String> {
    match value.unwrap_or_default() {
        Value::Null => Err(REQUIRED.to_owned()),
        Value::String(id) => CustomerId::parse(&id).ok_or_else(|| "must be the id of a customer such as C0SA77REZRPC".to_owned()),
        other => Err(format!("must be a text, not {}", json_type(&other))),
    }
}

/// A list of names without duplicates.
fn names(value: Option<Value>) -> Result<Vec<String>, String> {
    let listed = match value.unwrap_or_default() {
        Value::Null => return Ok(Vec::new()),
        Value::Array(listed) => listed,
        other => return Err(format!("must be a list of field names, not {}", json_type(&other))),
    };
    if listed.len() > MOST_TAKEN {
        return Err(format!("must have at most {MOST_TAKEN} names"));
    }
    let mut names = Vec::new();
    for name in listed {
        match name {
            Value::String(name) if names.contains(&name) => {}
            Value::String(name) => names.push(name),
            other => return Err(format!("must be a list of field names, not of {}", json_type(&other))),
        }
    }
    Ok(names)
}

fn flag(value: Option<Value>) -> Result<bool, String> {
    match value.unwrap_or_default() {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(flag),
        other => Err(format!("must be true or false, not {}", json_type(&other))),
    }
}
