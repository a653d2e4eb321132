//! Editing a customer.

use std::sync::Arc;

use agent::customer::names;
use crm_domain::{Customer, FieldDefinition, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use khoros::customers;

use crate::{
    WAYS,
    page::{self, SAVED},
    record_form::{Asked, RecordForm},
};

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
    let saved = || Ok(page::see_other(&format!("{link}?{SAVED}=1")));
    match Asked::of(&request) {
        Asked::Form => form.show(&session, &request),
        Asked::Request => form.show_request(&session, &request, body),
        Asked::Save if body.is_empty() => saved(),
        Asked::Save => match customers::update_from(body.clone(), &id, &session, &request.origin()).await {
            Ok(_) => saved(),
            Err(error) => form.refuse(&session, &request, body, error),
        },
    }
}

fn stored(customer: &Customer, field: &FieldDefinition) -> String {
    customer
        .field(field)
        .map(|value| value.as_text().to_owned())
        .unwrap_or_default()
}
