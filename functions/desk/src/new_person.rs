//! A new customer.

use std::sync::Arc;

use crm_domain::error::Error;
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use khoros::customers;
use serde_json::{Map, Value};

use crate::{
    WAYS,
    record_form::{RecordForm, once_key},
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
    let store = async |body: Map<String, Value>| {
        let once = once_key("createCustomer", &session, &request, &body);
        let customer = customers::create_from(body, &session, &once).await?;
        Ok(WAYS.to_customer(customer.id))
    };
    form.answer(&session, &request, body, store).await
}
