//! Best match: candidates from the indexes, judged by their records.

use std::collections::BTreeSet;

use super::Session;
use crate::{
    domain::{
        Customer, CustomerId,
        best_match::{Evidence, Identity},
    },
    error::Error,
};

/// How many customers each piece of evidence may propose: what more share tells nobody apart.
const MOST_PROPOSED: i32 = 25;
/// How many records are read: one batch.
const MOST_CANDIDATES: usize = 100;

/// The customers that the identity may be, best first; none rather than a doubtful one. Two round trips.
pub async fn best_match(session: &Session, identity: &Identity) -> Result<Vec<Customer>, Error> {
    let evidence = Evidence::new(identity, session.region());
    let found = session.store().customer_find(evidence.lookups(), MOST_PROPOSED).await?;
    let proposed: BTreeSet<CustomerId> = found.into_iter().flat_map(|list| list.ids).collect();
    let newest_first = proposed.into_iter().rev().take(MOST_CANDIDATES);
    Ok(evidence.rank(session.store().customer_get_many(newest_first).await?))
}
