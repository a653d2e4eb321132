//! Best match: candidates from the indexes, judged by their records.

use std::collections::BTreeSet;

use crm_domain::{
    CustomerId,
    error::Error,
    learnt::keep_last_holders,
    matching::{Candidate, Evidence, Frequencies, Identity, MOST_LOOKED_UP, most_proposed, named, ranked},
};

use super::{Session, pause};

/// The customers that the identity may be, best first. No match beats a wrong match. Two round trips.
pub async fn best_match(session: &Session, identity: &Identity) -> Result<Vec<Candidate>, Error> {
    Ok(named(judge(session, identity).await?, session.strictness()))
}

/// All candidates with their scores, best first, for an operator who wants to know the reasons. Two round trips.
pub async fn judge(session: &Session, identity: &Identity) -> Result<Vec<Candidate>, Error> {
    let evidence = Evidence::new(identity, session.region());
    let lookups = evidence.lookups();
    let found = session.store().customer_find(&lookups, MOST_LOOKED_UP).await?;
    let lists: Vec<BTreeSet<CustomerId>> = found.into_iter().map(|list| list.ids).collect();
    let frequencies: Frequencies = lookups.into_iter().zip(lists.iter().map(BTreeSet::len)).collect();
    let mut proposed = session.store().customer_get_many(most_proposed(&lists)).await?;
    keep_last_holders(&mut proposed);
    let mut judged = Vec::with_capacity(proposed.len());
    for customer in proposed {
        pause().await;
        judged.push(evidence.judge_one(customer, &frequencies));
    }
    Ok(ranked(judged))
}
