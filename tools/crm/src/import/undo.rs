//! Undoes a run: created records are removed and changed ones are restored, unless somebody has changed them since.

use std::{
    cell::{Cell, RefCell},
    path::Path,
    time::Instant,
};

use crm_domain::Actor;
use crm_import::{
    columns::Object,
    pace::Pace,
    patiently,
    undo::{UndoContext, UndoneCounts, undone},
};
use crm_store::clock;
use futures::{StreamExt as _, pin_mut};
use serde_json::json;

use super::{Table, UndoArguments, results::Results, speed};
use crate::{
    Exit,
    connection::failed,
    output::{Output, Progress},
};

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
    let put = patiently(&meter, async || store.import_run_put(&run).await);
    put.await.map_err(failed)?;
    let by = format!("crm import --undo {}", run.run.as_str());
    let context = UndoContext {
        settings: store.settings_get().await.map_err(failed)?,
        object: if run.object == Object::Cases.name() {
            Object::Cases
        } else {
            Object::Customers
        },
        by: Actor {
            agent: Some(by),
            ..Actor::default()
        },
        store,
        meter,
        run,
    };
    let mut counts = UndoneCounts::default();
    let whole = work(&context, pace, &mut results, &mut counts, output).await?;
    report(&context, &counts, whole, &path, began, output);
    Ok(if whole && counts.kept == 0 {
        Exit::Passed
    } else {
        Exit::Failed
    })
}

/// Whether it is complete. Ctrl-C stops it after the rows in flight.
async fn work(
    context: &UndoContext,
    pace: Pace,
    results: &mut Results,
    counts: &mut UndoneCounts,
    output: &Output,
) -> anyhow::Result<bool> {
    let stop = Cell::new(false);
    let mut progress = Progress::new(output, "lines", Some(context.run.lines));
    let mut reported = 0;
    let pace = &RefCell::new(pace);
    let done = undone(context, pace, reported, &stop);
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
        progress.note(speed::note(pace.borrow().limit(tokio::time::Instant::now())));
        progress.advance(row.row.saturating_sub(reported));
        reported = row.row;
    }
}

fn report(context: &UndoContext, counts: &UndoneCounts, whole: bool, path: &Path, began: Instant, output: &mut Output) {
    let UndoneCounts {
        removed,
        restored,
        before,
        kept,
    } = counts;
    let seconds = began.elapsed().as_secs_f64();
    output.line(&format!(
        "{removed} removed, {restored} restored, {before} undone already, {kept} kept, in {seconds:.1} s{}",
        speed::used(context.meter.read())
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
