//! Deleting customers and channels, and purging a person.
//!
//! In both cases the record is deleted first, and with it everything that shows the customer. The rest is deleted in
//! steps, and a request may end after any of them. The same request completes what it left, and so does the next
//! removal of any customer.
//!
//! Of several requests at once one is answered with 200 and the others with 404. Of deletions it is the one that
//! deleted the record. Of purges it is the first one that finds all cases unreadable, also after a deletion of the
//! same customer. So a purge that failed is answered with 200 when it is repeated and completes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crm_domain::{
    Customer, CustomerId, Term, TermKind,
    error::{Absent, Error},
};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use crm_store::{Begun, Erasure, Manner};
use tracing::warn;

use crate::{
    channels,
    edits::Edits,
    identify::{Identity, NOT_FOUND, Names},
    parameters::Parameters,
    rules, spelling,
    texts::{self, UNIDENTIFIED},
    wire, writing,
};

const NO_SUCH_CHANNEL: Error = Error::NotFound(Absent::ContactPoint);
/// How long a request works on the steps after the first.
const TO_GO_ON: Duration = Duration::from_secs(3);
/// How long a purge deletes the records of cases. A request has seven seconds.
const TO_HIDE_CASES: Duration = Duration::from_secs(5);
/// How many unfinished removals of other customers one request takes up.
const MOST_TAKEN_UP: usize = 4;
/// How many customers are read for a channel's number. One has it; the index may also name some that had it.
const MOST_CANDIDATES: i32 = 10;

/// `DELETE /api/v2/customer/{id}`. Tickets stay, and wait for another customer with one of the addresses (section
/// 6.6).
pub async fn delete_item(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    if spelling::is_action(&request, rules::PURGE) {
        return delete_item_purge_data(session, request).await;
    }
    let id = spelling::customer_in_path(&request)?;
    let default_brand = session.default_brand();
    let begun = begin(&session, id, Manner::Delete { default_brand }).await?;
    let Begun { mut erasure, is_own } = begun;
    let ended = go_on(&session, &mut erasure, TO_GO_ON).await;
    take_up_others(&session).await;
    ended?;
    if is_own {
        Ok(wire::result(texts::DELETED, None))
    } else {
        Err(NOT_FOUND)
    }
}

/// `DELETE /api/v2/customer/purgeData/{id}`, or without a number in the path (section 6.12).
pub async fn delete_item_purge_data(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let id = if spelling::is_action(&request, rules::PURGE) {
        customer_in_parameters(&session, &request).await?
    } else {
        spelling::customer_in_path(&request)?
    };
    let begun = Instant::now();
    let mut erasure = begin(&session, id, Manner::Erase).await?.erasure;
    let is_first = hide_cases(&session, &mut erasure).await?;
    let ended = go_on(&session, &mut erasure, TO_GO_ON.saturating_sub(begun.elapsed())).await;
    take_up_others(&session).await;
    if let Err(error) = ended {
        // Nobody can read anything any more. The next removal of any customer completes it.
        warn!(cause = error.log_text(), "a purge could not be completed");
    }
    if is_first {
        Ok(wire::result(texts::PURGED, None))
    } else {
        Err(NOT_FOUND)
    }
}

async fn customer_in_parameters(session: &Session, request: &Request) -> Result<CustomerId, Error> {
    let parameters = Parameters::of(request).await?;
    let (id, customer_id) = (parameters.number("id")?, parameters.number("customer_id")?);
    if id.is_some() && customer_id.is_some() && id != customer_id {
        return Err(UNIDENTIFIED.refused());
    }
    let number = if id.is_some() { "id" } else { "customer_id" };
    let names = Names {
        number: Some(number),
        own_id: "primary_id",
        brand: "brand_id",
    };
    let is_number_alone = parameters.text(names.own_id).is_none() && parameters.text(names.brand).is_none();
    if let (true, Some(number)) = (is_number_alone, id.or(customer_id)) {
        // The number may be that of a customer whose removal broke off and who can no longer be found.
        return CustomerId::from_number(number).ok_or(NOT_FOUND);
    }
    let identity = Identity::read(&parameters, names)?;
    Ok(identity.find(session).await?.id)
}

/// Begins a removal, or finds the one that is under way.
async fn begin(session: &Session, id: CustomerId, manner: Manner<'_>) -> Result<Begun, Error> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|error| Error::internal("draw a secret", error.to_string()))?;
    let begun = session.store().erasure_begin(id, manner, &secret, session.now).await?;
    if begun.is_none() {
        take_up_others(session).await;
    }
    begun.ok_or(NOT_FOUND)
}

/// Deletes the records of all cases. Whether this request is the first to do so, and answers 200. A request that has
/// no time for all of them fails: the answer would not be true.
async fn hide_cases(session: &Session, erasure: &mut Erasure) -> Result<bool, Error> {
    let customer = erasure.customer;
    let hidden = tokio::time::timeout(TO_HIDE_CASES, session.store().erasure_answer(erasure)).await;
    match hidden.unwrap_or(Err(Error::Timeout)) {
        Err(error) => or_completed(session, customer, error).await.map(|()| false),
        answered => answered,
    }
}

/// Continues a removal for so long at most. The next request does the rest.
async fn go_on(session: &Session, erasure: &mut Erasure, most: Duration) -> Result<(), Error> {
    let customer = erasure.customer;
    let advanced = tokio::time::timeout(most, session.store().erasure_advance(erasure)).await;
    match advanced.unwrap_or(Ok(())) {
        Err(error) => or_completed(session, customer, error).await,
        done => done,
    }
}

/// An error of a removal that another request has completed meanwhile is none.
async fn or_completed(session: &Session, customer: CustomerId, error: Error) -> Result<(), Error> {
    match session.store().erasure_get(customer).await {
        Ok(None) => Ok(()),
        _ => Err(error),
    }
}

/// Continues removals that nobody completed. Whether that succeeds does not change this request's answer.
async fn take_up_others(session: &Session) {
    let take_up = async {
        let abandoned = session.store().erasures_abandoned(MOST_TAKEN_UP, session.now).await?;
        for mut removal in abandoned {
            // One that fails keeps nobody from the others.
            if let Err(error) = session.store().erasure_advance(&mut removal).await {
                warn!(cause = error.log_text(), "a removal that broke off could not be completed");
            }
        }
        Ok::<(), Error>(())
    };
    match tokio::time::timeout(TO_GO_ON / 4, take_up).await {
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(error)) => warn!(cause = error.log_text(), "removals that broke off could not be looked for"),
    }
}

/// `DELETE /api/v2/customer/channel/{id}` (section 6.11).
pub async fn delete_item_channel(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let number = spelling::number_in_path(&request)?.ok_or(NO_SUCH_CHANNEL)?;
    let customer = customer_with_channel(&session, number).await?.ok_or(NO_SUCH_CHANNEL)?;
    let id = customer.id;
    let edit = |customer: &mut Customer| {
        customer.identifiers.retain(|one| one.number(id) != number);
        Ok(())
    };
    let updated = writing::update(&session, id, &Edits::default(), "DELETE itemChannel", edit).await;
    let updated = updated.map_err(|refusal| refusal.unexpected("delete a channel"))?;
    updated.ok_or(NO_SUCH_CHANNEL)?;
    Ok(wire::result(texts::CHANNEL_DELETED, None))
}

async fn customer_with_channel(session: &Session, number: u64) -> Result<Option<Customer>, Error> {
    let term = Term::new(TermKind::ContactPoint, number.to_string());
    let found = session.store().customer_find(&[term], MOST_CANDIDATES).await?;
    let ids = found.into_iter().flat_map(|list| list.ids);
    let customers = session.store().customer_get_many(ids).await?;
    let has_channel = |customer: &Customer| {
        let channels = channels::of(customer, &session.grant.settings);
        channels.iter().any(|(channel, ..)| *channel == number)
    };
    Ok(customers.into_iter().find(has_channel))
}
