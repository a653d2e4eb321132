//! Merging two customers into one, and undoing that exactly (decision 0039).
//!
//! One transaction makes the merge. It writes the survivor's record, replaces the merged record with a forward
//! ([`forward`]), and keeps the former state of both records, with the receipt, in the merged record's partition.
//! From then on readers see one customer. Terms, cases and events of the merged record follow in further transactions
//! (`moving`). Until they have, the survivor's record is marked, and readers of its cases or events also read those
//! of the merged record.
//!
//! Undoing goes in the reverse order (`separate`): the survivor is marked, cases and events move back, and one
//! transaction makes two customers again. While either is under way, the receipt is listed as unfinished work.
//!
//! [`forward`]: super::forward

mod begin;
mod moving;
mod separate;

use std::collections::BTreeSet;

use crm_domain::{CaseId, Change, Customer, CustomerId, Difference, ExternalId, MergeId, ObjectStructure, error::Error};
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};

use super::{
    Distinct, Erased, Item, Store,
    external::CUSTOMER,
    forward::{Forward, Place},
    items::{self, text_of},
    keys::{CASE_POINTERS, EVENTS, MERGES, TenantKeys},
    pages::Order,
    transaction::{Refusal, Write},
};

pub use begin::{MergePlan, MergeRequest};
pub use separate::MOST_NAMED;

/// How often a step is retried if another writer wins.
const TRIES: u32 = 24;
/// The most records merged into one. Each has a forward, which the transaction of the next merge rewrites.
pub const MOST_MERGED: usize = 30;

/// The names of what is kept with the receipt.
const BEFORE_SURVIVOR: &str = "before-survivor";
const BEFORE_MERGED: &str = "before-merged";
const RESULT: &str = "result";
/// The versions of a receipt's entry in the list of unfinished work, for merging and for undoing.
const FORTH: u64 = 1;
const BACK: u64 = 2;

/// A receipt: what was merged into what, by whom and when, and whether it was undone. It contains no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The number.
    #[serde(rename = "merge")]
    pub id: MergeId,
    /// The record that was kept.
    pub survivor: CustomerId,
    /// When the merge was made, and by whom.
    pub made: Change,
    /// The fields whose values were taken from the merged record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub take: Vec<String>,
    /// The conflicts that were overruled: names of fields, and `distinct` for a mark that these are different people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overruled: Vec<String>,
    /// Who is undoing it, and since when, while that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undoing: Option<Change>,
    /// Who undid it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Change>,
    /// The parts of the survivor that were changed between merge and undoing, and were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// Grows by one with every write.
    version: u64,
}

/// A merge with its receipt.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The receipt.
    pub receipt: Receipt,
    /// The cases of the merged record, oldest first. Empty if the merge was undone.
    pub cases: Vec<CaseId>,
    /// How many events the merged record's timeline had.
    pub events: usize,
    /// Whether cases or events are still being moved.
    pub is_moving: bool,
}

/// Why customers were not merged.
#[derive(Debug)]
pub enum MergeRefusal {
    /// The survivor does not exist.
    NoSurvivor,
    /// The record to merge does not exist.
    NoMerged,
    /// Both numbers are of one record.
    SameRecord,
    /// There is no field or part of this name.
    UnknownField(String),
    /// Differences that suggest two people.
    Conflicts(Vec<Difference>),
    /// A mark says that these are different people.
    Distinct(Box<Distinct>),
    /// The survivor would hold too many records.
    TooMany,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for MergeRefusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Why a merge was not undone.
#[derive(Debug)]
pub enum SeparateRefusal {
    /// There is no such receipt.
    NoSuchMerge,
    /// The person was erased since, which cannot be undone.
    Erased(Box<Erased>),
    /// A later merge has to be undone first.
    Blocked(MergeId),
    /// The case is not the survivor's, or belonged to the merged record anyway.
    WrongCase(CaseId),
    /// The request names too many cases.
    TooManyCases,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for SeparateRefusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Store {
    /// The merge of this receipt.
    ///
    /// # Errors
    /// [`SeparateRefusal::NoSuchMerge`] and [`SeparateRefusal::Erased`].
    pub async fn merge_get(&self, id: MergeId) -> Result<Merge, SeparateRefusal> {
        let Some(receipt) = self.receipt(id).await? else {
            return Err(match self.erased_get(id.merged).await? {
                Some(erased) => SeparateRefusal::Erased(Box::new(erased)),
                None => SeparateRefusal::NoSuchMerge,
            });
        };
        let survivor = self.customer_own(receipt.survivor).await?;
        let is_moving = survivor.is_some_and(|survivor| is_moving(&survivor, id));
        let (mut cases, mut events) = (BTreeSet::new(), 0);
        if receipt.undone.is_none() {
            for item in self.moved(id).await? {
                match moved_case(id, &item) {
                    Some(case) => drop(cases.insert(case)),
                    None => events += 1,
                }
            }
            if is_moving {
                cases.extend(self.case_ids_in(id.merged).await?);
            }
        }
        Ok(Merge {
            receipt,
            cases: cases.into_iter().collect(),
            events,
            is_moving,
        })
    }

    async fn receipt(&self, id: MergeId) -> Result<Option<Receipt>, Error> {
        self.database.get_as(self.keys.merge(id)).await
    }

    /// The notes of what a merge has moved so far, or not yet moved back. Cases come first.
    async fn moved(&self, id: MergeId) -> Result<Vec<Item>, Error> {
        let key = |part: &str| self.keys.merge_part(id, part).sk;
        let partition = self.keys.customer_partition(id.merged);
        let cases = self.each_between(&partition, &key(CASE_POINTERS), &key("case$"), Order::OldestFirst);
        let events = self.each_between(&partition, &key(EVENTS), &key("event$"), Order::OldestFirst);
        let mut all: Vec<Item> = cases.try_collect().await?;
        all.extend(events.try_collect::<Vec<Item>>().await?);
        Ok(all)
    }

    /// Continues a merge, or undoing one, as far as possible now.
    pub(super) async fn merge_go_on(&self, id: MergeId, model: &ObjectStructure) -> Result<(), Error> {
        match self.receipt(id).await? {
            Some(receipt) => match receipt.undoing.clone() {
                Some(change) => self.separate_go_on(&receipt, &change, model).await,
                None => self.move_to_survivor(&receipt, model).await,
            },
            None => self.forget_entry(id, Vec::new()).await,
        }
    }

    /// Removes a merge from the list of unfinished work, if the receipt has not changed.
    async fn forget_entry(&self, id: MergeId, mut writes: Vec<Write>) -> Result<(), Error> {
        writes.push(self.ended(&id));
        match self.database.transact(writes).await {
            Ok(()) | Err(Refusal::Conditions(_)) => Ok(()),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// Whether a receipt has not changed since it was read.
    async fn is_current(&self, receipt: &Receipt) -> Result<bool, Error> {
        let now = self.receipt(receipt.id).await?;
        Ok(now.is_some_and(|now| now.version == receipt.version))
    }

    fn receipt_item(&self, receipt: &Receipt) -> Result<Item, Error> {
        items::write(&self.keys.merge(receipt.id), receipt)
    }

    /// A write that replaces the forward of the same merge.
    fn forward_over(&self, forward: &Forward) -> Result<Write, Error> {
        let item = items::write(&self.keys.customer(forward.id), forward)?;
        let receipt = forward.receipt;
        Ok(Write::PutOverMerged { item, receipt })
    }

    /// Writes that point the forwards of records merged into `of` at `into`. Only `of` gets a notice.
    fn forwards(&self, of: &Customer, into: CustomerId) -> Result<Vec<Write>, Error> {
        let mut writes = Vec::new();
        for merged in &of.merged {
            writes.push(self.forward_over(&Forward {
                id: merged.id,
                into,
                receipt: merged.receipt,
                external_id: merged.external_id.clone(),
            })?);
            writes.push(Write::Untold(self.keys.customer(merged.id)));
        }
        Ok(writes)
    }

    /// A write that points an existing external id at this customer.
    fn external_of(&self, external: &ExternalId, owner: CustomerId) -> Write {
        let mut item = items::key_item(&self.keys.external(CUSTOMER, external));
        item.insert("id".to_owned(), items::text(owner.to_string()));
        Write::Put(item)
    }

    /// The forward of a merged record, if it is of this merge.
    async fn forward_of(&self, id: MergeId) -> Result<Option<Forward>, Error> {
        Ok(match self.place(id.merged).await? {
            Some(Place::Forward(forward)) if forward.receipt == id => Some(forward),
            _ => None,
        })
    }

    /// Writes in one transaction, on the condition that the receipt has not changed since it was read and the
    /// survivor exists. So nothing moves in one direction once the other has begun. Returns whether it wrote.
    async fn step(&self, receipt: &Receipt, writes: Vec<Write>) -> Result<bool, Error> {
        let conditions = [
            Write::RequireVersion(self.keys.merge(receipt.id), receipt.version),
            Write::RequireRecord(self.keys.customer(receipt.survivor)),
        ];
        match self.database.transact([conditions.to_vec(), writes].concat()).await {
            Ok(()) => Ok(true),
            Err(Refusal::Conditions(_)) => Ok(false),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }
}

/// Whether a survivor's record is marked for this merge.
fn is_moving(survivor: &Customer, id: MergeId) -> bool {
    survivor.merged.iter().any(|merged| merged.receipt == id && merged.is_moving)
}

/// The case that a note of this merge is about, if it is about a case.
fn moved_case(id: MergeId, item: &Item) -> Option<CaseId> {
    let part = text_of(item, "sk")?.strip_prefix(&format!("{MERGES}{id}#"))?;
    TenantKeys::case_of(part)
}
