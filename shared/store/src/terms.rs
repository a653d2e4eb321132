//! A customer's record and its search terms.
//!
//! Nothing is written before the transaction that writes a record. If the changes of its terms do not all fit into
//! that transaction, it marks the record as unsettled and lists it as unfinished work (`unfinished`). Further
//! transactions make the other changes. Each requires the record's version, so none takes effect after somebody else
//! has written or deleted the record. The last one removes the mark and the entry of the list.
//!
//! Two rules make this safe for any number of concurrent writers:
//!
//! - Every change of terms at a version of the record leads towards the terms of that version. So several writers may
//!   complete a record at once, and a late one does no harm.
//! - The terms that a marked record has in the table are known only when no transaction of an earlier version can
//!   succeed any more. So a writer that changes a marked record first writes the record, still marked, and then reads
//!   the terms.

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
/// The writes beside terms in the last transaction of an unsettled record: the record and its entry in the list of
/// unfinished work.
const LAST_WRITES: usize = 2;

/// The changes of terms that the write of a record requires.
#[derive(Debug)]
pub(super) enum TermChanges {
    /// These writes, additions first.
    Known(Vec<Write>),
    /// The previous version was unsettled, so its terms have to be read first.
    Unknown,
}

impl Store {
    /// The changes of terms when a record is created or written over the previous version.
    pub(super) fn term_changes(&self, before: Option<&Customer>, after: &Customer, model: &ObjectStructure) -> TermChanges {
        match before {
            Some(before) if before.unsettled => TermChanges::Unknown,
            before => {
                let held = before.map(|before| self.term_keys(before, model)).unwrap_or_default();
                TermChanges::Known(self.term_writes(after, &held, model))
            }
        }
    }

    /// Creates a record, or writes it over the previous version, with the changes of its terms. In the transaction
    /// the record's write comes first and then `others`, which include the notice of the change; a refusal counts
    /// positions in this order.
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

    /// The write of a record over its previous version, or of a new one.
    pub(super) fn customer_over(&self, before: Option<&Customer>, after: &Customer, unsettled: bool) -> Result<Write, Error> {
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

    /// Completes the terms of an unsettled record. Returns the customer as it was read.
    pub async fn customer_settled(&self, customer: Customer, model: &ObjectStructure) -> Result<Customer, Error> {
        if customer.unsettled {
            self.settle_terms(&customer, model).await?;
        }
        Ok(Customer {
            unsettled: false,
            ..customer
        })
    }

    /// Brings a record's terms to its current version. The record must have been read or written before.
    pub(super) async fn settle_terms(&self, customer: &Customer, model: &ObjectStructure) -> Result<(), Error> {
        let held = self.held_terms(customer.id).await?;
        self.take_steps(customer, self.term_writes(customer, &held, model)).await
    }

    /// The transactions after the one that wrote an unsettled record. The last one removes the mark.
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
                // Somebody deleted the record, or wrote it and will complete it.
                Err(Refusal::Conditions(_)) => return Ok(()),
            }
        }
    }

    /// The sort keys of the terms in a customer's partition, whether they follow from its record or not.
    pub(super) async fn held_terms(&self, id: CustomerId) -> Result<BTreeSet<String>, Error> {
        let partition = self.keys.customer_partition(id);
        self.each_between(&partition, TERMS, AFTER_TERMS, Order::OldestFirst)
            .try_filter_map(async |item| Ok(text_of(&item, "sk").map(str::to_owned)))
            .try_collect()
            .await
    }

    /// The sort keys of the terms that follow from a record.
    pub(super) fn term_keys(&self, customer: &Customer, model: &ObjectStructure) -> BTreeSet<String> {
        let terms = customer.terms(model);
        terms.iter().map(|term| self.keys.term(customer.id, term).sk).collect()
    }

    /// The writes that turn the terms in the table into those of the record: first additions, then deletions. The
    /// term of the creation time comes first, so that it is written with the record. The list of all customers is
    /// counted by it.
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

    /// The key of the term of a customer's creation time. It is written and deleted in the record's own transactions.
    pub(super) fn creation_key(&self, customer: &Customer) -> Key {
        self.keys.term(customer.id, &customer.creation_term())
    }

    /// The items of a customer: its record and its terms. [`Self::customer_create`] also writes history and the
    /// created-once record. This is for programs that fill a database directly.
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
            // An index entry needs its sort key. Where there is no look-up by prefix, customers are sorted by number,
            // newest last.
            let token = place.token.unwrap_or_else(|| id.to_string());
            item.insert(TOKEN.to_owned(), items::text(token));
        }
        item
    }
}
