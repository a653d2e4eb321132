//! Merging two customers into one, and taking that back exactly (decision 0039).
//!
//! One transaction makes the merge: it writes the survivor's record, puts a forward in the place of the merged one ([`forward`]), and
//! keeps both records as they were, beside the receipt, in the merged record's partition. From then on nobody sees two customers.
//! Terms, cases and events of the merged record follow in further transactions (`moving`). Until they have, the survivor's record
//! is marked, and whoever reads its cases or events reads those of the merged record, too.
//!
//! A merge is taken back in the other order (`separate`): the survivor is marked, cases and events go back, and one transaction makes
//! two customers again. A receipt is listed as unfinished meanwhile, in both directions.
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

/// How often a step is tried that lost to another writer.
const TRIES: u32 = 24;
/// How many records one holds at most: each has a forward, which the transaction of a further merge writes.
pub const MOST_MERGED: usize = 30;

/// What is kept of a merge beside its receipt, by name.
const BEFORE_SURVIVOR: &str = "before-survivor";
const BEFORE_MERGED: &str = "before-merged";
const RESULT: &str = "result";
/// The versions of a receipt's entry in the list of unfinished work: for the way there and back.
const FORTH: u64 = 1;
const BACK: u64 = 2;

/// A receipt: what was merged into what, by whom and when, and what became of it. It has no values of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number.
    #[serde(rename = "merge")]
    pub id: MergeId,
    /// The record that was kept.
    pub survivor: CustomerId,
    /// When the merge was made, and by whom.
    pub made: Change,
    /// The fields whose values were taken from the merged record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub take: Vec<String>,
    /// What spoke against it and was overruled: the names of fields, and `distinct` for a mark that these are different people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overruled: Vec<String>,
    /// Who takes it back, and since when, as long as that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undoing: Option<Change>,
    /// Who took it back, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Change>,
    /// What was changed on the survivor between the two, and stayed with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// Grows by one with every write.
    version: u64,
}

/// A merge, as its receipt tells it.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The receipt.
    pub receipt: Receipt,
    /// The cases of the merged record, the oldest first; of one that was taken back none.
    pub cases: Vec<CaseId>,
    /// How many events of its timeline there were.
    pub events: usize,
    /// Whether some of them are still being moved.
    pub is_moving: bool,
}

/// Why customers were not merged.
#[derive(Debug)]
pub enum MergeRefusal {
    /// There is no survivor.
    NoSurvivor,
    /// There is nobody to be merged.
    NoMerged,
    /// Both are one record already.
    SameRecord,
    /// No field and no part of a record is called so.
    UnknownField(String),
    /// Values that speak for two people.
    Conflicts(Vec<Difference>),
    /// Somebody has said that these are different people.
    Distinct(Box<Distinct>),
    /// More records than one holds.
    TooMany,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for MergeRefusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Why a merge was not taken back.
#[derive(Debug)]
pub enum SeparateRefusal {
    /// There is no such receipt.
    NoSuchMerge,
    /// The person was erased since: there is no way back.
    Erased(Box<Erased>),
    /// A later merge stands in the way: it has to be taken back first.
    Blocked(MergeId),
    /// The case is not the survivor's, or was the merged record's anyway.
    WrongCase(CaseId),
    /// More cases are named than one request can.
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

    /// What a merge has moved so far, or not yet moved back: cases first.
    async fn moved(&self, id: MergeId) -> Result<Vec<Item>, Error> {
        let key = |part: &str| self.keys.merge_part(id, part).sk;
        let partition = self.keys.customer_partition(id.merged);
        let cases = self.each_between(&partition, &key(CASE_POINTERS), &key("case$"), Order::OldestFirst);
        let events = self.each_between(&partition, &key(EVENTS), &key("event$"), Order::OldestFirst);
        let mut all: Vec<Item> = cases.try_collect().await?;
        all.extend(events.try_collect::<Vec<Item>>().await?);
        Ok(all)
    }

    /// Goes on with a merge, or with taking one back, as far as that can be done now.
    pub(super) async fn merge_go_on(&self, id: MergeId, model: &ObjectStructure) -> Result<(), Error> {
        match self.receipt(id).await? {
            Some(receipt) => match receipt.undoing.clone() {
                Some(change) => self.separate_go_on(&receipt, &change, model).await,
                None => self.move_to_survivor(&receipt, model).await,
            },
            None => self.forget_entry(id, Vec::new()).await,
        }
    }

    /// Takes a merge off the list of unfinished work, if that is still right.
    async fn forget_entry(&self, id: MergeId, mut writes: Vec<Write>) -> Result<(), Error> {
        writes.push(self.ended(&id));
        match self.database.transact(writes).await {
            Ok(()) | Err(Refusal::Conditions(_)) => Ok(()),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// Whether a receipt is as it was read.
    async fn is_current(&self, receipt: &Receipt) -> Result<bool, Error> {
        let now = self.receipt(receipt.id).await?;
        Ok(now.is_some_and(|now| now.version == receipt.version))
    }

    fn receipt_item(&self, receipt: &Receipt) -> Result<Item, Error> {
        items::write(&self.keys.merge(receipt.id), receipt)
    }

    /// The write that puts a forward over the one of the same merge.
    fn forward_over(&self, forward: &Forward) -> Result<Write, Error> {
        let item = items::write(&self.keys.customer(forward.id), forward)?;
        let receipt = forward.receipt;
        Ok(Write::PutOverMerged { item, receipt })
    }

    /// The writes that make the records that were merged into `of` before lead to `into`. Others are told of `of` only.
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

    /// The write that makes an external id that is held already lead to this customer.
    fn external_of(&self, external: &ExternalId, owner: CustomerId) -> Write {
        let mut item = items::key_item(&self.keys.external(CUSTOMER, external));
        item.insert("id".to_owned(), items::text(owner.to_string()));
        Write::Put(item)
    }

    /// Where a merged record leads to, as long as this is its merge.
    async fn forward_of(&self, id: MergeId) -> Result<Option<Forward>, Error> {
        Ok(match self.place(id.merged).await? {
            Some(Place::Forward(forward)) if forward.receipt == id => Some(forward),
            _ => None,
        })
    }

    /// Writes in one transaction while the receipt is as it was read and the survivor is there: so nothing is moved in one direction
    /// once it goes into the other. Whether it did.
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

/// The case that a merge has moved, if it is one that this item is about.
fn moved_case(id: MergeId, item: &Item) -> Option<CaseId> {
    let part = text_of(item, "sk")?.strip_prefix(&format!("{MERGES}{id}#"))?;
    TenantKeys::case_of(part)
}
