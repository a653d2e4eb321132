//! Finds records that may belong to one person, by best match's look-ups and model.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crm_domain::{
    Customer, CustomerId, MergeId, Merging, Timestamp,
    error::Error,
    learnt::keep_last_holders,
    matching::{Confidence, Frequencies, JudgedRecord, Judgement, MOST_LOOKED_UP, most_proposed},
};
use futures::future::try_join_all;

pub use crm_store::Turn;

use super::{Session, find_customer, pause};

/// How many possible duplicates of one customer are shown, most certain first.
const MOST_SHOWN: usize = 20;

/// A record that may belong to the same person as another.
#[derive(Debug)]
pub struct Duplicate {
    /// The record.
    pub customer: Customer,
    /// How certain that is.
    pub confidence: Confidence,
    /// How each field agrees.
    pub judgement: Judgement,
    /// The fields that a merge of the two would have to decide.
    pub conflicts: Vec<String>,
}

/// A customer with the records that may belong to the same person.
#[derive(Debug)]
pub struct Duplicates {
    /// The customer.
    pub customer: Customer,
    /// The other records, most certain first.
    pub others: Vec<Duplicate>,
}

/// Some of a tenant's duplicates.
#[derive(Debug)]
pub struct DuplicatesPage {
    /// The customers who have any.
    pub found: Vec<Duplicates>,
    /// How many customers were checked.
    pub looked_at: usize,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Turn>,
}

/// How many customers one page of duplicates checks.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// The most customers.
    pub customers: usize,
    /// How many of them are checked at once.
    pub at_once: usize,
    /// The time after which no further customer is begun.
    pub time: Duration,
    /// Only pairs of which one record was changed since then.
    pub since: Option<Timestamp>,
}

/// The possible duplicates of the customer with this text id, or of the record that it was merged into. Three or four
/// round trips.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find_duplicates(session: &Session, id: &str) -> Result<Duplicates, Error> {
    let customer = find_customer(session, id).await?;
    let others = duplicates_of(session, &customer, |_| true).await?;
    Ok(Duplicates { customer, others })
}

/// The possible duplicates of some customers, from a position on. A complete walk returns each pair once, with the
/// record that was created last.
pub async fn list_duplicates(session: &Session, from: &Turn, extent: Extent) -> Result<DuplicatesPage, Error> {
    let begun = Instant::now();
    let turn = session.store().customers_in_turn(from, extent.customers).await?;
    let is_end = turn.len() < extent.customers;
    let customers = session.store().customer_get_many(turn.iter().map(|(id, _)| *id)).await?;
    let mut page = DuplicatesPage {
        found: Vec::new(),
        looked_at: 0,
        next: turn.last().filter(|_| !is_end).map(|(_, after)| after.clone()),
    };
    for some in turn.chunks(extent.at_once.max(1)) {
        // The survivor of a record that was merged since has its own turn.
        let of_turn = some
            .iter()
            .filter_map(|(id, _)| customers.iter().find(|customer| customer.id == *id));
        let found = try_join_all(of_turn.map(|customer| told_at(session, customer, extent.since))).await?;
        page.found.extend(found.into_iter().flatten());
        page.looked_at += some.len();
        if begun.elapsed() >= extent.time && page.looked_at < turn.len() {
            page.next = some.last().map(|(_, after)| after.clone());
            break;
        }
    }
    Ok(page)
}

/// The duplicates that are listed with a customer: records created before it, and records that are not checked by
/// themselves.
async fn told_at(session: &Session, customer: &Customer, since: Option<Timestamp>) -> Result<Option<Duplicates>, Error> {
    let is_looked_at = |customer: &Customer| since.is_none_or(|since| customer.updated.at >= since);
    if !is_looked_at(customer) {
        return Ok(None);
    }
    let is_told = |other: &Customer| other.id < customer.id || !is_looked_at(other);
    let others = duplicates_of(session, customer, is_told).await?;
    let customer = customer.clone();
    Ok((!others.is_empty()).then_some(Duplicates { customer, others }))
}

async fn duplicates_of(
    session: &Session,
    customer: &Customer,
    is_meant: impl Fn(&Customer) -> bool,
) -> Result<Vec<Duplicate>, Error> {
    let lookups = JudgedRecord::new(customer, session.region()).lookups();
    let found = session.store().customer_find(&lookups, MOST_LOOKED_UP).await?;
    let lists: Vec<BTreeSet<CustomerId>> = found.into_iter().map(|list| list.ids).collect();
    let frequencies: Frequencies = lookups.into_iter().zip(lists.iter().map(BTreeSet::len)).collect();
    let proposed = most_proposed(&lists).into_iter().filter(|id| !customer.is_of(*id));
    let mut proposed = session.store().customer_get_many(proposed).await?;
    let mut current = customer.clone();
    keep_last_holders(proposed.iter_mut().chain([&mut current]));
    let record = JudgedRecord::new(&current, session.region());
    let mut duplicates = Vec::new();
    for other in proposed {
        pause().await;
        if other.id == customer.id || !is_meant(&other) || !may_be_one(session, customer, &other) {
            continue;
        }
        let judgement = record.judge(&other, &frequencies);
        if let Some(confidence) = Confidence::of(judgement.score) {
            duplicates.push(Duplicate {
                conflicts: conflicts(session, customer, &other),
                customer: other,
                confidence,
                judgement,
            });
        }
    }
    if !duplicates.is_empty() {
        let marks = session.store().distinct_of(customer).await?;
        duplicates.retain(|one| !marks.iter().any(|mark| one.customer.is_of(mark.other)));
    }
    duplicates.sort_by(|one, other| {
        let scores = other.judgement.score.total_cmp(&one.judgement.score);
        scores.then(one.customer.id.cmp(&other.customer.id))
    });
    duplicates.truncate(MOST_SHOWN);
    Ok(duplicates)
}

/// A person is not a company, and customers of two brands are different customers.
fn may_be_one(session: &Session, one: &Customer, other: &Customer) -> bool {
    one.party.kind == other.party.kind && session.brand_of(one) == session.brand_of(other)
}

fn conflicts(session: &Session, one: &Customer, other: &Customer) -> Vec<String> {
    let merging = Merging {
        take: &[],
        model: session.customer_model(),
        default_brand: session.default_brand(),
        receipt: MergeId::draw(other.id, 0),
        change: &session.change(),
    };
    let conflicts = one.conflicts(other, &merging).into_iter();
    conflicts.filter(|one| one.is_conflict).map(|one| one.name).collect()
}
