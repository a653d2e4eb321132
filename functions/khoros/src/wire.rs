//! Khoros' JSON: answers and errors.

use crm_domain::{
    Case, Customer, FieldDefinition, FieldType, Interaction, ObjectStructure, Timestamp,
    error::{Absent, Error, FieldError},
};
use crm_lambda::http::{AnswerRoom, Request, Response};
use crm_service::{Session, WholeCase, json};
use serde_json::{Map, Value, json};

/// Members of a customer that the CRM assigns, with their labels in the data model (contract section 3.6).
pub const CUSTOMER_ASSIGNED: [(&str, &str); 2] = [("id", "Customer ID"), ("uri", "Link to the customer")];
/// Members of a case that the CRM assigns, with their labels in the data model.
pub const CASE_ASSIGNED: [(&str, &str); 3] = [("id", "Case ID"), ("linkUrl", "Link to the case"), ("created", "Created")];

/// The answer to `GET meta/object/{type}`.
pub fn object_structure(name: &str, assigned: &[(&str, &str)], model: &ObjectStructure) -> Value {
    let assigned = assigned
        .iter()
        .map(|(name, label)| json!({"name": name, "label": label, "type": "text", "searchable": false}));
    let fields: Vec<Value> = assigned.chain(model.fields.iter().map(field_definition)).collect();
    json!({"name": name, "fields": fields})
}

fn field_definition(field: &FieldDefinition) -> Value {
    let mut wire = json!({
        "name": field.name,
        "label": field.label,
        "type": field.field_type.name(),
        "searchable": field.searchable,
    });
    if field.field_type == FieldType::SingleSelList {
        let choices: Vec<Value> = field
            .list_values
            .iter()
            .map(|choice| json!({"name": choice.name, "value": choice.value}))
            .collect();
        wire["listValues"] = choices.into();
    }
    wire
}

/// A customer: its links and every populated field.
pub fn customer(customer: &Customer, session: &Session, origin: &str) -> Value {
    let link = session.customer_link(customer.id, origin);
    let mut wire = Map::from_iter([
        ("id".to_owned(), customer.id.to_string().into()),
        ("url".to_owned(), link.as_str().into()),
        ("uri".to_owned(), link.into()),
    ]);
    for field in &session.customer_model().fields {
        if let Some(value) = customer.field(field) {
            wire.insert(field.name.clone(), (&value).into());
        }
    }
    wire.into()
}

/// Several customers, as many of the first as fit into one answer.
pub fn customers(found: &[Customer], session: &Session, origin: &str) -> Value {
    let each = found.iter().map(|one| customer(one, session, origin));
    let shown = AnswerRoom::default().first_that_fit(each);
    if shown.len() < found.len() {
        tracing::warn!(
            shown = shown.len(),
            all = found.len(),
            "there are more customers than one answer holds"
        );
    }
    shown.into()
}

/// A case with its interactions.
pub fn case((case, interactions): &WholeCase, session: &Session, origin: &str) -> Value {
    let mut wire = case_alone(case, session, origin);
    let mut room = AnswerRoom::default();
    // A record alone always fits.
    room.take(&wire);
    wire["interactions"] = newest_that_fit(interactions, &mut room);
    wire
}

/// Several cases with their interactions. First come as many of the first cases as fit into one answer. The remaining
/// room is shared among them by turns, for their newest interactions.
pub fn cases(found: &[WholeCase], session: &Session, origin: &str) -> Value {
    let mut room = AnswerRoom::default();
    let mut shown = room.first_that_fit(found.iter().map(|(case, _)| case_alone(case, session, origin)));
    if shown.len() < found.len() {
        tracing::warn!(
            shown = shown.len(),
            all = found.len(),
            "there are more cases than one answer holds"
        );
    }
    for (wire, (_, interactions)) in shown.iter_mut().zip(found) {
        wire["interactions"] = newest_that_fit(interactions, &mut room);
    }
    shown.into()
}

fn case_alone(case: &Case, session: &Session, origin: &str) -> Value {
    let link = session.case_link(case.id, origin);
    let mut wire = json!({
        "id": case.id.to_string(),
        "number": case.id.case_number(),
        "customerId": case.customer.to_string(),
        "title": case.title,
        "description": case.description,
        "url": link,
        "linkUrl": link,
        "created": case.created.at.iso_seconds(),
        "lastUpdated": case.updated.at.iso_seconds(),
        "status": case.status.name(),
        "interactions": [],
    });
    for field in &session.case_model().fields {
        if let Some(value) = case.custom.get(&field.name) {
            wire[&field.name] = value.into();
        }
    }
    wire
}

/// The interactions in order of time. If they do not all fit into the answer, only the newest are included.
fn newest_that_fit(interactions: &[Interaction], room: &mut AnswerRoom) -> Value {
    let newest_first = interactions.iter().rev();
    let mut shown = room.first_that_fit(newest_first.map(|one| json::interaction(one, Timestamp::iso_seconds)));
    if shown.len() < interactions.len() {
        tracing::warn!(
            shown = shown.len(),
            all = interactions.len(),
            "a case has more interactions than one answer holds"
        );
    }
    shown.reverse();
    shown.into()
}

/// Renders any error in the shape of contract section 6.1.
pub fn error(error: &Error, request: &Request) -> Response {
    let not_found = |text: &str| (404, "not_found", text.to_owned(), None);
    let (status, name, text, fields) = match error {
        Error::Unauthorized(_) | Error::Forbidden(_) => (
            401,
            "unauthorized",
            "The API key is not valid: please ask your administrator.".to_owned(),
            None,
        ),
        Error::NotFound(Absent::Customer) => not_found("This customer does not exist in the CRM."),
        Error::NotFound(Absent::Case) => not_found("This case does not exist in the CRM."),
        Error::NotFound(Absent::ContactPoint) => not_found("This contact point does not exist in the CRM."),
        Error::UnknownPath => not_found("This CRM has no such path."),
        Error::MethodNotAllowed(allowed) => (
            405,
            "method_not_allowed",
            format!("This path allows only {}.", allowed.join(", ")),
            None,
        ),
        Error::Malformed(text) => (400, "invalid_request", text.clone(), None),
        Error::UnknownFields(fields) => (400, "invalid_field", about(fields, "cannot be used here"), Some(fields)),
        Error::Invalid(fields) => (422, "validation_failed", about(fields, "needs to be corrected"), Some(fields)),
        Error::TooLarge => (413, "payload_too_large", "The request is larger than 1 MB.".to_owned(), None),
        Error::Timeout => (500, "timeout", "The CRM took too long: please try again.".to_owned(), None),
        Error::Busy(_) | Error::Refused(_) | Error::Unreachable { .. } | Error::Internal { .. } => (
            500,
            "internal_error",
            "Something went wrong in the CRM: please try again.".to_owned(),
            None,
        ),
    };
    let mut response = failure(status, name, &text, fields.map(Vec::as_slice), request);
    if let Error::MethodNotAllowed(allowed) = error {
        response.allow = Some(allowed.join(", "));
    }
    response
}

/// The shape of every error: its name, a sentence with the trace code, and what is wrong, field by field.
pub fn failure(status: u16, name: &str, text: &str, fields: Option<&[FieldError]>, request: &Request) -> Response {
    let mut body = json!({"error": name, "message": format!("{text} (trace {})", request.trace)});
    if let Some(fields) = fields {
        body["fields"] = fields
            .iter()
            .map(|field| json!({"name": field.name, "errorMessage": field.message}))
            .collect();
    }
    Response::json(status, &body)
}

/// A sentence about the wrong fields, for agents who see only the message.
fn about(fields: &[FieldError], verdict: &str) -> String {
    const MOST_NAMED: usize = 5;
    match fields {
        [one] => format!("The field {} {verdict}: it {}.", one.name, one.message),
        many => {
            let names: Vec<&str> = many.iter().take(MOST_NAMED).map(|field| field.name.as_str()).collect();
            let more = if many.len() > MOST_NAMED { ", …" } else { "" };
            format!("Each of the fields {}{more} {verdict}.", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crm_domain::model::{Object, is_reserved};

    #[test]
    fn no_field_of_a_model_can_have_the_name_of_an_assigned_member() {
        for (name, _) in CUSTOMER_ASSIGNED {
            assert!(is_reserved(Object::Customer, name), "{name}");
        }
        for (name, _) in CASE_ASSIGNED {
            assert!(is_reserved(Object::Case, name), "{name}");
        }
    }
}
