//! Omnidesk's JSON: answers and errors (sections 4 and 5).

use crm_domain::{
    Case, Customer, Event, Happening, Timestamp,
    error::{Absent, Error},
};
use crm_lambda::{
    http::{AnswerRoom, Request, Response},
    routes::Route,
};
use crm_service::Session;
use serde_json::{Map, Value, json};

use crate::{
    channels,
    custom::is_standard,
    identify::settings_of,
    rules::CUSTOM,
    spelling,
    texts::{self, Text},
};

const CONTENT_TYPE: &str = "application/json; charset=utf-8";

fn answer(status: u16, body: &Value) -> Response {
    Response {
        content_type: CONTENT_TYPE,
        // In addition to the headers of all dialects (section 4.1).
        headers: vec![("x-frame-options", "DENY".to_owned())],
        ..Response::json(status, body)
    }
}

/// A result, optionally with the number of the object that was created. The shape is documented.
pub fn result(message: &str, number: Option<(&str, u64)>) -> Response {
    let mut body = json!({"type": "result", "message": message});
    if let Some((name, number)) = number {
        body[name] = number.into();
    }
    answer(200, &body)
}

/// One object.
pub fn item(item: &Value) -> Response {
    answer(200, &json!({"type": "item", "item": item}))
}

/// A list. If not all customers could be counted, the list says so, and `itemTotal` is a lower bound. If the items do not all fit into
/// one answer, the first of them are shown, and `itemLimit` is their number, so that the next page starts after them.
pub fn items(start: usize, limit: usize, total: usize, is_complete: bool, items: impl ExactSizeIterator<Item = Value>) -> Response {
    let all = items.len();
    let shown = AnswerRoom::default().first_that_fit(items);
    let limit = if shown.len() < all { shown.len() } else { limit };
    let mut body = json!({"type": "items", "itemStart": start, "itemTotal": total, "itemLimit": limit, "items": shown});
    if !is_complete {
        body["itemTotalIsExact"] = false.into();
    }
    answer(200, &body)
}

/// Renders an error. An unknown path or method is reported before a missing permission, even if the path matched the
/// pattern of a route (section 5.2).
pub fn error(error: &Error, request: &Request) -> Response {
    if matches!(error, Error::Forbidden(_))
        && let Err(unknown) = spelling::route(&request.method, &request.path)
    {
        return worded_error(&unknown, request);
    }
    worded_error(error, request)
}

fn worded_error(error: &Error, request: &Request) -> Response {
    let (text, arguments) = worded(error, request);
    let mut message = text.message(&arguments);
    match error {
        Error::Refused(refusal) => {
            for detail in &refusal.details {
                message = format!("{message} It {}.", detail.message);
            }
        }
        Error::Invalid(fields) => {
            for field in fields.iter().take(1) {
                message = format!("{message} It {}.", field.message);
            }
        }
        _ => {}
    }
    if text.status >= 500 {
        message = format!("{message} (trace {})", request.trace);
    }
    let mut response = answer(text.status, &json!({"status": "error", "type": "error", "message": message}));
    if let Error::MethodNotAllowed(methods) = error {
        response.allow = Some(methods.join(", "));
    }
    response
}

/// The text of an error and its subject.
fn worded(error: &Error, request: &Request) -> (&'static Text, Vec<String>) {
    let about = |what: &str| vec![what.to_owned()];
    match error {
        Error::Refused(refusal) => (Text::of(refusal.code), refusal.arguments.clone()),
        Error::Unauthorized(_) => (&texts::BAD_KEY, Vec::new()),
        Error::Forbidden(_) => {
            let route = spelling::route(&request.method, &request.path).ok();
            let permissions = route.map_or(&[][..], Route::permissions);
            let permission = permissions.first();
            let name = permission.map_or("needed", |permission| permission.name());
            (&texts::NO_PERMISSION, about(name))
        }
        Error::NotFound(Absent::Customer) => (&texts::NO_SUCH_CUSTOMER, Vec::new()),
        Error::NotFound(Absent::ContactPoint) => (&texts::NO_SUCH_CHANNEL, Vec::new()),
        Error::NotFound(Absent::Case) => (&texts::NO_SUCH_TICKET, Vec::new()),
        Error::UnknownPath => (&texts::NO_SUCH_ENDPOINT, Vec::new()),
        Error::MethodNotAllowed(_) => (&texts::OTHER_METHODS, Vec::new()),
        Error::Malformed(_) => (&texts::UNREADABLE, about("it is not a JSON object in UTF-8")),
        Error::UnknownFields(fields) | Error::Invalid(fields) => {
            (&texts::INVALID, about(fields.first().map_or("", |field| &field.name)))
        }
        Error::TooLarge => (&texts::TOO_LARGE, Vec::new()),
        Error::Busy(_) | Error::Timeout | Error::Unreachable { .. } | Error::Internal { .. } => (&texts::FAILED, Vec::new()),
    }
}

/// A customer in the short form: the six documented members.
pub fn customer_in_list(customer: &Customer, session: &Session) -> Value {
    let brand = session.brand_of(customer).and_then(|brand| settings_of(brand, session));
    let (first, last) = customer.name_parts();
    json!({
        "id": customer.id.number(),
        "external_primary_id": customer.external_id.as_ref().map_or("", |external| &external.id),
        "brand_name": brand.map_or("", |brand| &brand.name),
        "firstname": first,
        "lastname": last,
        "channels": channels(customer, session),
    })
}

fn channels(customer: &Customer, session: &Session) -> Vec<Value> {
    let channels = channels::of(customer, &session.grant.settings).into_iter();
    let channel = channels.map(|(number, kind, address)| {
        let name = kind.shown();
        json!({"id": number, "channel_id": kind.number, "channel_name": name, "channel_icon": name, "address": address})
    });
    channel.collect()
}

/// A customer in the long form: with brand, times and custom fields.
pub fn customer(customer: &Customer, session: &Session) -> Value {
    let short = customer_in_list(customer, session);
    let mut long = Map::new();
    for (name, value) in short.as_object().into_iter().flatten() {
        if name == "brand_name" {
            let brand = session.brand_of(customer).and_then(|brand| brand.parse::<u64>().ok());
            long.insert("brand_id".to_owned(), brand.into());
        }
        if name == "channels" {
            long.extend(custom(customer, session));
            long.insert("created_at".to_owned(), time(customer.created.at).into());
            long.insert("last_update".to_owned(), time(customer.updated.at).into());
        }
        long.insert(name.clone(), value.clone());
    }
    long.into()
}

/// The custom fields with a value: the model's fields, except names and contact points, and fields that only this
/// dialect knows.
fn custom(customer: &Customer, session: &Session) -> Map<String, Value> {
    let model = session.customer_model();
    let fields = model.fields.iter().filter(|field| !is_standard(field));
    let of_model = fields.filter_map(|field| Some((field.name.as_str(), customer.field(field)?)));
    let beside = customer.custom.iter().filter(|(name, _)| model.field(name).is_none());
    let beside = beside.map(|(name, value)| (name.as_str(), value.clone()));
    of_model
        .chain(beside)
        .map(|(name, value)| (format!("{CUSTOM}{name}"), value.as_text().into()))
        .collect()
}

/// `YYYY-MM-DD HH:MM:SS`, in UTC.
pub fn time(at: Timestamp) -> String {
    at.iso_seconds().trim_end_matches('Z').replacen('T', " ", 1)
}

/// An entry of the timeline (section 4.3). An activity, which only eGain has, is described in words.
pub fn event(event: &Event, customer: &Customer) -> Value {
    let (kind, description, initiated_by, source_url) = match &event.what {
        Happening::External(external) => (
            "external_event",
            external.message.clone(),
            external.initiated_by.as_str(),
            external.source_url.as_deref(),
        ),
        Happening::Activity(activity) => (
            "activity",
            format!("{} {}", activity.medium.name(), activity.mode.name()),
            "",
            None,
        ),
    };
    let number = event.id.number();
    json!({
        "id": number,
        "customer_id": customer.id.number(),
        "ticket_id": null,
        "item_type": kind,
        "item_type_id": number.to_string(),
        "description": description,
        "message": description,
        "initiated_by": initiated_by,
        "source_url": source_url,
        "created_at": time(event.at),
        "type": "event",
    })
}

/// When a ticket was created.
pub fn created(case: &Case) -> Timestamp {
    case.created.at
}

/// A ticket in a timeline: one of our cases under its number.
pub fn ticket(case: &Case, customer: &Customer, session: &Session) -> Value {
    let number = case.id.number();
    let brand = session.brand_of(customer).and_then(|brand| brand.parse::<u64>().ok());
    json!({
        "type": "ticket",
        "id": number,
        "ticket_id": number,
        "title": case.title,
        "status": case.status.name(),
        "channel_id": null,
        "channel_name": null,
        "brand_id": brand,
        "created_at": time(case.created.at),
        "last_update": time(case.updated.at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_space_and_no_zone() {
        assert_eq!(time(Timestamp::from_milliseconds(1_795_305_600_999)), "2026-11-22 00:00:00");
    }

    #[test]
    fn every_refusal_has_its_own_text() {
        for (at, text) in texts::REFUSALS.iter().enumerate() {
            assert_eq!(Text::of(text.code), *text);
            assert!(texts::REFUSALS[at + 1..].iter().all(|other| other.code != text.code));
        }
    }
}
