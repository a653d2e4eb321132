//! Imports. Each row is one transaction, which writes the record, the row's journal entry and the before-image. So a
//! row is applied exactly once however often a run is resumed, and a run can be undone.

use crm_domain::{
    Case, Change, Customer, CustomerId, Event, Interaction, Notice, NoticeKind, ObjectStructure, Timestamp, error::Error,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

use crate::{
    Audit, Item, Learning, RunId, Store, WholeCase,
    cases::{CUSTOMER_PLACE, changed, finds_customer},
    external,
    items::{self, text_of},
    journal::MOST_ROWS,
    keys::{Key, ROWS, TenantKeys},
    learning::{self, Lesson, Written},
    transaction::{Refusal, Write},
};

use super::sync::SyncNote;

/// How long a run can be resumed or undone.
const KEPT_SECONDS: i64 = 30 * 86_400;
/// The largest number of items and bytes beside the record in a row's transaction, well below DynamoDB's 4 MB. Further items are written
/// ahead.
const MOST_TOGETHER: usize = 40;
const MOST_BYTES_TOGETHER: usize = 1_000_000;

/// The largest number of events of one row, and the largest number of their bytes. Together with their before-images they fit into its
/// transaction.
pub const MOST_EVENTS: usize = 40;
/// See [`MOST_EVENTS`].
pub const MOST_EVENT_BYTES: usize = 1_500_000;

/// A run and its progress.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportRun {
    /// Its name.
    pub run: RunId,
    /// `customers` or `cases`.
    pub object: String,
    /// The file's name, without its folder.
    pub file: String,
    /// The SHA-256 of the file.
    pub digest: String,
    /// The number of lines of the file.
    pub lines: u64,
    /// The file's encoding, as the operator gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The separator of cells, as the operator gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The mapping of columns, as the operator gave it.
    pub map: Vec<String>,
    /// The column of the external id, as the operator gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Whether an empty cell clears its field.
    pub empty_clears: bool,
    /// Further options for reading the file, in `crm`'s own form.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub manner: Value,
    /// When it began.
    pub started: Timestamp,
    /// When it reached the end of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Timestamp>,
    /// When somebody began to take the run back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<Timestamp>,
    /// The results of its rows when it last ended.
    pub counts: Counts,
}

/// The number of rows with each result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows that created a record.
    pub created: u64,
    /// Rows that changed a record.
    pub updated: u64,
    /// Rows whose record had these values already.
    pub unchanged: u64,
    /// Rows that were not applied.
    pub rejected: u64,
    /// Empty rows.
    #[serde(default)]
    pub skipped: u64,
}

/// The result of an applied row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The record's id; empty if the person was erased since.
    pub id: String,
    /// Whether the row created it.
    pub created: bool,
}

/// A row that is about to be applied.
#[derive(Debug)]
pub struct ImportRow<'run> {
    /// The run.
    pub run: &'run RunId,
    /// Its number in the file.
    pub number: u64,
    /// The time, and the acting user.
    pub change: Change,
    /// The columns that it has, for the history.
    pub fields: Vec<String>,
    /// What is to be remembered of it for the next extract.
    pub note: Option<SyncNote>,
}

/// Why a row was not applied.
#[derive(Debug)]
pub enum RowConflict {
    /// It was applied earlier in this run.
    Before(Applied),
    /// Somebody else wrote the record meanwhile, or its new id is taken. The row is read again.
    Moved,
    /// Another record has its external id.
    ExternalIdTaken,
    /// There is no such customer for a case.
    NoSuchCustomer,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for RowConflict {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

#[derive(Serialize, Deserialize)]
struct Expiring<T> {
    #[serde(flatten)]
    content: T,
    /// Seconds since 1970: the table's time-to-live attribute.
    expires: i64,
}

fn kept<T>(content: T, since: Timestamp) -> Expiring<T> {
    Expiring {
        content,
        expires: since.plus_seconds(KEPT_SECONDS).seconds(),
    }
}

/// A run's mark at one record: the condition for taking the run back, and the before-image.
#[derive(Serialize, Deserialize)]
pub(super) struct RunMark<T> {
    /// The version that the run wrote last, of a customer the [edition](Customer::edition). If the record has another one, it was changed
    /// since. 0 if others changed it between two rows of the run.
    pub(super) version: u64,
    /// What the record was before the run; `None` if there was none.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<T>,
    /// The numbers of the rows about the record, at most [`MOST_ROWS`]. An erasure needs them to remove the record's id from the journal.
    /// Earlier versions did not store them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) rows: Vec<u64>,
}

fn none<T>() -> Option<T> {
    None
}

impl<T: Clone> RunMark<T> {
    /// The mark of the run's first row about a record, which creates it or overwrites the one before.
    fn first(before: Option<&T>, after: u64) -> Self {
        Self {
            version: after,
            before: before.cloned(),
            rows: Vec::new(),
        }
    }

    /// The same mark, with another row.
    fn of_row(mut self, row: u64) -> Self {
        if self.rows.len() < MOST_ROWS {
            self.rows.push(row);
        }
        self
    }

    /// The mark of a row about a record of this version. An earlier row may have left a mark.
    fn next(earlier: Option<Self>, before: &T, version: u64, after: u64) -> Self {
        match earlier {
            Some(earlier) => Self {
                version: if version == earlier.version { after } else { 0 },
                before: earlier.before,
                rows: earlier.rows,
            },
            None => Self::first(Some(before), after),
        }
    }
}

/// What an event was before the run; `None` if there was none.
#[derive(Serialize, Deserialize)]
pub(super) struct EventBefore {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<Event>,
}

/// What an interaction was before the run; `None` if there was none.
#[derive(Serialize, Deserialize)]
pub(super) struct InteractionBefore {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) interaction: Option<Interaction>,
}

/// The subject of a write in a row's transaction. It tells the meaning of a failed condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RowConcern {
    Record,
    Journal,
    Customer,
    ExternalId,
}

#[derive(Default)]
struct RowWrites {
    writes: Vec<Write>,
    /// The subjects by their places in the transaction.
    concerns: Vec<RowConcern>,
}

impl RowWrites {
    /// The writes after the record's, which is created elsewhere.
    fn of_record() -> Self {
        Self {
            writes: Vec::new(),
            concerns: vec![RowConcern::Record],
        }
    }

    fn push(&mut self, concern: RowConcern, writes: impl IntoIterator<Item = Write>) {
        let before = self.writes.len();
        self.writes.extend(writes);
        let added = self.writes.len() - before;
        self.concerns.extend(std::iter::repeat_n(concern, added));
    }

    /// All writes, and those of what is learnt.
    fn with(&self, lesson: Lesson) -> Vec<Write> {
        [self.writes.clone(), lesson.writes].concat()
    }

    /// Whether nothing but the writes of what is learnt stood in the way. A customer who was written meanwhile and one who is gone look the
    /// same, since both conditions are of one record.
    fn is_only_lesson_refused(&self, written: &Result<(), Refusal>) -> bool {
        let Err(Refusal::Conditions(refused)) = written else {
            return false;
        };
        let concerns = refused.iter().map(|refused| self.concerns.get(refused.place));
        let (of_lesson, others): (Vec<_>, Vec<_>) = concerns.partition(Option::is_none);
        !of_lesson.is_empty() && others.into_iter().flatten().all(|of| *of == RowConcern::Customer)
    }
}

impl Store {
    /// Stores a run.
    pub async fn import_run_put(&self, run: &ImportRun) -> Result<(), Error> {
        let item = items::write(&self.keys.import_run(run.run.as_str()), &kept(run, run.started))?;
        let put = self.database.transact(vec![Write::Put(item)]).await;
        put.map_err(|refusal| refusal.unexpected("put an import run"))
    }

    /// The run of this name; `None` if it does not exist or has expired.
    pub async fn import_run_get(&self, run: &RunId, now: Timestamp) -> Result<Option<ImportRun>, Error> {
        let found = self.database.get_as(self.keys.import_run(run.as_str())).await?;
        Ok(found.and_then(|found| unexpired(found, now)))
    }

    /// The tenant's runs, in no order.
    pub async fn import_runs(&self, now: Timestamp) -> Result<Vec<ImportRun>, Error> {
        let found = self.query(&self.keys.import_runs(), "0", "g").await?;
        let found: Vec<Expiring<ImportRun>> = found.into_iter().map(items::read).collect::<Result<_, _>>()?;
        Ok(found.into_iter().filter_map(|found| unexpired(found, now)).collect())
    }

    /// The result of a row; `None` if it was not applied.
    pub async fn import_row_get(&self, run: &RunId, number: u64) -> Result<Option<Applied>, Error> {
        self.database.get_as(self.keys.import_row(run.as_str(), number)).await
    }

    /// The applied rows of a part of the file, in order. The part begins at the row `part` times [`ROWS_TOGETHER`](crate::ROWS_TOGETHER).
    pub async fn import_rows(&self, run: &RunId, part: u64) -> Result<Vec<(u64, Applied)>, Error> {
        let partition = self.keys.import_rows(run.as_str(), part);
        let found = self.query(&partition, ROWS, "row$").await?;
        let row = |item: Item| {
            let number = text_of(&item, "sk").and_then(|sk| sk.strip_prefix(ROWS)?.parse().ok());
            let number = number.ok_or_else(|| Error::internal("read an import's journal", "not a row"))?;
            Ok((number, items::read(item)?))
        };
        found.into_iter().map(row).collect()
    }

    /// Applies a row to a customer: creates the record if there is none, and otherwise overwrites the one before. `events` are new or
    /// changed; at most [`MOST_EVENTS`] with [`MOST_EVENT_BYTES`].
    pub async fn import_customer(
        &self,
        row: &ImportRow<'_>,
        before: Option<&Customer>,
        after: &Customer,
        events: &[Event],
        model: &ObjectStructure,
    ) -> Result<Applied, RowConflict> {
        let partition = self.keys.customer_partition(after.id);
        let mut after = after.clone();
        let mut mark = RunMark::first(before, after.edition());
        let mut events_before = Vec::new();
        if let Some(before) = before {
            (after.version, after.updated) = (before.version + 1, row.change.clone());
            let marks = self.marks(&partition, row.run).await?;
            mark = RunMark::next(mark_of(&marks)?, before, before.edition(), after.edition());
            if mark.before.is_some() {
                events_before = self.events_before(row, &after, events, &marks).await?;
            }
            if !fit_together(&events_before, MOST_TOGETHER) {
                // Readers are not affected, as with interactions.
                self.database.put_many(std::mem::take(&mut events_before)).await?;
            }
        }
        let external = before.and_then(|before| before.external_id.as_ref());
        let external = self.external_changes(external::CUSTOMER, &after.id, external, after.external_id.as_ref())?;
        let audit = row.audit("importCustomer", 0);
        let history = audit.write(&partition, &row.change)?;
        let kind = if before.is_none() {
            NoticeKind::CustomerCreated
        } else {
            NoticeKind::CustomerUpdated
        };
        let told = self.tell_of(&after, audit.notice(kind, &row.change));
        let mut writes = RowWrites::of_record();
        writes.push(RowConcern::ExternalId, external);
        writes.push(RowConcern::Record, [put_mark(&partition, row, mark)?, history, told]);
        let applied = applied(&after.id, before.is_none());
        writes.push(RowConcern::Journal, [self.journal(row, &applied)?]);
        for event in events {
            writes.push(RowConcern::Record, [Write::Put(self.event_item(after.id, event)?)]);
        }
        if let Some(note) = &row.note {
            writes.push(RowConcern::Record, self.synced_writes(after.id, note)?);
        }
        writes.push(RowConcern::Record, events_before.into_iter().map(Write::Put));
        let terms = self.term_changes(before, &after, model);
        let written = self.write_with_terms(before, &after, writes.writes, terms, model).await;
        let ended = self.row_end(row, applied, &writes.concerns, written).await;
        if let Err(RowConflict::Before(applied)) = &ended
            && let Some(id) = CustomerId::parse(&applied.id)
            && let Some(customer) = self.customer_get(id).await?
        {
            // An earlier try of the row may have broken off after its first transaction.
            self.customer_settled(customer, model).await?;
        }
        ended
    }

    /// Applies a row to a case, in the same way. `interactions` are all interactions that the case is to have. Its customer learns from those
    /// that are new.
    pub async fn import_case(
        &self,
        row: &ImportRow<'_>,
        before: Option<&WholeCase>,
        after: &Case,
        interactions: &[Interaction],
        learning: Learning<'_>,
    ) -> Result<Applied, RowConflict> {
        let partition = self.keys.case_partition(after.id);
        let (before, stored) = before.map_or((None, [].as_slice()), |(case, stored)| (Some(case), stored));
        let news = changed(stored, interactions);
        let mut after = after.clone();
        let mut mark = RunMark::first(before, after.version);
        let mut items = Vec::new();
        if let Some(before) = before {
            (after.version, after.updated) = (before.version + 1, row.change.clone());
            let marks = self.marks(&partition, row.run).await?;
            mark = RunMark::next(mark_of(&marks)?, before, before.version, after.version);
            if mark.before.is_some() {
                items = self.interactions_before(row, &after, stored, &news, &marks)?;
            }
        }
        let former = before.map_or(after.customer, |before| before.customer);
        let conversation = Written::new(former, (&after, interactions), stored);
        let mut lesson = self.lesson(conversation, learning, &row.change).await?;
        let most_taught = lesson.writes.len();
        items.extend(self.interaction_items(after.id, &news)?);
        let in_steps = !fit_together(&items, MOST_TOGETHER.saturating_sub(most_taught));
        if in_steps {
            if before.is_none() {
                self.begin_case(&after).await?;
            }
            // The before-images are written first. Both belong to an existing case.
            self.database.put_many(std::mem::take(&mut items)).await?;
        }
        let applied = applied(&after.id, before.is_none());
        let mut writes = self.case_writes(row, before, &after, news.len(), in_steps)?;
        if before.is_some_and(|before| finds_customer(before, after.customer)) {
            writes.push(RowConcern::Record, self.waits_no_more(after.id).await?);
        }
        writes.push(RowConcern::Journal, [self.journal(row, &applied)?]);
        writes.push(RowConcern::Record, [put_mark(&partition, row, mark)?]);
        writes.push(RowConcern::Record, items.into_iter().map(Write::Put));
        let mut round = 0;
        let written = loop {
            let written = self.database.transact(writes.with(lesson)).await;
            round += 1;
            if !writes.is_only_lesson_refused(&written) {
                break written;
            }
            // Others wrote the customer meanwhile.
            lesson = if round < learning::TRIES {
                self.lesson(conversation, learning, &row.change).await?
            } else {
                Lesson::default()
            };
            if lesson.writes.len() > most_taught {
                lesson = Lesson::default();
            }
        };
        if before.is_none() && in_steps && matches!(written, Err(Refusal::Conditions(_))) {
            // The row will be applied again, to another case.
            self.case_sweep(after.id, after.version).await?;
        }
        self.row_end(row, applied, &writes.concerns, written).await
    }

    /// Stores a new case with more interactions than fit into the row's transaction, pending until that transaction.
    async fn begin_case(&self, case: &Case) -> Result<(), RowConflict> {
        let writes = vec![
            Write::PutNew(self.pending_item(case)?),
            Write::RequireRecord(self.keys.customer(case.customer)),
            self.pointer(case),
            self.begun(&case.id, case.version)?,
            // Others are told when the case can be seen.
            Write::Untold(self.keys.case(case.id)),
        ];
        match self.database.transact(writes).await {
            Ok(()) => Ok(()),
            Err(Refusal::Failed(error)) => Err(error.into()),
            Err(Refusal::Conditions(refused)) if refused.iter().any(|refused| refused.place == CUSTOMER_PLACE) => {
                Err(RowConflict::NoSuchCustomer)
            }
            Err(Refusal::Conditions(_)) => Err(RowConflict::Moved),
        }
    }

    /// The writes of a case, its pointers, its history and its external id.
    fn case_writes(
        &self,
        row: &ImportRow<'_>,
        before: Option<&Case>,
        after: &Case,
        interactions: usize,
        in_steps: bool,
    ) -> Result<RowWrites, Error> {
        let audit = row.audit("importCase", interactions);
        let mut writes = RowWrites::default();
        if let Some(before) = before {
            let changed = self.changed_case(before, after, &row.change, &audit, interactions)?;
            writes.push(RowConcern::Record, changed);
            if before.customer != after.customer {
                writes.concerns[CUSTOMER_PLACE] = RowConcern::Customer;
            }
        } else {
            let record = items::write(&self.keys.case(after.id), after)?;
            let record = if in_steps {
                Write::PutOverPending(record)
            } else {
                Write::PutNew(record)
            };
            let history = audit.write(&self.keys.case_partition(after.id), &row.change)?;
            let notice = Notice {
                interactions,
                ..audit.notice(NoticeKind::CaseCreated, &row.change)
            };
            let told = self.tell_of_case(after, after, notice);
            writes.push(RowConcern::Record, [record, self.pointer(after), history, told]);
            writes.push(RowConcern::Record, in_steps.then(|| self.ended(&after.id)));
            writes.push(
                RowConcern::Customer,
                [Write::RequireRecord(self.keys.customer(after.customer))],
            );
        }
        let external = before.and_then(|before| before.external_id.as_ref());
        let external = self.external_changes(external::CASE, &after.id, external, after.external_id.as_ref())?;
        writes.push(RowConcern::ExternalId, external);
        Ok(writes)
    }

    /// The result of a row's transaction.
    async fn row_end(
        &self,
        row: &ImportRow<'_>,
        applied: Applied,
        concerns: &[RowConcern],
        written: Result<(), Refusal>,
    ) -> Result<Applied, RowConflict> {
        let refused = match written {
            Ok(()) => return Ok(applied),
            Err(Refusal::Failed(error)) => return Err(error.into()),
            Err(Refusal::Conditions(refused)) => refused,
        };
        let is_refused = |part| refused.iter().any(|refused| concerns.get(refused.place) == Some(&part));
        if is_refused(RowConcern::Journal) {
            let before = self.import_row_get(row.run, row.number).await?;
            return Err(before.map_or(RowConflict::Moved, RowConflict::Before));
        }
        Err(match (is_refused(RowConcern::Customer), is_refused(RowConcern::ExternalId)) {
            (true, _) => RowConflict::NoSuchCustomer,
            (false, true) => RowConflict::ExternalIdTaken,
            (false, false) => RowConflict::Moved,
        })
    }

    /// A run's items in a record's partition: the record's mark first, then those of its interactions.
    pub(super) async fn marks(&self, partition: &str, run: &RunId) -> Result<Vec<Item>, Error> {
        let first = TenantKeys::before(partition, run.as_str(), None);
        self.query(partition, &first.sk, &format!("{}$", first.sk)).await
    }

    /// The before-images of interactions, where the run has none yet.
    fn interactions_before(
        &self,
        row: &ImportRow<'_>,
        case: &Case,
        stored: &[Interaction],
        news: &[Interaction],
        marks: &[Item],
    ) -> Result<Vec<Item>, Error> {
        let remembered: HashSet<&str> = marks.iter().filter_map(|item| text_of(item, "sk")).collect();
        let key = |one: &Interaction| self.keys.interaction(case.id, one);
        let stored: HashMap<Key, &Interaction> = stored.iter().map(|one| (key(one), one)).collect();
        let mut items = Vec::new();
        for key in news.iter().map(key) {
            let place = TenantKeys::before(&key.pk, row.run.as_str(), Some(&key.sk));
            if !remembered.contains(place.sk.as_str()) {
                let interaction = stored.get(&key).copied().cloned();
                items.push(items::write(&place, &kept(InteractionBefore { interaction }, row.change.at))?);
            }
        }
        Ok(items)
    }

    /// The before-images of events that the run has not changed yet.
    async fn events_before(
        &self,
        row: &ImportRow<'_>,
        customer: &Customer,
        events: &[Event],
        marks: &[Item],
    ) -> Result<Vec<Item>, Error> {
        let remembered: HashSet<&str> = marks.iter().filter_map(|item| text_of(item, "sk")).collect();
        let mut stored = self.events_stored(customer.id, events).await?;
        let mut items = Vec::new();
        for key in events.iter().map(|event| self.keys.event(customer.id, event)) {
            let place = TenantKeys::before(&key.pk, row.run.as_str(), Some(&key.sk));
            if !remembered.contains(place.sk.as_str()) {
                let event = stored.remove(&key);
                items.push(items::write(&place, &kept(EventBefore { event }, row.change.at))?);
            }
        }
        Ok(items)
    }

    fn journal(&self, row: &ImportRow<'_>, applied: &Applied) -> Result<Write, Error> {
        let key = self.keys.import_row(row.run.as_str(), row.number);
        Ok(Write::PutNew(items::write(&key, &kept(applied, row.change.at))?))
    }
}

impl ImportRow<'_> {
    fn audit(&self, operation: &'static str, interactions: usize) -> Audit {
        Audit {
            operation,
            fields: self.fields.clone(),
            interactions,
        }
    }
}

fn applied(id: &impl ToString, created: bool) -> Applied {
    Applied {
        id: id.to_string(),
        created,
    }
}

/// DynamoDB deletes expired items late.
fn unexpired<T>(found: Expiring<T>, now: Timestamp) -> Option<T> {
    (found.expires > now.seconds()).then_some(found.content)
}

/// The record's mark among a run's items of its partition.
pub(super) fn mark_of<T: DeserializeOwned>(marks: &[Item]) -> Result<Option<RunMark<T>>, Error> {
    let is_mark = |item: &&Item| text_of(item, "sk").is_some_and(|sk| sk.matches('#').count() == 1);
    marks.iter().find(is_mark).cloned().map(items::read).transpose()
}

fn put_mark<T: Clone + Serialize>(partition: &str, row: &ImportRow<'_>, mark: RunMark<T>) -> Result<Write, Error> {
    let key = TenantKeys::before(partition, row.run.as_str(), None);
    let mark = mark.of_row(row.number);
    Ok(Write::Put(items::write(&key, &kept(mark, row.change.at))?))
}

fn fit_together(items: &[Item], most: usize) -> bool {
    items.len() <= most && items.iter().map(items::size).sum::<usize>() <= MOST_BYTES_TOGETHER
}

#[cfg(test)]
mod tests {
    use crate::transaction::Refused;

    use super::*;

    #[test]
    fn only_a_customer_who_was_written_meanwhile_lets_a_row_be_written_again_at_once() {
        let mut row = RowWrites::default();
        for concern in [RowConcern::Record, RowConcern::Customer, RowConcern::Journal] {
            let (pk, sk) = ("a".to_owned(), "b".to_owned());
            row.push(concern, [Write::Require(Key { pk, sk })]);
        }
        let refused = |places: &[usize]| {
            let refused = |place: &usize| Refused {
                place: *place,
                found: None,
            };
            Err(Refusal::Conditions(places.iter().map(refused).collect()))
        };
        assert!(row.is_only_lesson_refused(&refused(&[3])));
        assert!(row.is_only_lesson_refused(&refused(&[1, 4])));
        for others in [&[0, 3][..], &[2, 3], &[1], &[]] {
            assert!(!row.is_only_lesson_refused(&refused(others)), "{others:?}");
        }
        assert!(!row.is_only_lesson_refused(&Ok(())));
    }

    #[test]
    fn a_record_keeps_its_first_before_image_and_loses_it_when_others_edit_between_rows() {
        let first = RunMark::next(None, &"old", 4, 5);
        assert_eq!((first.version, first.before), (5, Some("old")));
        let second = RunMark::next(Some(first), &"mine", 5, 6);
        assert_eq!((second.version, second.before), (6, Some("old")));
        let third = RunMark::next(Some(second), &"theirs", 7, 8);
        assert_eq!((third.version, third.before), (0, Some("old")));
        let fourth = RunMark::next(Some(third), &"mine", 8, 9);
        assert_eq!(fourth.version, 0);
        let made = RunMark::next(Some(RunMark::first(None, 1).of_row(7)), &"made", 1, 2).of_row(9);
        assert_eq!(made.rows, [7, 9]);
        assert_eq!((made.version, made.before), (2, None), "still the run's own");
    }
}
