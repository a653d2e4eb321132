//! Work that continues after the transaction that began it: a customer whose terms do not all fit into one
//! transaction, a case whose interactions do not, a merge whose cases follow. The transaction that begins it adds an
//! entry to the tenant's list, and the one that ends it removes the entry. If the work is interrupted, a later writer
//! completes it, as soon as the first request can no longer be alive.

use crm_domain::{Case, CaseId, CustomerId, MergeId, ObjectStructure, Timestamp, error::Error};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{
    Item, Store,
    case_create::pending_until,
    erasure::{ITEMS_AT_ONCE, LONGEST_REQUEST, WRITES_AT_ONCE, deletes},
    items::{self, PENDING, text_of},
    keys::{CASE, CUSTOMER, Key},
    once,
    pages::Order,
    transaction::{Refusal, Write},
};
use crate::{clock, random};

/// How many entries are read, and how many of them one request completes.
const MOST_LOOKED_AT: usize = 100;
const MOST_TAKEN_UP: usize = 4;
/// How long an equal request may complete a case that is being created, in seconds, and one more minute for that
/// request to end.
const CASE_IS_AWAITED: i64 = once::SECONDS + 60;

/// The attribute that marks a customer's record with incomplete terms:
/// [`Customer::unsettled`](crm_domain::Customer::unsettled).
const UNSETTLED: &str = "unsettled";

/// An entry of the list.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The id of the customer or case, or the receipt of the merge.
    pub(super) id: String,
    /// The time when the work began.
    at: Timestamp,
    /// The version of the record. An entry for a later version belongs to another request.
    version: u64,
}

/// The subject of unfinished work.
#[derive(Debug, Clone, Copy)]
enum Subject {
    Customer(CustomerId),
    Case(CaseId),
    Merge(MergeId),
}

impl Entry {
    fn subject(&self) -> Option<Subject> {
        let customer = CustomerId::parse(&self.id).map(Subject::Customer);
        let case = || CaseId::parse(&self.id).map(Subject::Case);
        customer
            .or_else(case)
            .or_else(|| MergeId::parse(&self.id).map(Subject::Merge))
    }

    /// The entry of a merge that should be listed and is not.
    #[cfg(feature = "operator")]
    pub(super) fn of_merge(id: MergeId) -> Self {
        Self {
            id: id.to_string(),
            at: clock::now(),
            version: 0,
        }
    }

    /// Whether the request that began it can no longer be alive.
    pub(super) fn is_left(&self, now: Timestamp) -> bool {
        let longest = match self.subject() {
            Some(Subject::Case(_)) => CASE_IS_AWAITED,
            Some(Subject::Customer(_) | Subject::Merge(_)) | None => LONGEST_REQUEST,
        };
        self.at.plus_seconds(longest) < now
    }
}

impl Store {
    /// The write that lists a record as unfinished.
    pub(super) fn begun(&self, id: &impl ToString, version: u64) -> Result<Write, Error> {
        let id = id.to_string();
        let key = self.keys.unfinished(&id);
        let at = clock::now();
        Ok(Write::Put(items::write(&key, &Entry { id, at, version })?))
    }

    /// The write that takes a record off the list.
    pub(super) fn ended(&self, id: &impl ToString) -> Write {
        Write::Delete(self.keys.unfinished(&id.to_string()))
    }

    /// Completes a few entries that others left unfinished. One that fails does not stop the others, and is only
    /// logged.
    ///
    /// # Errors
    /// If the list cannot be read.
    pub async fn unfinished_take_up(&self, model: &ObjectStructure, now: Timestamp) -> Result<(), Error> {
        let mut left = self.unfinished_left(now).await?;
        if left.len() > MOST_TAKEN_UP {
            // Begin at a random entry, so that entries that always fail do not block the others.
            let first = random::below(left.len() as u64);
            left.rotate_left(usize::try_from(first).unwrap_or_default());
        }
        for entry in left.into_iter().take(MOST_TAKEN_UP) {
            if let Err(error) = self.take_up(&entry, model).await {
                warn!(
                    cause = error.log_text(),
                    "what a request left unfinished could not be completed"
                );
            }
        }
        Ok(())
    }

    async fn unfinished_left(&self, now: Timestamp) -> Result<Vec<Entry>, Error> {
        let entries = self.each_between(&self.keys.unfinished_list(), "0", "~", Order::OldestFirst);
        let entries: Vec<Item> = entries.take(MOST_LOOKED_AT).try_collect().await?;
        let mut entries: Vec<Entry> = entries.into_iter().map(items::read).collect::<Result<_, _>>()?;
        entries.retain(|entry| entry.is_left(now));
        Ok(entries)
    }

    pub(super) async fn take_up(&self, entry: &Entry, model: &ObjectStructure) -> Result<(), Error> {
        match entry.subject() {
            Some(Subject::Customer(id)) => match self.customer_own(id).await? {
                Some(customer) if customer.unsettled => self.settle_terms(&customer, model).await,
                Some(customer) => {
                    let settled = Write::RequireVersion(self.keys.customer(id), customer.version);
                    self.drop_entry(&entry.id, entry.version, Some(settled)).await
                }
                None if self.survivor_of(id).await?.is_some() => self.drop_entry(&entry.id, entry.version, None).await,
                None => {
                    let gone = Write::RequireAbsent(self.keys.customer(id));
                    self.drop_entry(&entry.id, entry.version, Some(gone)).await
                }
            },
            Some(Subject::Merge(id)) => self.merge_go_on(id, model).await,
            Some(Subject::Case(id)) => self.case_sweep(id, entry.version).await,
            None => self.drop_entry(&entry.id, entry.version, None).await,
        }
    }

    /// Removes an entry that is no longer needed, on the condition that this is still so.
    async fn drop_entry(&self, id: &str, version: u64, condition: Option<Write>) -> Result<(), Error> {
        let key = self.keys.unfinished(id);
        let drop = Write::DeleteOver { key, version };
        match self.database.transact([drop].into_iter().chain(condition).collect()).await {
            Ok(()) | Err(Refusal::Conditions(_)) => Ok(()),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// Deletes a case that nobody completed. The record and the pointer are deleted first, so that nobody can
    /// still complete it. The entry is deleted last, so this can be interrupted at any point.
    pub(super) async fn case_sweep(&self, id: CaseId, version: u64) -> Result<(), Error> {
        let entry = id.to_string();
        if let Some(record) = self.database.get(self.keys.case(id)).await? {
            let Some(until) = pending_until(&record) else {
                // It is complete.
                let condition = Write::Require(self.keys.case(id));
                return self.drop_entry(&entry, version, Some(condition)).await;
            };
            let case: Case = items::read(record)?;
            let pointer = self.keys.case_pointer(case.customer, case.created.at, id);
            let key = self.keys.case(id);
            let writes = vec![
                // Nobody ever saw the case.
                Write::Untold(key.clone()),
                Write::DeletePendingUntil { key, until },
                Write::Delete(pointer),
            ];
            match self.database.transact(writes).await {
                Ok(()) => {}
                // Somebody is working on it, or deleting it.
                Err(Refusal::Conditions(_)) => return Ok(()),
                Err(Refusal::Failed(error)) => return Err(error),
            }
        }
        self.clear_left(&self.keys.case(id), &entry).await?;
        let gone = Write::RequireAbsent(self.keys.case(id));
        self.drop_entry(&entry, version, Some(gone)).await
    }

    /// Deletes everything in the partition of a record that does not exist, and the items elsewhere that lead there.
    pub(super) async fn clear_left(&self, record: &Key, owner: &str) -> Result<(), Error> {
        let mut pages = std::pin::pin!(self.pages(&record.pk, ITEMS_AT_ONCE));
        while let Some(mut items) = pages.try_next().await? {
            // Items elsewhere are deleted first, because nothing else leads to them.
            let mut all = self.items_elsewhere(owner, &items).await?;
            all.append(&mut items);
            for some in all.chunks(WRITES_AT_ONCE) {
                let gone = Write::RequireAbsent(record.clone());
                let writes = [gone].into_iter().chain(deletes(some)).collect();
                match self.database.transact(writes).await {
                    Ok(()) => {}
                    Err(Refusal::Conditions(_)) => return Ok(()),
                    Err(Refusal::Failed(error)) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// The key of the entry of a record that is marked as unfinished. `None` if the record is not marked.
    pub(super) fn unfinished_key(&self, owner: &str, record: &Item) -> Option<Key> {
        let mark = match text_of(record, "sk")? {
            CUSTOMER => UNSETTLED,
            CASE => PENDING,
            _ => return None,
        };
        record.contains_key(mark).then(|| self.keys.unfinished(owner))
    }
}
