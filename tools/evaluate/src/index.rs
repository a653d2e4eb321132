//! The table in memory as look-ups see it, with the same keys and limits.

use std::collections::{BTreeSet, HashMap};

use crm_domain::{
    Customer, CustomerId, ObjectStructure, Term,
    matching::{Frequencies, MOST_LOOKED_UP, most_proposed},
};

/// Customers and the terms under which they are found.
pub struct Index {
    customers: Vec<Customer>,
    places: HashMap<CustomerId, usize>,
    under: HashMap<Term, Vec<usize>>,
}

impl Index {
    /// Adds customers in the order in which they were created.
    pub fn new(customers: Vec<Customer>, model: &ObjectStructure) -> Self {
        let mut under: HashMap<Term, Vec<usize>> = HashMap::new();
        for (place, customer) in customers.iter().enumerate() {
            for term in customer.terms(model) {
                under.entry(term).or_default().push(place);
            }
        }
        let places = (0..).zip(&customers).map(|(place, customer)| (customer.id, place)).collect();
        Self {
            customers,
            places,
            under,
        }
    }

    /// All of them.
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// The place of a customer.
    pub fn place(&self, id: CustomerId) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// The places of the customers whom look-ups find, and the number of customers under
    /// each term.
    pub fn proposed(&self, lookups: Vec<Term>) -> (Vec<usize>, Frequencies) {
        let lists: Vec<BTreeSet<CustomerId>> = lookups.iter().map(|term| self.found_under(term)).collect();
        let frequencies = lookups.into_iter().zip(lists.iter().map(BTreeSet::len)).collect();
        let proposed = most_proposed(&lists).into_iter().filter_map(|id| self.place(id));
        (proposed.collect(), frequencies)
    }

    /// The newest customers under a term, as the index returns them.
    fn found_under(&self, term: &Term) -> BTreeSet<CustomerId> {
        let most = usize::try_from(MOST_LOOKED_UP).unwrap_or(0);
        let under = self.under.get(term).map_or(&[][..], Vec::as_slice);
        under.iter().rev().take(most).map(|&place| self.customers[place].id).collect()
    }
}
