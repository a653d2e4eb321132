//! Customer search: every criterion from an index, never a scan.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashSet},
};

use crm_domain::{Criterion, Customer, CustomerId, Term, combined_keys, error::Error, learnt::keep_last_holders};
use crm_store::Found;

use super::{Session, kept};

/// The largest number of customers that a search shows (contract section 4).
const MOST_SHOWN: usize = 50;
/// The largest number of customers that an index returns per term: one page of keys.
const MOST_KEYS: i32 = 1_000;
/// The largest number of records that are compared with the criteria.
const MOST_CANDIDATES: usize = 200;
/// The largest number of terms that are looked up at once: three words of a name are looked up in three fields, in two spellings.
const MOST_LOOKUPS: usize = 24;

/// The result of a search.
#[derive(Debug)]
pub struct Matches {
    /// The customers, the most recently updated first.
    pub customers: Vec<Customer>,
    /// Whether there may be more.
    pub cut: bool,
}

/// The customers who meet all criteria. Two round trips; three where more customers share a contact point than are read.
pub async fn search_customers(session: &Session, criteria: &[Criterion]) -> Result<Matches, Error> {
    let (candidates, mut cut) = candidates(look_up(session, criteria).await?);
    let mut candidates = session.store().customer_get_many(candidates).await?;
    keep_last_holders(&mut candidates);
    let is_meant = |customer: &Customer| criteria.iter().all(|criterion| criterion.is_met_by(customer));
    let mut customers = kept(candidates, is_meant).await;
    customers.sort_by_key(|customer| Reverse((customer.updated.at, customer.id)));
    cut |= customers.len() > MOST_SHOWN;
    customers.truncate(MOST_SHOWN);
    Ok(Matches { customers, cut })
}

/// The customers that the indexes name.
#[derive(Debug, Default)]
struct LookedUp {
    /// One list for each criterion that was looked up. Every match is on each complete list.
    lists: Vec<Found>,
    /// Customers with several of the values, if there are keys for the combination.
    combined: Vec<Found>,
}

/// Looks up the most selective criteria first. If a contact point or reference leaves few candidates, names are not looked up.
async fn look_up(session: &Session, criteria: &[Criterion]) -> Result<LookedUp, Error> {
    let (telling, others) = terms(criteria);
    let mut lists = find(session, &telling).await?;
    if narrowed(&lists).is_some_and(|ids| ids.len() <= MOST_CANDIDATES) {
        let combined = Vec::new();
        return Ok(LookedUp { lists, combined });
    }
    let combined: Vec<Vec<Term>> = combined_keys(criteria, session.region())
        .into_iter()
        .map(|key| vec![key])
        .collect();
    let asked = [others.as_slice(), &combined].concat();
    let mut found = find(session, &asked).await?;
    let combined = found.split_off(others.len());
    lists.extend(found);
    Ok(LookedUp { lists, combined })
}

/// Looks up lists of terms in parallel. Each list names the customers under any of its terms.
async fn find(session: &Session, lists: &[Vec<Term>]) -> Result<Vec<Found>, Error> {
    let terms: Vec<Term> = lists.iter().flatten().cloned().collect();
    let mut found = session.store().customer_find(&terms, MOST_KEYS).await?.into_iter();
    let of_list = |list: &Vec<Term>| found.by_ref().take(list.len()).reduce(Found::or).unwrap_or_default();
    Ok(lists.iter().map(of_list).collect())
}

/// The terms to look up: first those of contact points and references, then the others, with names last. The records are compared with all
/// criteria anyway.
fn terms(criteria: &[Criterion]) -> (Vec<Vec<Term>>, Vec<Vec<Term>>) {
    let all: BTreeSet<Vec<Term>> = criteria.iter().flat_map(Criterion::lookups).collect();
    let (telling, mut others): (Vec<Vec<Term>>, Vec<Vec<Term>>) = all
        .into_iter()
        .partition(|list| list.iter().all(|term| term.kind.is_identifier()));
    others.sort_by_key(|list| {
        let shortest = list.iter().map(|term| term.value.len()).min();
        (list.iter().any(|term| term.kind.is_by_prefix()), Reverse(shortest))
    });
    (bounded(telling), bounded(others))
}

/// The first lists that have at most [`MOST_LOOKUPS`] terms together, and at least one list.
fn bounded(lists: Vec<Vec<Term>>) -> Vec<Vec<Term>> {
    let mut count = 0;
    let within = |list: &Vec<Term>| {
        let is_first = count == 0;
        count += list.len();
        is_first || count <= MOST_LOOKUPS
    };
    lists.into_iter().take_while(within).collect()
}

/// The customers to read: those on every complete list. A list that was cut excludes nobody, unless all lists were cut. Then it is the
/// customers on all lists, or else on the shortest. Customers with several of the values come first, and then the newest.
fn candidates(LookedUp { lists, combined }: LookedUp) -> (Vec<CustomerId>, bool) {
    let complete = narrowed(&lists);
    let all_cut = complete.is_none();
    let combined: BTreeSet<CustomerId> = combined.into_iter().flat_map(|list| list.ids).collect();
    let (first, rest) = match complete {
        Some(complete) => (&combined & &complete, complete),
        None if combined.is_empty() => (combined, shared_or_shortest(lists)),
        None => (combined, intersection(&lists)),
    };
    let mut seen = HashSet::new();
    // The newest come first, since numbers are ordered by time.
    let mut ids: Vec<CustomerId> = first.into_iter().rev().chain(rest.into_iter().rev()).collect();
    ids.retain(|id| seen.insert(*id));
    let cut = all_cut || ids.len() > MOST_CANDIDATES;
    ids.truncate(MOST_CANDIDATES);
    (ids, cut)
}

/// The customers on every complete list; `None` if no list is complete.
fn narrowed(lists: &[Found]) -> Option<BTreeSet<CustomerId>> {
    let complete: Vec<&Found> = lists.iter().filter(|list| list.complete).collect();
    (!complete.is_empty()).then(|| intersection(complete))
}

fn intersection<'a>(lists: impl IntoIterator<Item = &'a Found>) -> BTreeSet<CustomerId> {
    let mut lists = lists.into_iter();
    let first = lists.next().map(|list| list.ids.clone()).unwrap_or_default();
    lists.fold(first, |shared, list| &shared & &list.ids)
}

/// The customers on all lists, or else those on the shortest.
fn shared_or_shortest(lists: Vec<Found>) -> BTreeSet<CustomerId> {
    let shared = intersection(&lists);
    if !shared.is_empty() {
        return shared;
    }
    let shortest = lists.into_iter().min_by_key(|list| list.ids.len());
    shortest.map(|list| list.ids).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crm_domain::{FieldValue, ObjectStructure, TermKind, normal::Region};

    fn list(numbers: impl IntoIterator<Item = u64>, complete: bool) -> Found {
        let id = |number| CustomerId::parse(&format!("C{number:011}"));
        Found {
            ids: numbers.into_iter().filter_map(id).collect(),
            complete,
        }
    }

    /// `wanted` in the order in which they are read.
    #[track_caller]
    fn check(lists: Vec<Found>, combined: Vec<Found>, wanted: impl IntoIterator<Item = u64>, cut: bool) {
        let ids = |number| list([number], true).ids;
        let wanted: Vec<CustomerId> = wanted.into_iter().flat_map(ids).collect();
        assert_eq!(candidates(LookedUp { lists, combined }), (wanted, cut));
    }

    #[test]
    fn complete_lists_narrow_and_cut_ones_do_not() {
        check(vec![list([1, 2, 3], true), list([2, 3, 4], true)], vec![], [3, 2], false);
        check(vec![list([1, 2, 3], true), list([9], false)], vec![], [3, 2, 1], false);
        check(vec![list([1, 2], false), list([2, 3], false)], vec![], [2], true);
        check(vec![list([1, 2, 3], false), list([7, 8], false)], vec![], [8, 7], true);
        check(vec![list([], true), list([1], true)], vec![], [], false);
    }

    #[test]
    fn customers_with_several_of_the_values_come_first() {
        let both = || vec![list([5], true)];
        check(vec![list([1, 2, 3], false), list([7, 8], false)], both(), [5], true);
        check(vec![list([1, 2, 6], false), list([2, 6], false)], both(), [5, 6, 2], true);
        check(vec![list([4, 5, 6], true)], both(), [5, 6, 4], false);
        check(vec![list([4, 6], true)], both(), [6, 4], false);
    }

    #[test]
    fn of_too_many_candidates_the_newest_are_read() {
        check(vec![list(1..500, true)], vec![], (300..500).rev(), true);
    }

    #[test]
    fn contact_points_and_references_are_asked_first_wherever_they_stand_in_the_form() {
        let model = ObjectStructure::default_customer();
        let words = "one two three four five";
        let mut names: Vec<&str> = model.fields.iter().map(|field| field.name.as_str()).collect();
        for _ in 0..2 {
            names.reverse();
            let criteria: Vec<Criterion> = names
                .iter()
                .map(|name| {
                    let value = FieldValue::Text(words.to_owned());
                    Criterion::new(model.field(name).unwrap(), &value, Region::US)
                })
                .collect();
            let (telling, others) = terms(&criteria);
            let asked: BTreeSet<_> = telling.into_iter().flatten().map(|term| term.kind).collect();
            let roles = model.fields.iter().filter_map(|field| field.role);
            let wanted: BTreeSet<_> = roles.filter(|role| role.is_identifier()).map(TermKind::Role).collect();
            assert_eq!(asked, wanted);
            assert!(others.iter().flatten().count() <= MOST_LOOKUPS);
            assert!(
                others
                    .last()
                    .is_some_and(|list| list.iter().all(|term| term.kind.is_by_prefix()))
            );
        }
    }
}
