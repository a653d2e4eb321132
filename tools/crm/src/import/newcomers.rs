//! Who was made by earlier rows of a run.

use std::{
    cell::RefCell,
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use crm_domain::{CustomerId, Term};

use super::row_result::RowResult;

/// Who was made by earlier rows of the run, by their contact points: an index may be behind.
#[derive(Debug, Default)]
pub struct Newcomers(RefCell<HashMap<u64, Newcomer>>);

/// One of them: which row made it, and which customer; of a dry run none.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer {
    /// The row.
    pub row: u64,
    /// The customer.
    pub id: Option<CustomerId>,
}

impl Newcomers {
    /// Notes that a row has made somebody.
    pub fn note(&self, row: u64, terms: &[Term], result: &RowResult) {
        let id = result.id.as_deref().and_then(CustomerId::parse);
        let mut known = self.0.borrow_mut();
        for term in terms {
            known.entry(hash(term)).or_insert(Newcomer { row, id });
        }
    }

    /// Those who have one of these contact points.
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
