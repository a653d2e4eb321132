//! Undoes a run: created records are removed and changed ones are restored, unless somebody has changed them since.

use std::{
    cell::{Cell, RefCell},
    path::Path,
    time::Instant,
};

use crm_domain::{Actor, CaseId, Change, CustomerId, TenantSettings, error::Error};
use crm_store::{Applied, ImportRun, Meter, ROWS_TOGETHER, Store, Undone, clock};
use futures::{StreamExt as _, pin_mut, stream};
use serde::Serialize;
use serde_json::json;

use super::{
    AT_ONCE, Table, UndoArguments, apply,
    pace::{self, Pace},
    results::Results,
    turns::Turns,
};
use crate::{
    Exit,
    columns::Object,
    connection::failed,
    output::{Output, Progress},
};

/// The result of undoing a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum TakenBack {
    Removed,
    Restored,
    /// Undone already, with another row of the same record or by an earlier command.
    Before,
    Kept,
}

#[derive(Serialize)]
struct RowUndone {
    row: u64,
    result: TakenBack,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

#[derive(Debug, Default, Serialize)]
struct Counts {
    removed: u64,
    restored: u64,
    before: u64,
    kept: u64,
}

impl Counts {
    fn add(&mut self, kind: TakenBack) {
        match kind {
            TakenBack::Removed => self.removed += 1,
            TakenBack::Restored => self.restored += 1,
            TakenBack::Before => self.before += 1,
            TakenBack::Kept => self.kept += 1,
        }
    }
}

/// The state that all rows share.
struct Context {
    store: Store,
    meter: Meter,
    settings: TenantSettings,
    object: Object,
    run: ImportRun,
}

/// Undoes a run.
pub async fn run(arguments: &UndoArguments, name: &str, table: Table<'_>, output: &mut Output) -> anyhow::Result<Exit> {
    let began = Instant::now();
    let pace = arguments.speed.pace(table.connection, false, table.meter.clone());
    let Table { store, meter, .. } = table;
    let mut run = super::find_run(&store, name).await?;
    let path = arguments.results.clone();
    let path = path.unwrap_or_else(|| format!("{}.undo-{}.jsonl", run.file, run.run.as_str()).into());
    let mut results = Results::create(&path)?;
    run.undone = run.undone.or(Some(clock::now()));
    let put = apply::patiently(&meter, async || store.import_run_put(&run).await);
    put.await.map_err(failed)?;
    let context = Context {
        settings: store.settings_get().await.map_err(failed)?,
        object: if run.object == Object::Cases.name() {
            Object::Cases
        } else {
            Object::Customers
        },
        store,
        meter,
        run,
    };
    let mut counts = Counts::default();
    let whole = work(&context, pace, &mut results, &mut counts, output).await?;
    report(&context, &counts, whole, &path, began, output);
    Ok(if whole && counts.kept == 0 {
        Exit::Passed
    } else {
        Exit::Failed
    })
}

/// Whether it is complete. Ctrl-C stops it after the rows in flight.
async fn work(context: &Context, pace: Pace, results: &mut Results, counts: &mut Counts, output: &Output) -> anyhow::Result<bool> {
    let stop = Cell::new(false);
    let mut progress = Progress::new(output, "lines", Some(context.run.lines));
    let mut reported = 0;
    let pace = &RefCell::new(pace);
    let source = (Box::pin(rows(context, &stop)), Turns::default());
    let paced = stream::unfold(source, |(mut rows, mut turns)| async move {
        let row = rows.next().await?;
        Pace::wait(pace).await;
        let row = row.map(|(number, applied)| {
            let turn = turns.take(vec![applied.id.clone()]);
            (number, applied, turn)
        });
        Some((row, (rows, turns)))
    });
    let done = paced
        .map(|row| async {
            let (number, applied, mut turn) = row?;
            turn.wait().await;
            let undone = apply::patiently(&context.meter, async || undo(context, number, &applied).await).await;
            pace.borrow_mut().finish();
            undone
        })
        .buffered(AT_ONCE);
    let interrupt = tokio::signal::ctrl_c();
    pin_mut!(done, interrupt);
    loop {
        let row = tokio::select! {
            row = done.next() => row,
            _ = &mut interrupt, if !stop.get() => {
                stop.set(true);
                continue;
            }
        };
        let Some(row) = row else { return Ok(!stop.get()) };
        let row = row.map_err(failed)?;
        results.add(&row)?;
        counts.add(row.result);
        progress.note(pace.borrow().limit(tokio::time::Instant::now()).note());
        progress.advance(row.row.saturating_sub(reported));
        reported = row.row;
    }
}

/// The rows that the run applied, one part of the file after the other.
fn rows<'run>(context: &'run Context, stop: &'run Cell<bool>) -> impl futures::Stream<Item = Result<(u64, Applied), Error>> + 'run {
    let parts = stream::iter(0..=context.run.lines / ROWS_TOGETHER);
    let parts = parts.take_while(|_| std::future::ready(!stop.get()));
    let parts = parts.then(|part| context.store.import_rows(&context.run.run, part));
    let rows = parts.flat_map(|part| match part {
        Ok(rows) => stream::iter(rows.into_iter().map(Ok).collect::<Vec<_>>()),
        Err(error) => stream::iter(vec![Err(error)]),
    });
    rows.take_while(|_| std::future::ready(!stop.get()))
}

async fn undo(context: &Context, row: u64, applied: &Applied) -> Result<RowUndone, Error> {
    let change = Change {
        at: clock::now(),
        by: Actor {
            agent: Some(format!("crm import --undo {}", context.run.run.as_str())),
            ..Actor::default()
        },
    };
    let (store, run) = (&context.store, &context.run.run);
    let undone = match (context.object, CustomerId::parse(&applied.id), CaseId::parse(&applied.id)) {
        (Object::Customers, Some(id), _) => {
            let model = &context.settings.customer_model;
            store.customer_undo(run, id, model, &change).await?
        }
        (Object::Cases, _, Some(id)) => store.case_undo(run, id, &change).await?,
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

fn report(context: &Context, counts: &Counts, whole: bool, path: &Path, began: Instant, output: &mut Output) {
    let Counts {
        removed,
        restored,
        before,
        kept,
    } = counts;
    let seconds = began.elapsed().as_secs_f64();
    output.line(&format!(
        "{removed} removed, {restored} restored, {before} undone already, {kept} kept, in {seconds:.1} s{}",
        pace::used(context.meter.read())
    ));
    output.line(&format!("the result of each row: {}", path.display()));
    if !whole {
        output.line("stopped: run the same command to continue");
    }
    output.document(&json!({
        "run": context.run.run.as_str(),
        "finished": whole,
        "counts": counts,
        "seconds": seconds,
        "results": path.display().to_string(),
    }));
}
