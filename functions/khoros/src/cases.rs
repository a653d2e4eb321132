//! The operations on cases (contract section 5).

use std::sync::Arc;

use crm_domain::{
    Case, CaseChange, CustomerId, Timestamp,
    error::Error,
    model::{REQUIRED, json_type},
};
use crm_lambda::http::{Request, Response};
use crm_service::{
    NO_SUCH_CUSTOMER, NewCase, OnceKey, Session, WholeCase,
    json::{self, Mistakes},
};
use serde_json::{Map, Value};

use crate::{
    assigned::{ASSIGNED, Assigned},
    retry, wire,
};

/// `GET customer/{id}/cases` (`findCases`).
pub async fn find_cases(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let cases = crm_service::find_cases(&session, request.path_parameter("id")).await?;
    Ok(Response::json(200, &wire::cases(&cases, &session, &request.origin())))
}

/// `GET case/{id}` (`lookupCase`).
pub async fn lookup_case(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let case = crm_service::find_case(&session, request.path_parameter("id")).await?;
    Ok(Response::json(200, &wire::case(&case, &session, &request.origin())))
}

/// `POST case` (`createCase`).
pub async fn create_case(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let body = request.json_object()?;
    let once = retry::once_key("createCase", &session, &request, &body);
    let case = create_from(body, &session, &once).await?;
    Ok(Response::json(201, &wire::case(&case, &session, &request.origin())))
}

/// Creates a case from the body of a create.
///
/// # Errors
/// The mistakes of the fields, and those of the operation.
pub async fn create_from(body: Map<String, Value>, session: &Session, once: &OnceKey) -> Result<WholeCase, Error> {
    let mut mistakes = Mistakes::default();
    let (change, assigned) = new_case(body, session, &mut mistakes);
    assigned.note_changes(|_| None, &session.links, &mut mistakes);
    let customer = match change.customer {
        Some(customer) if mistakes.is_empty() => customer,
        named => {
            note_missing_customer(named, session, &mut mistakes).await?;
            return Err(mistakes.into_error());
        }
    };
    let new = NewCase {
        customer,
        content: change,
    };
    // Boxed: callers' futures would be too large for their stacks.
    Box::pin(crm_service::create_case(session, new, once)).await
}

/// `PATCH case/{id}` (`updateCase`).
pub async fn update_case(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let (id, origin) = (request.path_parameter("id"), request.origin());
    let case = update_from(request.json_object()?, id, &session, &origin).await?;
    Ok(Response::json(201, &wire::case(&case, &session, &origin)))
}

/// Applies the body of an update to the case of this id.
///
/// # Errors
/// The mistakes of the fields, and those of the operation.
pub async fn update_from(body: Map<String, Value>, id: &str, session: &Session, origin: &str) -> Result<WholeCase, Error> {
    let mut mistakes = Mistakes::default();
    let (change, assigned) = case_change(body, session, &mut mistakes);
    if !mistakes.is_empty() {
        if mistakes.knows_all_fields() {
            let (case, _) = crm_service::find_case(session, id).await?;
            note_changes(&assigned, &case, session, origin, &mut mistakes);
            note_missing_customer(change.customer, session, &mut mistakes).await?;
        }
        return Err(mistakes.into_error());
    }
    let check = |case: &Case| {
        let mut mistakes = Mistakes::default();
        note_changes(&assigned, case, session, origin, &mut mistakes);
        mistakes.or(())
    };
    crm_service::update_case(session, id, &change, check).await
}

/// Notes that the named customer does not exist, so that one answer has all mistakes (contract section 6.2). Only
/// called where there are other mistakes; without any, the write itself finds out.
async fn note_missing_customer(named: Option<CustomerId>, session: &Session, mistakes: &mut Mistakes) -> Result<(), Error> {
    if let Some(customer) = named
        && mistakes.knows_all_fields()
        && !crm_service::customer_exists(session, customer).await?
    {
        mistakes.invalid("customerId", NO_SUCH_CUSTOMER);
    }
    Ok(())
}

/// Notes the assigned members that were sent with another value than the case has.
fn note_changes(assigned: &Assigned, case: &Case, session: &Session, origin: &str, mistakes: &mut Mistakes) {
    let is = |name: &str| Some(assigned_value(case, session, origin, name));
    assigned.note_changes(is, &session.links, mistakes);
}

/// The value of an assigned member of a case, by the name of the member.
fn assigned_value(case: &Case, session: &Session, origin: &str, name: &str) -> String {
    match name {
        "id" => case.id.to_string(),
        "number" => case.id.case_number(),
        "created" => case.created.at.iso_seconds(),
        _ => session.case_link(case.id, origin),
    }
}

/// Reads the body of a create: required fields that are missing count as empty.
fn new_case(mut body: Map<String, Value>, session: &Session, mistakes: &mut Mistakes) -> (CaseChange, Assigned) {
    json::require_all(&mut body, session.case_model());
    body.entry("title").or_insert(Value::Null);
    if !body.contains_key("customId") {
        body.entry("customerId").or_insert(Value::Null);
    }
    if body.get("status").is_some_and(Value::is_null) {
        body.remove("status");
    }
    if body.remove("lastUpdated").is_some_and(|value| !value.is_null()) {
        mistakes.invalid("lastUpdated", ASSIGNED);
    }
    case_change(body, session, mistakes)
}

/// Reads a body: first the members that the contract fixes, then the fields of the tenant's model.
fn case_change(mut body: Map<String, Value>, session: &Session, mistakes: &mut Mistakes) -> (CaseChange, Assigned) {
    let assigned = Assigned::take(&mut body, &["id", "number", "url", "linkUrl", "created"]);
    // An agent may send a case back as it was read. Its `lastUpdated` may be out of date by then, so any time is
    // accepted.
    let is_time = |value: &Value| value.as_str().and_then(Timestamp::parse).is_some();
    if body.remove("lastUpdated").is_some_and(|value| !is_time(&value)) {
        mistakes.invalid("lastUpdated", ASSIGNED);
    }
    let customer = customer_reference(&mut body, mistakes);
    let content = json::case_content(&mut body, session.case_model(), session.region(), session.now, mistakes);
    json::no_others(body, mistakes);
    (CaseChange { customer, ..content }, assigned)
}

/// Reads `customerId` or `customId`. The vendor's pages use both names; `customerId` wins (contract section 5.5).
fn customer_reference(body: &mut Map<String, Value>, mistakes: &mut Mistakes) -> Option<CustomerId> {
    let (customer_id, custom_id) = (body.remove("customerId"), body.remove("customId"));
    let sent = customer_id
        .filter(|value| !value.is_null() || custom_id.is_none())
        .or(custom_id)?;
    let read = match sent {
        Value::Null => Err(REQUIRED.to_owned()),
        Value::String(id) if id.trim().is_empty() => Err(REQUIRED.to_owned()),
        Value::String(id) => CustomerId::parse(&id).ok_or(NO_SUCH_CUSTOMER.to_owned()),
        other => Err(format!("must be a text, not {}", json_type(&other))),
    };
    mistakes.note("customerId", read)
}
