//! Customers that earlier rows of a run have created.

use std::{
    cell::RefCell,
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use crm_domain::{CustomerId, Term};

use super::row_result::RowResult;

/// The customers that earlier rows of the run have created, by their contact points, since an index may lag behind.
#[derive(Debug, Default)]
pub struct Newcomers(RefCell<HashMap<u64, Newcomer>>);

/// One of them: the row, and the customer's id, which a dry run does not have.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer {
    /// The row.
    pub row: u64,
    /// The customer.
    pub id: Option<CustomerId>,
}

impl Newcomers {
    /// Adds a customer that a row has created.
    pub fn note(&self, row: u64, terms: &[Term], result: &RowResult) {
        let id = result.id.as_deref().and_then(CustomerId::parse);
        let mut known = self.0.borrow_mut();
        for term in terms {
            known.entry(hash(term)).or_insert(Newcomer { row, id });
        }
    }

    /// The customers with one of these contact points.
    pub fn find(&self, terms: &[Term]) -> Vec<Newcomer> {
        let known = self.0.borrow();
        terms.iter().filter_map(|term| known.get(&hash(term)).copied()).collect()
    }
}

fn hash(term: &Term) -> u64 {
    let mut hasher = DefaultHasher::new();
    term.hash(&mut hasher);
    hasher.finish()
}
