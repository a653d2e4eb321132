//! Customers: the record and its terms move together.

use std::collections::BTreeSet;

use super::{
    Audit, Created, Item, OnceKey, Store, back_off, items,
    keys::TOKEN,
    once::remembered,
    transaction::{MOST_WRITES, Refusal, Write},
};
use crate::{
    domain::{Change, Customer, CustomerId, ObjectStructure, Term},
    error::Error,
    random,
};

/// How often a write is tried that lost to another writer of the same record, or whose drawn number was taken.
pub(super) const TRIES: u32 = 24;

impl Store {
    /// Reads a customer. One round trip.
    pub async fn customer_get(&self, id: CustomerId) -> Result<Option<Customer>, Error> {
        self.database.get_as(self.keys.customer(id)).await
    }

    /// Makes a customer, once per `once`. One round trip.
    pub async fn customer_create(
        &self,
        mut customer: Customer,
        model: &ObjectStructure,
        once: &OnceKey,
        audit: &Audit,
    ) -> Result<Created<Customer>, Error> {
        for _ in 0..TRIES {
            let record = vec![
                Write::PutNew(items::write(&self.keys.customer(customer.id), &customer)?),
                self.remember(once, &customer.id, customer.created.at)?,
                audit.write_creation(&self.keys.customer_partition(customer.id), &customer.created, once)?,
            ];
            let terms = TermChanges::new(self, customer.id, &BTreeSet::new(), &customer.terms(model));
            match self.write_with_terms(&customer, record, terms).await {
                Ok(()) => return Ok(Created::Now(customer)),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(refused)) => {
                    let earlier = refused
                        .iter()
                        .find_map(|refused| CustomerId::parse(remembered(refused.found.as_ref())?));
                    let Some(id) = earlier else {
                        customer.id = CustomerId::draw(customer.created.at, random::bits());
                        continue;
                    };
                    let first = self.customer_get(id).await?;
                    return first
                        .map(Created::Before)
                        .ok_or(Error::Busy("create a customer that was erased since"));
                }
            }
        }
        Err(Error::Busy("create a customer"))
    }

    /// Reads a customer, edits it and writes it back; again from the reading where another writer came first, so that both
    /// edits stand. `None` if there is no such customer. Two round trips.
    pub async fn customer_update(
        &self,
        id: CustomerId,
        model: &ObjectStructure,
        change: &Change,
        audit: &Audit,
        edit: impl Fn(&mut Customer) -> Result<(), Error>,
    ) -> Result<Option<Customer>, Error> {
        for round in 0..TRIES {
            back_off(round).await;
            let Some(before) = self.customer_get(id).await? else {
                return Ok(None);
            };
            let mut after = before.clone();
            edit(&mut after)?;
            after.version += 1;
            after.updated = change.clone();
            let record = vec![
                Write::PutOver {
                    item: items::write(&self.keys.customer(id), &after)?,
                    version: before.version,
                },
                audit.write(&self.keys.customer_partition(id), change)?,
            ];
            let terms = TermChanges::new(self, id, &before.terms(model), &after.terms(model));
            match self.write_with_terms(&after, record, terms).await {
                Ok(()) => return Ok(Some(after)),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("update a customer"))
    }

    /// Reads customers by number, in any order.
    pub async fn customer_get_many(&self, ids: impl IntoIterator<Item = CustomerId>) -> Result<Vec<Customer>, Error> {
        let keys = ids.into_iter().map(|id| self.keys.customer(id)).collect();
        self.database.get_many(keys).await?.into_iter().map(items::read).collect()
    }

    /// Writes a record, which comes first in `writes`, and the difference of its terms in one transaction. Terms beyond what a
    /// transaction holds are added before it and removed after it: an index entry without its value in the record finds
    /// nobody, since candidates are compared with their records.
    pub(super) async fn write_with_terms(
        &self,
        customer: &Customer,
        mut writes: Vec<Write>,
        terms: TermChanges,
    ) -> Result<(), Refusal> {
        let TermChanges { mut added, mut removed } = terms;
        let room = MOST_WRITES - writes.len();
        let ahead = added.split_off(added.len().min(room));
        let behind = removed.split_off(removed.len().min(room - added.len()));
        self.database.put_many(ahead).await?;
        writes.extend(added.into_iter().map(Write::Put));
        writes.extend(removed);
        self.database.transact(writes).await?;
        for part in behind.chunks(MOST_WRITES - 1) {
            let unchanged = Write::RequireVersion(self.keys.customer(customer.id), customer.version);
            match self.database.transact([vec![unchanged], part.to_vec()].concat()).await {
                Ok(()) => {}
                // Another writer came and may want these terms. Left over, they cost a read at worst.
                Err(Refusal::Conditions(_)) => break,
                Err(failed) => return Err(failed),
            }
        }
        Ok(())
    }
}

/// The writes that turn one set of terms into another.
pub(super) struct TermChanges {
    pub(super) added: Vec<Item>,
    pub(super) removed: Vec<Write>,
}

impl TermChanges {
    pub(super) fn new(store: &Store, id: CustomerId, before: &BTreeSet<Term>, after: &BTreeSet<Term>) -> Self {
        let added = after.difference(before).map(|term| store.term_item(id, term)).collect();
        let removed = before
            .difference(after)
            .map(|term| Write::Delete(store.keys.term(id, term)))
            .collect();
        Self { added, removed }
    }
}

impl Store {
    /// The items that make a customer: its record and its terms. What [`Self::customer_create`] writes beside them is history and
    /// the created-once record. For whoever fills a database past its own interface.
    pub fn customer_items(&self, customer: &Customer, model: &ObjectStructure) -> Result<Vec<Item>, Error> {
        let terms = customer.terms(model);
        let mut made = vec![items::write(&self.keys.customer(customer.id), customer)?];
        made.extend(terms.iter().map(|term| self.term_item(customer.id, term)));
        Ok(made)
    }

    pub(super) fn term_item(&self, id: CustomerId, term: &Term) -> Item {
        let place = self.keys.place(term);
        let mut item = items::key_item(&self.keys.term(id, term));
        item.insert(place.index.attribute().to_owned(), items::text(place.partition));
        if place.index == super::keys::Index::Term {
            // An index's entry needs its sort key; where nothing is looked up by prefix, the newest customer comes last.
            let token = place.token.unwrap_or_else(|| id.to_string());
            item.insert(TOKEN.to_owned(), items::text(token));
        }
        item
    }
}
