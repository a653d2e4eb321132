//! A customer's record and its search terms.
//!
//! The transaction that writes a record comes first: nothing is written ahead of it. Where the changes of its terms do not all fit
//! into that transaction, the record is marked as unsettled, and the same transaction puts it on the tenant's list of unfinished
//! work (`unfinished`). Further transactions make the other changes. Each requires the record's version, so that none happens after
//! somebody else has written or removed the record. The last one takes away the mark and the entry of the list.
//!
//! Two rules make this safe for any number of writers at once:
//!
//! - Whatever changes terms at a version of the record leads to the terms that the record has at this version. So several may
//!   complete a record at once, and it does no harm if one of them is late.
//! - Which terms a marked record has in the table can be known only when no transaction of an earlier version can happen any more.
//!   So whoever changes a marked record writes the record first, still marked, and reads the terms after that.

use std::collections::BTreeSet;

use crm_domain::{Customer, CustomerId, ObjectStructure, Term, TermKind, error::Error};
use futures::TryStreamExt as _;

use super::{
    Item, Store,
    items::{self, text_of},
    keys::{AFTER_TERMS, Index, Key, TERMS, TOKEN},
    pages::Order,
    transaction::{MOST_WRITES, Refusal, Write},
};
/// What the last transaction of an unsettled record holds beside terms: the record and its entry in the list of unfinished work.
const LAST_WRITES: usize = 2;

/// What is to be done to the terms of a record that is written.
#[derive(Debug)]
pub(super) enum TermChanges {
    /// These writes, additions first.
    Known(Vec<Write>),
    /// The record before was unsettled: it has to be seen which terms are there.
    Unknown,
}

impl Store {
    /// What a customer's terms need where its record is written over the one before, or for the first time.
    pub(super) fn term_changes(&self, before: Option<&Customer>, after: &Customer, model: &ObjectStructure) -> TermChanges {
        match before {
            Some(before) if before.unsettled => TermChanges::Unknown,
            before => {
                let held = before.map(|before| self.term_keys(before, model)).unwrap_or_default();
                TermChanges::Known(self.term_writes(after, &held, model))
            }
        }
    }

    /// Writes a record over the one before, or for the first time, with all that its terms need. The record's write comes first in
    /// the transaction, then `others`, which tell of the change: places in a refusal count so.
    pub(super) async fn write_with_terms(
        &self,
        before: Option<&Customer>,
        after: &Customer,
        others: Vec<Write>,
        changes: TermChanges,
        model: &ObjectStructure,
    ) -> Result<(), Refusal> {
        let room = MOST_WRITES.saturating_sub(others.len() + 1);
        let (fitting, left) = match changes {
            TermChanges::Known(changes) if changes.len() <= room => {
                let record = self.customer_over(before, after, false)?;
                return self.database.transact([vec![record], others, changes].concat()).await;
            }
            TermChanges::Known(mut changes) => {
                let left = changes.split_off(room.saturating_sub(1));
                (changes, Some(left))
            }
            TermChanges::Unknown => (Vec::new(), None),
        };
        let record = self.customer_over(before, after, true)?;
        let entry = self.begun(&after.id, after.version)?;
        self.database
            .transact([vec![record], others, vec![entry], fitting].concat())
            .await?;
        let settled = match left {
            Some(left) => self.take_steps(after, left).await,
            None => self.settle_terms(after, model).await,
        };
        settled.map_err(Refusal::Failed)
    }

    fn customer_over(&self, before: Option<&Customer>, after: &Customer, unsettled: bool) -> Result<Write, Error> {
        let record = Customer {
            unsettled,
            ..after.clone()
        };
        let item = items::write(&self.keys.customer(after.id), &record)?;
        Ok(match before {
            Some(before) => Write::PutOver {
                item,
                version: before.version,
            },
            None => Write::PutNew(item),
        })
    }

    /// The customer as it was read, whose terms are complete after this: those of an unsettled record are completed first.
    pub async fn customer_settled(&self, customer: Customer, model: &ObjectStructure) -> Result<Customer, Error> {
        if customer.unsettled {
            self.settle_terms(&customer, model).await?;
        }
        Ok(Customer {
            unsettled: false,
            ..customer
        })
    }

    /// Makes the terms of a record what it says at this version. The record must have been read or written before this.
    pub(super) async fn settle_terms(&self, customer: &Customer, model: &ObjectStructure) -> Result<(), Error> {
        let held = self.held_terms(customer.id).await?;
        self.take_steps(customer, self.term_writes(customer, &held, model)).await
    }

    /// The transactions after the one that wrote an unsettled record. The last one takes the mark away.
    async fn take_steps(&self, customer: &Customer, mut left: Vec<Write>) -> Result<(), Error> {
        loop {
            let is_last = left.len() <= MOST_WRITES - LAST_WRITES;
            let rest = left.split_off(left.len().min(MOST_WRITES - if is_last { LAST_WRITES } else { 1 }));
            let mut writes = if is_last {
                vec![
                    self.customer_over(Some(customer), customer, false)?,
                    // Only the mark goes.
                    Write::Untold(self.keys.customer(customer.id)),
                    self.ended(&customer.id),
                ]
            } else {
                vec![Write::RequireVersion(self.keys.customer(customer.id), customer.version)]
            };
            writes.append(&mut left);
            match self.database.transact(writes).await {
                Ok(()) if is_last => return Ok(()),
                Ok(()) => left = rest,
                Err(Refusal::Failed(error)) => return Err(error),
                // Somebody removed the record, or wrote it and completes it.
                Err(Refusal::Conditions(_)) => return Ok(()),
            }
        }
    }

    /// The sort keys of the terms that lie in a customer's partition, whether its record says them or not.
    pub(super) async fn held_terms(&self, id: CustomerId) -> Result<BTreeSet<String>, Error> {
        let partition = self.keys.customer_partition(id);
        self.each_between(&partition, TERMS, AFTER_TERMS, Order::OldestFirst)
            .try_filter_map(async |item| Ok(text_of(&item, "sk").map(str::to_owned)))
            .try_collect()
            .await
    }

    /// The sort keys of the terms that a record says.
    pub(super) fn term_keys(&self, customer: &Customer, model: &ObjectStructure) -> BTreeSet<String> {
        let terms = customer.terms(model);
        terms.iter().map(|term| self.keys.term(customer.id, term).sk).collect()
    }

    /// The writes that make a record's terms of the ones that are held: what is missing, then what is too much. The time of creation
    /// comes first, so that it is written with the record: by it the record is counted in the list of all customers.
    pub(super) fn term_writes(&self, customer: &Customer, held: &BTreeSet<String>, model: &ObjectStructure) -> Vec<Write> {
        let wanted = customer.terms(model);
        let sort_key = |term: &Term| self.keys.term(customer.id, term).sk;
        let mut missing: Vec<&Term> = wanted.iter().filter(|term| !held.contains(&sort_key(term))).collect();
        missing.sort_by_key(|term| !matches!(term.kind, TermKind::Created(_)));
        let wanted: BTreeSet<String> = wanted.iter().map(sort_key).collect();
        let surplus = held.difference(&wanted).map(|term| Key {
            sk: term.clone(),
            ..self.keys.customer(customer.id)
        });
        let added = missing.into_iter().map(|term| Write::Put(self.term_item(customer.id, term)));
        added.chain(surplus.map(Write::Delete)).collect()
    }

    /// The item of the time at which a customer was made. It comes and goes in the record's own transactions.
    pub(super) fn creation_key(&self, customer: &Customer) -> Key {
        self.keys.term(customer.id, &customer.creation_term())
    }

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
        if place.index == Index::Term {
            // An index's entry needs its sort key; where nothing is looked up by prefix, the newest customer comes last.
            let token = place.token.unwrap_or_else(|| id.to_string());
            item.insert(TOKEN.to_owned(), items::text(token));
        }
        item
    }
}
