//! Deletes customers without erasing them, such as duplicates and test records. Only the record is deleted at once.
//! It can be restored for a week; then everything that is left of it expires. No digest is kept, so the person can be
//! stored again at any time.

use std::collections::BTreeSet;

use crm_domain::{Change, Customer, CustomerId, NoticeKind, ObjectStructure, Timestamp, error::Error};
use serde::{Deserialize, Serialize};

use crate::{
    Audit, Item, Store,
    erasure::deletes,
    external,
    items::{self, number, text_of},
    keys::{AFTER_AUDIT, AFTER_EVENTS, AUDIT, EVENTS, MARKS, SYNCED, TERMS},
    terms::TermChanges,
    transaction::{Refusal, Write},
};

/// How long a customer can be restored.
const KEPT_SECONDS: i64 = 7 * 86_400;
/// The table's time-to-live attribute.
pub(super) const EXPIRES: &str = "expires";
/// How many items are deleted together.
const TOGETHER: usize = 50;
/// The bounds of all sort keys in a record's partition.
const FIRST: &str = "a";
const LAST: &str = "z";

/// A customer who was deleted and can be restored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetAside {
    /// The record as it was.
    pub customer: Customer,
    /// When and by whom it was deleted.
    pub deleted: Change,
    /// The time until which it can be restored, in seconds since 1970.
    pub(super) expires: i64,
}

/// The result of deleting or restoring a customer.
#[derive(Debug)]
pub enum Moved {
    /// Done; the record as it was.
    Done(Box<Customer>),
    /// There is no customer to delete or restore.
    Nobody,
    /// The customer has cases, which would be without a customer.
    HasCases,
    /// Other records were merged into it. Their forwards would lead nowhere.
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
        self.pass_on(&customer, &customer.learnt, change).await?;
        let kept = SetAside {
            customer: customer.clone(),
            deleted: change.clone(),
            expires: change.at.plus_seconds(KEPT_SECONDS).seconds(),
        };
        let mut head = self.removal(&customer)?;
        head.push(Write::Put(items::write(&self.keys.set_aside(id), &kept)?));
        let deletion = audit("deleteCustomer");
        head.push(deletion.write(&partition, change)?);
        head.push(self.tell_of(&customer, deletion.notice(NoticeKind::CustomerDeleted, change)));
        if !self.is_removed(head).await? {
            return Ok(Moved::Taken);
        }
        if self.has_cases(&partition).await? {
            // A case was created between the check and the deletion.
            self.put_back(&customer, deletion.notice(NoticeKind::CustomerRestored, change))
                .await?;
            self.transact_all(vec![Write::Delete(self.keys.set_aside(id))]).await?;
            return Ok(Moved::HasCases);
        }
        self.let_expire(id, kept.expires).await?;
        Ok(Moved::Done(Box::new(customer)))
    }

    /// What the table still has of a deleted customer. It can be older than the time for restoring, because time to
    /// live deletes late.
    pub async fn customer_set_aside_left(&self, id: CustomerId) -> Result<Option<SetAside>, Error> {
        self.database.get_as(self.keys.set_aside(id)).await
    }

    /// The deleted customer of this number, as long as it can be restored.
    pub async fn customer_set_aside_get(&self, id: CustomerId, now: Timestamp) -> Result<Option<SetAside>, Error> {
        let left = self.customer_set_aside_left(id).await?;
        Ok(left.filter(|kept| kept.expires > now.seconds()))
    }

    /// Restores a deleted customer.
    pub async fn customer_bring_back(&self, id: CustomerId, model: &ObjectStructure, change: &Change) -> Result<Moved, Error> {
        let Some(kept) = self.customer_set_aside_get(id, change.at).await? else {
            return Ok(Moved::Nobody);
        };
        let partition = self.keys.customer_partition(id);
        let mut customer = kept.customer;
        customer.version += 1;
        // All terms are written again, whatever an edit before the deletion left unfinished.
        customer.unsettled = false;
        let mut writes = vec![
            Write::Delete(self.keys.set_aside(id)),
            // If an erasure came meanwhile, it prevails.
            Write::Require(self.keys.set_aside(id)),
            Write::RequireAbsent(self.keys.erasure(id)),
            audit("restoreCustomer").write(&partition, change)?,
            self.tell_of(
                &customer,
                audit("restoreCustomer").notice(NoticeKind::CustomerRestored, change),
            ),
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

    /// Deletes the terms of a deleted record and what imports and extracts left of it, and lets its timeline and history expire. The imports' journals
    /// lose the id, as in an erasure, because nothing would lead to their rows later.
    async fn let_expire(&self, id: CustomerId, expires: i64) -> Result<(), Error> {
        let found = self.query(&self.keys.customer_partition(id), FIRST, LAST).await?;
        let is = |item: &Item, prefix: &str| text_of(item, "sk").is_some_and(|sk| sk.starts_with(prefix));
        let is_kept = |item: &&Item| is(item, MARKS) || is(item, SYNCED);
        let mut gone = self.items_elsewhere(&id.to_string(), found.iter().filter(is_kept)).await?;
        gone.extend(found.iter().filter(|item| is(item, TERMS) || is_kept(item)).cloned());
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

    /// Keeps a timeline and a history that were to expire.
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
