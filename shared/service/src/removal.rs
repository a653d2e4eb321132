//! Deleting customers, contact points and learnt accounts, and erasing a person.
//!
//! In both cases the record is deleted first, and with it everything that shows the customer. The rest is deleted in
//! steps, and a request may end after any of them. The same request completes what it left, and so does the next
//! removal of any customer.
//!
//! Of several requests at once one succeeds and the others find nobody. Of deletions it is the one that deleted the
//! record. Of erasures it is the first one that finds all cases unreadable, also after a deletion of the same customer.
//! So an erasure that failed succeeds when it is repeated and completes.

use std::time::{Duration, Instant};

use crm_domain::{
    Customer, CustomerId, Identifier, Term, TermKind,
    error::{Absent, Error},
};
use crm_store::{Begun, DataCounts, DataKind, Erased, Erasure, Manner};
use tracing::warn;

use super::{CustomerEdit, Session, customers::NOT_FOUND, edit_customer};

const NO_SUCH_CONTACT_POINT: Error = Error::NotFound(Absent::ContactPoint);
/// How long a request spends on the steps after the first.
const TO_GO_ON: Duration = Duration::from_secs(3);
/// How long an erasure deletes the records of cases. A request has seven seconds.
const TO_HIDE_CASES: Duration = Duration::from_secs(5);
/// The largest number of other customers' unfinished removals that one request continues.
const MOST_TAKEN_UP: usize = 4;
/// The largest number of customers that are read for a contact point's number. One has it. The index may also name some that had it.
const MOST_CANDIDATES: i32 = 10;

/// Deletes a customer. Its cases stay, and wait for another customer with one of its contact points.
///
/// # Errors
/// [`Error::NotFound`], also for all but one of several deletions at once.
pub async fn delete_customer(session: &Session, id: CustomerId) -> Result<(), Error> {
    let default_brand = session.default_brand();
    let begun = begin(session, id, Manner::Delete { default_brand }).await?;
    let Begun { mut erasure, is_own } = begun;
    let ended = go_on(session, &mut erasure, TO_GO_ON).await;
    take_up_others(session).await;
    ended?;
    if is_own { Ok(()) } else { Err(NOT_FOUND) }
}

/// Erases a customer with everything that belongs to it.
///
/// # Errors
/// [`Error::NotFound`], also for all but one of several erasures at once.
pub async fn erase_customer(session: &Session, id: CustomerId) -> Result<(), Error> {
    let (_, is_first) = erase(session, id).await?;
    if is_first { Ok(()) } else { Err(NOT_FOUND) }
}

/// The same for whoever wants the receipt, which counts what is deleted so far. Of several erasures at once all get it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn erase_person(session: &Session, id: CustomerId) -> Result<Erasure, Error> {
    Ok(erase(session, id).await?.0)
}

/// The erasure, and whether this request is the first that finds all cases unreadable.
async fn erase(session: &Session, id: CustomerId) -> Result<(Erasure, bool), Error> {
    let begun = Instant::now();
    let mut erasure = begin(session, id, Manner::Erase).await?.erasure;
    let is_first = hide_cases(session, &mut erasure).await?;
    let ended = go_on(session, &mut erasure, TO_GO_ON.saturating_sub(begun.elapsed())).await;
    take_up_others(session).await;
    if let Err(error) = ended {
        // The customer can no longer be read. The next removal of any customer completes this one.
        warn!(cause = error.log_text(), "an erasure could not be completed");
    }
    Ok((erasure, is_first))
}

/// What an erasure of this customer would delete; `None` if there is too much to be counted within a request.
pub async fn plan_erasure(session: &Session, id: CustomerId) -> Result<Option<DataCounts>, Error> {
    let counted = tokio::time::timeout(TO_GO_ON, session.store().erasure_preview(id)).await;
    counted.map_or(Ok(None), |parts| parts.map(Some))
}

/// How far the erasure of a person is.
#[derive(Debug)]
pub enum ErasureState {
    /// Nobody sees the person. The rest is being deleted.
    UnderWay(Box<Erasure>),
    /// Nothing is left.
    Done(Erased),
}

/// The state of an erasure.
///
/// # Errors
/// [`Error::NotFound`] if nobody of this number was erased.
pub async fn erasure_state(session: &Session, id: CustomerId) -> Result<ErasureState, Error> {
    if let Some(erasure) = session
        .store()
        .erasure_get(id)
        .await?
        .filter(|erasure| !erasure.is_deletion())
    {
        return Ok(ErasureState::UnderWay(Box::new(erasure)));
    }
    session.store().erased_get(id).await?.map(ErasureState::Done).ok_or(NOT_FOUND)
}

/// Continues an erasure. Returns it with all that was deleted, and whether it is complete: that can be said when no request is alive that
/// began before it.
///
/// # Errors
/// [`Error::NotFound`] if none is under way.
pub async fn complete_erasure(session: &Session, id: CustomerId) -> Result<(Erasure, bool), Error> {
    let mut erasure = session.store().erasure_get(id).await?.ok_or(NOT_FOUND)?;
    go_on(session, &mut erasure, TO_GO_ON).await?;
    let is_complete = session.store().erasure_get(id).await?.is_none();
    Ok((erasure, is_complete))
}

/// What people call so many items of a kind.
pub fn words_of(part: DataKind, count: u64) -> &'static str {
    let (one, many) = match part {
        DataKind::Records => ("record", "records"),
        DataKind::Identifiers => (
            "contact point or reference in the record",
            "contact points and references in the record",
        ),
        DataKind::Terms => ("search term", "search terms"),
        DataKind::CasePointers => ("pointer to a case", "pointers to cases"),
        DataKind::Cases | DataKind::KeptCases => ("case", "cases"),
        DataKind::Interactions => ("interaction", "interactions"),
        DataKind::HistoryEntries => ("history entry", "history entries"),
        DataKind::Events => ("event", "events"),
        DataKind::OnceRecords => ("record of a create", "records of creates"),
        DataKind::Others => ("other item", "other items"),
    };
    if count == 1 { one } else { many }
}

/// Begins a removal, or finds the one that is under way.
async fn begin(session: &Session, id: CustomerId, manner: Manner<'_>) -> Result<Begun, Error> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|error| Error::internal("draw a secret", error.to_string()))?;
    let begun = session.store().erasure_begin(id, manner, &secret, &session.change()).await?;
    if begun.is_none() {
        take_up_others(session).await;
    }
    begun.ok_or(NOT_FOUND)
}

/// Deletes the records of all cases. Whether this request is the first to do so, and succeeds. A request that has no
/// time for all of them fails: the answer would not be true.
async fn hide_cases(session: &Session, erasure: &mut Erasure) -> Result<bool, Error> {
    let customer = erasure.customer;
    let hidden = tokio::time::timeout(TO_HIDE_CASES, session.store().erasure_answer(erasure)).await;
    match hidden.unwrap_or(Err(Error::Timeout)) {
        Err(error) => or_completed(session, customer, error).await.map(|()| false),
        answered => answered,
    }
}

/// Continues a removal for at most this long. The next request does the rest.
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
            // A failed removal does not stop the others.
            if let Err(error) = session.store().erasure_advance(&mut removal).await {
                warn!(cause = error.log_text(), "an interrupted removal could not be completed");
            }
        }
        Ok::<(), Error>(())
    };
    match tokio::time::timeout(TO_GO_ON / 4, take_up).await {
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(error)) => warn!(cause = error.log_text(), "interrupted removals could not be looked up"),
    }
}

/// Removes the contact point of this number from its customer. Contact points that the dialect does not know have no number there.
/// `operation` is the name for the history.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn remove_contact_point(
    session: &Session,
    number: u64,
    is_known: impl Fn(&Identifier) -> bool,
    operation: &'static str,
) -> Result<(), Error> {
    let customer = customer_with_contact_point(session, number, is_known).await?;
    let id = customer.ok_or(NO_SUCH_CONTACT_POINT)?.id;
    let remove = |customer: &mut Customer| {
        let stays = |one: &&Identifier| customer.numbers_of(one).all(|of| of != number);
        customer.identifiers = customer.identifiers.iter().filter(stays).cloned().collect();
        Ok(())
    };
    let edit = CustomerEdit {
        operation,
        parts: Vec::new(),
        apply: &remove,
    };
    match edit_customer(session, id, &edit).await {
        Ok(_) => Ok(()),
        Err(Error::NotFound(_)) => Err(NO_SUCH_CONTACT_POINT),
        Err(error) => Err(error),
    }
}

/// Removes an account that the customer learnt from conversations. It is not learnt again for this customer.
///
/// # Errors
/// [`Error::NotFound`] if there is no such customer. Without the account there is nothing to do.
pub async fn remove_account(session: &Session, id: CustomerId, network: &str, account: &str) -> Result<(), Error> {
    let (model, change) = (session.customer_model(), session.change());
    let removed = session.store().account_remove(id, network, account, model, &change).await?;
    removed.map(|_| ()).ok_or(NOT_FOUND)
}

async fn customer_with_contact_point(
    session: &Session,
    number: u64,
    is_known: impl Fn(&Identifier) -> bool,
) -> Result<Option<Customer>, Error> {
    let term = Term::new(TermKind::ContactPoint, number.to_string());
    let found = session.store().customer_find(&[term], MOST_CANDIDATES).await?;
    let ids = found.into_iter().flat_map(|list| list.ids);
    let customers = session.store().customer_get_many(ids).await?;
    let has_it = |customer: &Customer| {
        let mut points = customer.identifiers.iter();
        points.any(|one| customer.numbers_of(one).any(|of| of == number) && is_known(one))
    };
    Ok(customers.into_iter().find(has_it))
}
