//! Customers who are deleted without being erased: a duplicate, a record of a test. Nothing but the record goes at once; it is kept for
//! a week, to be brought back, and all that is left of it expires then. No digest stays: whoever comes again is welcome.

use std::collections::BTreeSet;

use crm_domain::{Change, Customer, CustomerId, ObjectStructure, Timestamp, error::Error};

use crate::{
    Audit, Item, SetAside, Store,
    erasure::deletes,
    external,
    items::{self, number, text_of},
    keys::{AFTER_AUDIT, AFTER_EVENTS, AUDIT, EVENTS, MARKS, TERMS},
    terms::TermChanges,
    transaction::{Refusal, Write},
};

/// For how long a customer can be brought back.
const KEPT_SECONDS: i64 = 7 * 86_400;
/// The table's time-to-live attribute.
pub(super) const EXPIRES: &str = "expires";
/// How many items are deleted together.
const TOGETHER: usize = 50;
/// What comes before and after every sort key of a record's partition.
const FIRST: &str = "a";
const LAST: &str = "z";

/// What became of a customer who was to be deleted or brought back.
#[derive(Debug)]
pub enum Moved {
    /// It is done; the record as it was.
    Done(Box<Customer>),
    /// There is nobody to be deleted, or brought back.
    Nobody,
    /// The customer has cases: these would be nobody's.
    HasCases,
    /// Other records were merged into it, which would lead to nobody.
    HasMerged,
    /// Somebody changed the record meanwhile, or has its external id now.
    Taken,
}

impl Store {
    /// Deletes a customer without cases.
    pub async fn customer_set_aside(&self, id: CustomerId, change: &Change) -> Result<Moved, Error> {
        let partition = self.keys.customer_partition(id);
        let Some(customer) = self.customer_own(id).await? else {
            return Ok(Moved::Nobody);
        };
        if !customer.merged.is_empty() {
            return Ok(Moved::HasMerged);
        }
        if self.has_cases(&partition).await? {
            return Ok(Moved::HasCases);
        }
        let kept = SetAside {
            customer: customer.clone(),
            deleted: change.clone(),
            expires: change.at.plus_seconds(KEPT_SECONDS).seconds(),
        };
        let mut head = self.removal(&customer)?;
        head.push(Write::Put(items::write(&self.keys.set_aside(id), &kept)?));
        head.push(audit("deleteCustomer").write(&partition, change)?);
        if !self.is_removed(head).await? {
            return Ok(Moved::Taken);
        }
        if self.has_cases(&partition).await? {
            // One came between the look for cases and the removal.
            self.put_back(&customer).await?;
            self.transact_all(vec![Write::Delete(self.keys.set_aside(id))]).await?;
            return Ok(Moved::HasCases);
        }
        self.let_expire(id, kept.expires).await?;
        Ok(Moved::Done(Box::new(customer)))
    }

    /// Who was deleted under this number, as long as they can be brought back.
    pub async fn customer_set_aside_get(&self, id: CustomerId, now: Timestamp) -> Result<Option<SetAside>, Error> {
        let left = self.customer_set_aside_left(id).await?;
        Ok(left.filter(|kept| kept.expires > now.seconds()))
    }

    /// Brings a deleted customer back.
    pub async fn customer_bring_back(&self, id: CustomerId, model: &ObjectStructure, change: &Change) -> Result<Moved, Error> {
        let Some(kept) = self.customer_set_aside_get(id, change.at).await? else {
            return Ok(Moved::Nobody);
        };
        let partition = self.keys.customer_partition(id);
        let mut customer = kept.customer;
        customer.version += 1;
        // All terms are written anew, whatever an edit before the deletion left unfinished.
        customer.unsettled = false;
        let mut writes = vec![
            Write::Delete(self.keys.set_aside(id)),
            // An erasure may have come meanwhile: then it stays the last word.
            Write::Require(self.keys.set_aside(id)),
            Write::RequireAbsent(self.keys.erasure(id)),
            audit("restoreCustomer").write(&partition, change)?,
        ];
        writes.extend(self.external_changes(external::CUSTOMER, &id, None, customer.external_id.as_ref())?);
        self.keep(&partition).await?;
        let terms = TermChanges::Known(self.term_writes(&customer, &BTreeSet::new(), model));
        match self.write_with_terms(None, &customer, writes, terms, model).await {
            Ok(()) => Ok(Moved::Done(Box::new(customer))),
            Err(Refusal::Conditions(_)) => Ok(Moved::Taken),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// Deletes a gone record's terms, which lead to nobody, and what imports kept of it, and lets its timeline and its history expire.
    /// The imports' journals lose the id, as in an erasure: later, nothing would lead to their rows.
    async fn let_expire(&self, id: CustomerId, expires: i64) -> Result<(), Error> {
        let found = self.query(&self.keys.customer_partition(id), FIRST, LAST).await?;
        let is = |item: &Item, prefix: &str| text_of(item, "sk").is_some_and(|sk| sk.starts_with(prefix));
        let marks = found.iter().filter(|item| is(item, MARKS));
        let mut gone = self.items_elsewhere(&id.to_string(), marks).await?;
        gone.extend(found.iter().filter(|item| is(item, TERMS) || is(item, MARKS)).cloned());
        let gone: Vec<Write> = deletes(&gone).collect();
        for part in gone.chunks(TOGETHER) {
            self.transact_all(part.to_vec()).await?;
        }
        let mut left: Vec<Item> = found.into_iter().filter(|item| is(item, EVENTS) || is(item, AUDIT)).collect();
        for item in &mut left {
            item.insert(EXPIRES.to_owned(), number(expires));
        }
        self.database.put_many(left).await
    }

    /// Keeps a timeline and a history for good that were to expire.
    async fn keep(&self, partition: &str) -> Result<(), Error> {
        let events = self.query(partition, EVENTS, AFTER_EVENTS).await?;
        let history = self.query(partition, AUDIT, AFTER_AUDIT).await?;
        let mut left = [events, history].concat();
        for item in &mut left {
            item.remove(EXPIRES);
        }
        self.database.put_many(left).await
    }
}

fn audit(operation: &'static str) -> Audit {
    Audit {
        operation,
        fields: Vec::new(),
        interactions: 0,
    }
}
