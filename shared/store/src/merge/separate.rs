//! Undoing a merge: first cases and events move back, while readers still see one customer. Then one transaction
//! makes two customers.

use std::collections::BTreeSet;

use crm_domain::{Case, CaseId, Change, Customer, MergeId, Notice, NoticeKind, ObjectStructure, Separated, error::Error};

use super::{
    BACK, BEFORE_MERGED, BEFORE_SURVIVOR, Merge, RESULT, Receipt, SeparateRefusal, TRIES,
    begin::{SEPARATE, audit, of_merge},
    moved_case,
    moving::{CASES_AT_ONCE, EVENTS_AT_ONCE, MovedEvent, MovingCase},
};
use crate::{
    Item, Store, back_off, external,
    forward::{Forward, Place},
    items::{self, PENDING},
    transaction::{Refusal, Write},
};

/// The most cases that one request can assign to the merged record: their notes are written together.
pub const MOST_NAMED: usize = 40;
/// The name in `kept` of an external id that another record has now.
const EXTERNAL_ID_LOST: &str = "externalId of the merged record";

/// The result of one attempt at the last transaction.
enum Last {
    Done,
    Again,
    /// Another record has the merged record's external id.
    ExternalIdTaken,
}

impl Store {
    /// Undoes a merge. The merged record gets back its number, values, contact points, events and cases. `cases` were
    /// opened since and are assigned to it, too; all other new cases stay with the survivor. Repeating the request
    /// completes an interrupted one. If it is complete, the receipt is returned.
    ///
    /// # Errors
    /// See [`SeparateRefusal`].
    pub async fn merge_undo(
        &self,
        id: MergeId,
        cases: &[CaseId],
        model: &ObjectStructure,
        change: &Change,
    ) -> Result<Merge, SeparateRefusal> {
        for round in 0..TRIES {
            back_off(round).await;
            let merge = self.merge_get(id).await?;
            if merge.receipt.undone.is_some() {
                // An earlier attempt may have been interrupted after the last transaction.
                for of in [merge.receipt.survivor, id.merged] {
                    if let Some(customer) = self.customer_own(of).await? {
                        self.customer_settled(customer, model).await?;
                    }
                }
                return Ok(merge);
            }
            let begun = merge.receipt.undoing.is_some() || self.is_undo_begun(&merge, cases, model, change).await?;
            if begun {
                self.merge_go_on(id, model).await?;
            }
        }
        Err(Error::Busy("take a merge back").into())
    }

    async fn is_undo_begun(
        &self,
        merge: &Merge,
        cases: &[CaseId],
        model: &ObjectStructure,
        change: &Change,
    ) -> Result<bool, SeparateRefusal> {
        let receipt = &merge.receipt;
        let id = receipt.id;
        self.check_last(receipt).await?;
        // Moves still under way are completed first, so that nothing moves in both directions at once.
        if merge.is_moving {
            self.move_to_survivor(receipt, model).await?;
        }
        let notes = self.named(receipt, cases).await?;
        let undoing = Receipt {
            undoing: Some(change.clone()),
            version: receipt.version + 1,
            ..receipt.clone()
        };
        let mut writes = vec![
            Write::PutOver {
                item: self.receipt_item(&undoing)?,
                version: receipt.version,
            },
            self.begun(&id, BACK)?,
        ];
        writes.extend(notes);
        Ok(self.mark(receipt, true, writes, model).await?)
    }

    /// Refuses if there was a later merge of the survivor, or into it. Later merges are undone first.
    async fn check_last(&self, receipt: &Receipt) -> Result<(), SeparateRefusal> {
        match self.place(receipt.survivor).await? {
            Some(Place::Forward(forward)) => Err(SeparateRefusal::Blocked(forward.receipt)),
            Some(Place::Customer(survivor)) => match survivor.merged.last() {
                Some(last) if last.receipt == receipt.id => Ok(()),
                Some(last) => Err(SeparateRefusal::Blocked(last.receipt)),
                None => Err(SeparateRefusal::NoSuchMerge),
            },
            None => Err(SeparateRefusal::NoSuchMerge),
        }
    }

    /// The notes of cases that were opened since and are assigned to the merged record.
    async fn named(&self, receipt: &Receipt, cases: &[CaseId]) -> Result<Vec<Write>, SeparateRefusal> {
        if cases.len() > MOST_NAMED {
            return Err(SeparateRefusal::TooManyCases);
        }
        let moved = self.moved(receipt.id).await?;
        let moved: BTreeSet<CaseId> = moved.iter().filter_map(|item| moved_case(receipt.id, item)).collect();
        let mut notes = Vec::new();
        for &id in cases.iter().collect::<BTreeSet<_>>() {
            let case = self.case_head(id).await?;
            let case = case.filter(|case| case.customer == receipt.survivor && !moved.contains(&id));
            let case = case.ok_or(SeparateRefusal::WrongCase(id))?;
            let pointer = self.keys.case_pointer(receipt.id.merged, case.created.at, id);
            notes.push(Write::Put(items::key_item(&self.keys.merge_part(receipt.id, &pointer.sk))));
        }
        Ok(notes)
    }

    /// Continues undoing a merge.
    pub(super) async fn separate_go_on(&self, receipt: &Receipt, change: &Change, model: &ObjectStructure) -> Result<(), Error> {
        let mut is_external_taken = false;
        for round in 0..TRIES {
            back_off(round).await;
            if self.customer_own(receipt.survivor).await?.is_none() {
                // The person was erased meanwhile.
                return self.forget_entry(receipt.id, Vec::new()).await;
            }
            if !self.is_current(receipt).await? {
                return Ok(());
            }
            if !self.moved_back(receipt, change).await? {
                continue;
            }
            match self.separated(receipt, change, is_external_taken, model).await? {
                Last::Done => return Ok(()),
                Last::ExternalIdTaken => is_external_taken = true,
                Last::Again => {}
            }
        }
        Err(Error::Busy("take a merge back"))
    }

    /// Moves cases and events back; `false` if somebody else changed something meanwhile.
    async fn moved_back(&self, receipt: &Receipt, change: &Change) -> Result<bool, Error> {
        let notes = self.moved(receipt.id).await?;
        let is_event = |note: &&Item| moved_case(receipt.id, note).is_none();
        let (events, cases): (Vec<&Item>, Vec<&Item>) = notes.iter().partition(is_event);
        for some in events.chunks(EVENTS_AT_ONCE) {
            if !self.events_moved_back(receipt, some).await? {
                return Ok(false);
            }
        }
        for some in cases.chunks(CASES_AT_ONCE) {
            if !self.cases_moved_back(receipt, some, change).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn events_moved_back(&self, receipt: &Receipt, notes: &[&Item]) -> Result<bool, Error> {
        let (merged, survivor) = (receipt.id.merged, receipt.survivor);
        let moved: Vec<MovedEvent> = notes
            .iter()
            .map(|&note| items::read(note.clone()))
            .collect::<Result<_, _>>()?;
        let events: Vec<_> = moved.iter().map(|moved| moved.event.clone()).collect();
        let there = self.events_stored(survivor, &events).await?;
        let mut writes = Vec::new();
        for (note, MovedEvent { event, was_there }) in notes.iter().zip(moved) {
            let key = self.keys.event(survivor, &event);
            // What an import has since changed of the event moves with it.
            let event = there.get(&key).filter(|_| !was_there).cloned().unwrap_or(event);
            writes.push(Write::Put(self.event_item(merged, &event)?));
            if !was_there {
                writes.push(Write::Delete(key));
            }
            writes.extend(items::key_of(note).map(Write::Delete));
        }
        self.step(receipt, writes).await
    }

    async fn cases_moved_back(&self, receipt: &Receipt, notes: &[&Item], change: &Change) -> Result<bool, Error> {
        let (merged, survivor) = (receipt.id.merged, receipt.survivor);
        let ids = notes.iter().filter_map(|note| moved_case(receipt.id, note));
        let records = self.database.get_many(ids.map(|id| self.keys.case(id)).collect()).await?;
        let records = records.into_iter().filter(|record| !record.contains_key(PENDING));
        let cases: Vec<Case> = records.map(items::read).collect::<Result<_, _>>()?;
        let (mut moving, mut forgotten) = (Vec::new(), Vec::new());
        for note in notes {
            let (Some(key), Some(id)) = (items::key_of(note), moved_case(receipt.id, note)) else {
                continue;
            };
            match cases.iter().find(|case| case.id == id && case.customer == survivor) {
                Some(case) => moving.push(MovingCase {
                    case: case.clone(),
                    note: Write::Delete(key),
                }),
                // It was given to another customer since, or deleted.
                None => forgotten.push(Write::Delete(key)),
            }
        }
        if !forgotten.is_empty() && !self.step(receipt, forgotten).await? {
            return Ok(false);
        }
        self.cases_moved(receipt, moving, survivor, merged, change).await
    }

    /// The transaction that makes two customers again.
    async fn separated(
        &self,
        receipt: &Receipt,
        change: &Change,
        is_external_taken: bool,
        model: &ObjectStructure,
    ) -> Result<Last, Error> {
        let id = receipt.id;
        let (Some(now), Some(forward)) = (self.customer_own(receipt.survivor).await?, self.forward_of(id).await?) else {
            return Ok(Last::Again);
        };
        let record = async |name: &str| self.database.get_as::<Customer>(self.keys.merge_part(id, name)).await;
        let (Some(before), Some(mut merged), Some(result)) = (
            record(BEFORE_SURVIVOR).await?,
            record(BEFORE_MERGED).await?,
            record(RESULT).await?,
        ) else {
            // Another request was faster.
            return Ok(Last::Again);
        };
        let Separated { mut survivor, mut kept } = now.separated(&before, &result, model, change);
        survivor.version = now.version + 1;
        survivor.unsettled = false;
        if is_external_taken {
            merged.external_id = None;
            kept.push(EXTERNAL_ID_LOST.to_owned());
        }
        let (externals, taken_at) = self.externals_back(&now, &survivor, &merged, &forward)?;
        // The record comes first.
        let taken_at = taken_at.map(|place| place + 1);
        let mut others = externals;
        others.extend(self.merged_back(&merged, id)?);
        others.extend(self.forwards(&merged, merged.id)?);
        let done = Receipt {
            undoing: None,
            undone: Some(change.clone()),
            kept,
            version: receipt.version + 1,
            ..receipt.clone()
        };
        others.push(Write::PutOver {
            item: self.receipt_item(&done)?,
            version: receipt.version,
        });
        for of in [survivor.id, merged.id] {
            others.push(audit(SEPARATE, id, &[]).write(&self.keys.customer_partition(of), change)?);
        }
        let notice = Notice::new(NoticeKind::CustomerUnmerged, SEPARATE, &change.by);
        others.push(self.tell_of(&survivor, of_merge(id, notice)));
        let terms = self.term_changes(Some(&now), &survivor, model);
        match self.write_with_terms(Some(&now), &survivor, others, terms, model).await {
            Ok(()) => {
                self.settle_terms(&merged, model).await?;
                Ok(Last::Done)
            }
            Err(Refusal::Conditions(refused)) if taken_at.is_some_and(|at| refused.iter().any(|one| one.place == at)) => {
                Ok(Last::ExternalIdTaken)
            }
            Err(Refusal::Conditions(_)) => Ok(Last::Again),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// The writes that restore the merged record exactly and delete what was kept for that. Its terms follow, so
    /// searches do not find it yet, but the list of all customers counts it at once.
    fn merged_back(&self, merged: &Customer, id: MergeId) -> Result<Vec<Write>, Error> {
        let unsettled = Customer {
            unsettled: true,
            ..merged.clone()
        };
        let mut writes = vec![
            Write::PutOverMerged {
                item: items::write(&self.keys.customer(merged.id), &unsettled)?,
                receipt: id,
            },
            Write::Put(self.term_item(merged.id, &merged.creation_term())),
            self.begun(&merged.id, merged.version)?,
            self.ended(&id),
        ];
        let parts = [BEFORE_SURVIVOR, BEFORE_MERGED, RESULT];
        writes.extend(parts.map(|part| Write::Delete(self.keys.merge_part(id, part))));
        Ok(writes)
    }

    /// The writes that restore both external ids, and the position of the one that another record may have now.
    fn externals_back(
        &self,
        now: &Customer,
        survivor: &Customer,
        merged: &Customer,
        forward: &Forward,
    ) -> Result<(Vec<Write>, Option<usize>), Error> {
        let (mut writes, mut taken_at) = (Vec::new(), None);
        let (of_survivor, of_forward) = (now.external_id.as_ref(), forward.external_id.as_ref());
        if let Some(external) = survivor.external_id.as_ref().filter(|external| of_forward == Some(external)) {
            writes.push(self.external_of(external, survivor.id));
        }
        if let Some(external) = &merged.external_id {
            if of_survivor == Some(external) {
                writes.push(self.external_of(external, merged.id));
            } else if of_forward != Some(external) {
                // Another record took it from the survivor since.
                taken_at = Some(writes.len());
                writes.extend(self.external_changes(external::CUSTOMER, &merged.id, None, Some(external))?);
            }
        }
        Ok((writes, taken_at))
    }
}
