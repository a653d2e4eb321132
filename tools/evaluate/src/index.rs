//! The table in memory as look-ups see it, with the same keys and limits. The functions' own code answers from it.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Result, anyhow, bail};
use crm_domain::{
    Customer, CustomerId, ObjectStructure, TenantSettings, Term,
    matching::{Candidate, Evidence, Frequencies, MOST_LOOKED_UP, Strictness, most_proposed, named, ranked},
    normal::Region,
};
use serde_json::Value;

use crate::{
    directory::Answer,
    extra,
    load::customer,
    sample::{Question, Sample},
};

/// Customers and the terms under which they are found.
pub struct Index {
    customers: Vec<Customer>,
    places: HashMap<CustomerId, usize>,
    under: HashMap<Term, Vec<usize>>,
}

/// A question with everything that best match reads before it compares.
pub struct Asked<'index> {
    /// The question in normal form.
    pub evidence: Evidence,
    /// How many customers each look-up found.
    pub frequencies: Frequencies,
    /// The customers to compare.
    pub proposed: Vec<&'index Customer>,
}

impl Asked<'_> {
    /// Compares all proposed customers, and ranks them.
    pub fn judged(&self) -> Vec<Candidate> {
        let judge = |&customer: &&Customer| self.evidence.judge_one(customer.clone(), &self.frequencies);
        ranked(self.proposed.iter().map(judge).collect())
    }
}

/// The answers of best match to all questions of a sample, by the functions' own code over an index in memory.
///
/// # Errors
/// When a function would refuse a customer or a question.
pub fn answers(sample: &Sample) -> Result<Vec<Answer>> {
    let index = Index::of_sample(sample)?;
    let answer = |question: &Question| {
        let shown = named(index.ask(question)?.judged(), Strictness::default());
        Ok(shown.iter().filter_map(|one| index.place(one.customer.id)).collect())
    };
    sample.questions.iter().map(answer).collect()
}

impl Index {
    /// A sample's customers.
    ///
    /// # Errors
    /// When the model would refuse one.
    pub fn of_sample(sample: &Sample) -> Result<Self> {
        let settings = TenantSettings {
            customer_model: extra::model(),
            ..TenantSettings::default()
        };
        let customers = (0..)
            .zip(&sample.customers)
            .map(|(place, fields)| customer(fields, place, &settings))
            .collect::<Result<Vec<Customer>>>()?;
        Ok(Self::new(customers, &settings.customer_model))
    }

    /// Reads a question and looks it up.
    ///
    /// # Errors
    /// When the function would refuse it.
    pub fn ask(&self, question: &Question) -> Result<Asked<'_>> {
        let Value::Object(body) = question.identity.clone() else {
            bail!("an identity must be an object");
        };
        let identity = khoros::identity::read(body).map_err(|error| anyhow!(error.log_text()))?;
        let evidence = Evidence::new(&identity, Region::US);
        let (proposed, frequencies) = self.proposed(evidence.lookups());
        Ok(Asked {
            proposed: proposed.into_iter().map(|place| &self.customers[place]).collect(),
            evidence,
            frequencies,
        })
    }

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
