//! A new case of a customer.

use std::sync::Arc;

use agent::customer::names;
use crm_domain::{Case, CaseId, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use khoros::cases;
use serde_json::{Map, Value};

use crate::{
    WAYS,
    case_fields::CaseFields,
    record_form::{RecordForm, once_key},
};

/// `POST /desk/people/{id}/new-case`, and `GET`, which shows the empty form.
///
/// # Errors
/// [`Error::NotFound`] if there is no such customer, and those of the operation.
pub async fn new_case(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let customer = crm_service::find_customer(&session, request.path_parameter("id")).await?;
    let link = WAYS.to_customer(customer.id);
    let (name, _) = names(&customer, session.customer_model());
    let every = CaseFields::new();
    let empty = Case::new(CaseId::draw(session.now, 0), customer.id, session.change());
    let form = RecordForm {
        title: "New case",
        of: Some((name, link.clone())),
        action: format!("{link}/new-case"),
        save: "Create the case",
        fields: every.of(&empty, session.case_model()),
        khoros: ("POST", "/case".to_owned()),
        conversation: None,
    };
    let body = form.filled(&request);
    let store = async |body: Map<String, Value>| {
        let once = once_key("createCase", &session, &request, &body);
        let (case, _) = cases::create_from(body, &session, &once).await?;
        Ok(WAYS.to_case(case.id))
    };
    form.answer(&session, &request, body, store).await
}
