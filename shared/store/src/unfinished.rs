//! Work that goes on after the transaction that began it: a customer whose terms do not all fit into one transaction, a case whose
//! interactions do not, a merge whose cases follow. The transaction that begins it puts an entry into the tenant's list, and the one that ends it takes the entry
//! away. What breaks off between the two is taken up by whoever writes next, once nobody can be at it any more.

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

/// How many entries are looked at, and how many of them one request takes up.
const MOST_LOOKED_AT: usize = 100;
const MOST_TAKEN_UP: usize = 4;
/// For so long an equal request may complete a case in the making, in seconds; a minute more, so that such a request is over, too.
const CASE_IS_AWAITED: i64 = once::SECONDS + 60;

/// Marks a customer's record whose terms are not complete: [`Customer::unsettled`](crm_domain::Customer::unsettled).
const UNSETTLED: &str = "unsettled";

/// An entry of the list.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Of the customer or the case, or the receipt of the merge.
    pub(super) id: String,
    /// Since when.
    at: Timestamp,
    /// The version of the record. An entry of a later one is another's.
    version: u64,
}

/// Whose the unfinished work is.
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

    /// The entry of a merge that is not listed and should be.
    #[cfg(feature = "operator")]
    pub(super) fn of_merge(id: MergeId) -> Self {
        Self {
            id: id.to_string(),
            at: clock::now(),
            version: 0,
        }
    }

    /// Whether nobody can be at it any more.
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

    /// Completes what others left unfinished, a few things at most. One that fails keeps nobody from the others, and is only logged.
    ///
    /// # Errors
    /// Where the list cannot be read.
    pub async fn unfinished_take_up(&self, model: &ObjectStructure, now: Timestamp) -> Result<(), Error> {
        let mut left = self.unfinished_left(now).await?;
        if left.len() > MOST_TAKEN_UP {
            // So that some that always fail do not keep the others waiting.
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

    /// Removes an entry that nothing stands behind any more, if that is still so.
    async fn drop_entry(&self, id: &str, version: u64, condition: Option<Write>) -> Result<(), Error> {
        let key = self.keys.unfinished(id);
        let drop = Write::DeleteOver { key, version };
        match self.database.transact([drop].into_iter().chain(condition).collect()).await {
            Ok(()) | Err(Refusal::Conditions(_)) => Ok(()),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// Removes a case that nobody completed. The record goes first, with the pointer, so that nobody can complete it any more; the
    /// entry goes last, so that this can break off anywhere.
    pub(super) async fn case_sweep(&self, id: CaseId, version: u64) -> Result<(), Error> {
        let entry = id.to_string();
        if let Some(record) = self.database.get(self.keys.case(id)).await? {
            let Some(until) = pending_until(&record) else {
                // It is whole.
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
                // Somebody is at it, or removes it.
                Err(Refusal::Conditions(_)) => return Ok(()),
                Err(Refusal::Failed(error)) => return Err(error),
            }
        }
        self.clear_left(&self.keys.case(id), &entry).await?;
        let gone = Write::RequireAbsent(self.keys.case(id));
        self.drop_entry(&entry, version, Some(gone)).await
    }

    /// Removes all that lies in the partition of this record while there is no record, and what only leads to it.
    pub(super) async fn clear_left(&self, record: &Key, owner: &str) -> Result<(), Error> {
        let mut pages = std::pin::pin!(self.pages(&record.pk, ITEMS_AT_ONCE));
        while let Some(mut items) = pages.try_next().await? {
            // Items elsewhere first: nothing else leads to them.
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

    /// The key of the entry of a record that is marked as unfinished, if it is: such a record leads to it.
    pub(super) fn unfinished_key(&self, owner: &str, record: &Item) -> Option<Key> {
        let mark = match text_of(record, "sk")? {
            CUSTOMER => UNSETTLED,
            CASE => PENDING,
            _ => return None,
        };
        record.contains_key(mark).then(|| self.keys.unfinished(owner))
    }
}
