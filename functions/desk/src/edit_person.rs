//! Editing a customer.

use std::sync::Arc;

use agent::customer::names;
use crm_domain::{Customer, FieldDefinition, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use khoros::customers;
use serde_json::{Map, Value};

use crate::{WAYS, record_form::RecordForm};

/// `POST /desk/people/{id}/edit`, and `GET`, which shows the form with what is stored.
///
/// # Errors
/// [`Error::NotFound`], and those of the operation.
pub async fn edit_person(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let customer = crm_service::find_customer(&session, request.path_parameter("id")).await?;
    let model = session.customer_model();
    let (link, id) = (WAYS.to_customer(customer.id), customer.id.to_string());
    let (name, _) = names(&customer, model);
    let form = RecordForm {
        title: "Edit customer",
        of: Some((name, link.clone())),
        action: format!("{link}/edit"),
        save: "Save",
        fields: model.fields.iter().map(|field| (field, stored(&customer, field))).collect(),
        khoros: ("PATCH", format!("/customer/{id}")),
        conversation: None,
    };
    let body = form.changes(&request);
    let store = async |body: Map<String, Value>| {
        if !body.is_empty() {
            customers::update_from(body, &id, &session, &request.origin()).await?;
        }
        Ok(link)
    };
    form.answer(&session, &request, body, store).await
}

fn stored(customer: &Customer, field: &FieldDefinition) -> String {
    customer
        .field(field)
        .map(|value| value.as_text().to_owned())
        .unwrap_or_default()
}
