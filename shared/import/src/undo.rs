//! Undoes a run: created records are removed and changed ones are restored, unless somebody has changed them since.

use std::cell::{Cell, RefCell};

use crm_domain::{Actor, CaseId, Change, CustomerId, TenantSettings, error::Error};
use crm_store::{Applied, ImportRun, Learning, Meter, ROWS_TOGETHER, Store, Undone, clock};
use futures::{Stream, StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use super::{
    apply::patiently,
    columns::Object,
    pace::Pace,
    run::AT_ONCE,
    turns::{Turn, Turns},
};

/// The result of undoing a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TakenBack {
    /// The run had created the record.
    Removed,
    /// The run had changed the record.
    Restored,
    /// Undone already, with another row of the same record or by an earlier command.
    Before,
    /// Somebody has changed the record since, or something stands against it.
    Kept,
}

/// A row of the run, and what became of it.
#[derive(Debug, Serialize)]
pub struct RowUndone {
    /// Its number in the run's journal.
    pub row: u64,
    /// The result.
    pub result: TakenBack,
    /// The record's id.
    pub id: String,
    /// Why the record was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// The number of rows with each result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoneCounts {
    /// Whose records were removed.
    pub removed: u64,
    /// Whose records were restored.
    pub restored: u64,
    /// That were undone already.
    pub before: u64,
    /// Whose records were kept.
    pub kept: u64,
}

impl UndoneCounts {
    /// Counts a row.
    pub fn add(&mut self, kind: TakenBack) {
        match kind {
            TakenBack::Removed => self.removed += 1,
            TakenBack::Restored => self.restored += 1,
            TakenBack::Before => self.before += 1,
            TakenBack::Kept => self.kept += 1,
        }
    }
}

/// The state that all rows share.
#[derive(Debug)]
pub struct UndoContext {
    /// The tenant's part of the table.
    pub store: Store,
    /// The meter of the table's usage.
    pub meter: Meter,
    /// The tenant's data model.
    pub settings: TenantSettings,
    /// The kind of the run's records.
    pub object: Object,
    /// The run.
    pub run: ImportRun,
    /// Who takes it back, for the history.
    pub by: Actor,
}

/// Undoes the rows after `reported` that the run applied, and returns the results in the file's order. Once `stop` is set, no row is begun,
/// and those in flight are finished.
pub fn undone<'run>(
    context: &'run UndoContext,
    pace: &'run RefCell<Pace>,
    reported: u64,
    stop: &'run Cell<bool>,
) -> impl Stream<Item = Result<RowUndone, Error>> + 'run {
    let source = (Box::pin(rows(context, reported, stop)), Turns::default());
    let paced = stream::unfold(source, move |(mut rows, mut turns)| async move {
        let row = rows.next().await?;
        Pace::wait(pace).await;
        let row = row.map(|(number, applied)| {
            let turn = turns.take(vec![applied.id.clone()]);
            (number, applied, turn)
        });
        Some((row, (rows, turns)))
    });
    let undo_in_turn = move |row: Result<(u64, Applied, Turn), Error>| async move {
        let (number, applied, mut turn) = row?;
        turn.wait().await;
        let undone = patiently(&context.meter, async || undo(context, number, &applied).await).await;
        pace.borrow_mut().finish();
        undone
    };
    paced.map(undo_in_turn).buffered(AT_ONCE)
}

/// The rows that the run applied, one part of the file after the other.
fn rows<'run>(
    context: &'run UndoContext,
    reported: u64,
    stop: &'run Cell<bool>,
) -> impl Stream<Item = Result<(u64, Applied), Error>> + 'run {
    let parts = stream::iter(reported / ROWS_TOGETHER..=context.run.lines / ROWS_TOGETHER);
    let parts = parts.take_while(|_| std::future::ready(!stop.get()));
    let parts = parts.then(|part| context.store.import_rows(&context.run.run, part));
    let rows = parts.flat_map(move |part| match part {
        Ok(rows) => {
            let left = rows.into_iter().filter(|(number, _)| *number > reported);
            stream::iter(left.map(Ok).collect::<Vec<_>>())
        }
        Err(error) => stream::iter(vec![Err(error)]),
    });
    rows.take_while(|_| std::future::ready(!stop.get()))
}

async fn undo(context: &UndoContext, row: u64, applied: &Applied) -> Result<RowUndone, Error> {
    let change = Change {
        at: clock::now(),
        by: context.by.clone(),
    };
    let (store, run) = (&context.store, &context.run.run);
    let undone = match (context.object, CustomerId::parse(&applied.id), CaseId::parse(&applied.id)) {
        (Object::Customers, Some(id), _) => {
            let model = &context.settings.customer_model;
            store.customer_undo(run, id, model, &change).await?
        }
        (Object::Cases, _, Some(id)) => {
            let learning = Learning::by(&context.settings);
            store.case_undo(run, id, learning, &change).await?
        }
        _ => Undone::Before,
    };
    let (result, reason) = match undone {
        Undone::Removed => (TakenBack::Removed, None),
        Undone::Restored => (TakenBack::Restored, None),
        Undone::Before => (TakenBack::Before, None),
        Undone::Changed => (TakenBack::Kept, Some("was changed since")),
        Undone::HasCases => (TakenBack::Kept, Some("has cases of its own now")),
        Undone::Taken => (
            TakenBack::Kept,
            Some("its former external id is taken, or its former customer no longer exists"),
        ),
    };
    Ok(RowUndone {
        row,
        result,
        id: applied.id.clone(),
        reason,
    })
}
