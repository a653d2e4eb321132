//! A customer's timeline: events, and the newest cases.

use crm_domain::{Case, Customer, CustomerId, Event, EventId, Happening, error::Error};
use crm_store::{Audit, random};
use futures::Stream;

use super::{Session, customers::NOT_FOUND};

/// A stream of a customer's events, the newest first.
pub fn customer_events(session: &Session, customer: &Customer) -> impl Stream<Item = Result<Event, Error>> + use<> {
    session.store().customer_events(customer)
}

/// The newest cases of a customer, up to `most`, without their interactions.
pub async fn newest_cases(session: &Session, customer: CustomerId, most: usize) -> Result<Vec<Case>, Error> {
    session.store().case_heads_for(customer, most).await
}

/// Adds an event that happened now. `operation` is its name in the history.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn record_event(
    session: &Session,
    customer: CustomerId,
    what: Happening,
    operation: &'static str,
) -> Result<EventId, Error> {
    let event = Event {
        id: EventId::draw(session.now, random::bits()),
        at: session.now,
        what,
    };
    let audit = Audit {
        operation,
        fields: Vec::new(),
        interactions: 0,
    };
    let is_put = session.store().event_put(customer, &event, &session.change(), &audit).await?;
    if is_put { Ok(event.id) } else { Err(NOT_FOUND) }
}
