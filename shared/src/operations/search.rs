//! Customer search: every criterion from an index, never a scan.

use std::{cmp::Reverse, collections::BTreeSet};

use super::Session;
use crate::{
    domain::{Criterion, Customer, CustomerId, Term},
    error::Error,
    store::Found,
};

/// A search shows at most so many customers (contract section 4).
const MOST_SHOWN: usize = 50;
/// How many customers an index is asked for per term: one page of keys.
const MOST_KEYS: i32 = 1_000;
/// How many records are read and compared with the criteria.
const MOST_CANDIDATES: usize = 200;
/// How many terms are looked up at once.
const MOST_LOOKUPS: usize = 16;

/// What a search found.
#[derive(Debug)]
pub struct Matches {
    /// The customers, the most recently updated first.
    pub customers: Vec<Customer>,
    /// Whether there are, or may be, more.
    pub cut: bool,
}

/// The customers who meet all criteria. Two round trips.
pub async fn search_customers(session: &Session, criteria: &[Criterion]) -> Result<Matches, Error> {
    let mut terms: Vec<Term> = criteria.iter().flat_map(Criterion::lookups).collect();
    terms.truncate(MOST_LOOKUPS);
    let found = session.store().customer_find(&terms, MOST_KEYS).await?;
    let (candidates, mut cut) = candidates(found);
    let mut customers = session.store().customer_get_many(candidates).await?;
    customers.retain(|customer| criteria.iter().all(|criterion| criterion.is_met_by(customer)));
    customers.sort_by_key(|customer| Reverse((customer.updated.at, customer.id)));
    cut |= customers.len() > MOST_SHOWN;
    customers.truncate(MOST_SHOWN);
    Ok(Matches { customers, cut })
}

/// Whom to read: those whom every complete list names. A list that was cut narrows nothing, unless there are only such lists:
/// then those whom all of them name, or the shortest names.
fn candidates(found: Vec<Found>) -> (Vec<CustomerId>, bool) {
    let (complete, cut): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|list| list.complete);
    let all_cut = complete.is_empty();
    let lists = if all_cut { cut } else { complete };
    let shared = lists
        .iter()
        .map(|list| list.ids.clone())
        .reduce(|one, other| &one & &other)
        .unwrap_or_default();
    let named: BTreeSet<CustomerId> = match lists.into_iter().min_by_key(|list| list.ids.len()) {
        Some(shortest) if all_cut && shared.is_empty() => shortest.ids,
        _ => shared,
    };
    let too_many = named.len() > MOST_CANDIDATES;
    // The newest first: their numbers are ordered by time.
    (named.into_iter().rev().take(MOST_CANDIDATES).collect(), all_cut || too_many)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(numbers: impl IntoIterator<Item = u64>, complete: bool) -> Found {
        let id = |number| CustomerId::parse(&format!("C{number:011}"));
        Found {
            ids: numbers.into_iter().filter_map(id).collect(),
            complete,
        }
    }

    #[track_caller]
    fn check(lists: Vec<Found>, wanted: impl IntoIterator<Item = u64>, cut: bool) {
        let mut wanted: Vec<CustomerId> = list(wanted, true).ids.into_iter().collect();
        wanted.reverse();
        assert_eq!(candidates(lists), (wanted, cut));
    }

    #[test]
    fn complete_lists_narrow_and_cut_ones_do_not() {
        check(vec![list([1, 2, 3], true), list([2, 3, 4], true)], [2, 3], false);
        check(vec![list([1, 2, 3], true), list([9], false)], [1, 2, 3], false);
        check(vec![list([1, 2], false), list([2, 3], false)], [2], true);
        check(vec![list([1, 2, 3], false), list([7, 8], false)], [7, 8], true);
        check(vec![list([], true), list([1], true)], [], false);
    }

    #[test]
    fn the_newest_of_too_many() {
        check(vec![list(0..500, true)], 300..500, true);
    }
}
