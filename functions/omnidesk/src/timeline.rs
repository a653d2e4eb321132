//! Reading and writing the events of a customer's timeline (sections 6.13 and 6.14).

use std::{pin::pin, sync::Arc};

use crm_domain::{Customer, Happening, Timestamp, error::Error, event::External};
use crm_lambda::http::{AnswerRoom, Request, Response};
use crm_service::Session;
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;
use url::Url;

use crate::{
    identify::{Identity, Names},
    parameters::Parameters,
    rules::{INITIATOR, LONGEST_INITIATOR, LONGEST_MESSAGE, LONGEST_SOURCE_URL, MOST_EVENTS, TICKET_HISTORY},
    texts::{self, MISSING, invalid},
    wire,
};

/// `GET /api/v2/customer/timelineByCustomerExternalID`.
pub async fn timeline_by_customer_external_id(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let names = Names {
        number: None,
        own_id: "external_id",
        brand: "brand_id",
    };
    let identity = Identity::read(&parameters, names)?;
    parameters.needed(names.own_id)?;
    let customer = identity.find(&session).await?;
    let mut entries = events(&session, &customer).await?;
    if TICKET_HISTORY.iter().any(|name| parameters.has(name)) {
        entries.extend(tickets(&session, &customer).await?);
    }
    entries.sort_by_key(|(at, _)| *at);
    let mut shown = wire::customer(&customer, &session);
    let mut room = AnswerRoom::default();
    // A record alone always fits.
    room.take(&shown);
    let newest_first = entries.into_iter().rev().map(|(_, entry)| entry);
    let mut timeline = room.first_that_fit(newest_first);
    timeline.reverse();
    shown["timeline"] = timeline.into();
    Ok(wire::item(&shown))
}

/// The newest events with their times, at most as many as fit into one answer.
async fn events(session: &Session, customer: &Customer) -> Result<Vec<(Timestamp, Value)>, Error> {
    let events = crm_service::customer_events(session, customer).take(MOST_EVENTS);
    let (mut events, mut room) = (pin!(events), AnswerRoom::default());
    let mut entries = Vec::new();
    while let Some(event) = events.try_next().await? {
        let entry = wire::event(&event, customer);
        if !room.take(&entry) {
            break;
        }
        entries.push((event.at, entry));
    }
    // The store returns the newest first. Reversed, events of one moment are in the order in which they were recorded.
    entries.reverse();
    Ok(entries)
}

async fn tickets(session: &Session, customer: &Customer) -> Result<Vec<(Timestamp, Value)>, Error> {
    let cases = crm_service::newest_cases(session, customer.id, MOST_EVENTS).await?;
    let entry = |case| (wire::created(case), wire::ticket(case, customer, session));
    Ok(cases.iter().map(entry).collect())
}

/// `POST /api/v2/customer/externalEvent`.
pub async fn external_event(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let names = Names {
        number: Some("customer_id"),
        own_id: "external_id",
        brand: "brand_id",
    };
    let identity = Identity::read(&parameters, names)?;
    let what = Happening::External(told(&parameters)?);
    let customer = identity.find(&session).await?;
    let event = crm_service::record_event(&session, customer.id, what, "externalEvent").await?;
    Ok(wire::result(texts::EVENT_CREATED, Some(("eventID", event.number()))))
}

fn told(parameters: &Parameters) -> Result<External, Error> {
    let message = parameters.verbatim("message").filter(|text| !text.trim().is_empty());
    let message = message.ok_or_else(|| MISSING.about("message"))?;
    let initiated_by = parameters.text("initiated_by").unwrap_or(INITIATOR);
    for (name, text, most) in [
        ("message", message, LONGEST_MESSAGE),
        ("initiated_by", initiated_by, LONGEST_INITIATOR),
    ] {
        if text.chars().count() > most {
            return Err(invalid(name, &format!("must be at most {most} characters long")));
        }
    }
    let source_url = parameters.text("source_url");
    if source_url.is_some_and(|url| !is_web(url)) {
        let form = format!("must be a web address such as https://shop.example/order/1, of at most {LONGEST_SOURCE_URL} bytes");
        return Err(invalid("source_url", &form));
    }
    Ok(External {
        message: message.to_owned(),
        initiated_by: initiated_by.to_owned(),
        source_url: source_url.map(str::to_owned),
    })
}

fn is_web(text: &str) -> bool {
    let is_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    text.len() <= LONGEST_SOURCE_URL && Url::parse(text).is_ok_and(is_web)
}
