//! Undoes what an import did to one record, unless somebody has changed it since. The import's mark in the record's
//! partition is deleted last, so an interrupted undo can be continued.

use crm_domain::{Case, CaseId, Change, Customer, CustomerId, Notice, NoticeKind, ObjectStructure, error::Error};

use crate::{
    Audit, Item, Learning, RunId, Store, back_off,
    erasure::deletes,
    external,
    forward::Place,
    items::{self, text_of},
    keys::{CASE, CASE_POINTERS, CUSTOMER, Key, MARKS, SYNCED, TenantKeys},
    transaction::{Refusal, Write},
};

use super::import::{EventBefore, InteractionBefore, mark_of};

/// How often a record is retried if others write it meanwhile.
const TRIES: u32 = 8;
/// The most items removed together, since some may be large.
const REMOVED_TOGETHER: usize = 25;
/// The most bytes of the items in one transaction. DynamoDB accepts 4 MB including overhead.
const MOST_BYTES: usize = 3_500_000;
/// The first sort key after all case pointers: `$` is the character after `#`.
const CUSTOMER_CASES_END: &str = "case$";
/// The end of the range of import marks, which begins at [`MARKS`]. Only a record's mark has a version.
const MARKS_END: &str = "before$";
const VERSION: &str = "version";
/// The bounds of all sort keys in a record's partition.
const FIRST: &str = "a";
const LAST: &str = "z";

/// The result of undoing an import of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// The import had created the record. It was deleted.
    Removed,
    /// The import had changed the record. It is as before.
    Restored,
    /// It was undone before, or the record is gone.
    Before,
    /// Somebody changed the record since. It was kept.
    Changed,
    /// The customer has cases of its own now. It was kept.
    HasCases,
    /// Something that the former record needs belongs to another record now, or is gone. The record was kept.
    Taken,
}

/// The result of one attempt.
enum Try {
    Done(Undone),
    Again,
}

impl Store {
    /// Undoes what a run did to a customer.
    pub async fn customer_undo(
        &self,
        run: &RunId,
        id: CustomerId,
        model: &ObjectStructure,
        change: &Change,
    ) -> Result<Undone, Error> {
        until_done("take back a customer", async || {
            self.try_customer_undo(run, id, model, change).await
        })
        .await
    }

    async fn try_customer_undo(&self, run: &RunId, id: CustomerId, model: &ObjectStructure, change: &Change) -> Result<Try, Error> {
        let partition = self.keys.customer_partition(id);
        let marks = self.marks(&partition, run).await?;
        let Some(mark) = mark_of::<Customer>(&marks)? else {
            return Ok(Try::Done(Undone::Before));
        };
        let current = match self.place(id).await? {
            Some(Place::Forward(_)) => return Ok(Try::Done(Undone::Changed)),
            Some(Place::Customer(customer)) => Some(*customer),
            None => None,
        };
        if current.as_ref().is_some_and(|current| current.edition() != mark.version) {
            return Ok(Try::Done(Undone::Changed));
        }
        match (mark.before, current) {
            (None, current) => {
                if self.has_cases(&partition).await? {
                    return Ok(Try::Done(Undone::HasCases));
                }
                if let Some(current) = current {
                    let mut head = self.removal(&current)?;
                    head.push(self.tell_of(&current, audit().notice(NoticeKind::CustomerDeleted, change)));
                    if !self.is_removed(head).await? {
                        return Ok(Try::Again);
                    }
                    if self.has_cases(&partition).await? {
                        self.put_back(&current, audit().notice(NoticeKind::CustomerRestored, change))
                            .await?;
                        return Ok(Try::Done(Undone::HasCases));
                    }
                }
                self.clear(&partition, run, CUSTOMER).await
            }
            (Some(before), Some(current)) => self.restore_customer(run, before, &current, model, change, marks).await,
            (Some(_), None) => Ok(Try::Done(Undone::Before)),
        }
    }

    async fn restore_customer(
        &self,
        run: &RunId,
        mut before: Customer,
        current: &Customer,
        model: &ObjectStructure,
        change: &Change,
        marks: Vec<Item>,
    ) -> Result<Try, Error> {
        let partition = self.keys.customer_partition(before.id);
        let restore = |key: Key, mark: Item| {
            let was: EventBefore = items::read(mark)?;
            Ok(match was.event {
                Some(event) => Write::Put(self.event_item(before.id, &event)?),
                None => Write::Delete(key),
            })
        };
        let steps = steps_back(&partition, run, marks, restore)?;
        let record = self.keys.customer(before.id);
        if !self.stepped(&record, current.version, &steps).await? {
            return Ok(Try::Again);
        }
        let was = before.edition();
        if before.lessons != current.lessons {
            // What conversations taught since is not the run's.
            before.learnt.clone_from(&current.learnt);
        }
        (before.version, before.lessons) = (current.version + 1, current.lessons);
        let mut others = self.marks_back(&record.pk, run, (was, before.edition())).await?;
        let owned = (current.external_id.as_ref(), before.external_id.as_ref());
        others.push(audit().write(&partition, change)?);
        others.push(self.tell_of(&before, audit().notice(NoticeKind::CustomerUpdated, change)));
        others.extend(self.external_changes(external::CUSTOMER, &before.id, owned.0, owned.1)?);
        let terms = self.term_changes(Some(current), &before, model);
        restored(self.write_with_terms(Some(current), &before, others, terms, model).await)
    }

    /// Undoes what a run did to a case. Its customer forgets what the run's interactions taught.
    pub async fn case_undo(&self, run: &RunId, id: CaseId, learning: Learning<'_>, change: &Change) -> Result<Undone, Error> {
        until_done("take back a case", async || {
            self.try_case_undo(run, id, learning, change).await
        })
        .await
    }

    async fn try_case_undo(&self, run: &RunId, id: CaseId, learning: Learning<'_>, change: &Change) -> Result<Try, Error> {
        let partition = self.keys.case_partition(id);
        let marks = self.marks(&partition, run).await?;
        let Some(mark) = mark_of::<Case>(&marks)? else {
            return Ok(Try::Done(Undone::Before));
        };
        let current: Option<Case> = self.database.get_as(self.keys.case(id)).await?;
        if current.as_ref().is_some_and(|current| current.version != mark.version) {
            return Ok(Try::Done(Undone::Changed));
        }
        match (mark.before, current) {
            (None, current) => {
                if let Some(current) = current {
                    let mut head = vec![Write::DeleteOver {
                        key: self.keys.case(id),
                        version: current.version,
                    }];
                    head.push(Write::Delete(self.keys.case_pointer(
                        current.customer,
                        current.created.at,
                        id,
                    )));
                    head.extend(self.external_changes(external::CASE, &id, current.external_id.as_ref(), None)?);
                    let notice = audit().notice(NoticeKind::CaseDeleted, change);
                    head.push(self.tell_of_case(&current, &current, notice));
                    head.extend(self.unlearnt(&current, None, learning, change).await?);
                    if !self.is_removed(head).await? {
                        return Ok(Try::Again);
                    }
                }
                self.clear(&partition, run, CASE).await
            }
            (Some(before), Some(current)) => self.restore_case(run, before, &current, learning, marks, change).await,
            (Some(_), None) => Ok(Try::Done(Undone::Before)),
        }
    }

    /// Restores the interactions first and the record last. Each step requires that nobody else has changed the case.
    async fn restore_case(
        &self,
        run: &RunId,
        mut before: Case,
        current: &Case,
        learning: Learning<'_>,
        marks: Vec<Item>,
        change: &Change,
    ) -> Result<Try, Error> {
        let partition = self.keys.case_partition(before.id);
        let restore = |key: Key, mark: Item| {
            let was: InteractionBefore = items::read(mark)?;
            Ok(match was.interaction {
                Some(interaction) => Write::Put(items::write(&key, &interaction)?),
                None => Write::Delete(key),
            })
        };
        let steps = steps_back(&partition, run, marks, restore)?;
        let record = self.keys.case(before.id);
        if !self.stepped(&record, current.version, &steps).await? {
            return Ok(Try::Again);
        }
        let was = std::mem::replace(&mut before.version, current.version + 1);
        let owned = (current.external_id.as_ref(), before.external_id.as_ref());
        let mut writes = self.changed_case(current, &before, change, &audit(), 0)?;
        writes.extend(self.external_changes(external::CASE, &before.id, owned.0, owned.1)?);
        writes.extend(self.marks_back(&record.pk, run, (was, before.version)).await?);
        let own = writes.len();
        writes.extend(self.unlearnt(current, Some(&before), learning, change).await?);
        match self.database.transact(writes).await {
            // Others wrote a customer meanwhile.
            Err(Refusal::Conditions(refused)) if refused.iter().any(|refused| refused.place >= own) => Ok(Try::Again),
            written => restored(written),
        }
    }

    /// The writes for the marks in a record's partition when the record returns to the version that it had before a
    /// run, under another number.
    async fn marks_back(&self, partition: &str, run: &RunId, (before, now): (u64, u64)) -> Result<Vec<Write>, Error> {
        let mut marks = self.earlier_runs(partition, run, before, now).await?;
        marks.push(Write::Delete(TenantKeys::before(partition, run.as_str(), None)));
        Ok(marks)
    }

    /// Undoes steps. Each requires that nobody has changed the record. Returns whether nobody has.
    async fn stepped(&self, record: &Key, version: u64, steps: &[Write]) -> Result<bool, Error> {
        let mut left = steps;
        while !left.is_empty() {
            let step = first_that_fit(left, REMOVED_TOGETHER * 2);
            left = &left[step.len()..];
            let unchanged = Write::RequireVersion(record.clone(), version);
            match self.database.transact([vec![unchanged], step.to_vec()].concat()).await {
                Ok(()) => {}
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Updates the marks of earlier runs that wrote the restored version with the number it gets now. So runs can be
    /// undone one after the other, the last one first.
    async fn earlier_runs(&self, partition: &str, run: &RunId, before: u64, now: u64) -> Result<Vec<Write>, Error> {
        let own = TenantKeys::before(partition, run.as_str(), None);
        let marks = self.query(partition, MARKS, MARKS_END).await?;
        let of_version = |item: &Item| item.get(VERSION) == Some(&items::number(before));
        let earlier = marks
            .into_iter()
            .filter(|item| of_version(item) && text_of(item, "sk") != Some(&own.sk));
        let renumbered = earlier.map(|mut item| {
            item.insert(VERSION.to_owned(), items::number(now));
            Write::Put(item)
        });
        Ok(renumbered.collect())
    }

    /// The writes that delete a customer's record of this version, with what must go at the same time.
    /// [`Self::put_back`] is the reverse.
    pub(super) fn removal(&self, customer: &Customer) -> Result<Vec<Write>, Error> {
        let mut writes = vec![
            Write::DeleteOver {
                key: self.keys.customer(customer.id),
                version: customer.version,
            },
            Write::Delete(self.creation_key(customer)),
            self.ended(&customer.id),
        ];
        let owned = customer.external_id.as_ref();
        writes.extend(self.external_changes(external::CUSTOMER, &customer.id, owned, None)?);
        Ok(writes)
    }

    /// Deletes a record of a version, with what must go at the same time. Returns whether it still had that version.
    pub(super) async fn is_removed(&self, head: Vec<Write>) -> Result<bool, Error> {
        match self.database.transact(head).await {
            Ok(()) => Ok(true),
            Err(Refusal::Failed(error)) => Err(error),
            Err(Refusal::Conditions(_)) => Ok(false),
        }
    }

    pub(super) async fn has_cases(&self, partition: &str) -> Result<bool, Error> {
        Ok(!self.query(partition, CASE_POINTERS, CUSTOMER_CASES_END).await?.is_empty())
    }

    /// Restores a customer who got a case between the check for cases and the deletion. Nothing else is deleted yet.
    pub(super) async fn put_back(&self, customer: &Customer, notice: Notice) -> Result<(), Error> {
        let creation = self.term_item(customer.id, &customer.creation_term());
        let mut writes = vec![
            Write::PutNew(items::write(&self.keys.customer(customer.id), customer)?),
            Write::Put(creation),
            self.tell_of(customer, notice),
        ];
        if customer.unsettled {
            writes.push(self.begun(&customer.id, customer.version)?);
        }
        let owned = customer.external_id.as_ref();
        writes.extend(self.external_changes(external::CUSTOMER, &customer.id, None, owned)?);
        self.transact_all(writes).await
    }

    /// Deletes everything that a deleted record leaves in its partition, the run's mark last.
    async fn clear(&self, partition: &str, run: &RunId, record: &str) -> Result<Try, Error> {
        let mark = TenantKeys::before(partition, run.as_str(), None);
        loop {
            let found = self.query(partition, FIRST, LAST).await?;
            let owner = self.keys.customer_of(partition).map(|id| id.to_string()).unwrap_or_default();
            let notes = found
                .iter()
                .filter(|item| text_of(item, "sk").is_some_and(|sk| sk.starts_with(SYNCED)));
            let elsewhere = self.items_elsewhere(&owner, notes).await?;
            for part in elsewhere.chunks(REMOVED_TOGETHER) {
                self.transact_all(deletes(part).collect()).await?;
            }
            let others = found.iter().filter_map(|item| text_of(item, "sk"));
            let others: Vec<Write> = others
                .filter(|sk| *sk != mark.sk && *sk != record)
                .map(|sk| {
                    Write::Delete(Key {
                        pk: partition.to_owned(),
                        sk: sk.to_owned(),
                    })
                })
                .collect();
            if others.is_empty() {
                self.transact_all(vec![Write::Delete(mark)]).await?;
                return Ok(Try::Done(Undone::Removed));
            }
            for part in others.chunks(REMOVED_TOGETHER) {
                self.transact_all(part.to_vec()).await?;
            }
        }
    }

    pub(super) async fn transact_all(&self, writes: Vec<Write>) -> Result<(), Error> {
        let done = self.database.transact(writes).await;
        done.map_err(|refusal| refusal.unexpected("remove items"))
    }
}

/// Retries an attempt as long as others write the record meanwhile.
async fn until_done(what: &'static str, attempt: impl AsyncFn() -> Result<Try, Error>) -> Result<Undone, Error> {
    for round in 0..TRIES {
        back_off(round).await;
        if let Try::Done(undone) = attempt().await? {
            return Ok(undone);
        }
    }
    Err(Error::Busy(what))
}

/// Interprets a refused transaction. If the record was changed, the next attempt finds out. If something it needs is
/// gone, further attempts are refused as well.
fn restored(result: Result<(), Refusal>) -> Result<Try, Error> {
    match result {
        Ok(()) => Ok(Try::Done(Undone::Restored)),
        Err(Refusal::Failed(error)) => Err(error),
        Err(Refusal::Conditions(refused)) if refused.iter().all(|refused| refused.place > 0) => Ok(Try::Done(Undone::Taken)),
        Err(Refusal::Conditions(_)) => Ok(Try::Again),
    }
}

/// The writes that restore what lies beside a record, each followed by the deletion of its mark.
fn steps_back(
    partition: &str,
    run: &RunId,
    marks: Vec<Item>,
    restore: impl Fn(Key, Item) -> Result<Write, Error>,
) -> Result<Vec<Write>, Error> {
    let head = TenantKeys::before(partition, run.as_str(), None);
    let mut steps = Vec::new();
    for mark in marks {
        let Some(sk) = text_of(&mark, "sk").filter(|sk| *sk != head.sk).map(str::to_owned) else {
            continue;
        };
        let of = sk.trim_start_matches(&head.sk).trim_start_matches('#').to_owned();
        let key = |sk| Key {
            pk: partition.to_owned(),
            sk,
        };
        steps.push(restore(key(of), mark)?);
        steps.push(Write::Delete(key(sk)));
    }
    Ok(steps)
}

fn audit() -> Audit {
    Audit {
        operation: "undoImport",
        fields: Vec::new(),
        interactions: 0,
    }
}

/// The first of these writes that fit into one transaction: at most `most`, and at least one if there is any.
fn first_that_fit(writes: &[Write], most: usize) -> &[Write] {
    let mut bytes = 0;
    let fitting = writes.iter().take(most).take_while(|write| {
        bytes += size(write);
        bytes <= MOST_BYTES
    });
    &writes[..fitting.count().max(1).min(writes.len())]
}

/// The bytes that a write adds to its transaction, without its key.
fn size(write: &Write) -> usize {
    match write {
        Write::Put(item)
        | Write::PutNew(item)
        | Write::PutOver { item, .. }
        | Write::PutOverPending(item)
        | Write::PutOverPendingUntil { item, .. }
        | Write::PutOverExpired { item, .. }
        | Write::PutOwned { item, .. }
        | Write::PutOverMerged { item, .. } => items::size(item),
        // Ids and names of fields: little beside what is put.
        Write::Tell(_)
        | Write::Untold(_)
        | Write::Delete(_)
        | Write::DeleteOver { .. }
        | Write::DeletePendingUntil { .. }
        | Write::Require(_)
        | Write::RequireRecord(_)
        | Write::RequireAbsent(_)
        | Write::RequireVersion(..) => 0,
    }
}

#[cfg(test)]
mod tests {
    use crate::items::text;

    use super::*;

    #[test]
    fn a_transaction_stays_within_its_writes_and_bytes() {
        let put = |bytes: usize| Write::Put(Item::from([("a".to_owned(), text("x".repeat(bytes)))]));
        let fitting = |writes: &[Write], most| first_that_fit(writes, most).len();
        assert_eq!(fitting(&[], 2), 0);
        assert_eq!(fitting(&[put(1), put(1), put(1)], 2), 2);
        assert_eq!(fitting(&[put(MOST_BYTES - 1), put(1)], 9), 1);
        assert_eq!(fitting(&[put(MOST_BYTES), put(1)], 9), 1, "a large item goes alone");
    }
}
