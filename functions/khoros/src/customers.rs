//! The operations on customers (contract section 4).

use std::sync::Arc;

use crm_domain::{
    Criteria, Criterion, Customer, CustomerId, FieldChange, Permission,
    error::{Error, FieldError},
    matching,
};
use crm_lambda::http::{Request, Response};
use crm_service::{
    OnceKey, Session,
    json::{self, Mistakes},
};
use serde_json::{Map, Value};

use crate::{assigned::Assigned, identity, retry, wire};

/// `POST customers` (`searchCustomers`).
pub async fn search_customers(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let criteria = criteria(request.json_object()?, &session)?;
    let matches = crm_service::search_customers(&session, &criteria).await?;
    if matches.cut {
        tracing::info!(
            trace = request.trace,
            shown = matches.customers.len(),
            "a search found more than it shows"
        );
    }
    if matches.customers.is_empty() {
        return Ok(Response::no_content());
    }
    Ok(Response::json(
        200,
        &wire::customers(&matches.customers, &session, &request.origin()),
    ))
}

/// Reads the criteria: every searchable field with a value. Empty fields count as absent, as on a form.
///
/// # Errors
/// [`Error::Malformed`] if there is nothing to search for, and the mistakes of the fields.
pub fn criteria(body: Map<String, Value>, session: &Session) -> Result<Criteria, Error> {
    let mut mistakes = Mistakes::default();
    let mut criteria = Criteria::new();
    for (name, value) in body {
        match session.customer_model().field(&name) {
            Some(field) if field.searchable => {
                let asked = mistakes.note(&name, field.read_criterion(&value)).flatten();
                criteria.extend(asked.map(|asked| Criterion::new(field, &asked, session.region())));
            }
            Some(_) => mistakes.unknown(name, "is not searchable"),
            None if wire::CUSTOMER_ASSIGNED.iter().any(|(assigned, _)| *assigned == name) => {
                mistakes.unknown(name, "is not searchable");
            }
            None => mistakes.unknown(name, json::UNKNOWN),
        }
    }
    let criteria = mistakes.or(criteria)?;
    if criteria.is_empty() {
        return Err(Error::Malformed(
            "Nothing to search for: please fill in at least one field.".to_owned(),
        ));
    }
    Ok(criteria)
}

/// `POST customer/bestmatch` (`bestmatchCustomers`).
pub async fn bestmatch_customers(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let body = if request.body.is_empty() {
        Map::new()
    } else {
        request.json_object()?
    };
    let identity = identity::read(body)?;
    if request.query_parameter("explain") == Some("1") {
        session.grant.key.check(&[Permission::Admin], None, session.now)?;
        let judged = crm_service::judge(&session, &identity).await?;
        return Ok(Response::json(
            200,
            &serde_json::json!({"candidates": matching::explain(&judged, session.strictness())}),
        ));
    }
    let best = crm_service::best_match(&session, &identity).await?;
    let customers: Vec<Customer> = best.into_iter().map(|candidate| candidate.customer).collect();
    Ok(Response::json(200, &wire::customers(&customers, &session, &request.origin())))
}

/// `GET customer/{id}` (`findCustomer`).
pub async fn find_customer(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let customer = crm_service::find_customer(&session, request.path_parameter("id")).await?;
    Ok(Response::json(200, &wire::customer(&customer, &session, &request.origin())))
}

/// `POST customer` (`createCustomer`).
pub async fn create_customer(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let body = request.json_object()?;
    let once = retry::once_key("createCustomer", &session, &request, &body);
    let customer = create_from(body, &session, &once).await?;
    Ok(Response::json(201, &wire::customer(&customer, &session, &request.origin())))
}

/// Creates a customer from the body of a create.
///
/// # Errors
/// The mistakes of the fields, and those of the operation.
pub async fn create_from(mut body: Map<String, Value>, session: &Session, once: &OnceKey) -> Result<Customer, Error> {
    json::require_all(&mut body, session.customer_model());
    let fields = customer_fields(body, session, |_| None)?;
    if fields.iter().all(|change| change.value.is_none()) {
        let names = session.customer_model().fields.iter().take(3);
        let message = "is empty like every other field: please fill in at least one";
        return Err(Error::Invalid(
            names.map(|field| FieldError::new(&field.name, message)).collect(),
        ));
    }
    crm_service::create_customer(session, &fields, once).await
}

/// `PATCH customer/{id}` (`updateCustomer`).
pub async fn update_customer(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let (id, origin) = (request.path_parameter("id"), request.origin());
    let customer = update_from(request.json_object()?, id, &session, &origin).await?;
    Ok(Response::json(201, &wire::customer(&customer, &session, &origin)))
}

/// Applies the body of an update to the customer of this id.
///
/// # Errors
/// The mistakes of the fields, and those of the operation.
pub async fn update_from(body: Map<String, Value>, id: &str, session: &Session, origin: &str) -> Result<Customer, Error> {
    let own = |name: &str| match name {
        "id" => Some(id.to_owned()),
        _ => CustomerId::parse(id).map(|id| session.customer_link(id, origin)),
    };
    let fields = customer_fields(body, session, own)?;
    crm_service::update_customer(session, id, &fields).await
}

/// Reads the changes that a body asks for. `own` returns the assigned members of the customer, if it exists.
fn customer_fields(
    mut body: Map<String, Value>,
    session: &Session,
    own: impl Fn(&str) -> Option<String>,
) -> Result<Vec<FieldChange<'_>>, Error> {
    let mut mistakes = Mistakes::default();
    Assigned::take(&mut body, &["id", "url", "uri"]).note_changes(own, &session.links, &mut mistakes);
    let fields = json::model_fields(&mut body, session.customer_model(), session.region(), &mut mistakes);
    json::no_others(body, &mut mistakes);
    mistakes.or(fields)
}
