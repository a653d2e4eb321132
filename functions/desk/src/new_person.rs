//! A new customer.

use std::sync::Arc;

use crm_domain::error::Error;
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use khoros::customers;

use crate::{
    WAYS,
    page::{self, SAVED},
    record_form::{Asked, RecordForm, once_key},
};

/// `POST /desk/people/new`, and `GET`, which shows the empty form.
///
/// # Errors
/// Those of the operation.
pub async fn new_person(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let model = session.customer_model();
    let form = RecordForm {
        title: "New customer",
        of: None,
        action: "/desk/people/new".to_owned(),
        save: "Create the customer",
        fields: model.fields.iter().map(|field| (field, String::new())).collect(),
        khoros: ("POST", "/customer".to_owned()),
        conversation: None,
    };
    let body = form.filled(&request);
    match Asked::of(&request) {
        Asked::Form => form.show(&session, &request),
        Asked::Request => form.show_request(&session, &request, body),
        Asked::Save => {
            let once = once_key("createCustomer", &session, &request, &body);
            match customers::create_from(body.clone(), &session, &once).await {
                Ok(customer) => Ok(page::see_other(&format!("{}?{SAVED}=1", WAYS.to_customer(customer.id)))),
                Err(error) => form.refuse(&session, &request, body, error),
            }
        }
    }
}
