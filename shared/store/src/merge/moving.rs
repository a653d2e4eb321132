//! The steps after a merge: the merged record's terms are deleted, and its cases and events move to the survivor.
//! Each step is independent and recorded, so it can be undone, and any number of requests may work on it.

use crm_domain::{Case, Change, Customer, CustomerId, Event, MergeId, Notice, NoticeKind, ObjectStructure, error::Error};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};

use super::{
    Receipt, TRIES,
    begin::{MERGE, SEPARATE, audit},
    is_moving,
};
use crate::{
    Store, back_off,
    items::{self, PENDING},
    keys::{AFTER_EVENTS, EVENTS, Key},
    pages::Order,
    transaction::{MOST_WRITES, Refusal, Write},
};

/// The conditions of every step, in addition to its own writes.
pub(super) const CONDITIONS: usize = 2;
/// The most cases in one step, and the most bytes of their records. A case takes six writes.
pub(super) const CASES_AT_ONCE: usize = 16;
pub(super) const MOST_BYTES: usize = 2_000_000;
/// The most events in one step. An event takes three writes.
pub(super) const EVENTS_AT_ONCE: usize = 30;

/// The note of an event that was moved.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MovedEvent {
    pub(super) event: Event,
    /// Whether the survivor had the same event already. It then keeps its own.
    pub(super) was_there: bool,
}

/// A case to move, with the write that records or removes its note.
pub(super) struct MovingCase {
    pub(super) case: Case,
    pub(super) note: Write,
}

impl Store {
    /// Completes a merge as far as possible now. A case that is still being created waits until it is complete.
    pub(super) async fn move_to_survivor(&self, receipt: &Receipt, model: &ObjectStructure) -> Result<(), Error> {
        for round in 0..TRIES {
            back_off(round).await;
            let survivor = self.customer_own(receipt.survivor).await?;
            if !survivor.is_some_and(|survivor| is_moving(&survivor, receipt.id)) {
                let unchanged = Write::RequireVersion(self.keys.merge(receipt.id), receipt.version);
                return self.forget_entry(receipt.id, vec![unchanged]).await;
            }
            if self.drop_merged_terms(receipt).await? && self.move_events(receipt).await? && self.move_cases(receipt).await? {
                let is_left = !self.case_ids_in(receipt.id.merged).await?.is_empty();
                if !is_left {
                    self.mark(receipt, false, vec![self.ended(&receipt.id)], model).await?;
                }
                return Ok(());
            }
            if !self.is_current(receipt).await? {
                return Ok(());
            }
        }
        Err(Error::Busy("move what belongs to a merged customer"))
    }

    /// Deletes the merged record's terms, so that searches no longer find it. `false` if the receipt has changed
    /// meanwhile.
    async fn drop_merged_terms(&self, receipt: &Receipt) -> Result<bool, Error> {
        let held: Vec<String> = self.held_terms(receipt.id.merged).await?.into_iter().collect();
        let partition = self.keys.customer_partition(receipt.id.merged);
        for some in held.chunks(MOST_WRITES - CONDITIONS) {
            let delete = |sk: &String| {
                Write::Delete(Key {
                    pk: partition.clone(),
                    sk: sk.clone(),
                })
            };
            if !self.step(receipt, some.iter().map(delete).collect()).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Moves the timeline; `false` if somebody else changed something meanwhile.
    async fn move_events(&self, receipt: &Receipt) -> Result<bool, Error> {
        let (from, into) = (receipt.id.merged, receipt.survivor);
        let partition = self.keys.customer_partition(from);
        let events = self.each_between(&partition, EVENTS, AFTER_EVENTS, Order::OldestFirst);
        let mut parts = std::pin::pin!(events.try_chunks(EVENTS_AT_ONCE));
        while let Some(items) = parts.next().await {
            let items = items.map_err(|failed| failed.1)?;
            let events: Vec<Event> = items.into_iter().map(items::read).collect::<Result<_, _>>()?;
            let there = self.events_stored(into, &events).await?;
            let mut writes = Vec::new();
            for event in events {
                let (old, new) = (self.keys.event(from, &event), self.keys.event(into, &event));
                let was_there = there.contains_key(&new);
                if !was_there {
                    writes.push(Write::PutNew(self.event_item(into, &event)?));
                }
                let note = self.keys.merge_part(receipt.id, &old.sk);
                writes.push(Write::Put(items::write(&note, &MovedEvent { event, was_there })?));
                writes.push(Write::Delete(old));
            }
            if !self.step(receipt, writes).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Moves the complete cases; `false` if somebody else changed one meanwhile.
    async fn move_cases(&self, receipt: &Receipt) -> Result<bool, Error> {
        let (from, into) = (receipt.id.merged, receipt.survivor);
        let mut ids = self.case_ids_in(from).await?;
        // Oldest first, so that the cases still to move are the newest.
        ids.reverse();
        for some in ids.chunks(CASES_AT_ONCE) {
            let mut moving = Vec::new();
            let records = self
                .database
                .get_many(some.iter().map(|id| self.keys.case(*id)).collect())
                .await?;
            for record in records.into_iter().filter(|record| !record.contains_key(PENDING)) {
                let case: Case = items::read(record)?;
                let pointer = self.keys.case_pointer(from, case.created.at, case.id);
                if case.customer == from {
                    let note = Write::Put(items::key_item(&self.keys.merge_part(receipt.id, &pointer.sk)));
                    moving.push(MovingCase { case, note });
                } else if !self.is_pointer_dropped(&case, pointer).await? {
                    return Ok(false);
                }
            }
            if !self.cases_moved(receipt, moving, from, into, &receipt.made).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Deletes a pointer to a case that now belongs to another customer. Returns whether it did.
    async fn is_pointer_dropped(&self, case: &Case, pointer: Key) -> Result<bool, Error> {
        let unchanged = Write::RequireVersion(self.keys.case(case.id), case.version);
        match self.database.transact(vec![unchanged, Write::Delete(pointer)]).await {
            Ok(()) => Ok(true),
            Err(Refusal::Conditions(_)) => Ok(false),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// Moves cases from one of the two to the other; `false` if somebody else changed one meanwhile.
    pub(super) async fn cases_moved(
        &self,
        receipt: &Receipt,
        moving: Vec<MovingCase>,
        from: CustomerId,
        into: CustomerId,
        change: &Change,
    ) -> Result<bool, Error> {
        let operation = if from == receipt.id.merged { MERGE } else { SEPARATE };
        let (mut writes, mut bytes) = (Vec::new(), 0);
        for MovingCase { case, note } in moving {
            let after = Case {
                customer: into,
                version: case.version + 1,
                ..case.clone()
            };
            let item = items::write(&self.keys.case(case.id), &after)?;
            let size = items::size(&item);
            if bytes + size > MOST_BYTES && !self.step(receipt, std::mem::take(&mut writes)).await? {
                return Ok(false);
            }
            bytes = if writes.is_empty() { size } else { bytes + size };
            let version = case.version;
            let history = self.keys.case_partition(case.id);
            let notice = Notice {
                receipt: Some(receipt.id),
                ..Notice::new(NoticeKind::CaseMoved, operation, &change.by)
            };
            writes.extend([
                Write::PutOver { item, version },
                self.pointer(&after),
                Write::Delete(self.keys.case_pointer(from, case.created.at, case.id)),
                audit(operation, receipt.id, &[]).write(&history, change)?,
                self.tell_of_case(&case, &after, notice),
                note,
            ]);
        }
        if writes.is_empty() {
            return Ok(true);
        }
        self.step(receipt, writes).await
    }

    /// Marks the survivor's record or removes the mark, together with other writes. Returns whether the receipt is
    /// still as it was read. Concurrent edits are not lost, and the record's last editor stays.
    pub(super) async fn mark(
        &self,
        receipt: &Receipt,
        is_marked: bool,
        others: Vec<Write>,
        model: &ObjectStructure,
    ) -> Result<bool, Error> {
        let unchanged = [
            Write::RequireVersion(self.keys.merge(receipt.id), receipt.version),
            // Nobody sees the mark.
            Write::Untold(self.keys.customer(receipt.survivor)),
        ];
        for round in 0..TRIES {
            back_off(round).await;
            let Some(before) = self.customer_own(receipt.survivor).await? else {
                return Ok(false);
            };
            let Some(after) = marked(&before, receipt.id, is_marked) else {
                return Ok(false);
            };
            let others = [unchanged.to_vec(), others.clone()].concat();
            let terms = self.term_changes(Some(&before), &after, model);
            match self.write_with_terms(Some(&before), &after, others, terms, model).await {
                Ok(()) => return Ok(true),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) if !self.is_current(receipt).await? => return Ok(false),
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("mark a customer whose cases are being moved"))
    }
}

/// A record with or without the mark; `None` if it does not hold this merge.
fn marked(before: &Customer, id: MergeId, is_marked: bool) -> Option<Customer> {
    let mut after = Customer {
        version: before.version + 1,
        unsettled: false,
        ..before.clone()
    };
    let of = after.merged.iter_mut().find(|merged| merged.receipt == id)?;
    of.is_moving = is_marked;
    Some(after)
}
