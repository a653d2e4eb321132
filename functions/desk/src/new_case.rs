//! A new case of a customer.

use std::sync::Arc;

use agent::customer::names;
use crm_domain::{Case, CaseId, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use khoros::cases;

use crate::{
    WAYS,
    case_fields::CaseFields,
    page::{self, SAVED},
    record_form::{Asked, RecordForm, once_key},
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
    match Asked::of(&request) {
        Asked::Form => form.show(&session, &request),
        Asked::Request => form.show_request(&session, &request, body),
        Asked::Save => {
            let once = once_key("createCase", &session, &request, &body);
            match cases::create_from(body.clone(), &session, &once).await {
                Ok((case, _)) => Ok(page::see_other(&format!("{}?{SAVED}=1", WAYS.to_case(case.id)))),
                Err(error) => form.refuse(&session, &request, body, error),
            }
        }
    }
}
