//! One run over a file: rows are read at their pace, applied at once up to a limit, and reported in the file's order. Memory does not
//! grow with the file.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::ValueEnum as _;
use crm_domain::{Actor, Change, error::Error};
use crm_store::{Applied, Counts, ImportRun, ROWS_TOGETHER, RunId, clock, random};
use encoding_rs::Encoding;
use futures::{Stream, StreamExt as _, pin_mut, stream};
use serde_json::json;

use super::{
    AT_ONCE, FileArguments, Table,
    apply::{self, Context},
    mapping::Mapping,
    pace::{self, Pace},
    reading,
    results::{self, Results, RowResult},
    rows::{Row, Rows},
    text_file::TextFile,
    turns::{Turn, Turns},
};
use crate::{
    Exit, Misuse,
    columns::{Format, Object},
    connection::failed,
    output::{Output, Progress},
};

/// What a run is made of before its first row.
struct Plan {
    run: ImportRun,
    context: Context,
    rows: Rows,
    results: Results,
    counts: Counts,
    /// The last row that is reported already.
    reported: u64,
    resumed: bool,
}

impl Plan {
    /// Stores what is known of the run.
    async fn note(&self) -> anyhow::Result<()> {
        let context = &self.context;
        let put = apply::patiently(&context.meter, async || context.store.import_run_put(&self.run).await);
        put.await.map_err(failed)
    }
}

/// How a run ended.
enum End {
    Finished,
    Interrupted,
    Failed(anyhow::Error),
}

/// Runs over a file, from its beginning or from where an earlier run broke off.
pub async fn run(arguments: &FileArguments, object: Object, table: Table<'_>, output: &mut Output) -> anyhow::Result<Exit> {
    let began = Instant::now();
    let (tenant, connection) = (table.connection.tenant.as_str(), table.connection);
    let mut plan = match &arguments.resume {
        None => begin(arguments, object, table).await?,
        Some(run) => resume(arguments, object, run, table).await?,
    };
    let name = plan.run.run.as_str().to_owned();
    if plan.context.dry {
        output.line("a dry run: nothing is written to the table");
    } else {
        plan.note().await?;
        output.line(&format!("run {name}"));
    }
    let pace = arguments.speed.pace(connection, plan.context.dry, plan.context.meter.clone());
    let end = work(&mut plan, pace, output).await;
    let noted = note_end(&mut plan, &end).await;
    let resume = Resume {
        arguments,
        object,
        tenant,
    };
    match end {
        End::Finished => {
            noted?;
            report(&plan, tenant, began, output);
            let exit = if plan.counts.rejected == 0 {
                Exit::Passed
            } else {
                Exit::Failed
            };
            Ok(exit)
        }
        End::Interrupted => {
            report_interrupted(&plan, &resume, output);
            Ok(Exit::Failed)
        }
        End::Failed(error) if plan.context.dry => Err(error),
        End::Failed(error) => {
            output.problem(&format!("the run broke off; go on with: {}", resume.command(&name)));
            Err(error)
        }
    }
}

/// Stores how far the run came. The rows' own entries are what counts: a run whose end cannot be noted can still be resumed and
/// taken back.
async fn note_end(plan: &mut Plan, end: &End) -> anyhow::Result<()> {
    plan.run.counts = plan.counts;
    if matches!(end, End::Finished) {
        plan.run.finished = Some(clock::now());
    }
    if plan.context.dry {
        return Ok(());
    }
    plan.note().await
}

async fn begin(arguments: &FileArguments, object: Object, table: Table<'_>) -> anyhow::Result<Plan> {
    let file = &arguments.file;
    let text = TextFile::open(file, arguments.encoding)?;
    let format = Format::of(file, arguments.format)?;
    let run = ImportRun {
        run: RunId::draw(random::bits()),
        object: object.name().to_owned(),
        file: file_name(file),
        digest: text.digest.clone(),
        lines: text.lines,
        encoding: arguments.encoding.map(|encoding| encoding.name().to_owned()),
        delimiter: arguments.delimiter,
        map: arguments.map.clone(),
        external_id: arguments.external_id.clone(),
        empty_clears: arguments.empty_clears,
        started: clock::now(),
        finished: None,
        undone: None,
        counts: Counts::default(),
    };
    let context = context(arguments, object, run.run.clone(), table).await?;
    let rows = open(&run, &context, &text, format)?;
    let results = Results::create(&results_path(arguments, &run))?;
    Ok(Plan {
        run,
        context,
        rows,
        results,
        counts: Counts::default(),
        reported: 0,
        resumed: false,
    })
}

async fn resume(arguments: &FileArguments, object: Object, run: &str, table: Table<'_>) -> anyhow::Result<Plan> {
    let run = super::find_run(&table.store, run).await?;
    let file = &arguments.file;
    let refused = |why: &str| Misuse(format!("run {} {why}", run.run.as_str()));
    if run.object != object.name() {
        return Err(refused(&format!("was one of {}", run.object)).into());
    }
    if run.undone.is_some() {
        return Err(refused("was taken back: begin a new one").into());
    }
    if run.finished.is_some() {
        return Err(refused("is finished").into());
    }
    let encoding = run.encoding.as_deref().and_then(|name| Encoding::for_label(name.as_bytes()));
    let text = TextFile::open(file, encoding)?;
    if text.digest != run.digest {
        return Err(refused(&format!(
            "was about another file, or this one has changed: it read {}",
            run.file
        ))
        .into());
    }
    let format = Format::of(file, arguments.format)?;
    let context = context(arguments, object, run.run.clone(), table).await?;
    let rows = open(&run, &context, &text, format)?;
    let (results, counts, reported) = Results::reopen(&results_path(arguments, &run))?;
    Ok(Plan {
        run,
        context,
        rows,
        results,
        counts,
        reported,
        resumed: true,
    })
}

async fn context(arguments: &FileArguments, object: Object, run: RunId, table: Table<'_>) -> anyhow::Result<Context> {
    Ok(Context {
        settings: table.store.settings_get().await.map_err(failed)?,
        store: table.store,
        meter: table.meter,
        object,
        run,
        dry: arguments.dry_run,
        force_erased: arguments.force_erased,
    })
}

fn open(run: &ImportRun, context: &Context, file: &TextFile, format: Format) -> anyhow::Result<Rows> {
    let mapping = Mapping::new(context.object, format, context.model(), &run.map, run.external_id.as_deref())?;
    let delimiter = run.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok());
    Rows::open(file, format, mapping, delimiter, run.empty_clears)
}

fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn results_path(arguments: &FileArguments, run: &ImportRun) -> PathBuf {
    let kind = if arguments.dry_run {
        "dry-run".to_owned()
    } else {
        format!("results-{}", run.run.as_str())
    };
    let default = || format!("{}.{kind}.jsonl", run.file).into();
    arguments.results.clone().unwrap_or_else(default)
}

/// A row on its way.
enum Job {
    /// To be applied when its turn comes.
    Apply(Row, Turn),
    /// Applied before the run broke off; with what the other system calls it.
    Applied(u64, Applied, Option<String>),
    /// The file cannot be read any further.
    Broken(anyhow::Error),
}

/// Where rows come from, at their pace.
struct Source<'run> {
    rows: &'run mut Rows,
    context: &'run Context,
    pace: &'run RefCell<Pace>,
    turns: Turns,
    reported: u64,
    journal: Option<Journal>,
    stop: &'run Cell<bool>,
}

/// What an earlier run has applied, of the part of the file that is being read.
#[derive(Default)]
struct Journal {
    part: Option<u64>,
    applied: HashMap<u64, Applied>,
}

impl Journal {
    async fn find(&mut self, context: &Context, row: u64) -> Result<Option<Applied>, Error> {
        let part = row / ROWS_TOGETHER;
        if self.part != Some(part) {
            let read = apply::patiently(&context.meter, async || context.store.import_rows(&context.run, part).await);
            self.applied = read.await?.into_iter().collect();
            self.part = Some(part);
        }
        Ok(self.applied.remove(&row))
    }
}

impl Source<'_> {
    async fn next(&mut self) -> Option<Job> {
        let job = self.job().await.unwrap_or_else(|error| Some(Job::Broken(error)));
        if matches!(job, Some(Job::Broken(_))) {
            self.stop.set(true);
        }
        job
    }

    async fn job(&mut self) -> anyhow::Result<Option<Job>> {
        while !self.stop.get() {
            let Some(row) = self.rows.next()? else { break };
            if row.number <= self.reported {
                continue;
            }
            if let Some(journal) = &mut self.journal
                && let Some(applied) = journal.find(self.context, row.number).await.map_err(failed)?
            {
                return Ok(Some(Job::Applied(row.number, applied, row.external_id())));
            }
            if row.is_to_be_applied() {
                Pace::wait(self.pace).await;
            }
            let keys = row.values.as_ref().map(reading::keys).unwrap_or_default();
            return Ok(Some(Job::Apply(row, self.turns.take(keys))));
        }
        Ok(None)
    }
}

async fn perform(context: &Context, pace: &RefCell<Pace>, job: Job) -> anyhow::Result<RowResult> {
    match job {
        Job::Broken(error) => Err(error),
        Job::Applied(number, applied, external_id) => Ok(RowResult {
            external_id,
            ..RowResult::applied(number, applied)
        }),
        Job::Apply(row, _) if row.is_empty() => Ok(RowResult::skipped(row.number)),
        Job::Apply(
            Row {
                number,
                values: Err(wrong),
            },
            _,
        ) => Ok(RowResult::rejected(number, wrong)),
        Job::Apply(
            Row {
                number,
                values: Ok(values),
            },
            mut turn,
        ) => {
            turn.wait().await;
            let by = Change {
                at: clock::now(),
                by: Actor {
                    agent: Some(format!("crm import {}", context.run.as_str())),
                    ..Actor::default()
                },
            };
            let applied = context.apply(number, &values, &by).await;
            pace.borrow_mut().finish();
            applied.map_err(failed)
        }
    }
}

fn jobs(source: Source<'_>) -> impl Stream<Item = Job> {
    stream::unfold(source, |mut source| async move {
        let job = source.next().await?;
        Some((job, source))
    })
}

/// Applies and reports the rows. After a failure, rows in flight are finished but not reported: a row that is reported says that
/// all before it are.
async fn work(plan: &mut Plan, pace: Pace, output: &Output) -> End {
    let Plan {
        run,
        context,
        rows,
        results,
        counts,
        reported,
        resumed,
    } = plan;
    let context = &*context;
    let mut progress = Progress::new(output, "lines", Some(run.lines));
    progress.advance(*reported);
    let (stop, pace) = (Cell::new(false), RefCell::new(pace));
    let source = Source {
        rows,
        context,
        pace: &pace,
        turns: Turns::default(),
        reported: *reported,
        journal: resumed.then(Journal::default),
        stop: &stop,
    };
    let done = jobs(source).map(|job| perform(context, &pace, job)).buffered(AT_ONCE);
    let interrupt = tokio::signal::ctrl_c();
    pin_mut!(done, interrupt);
    let mut interrupted = false;
    let mut failure = None;
    loop {
        let result = tokio::select! {
            result = done.next() => result,
            _ = &mut interrupt, if !interrupted => {
                interrupted = true;
                stop.set(true);
                continue;
            }
        };
        let Some(result) = result else { break };
        if failure.is_some() {
            continue;
        }
        let added = result.and_then(|result| results.add(&result).map(|()| result));
        match added {
            Ok(result) => {
                results::count(counts, result.result);
                progress.note(pace.borrow().limit(tokio::time::Instant::now()).note());
                progress.advance(result.row.saturating_sub(*reported));
                *reported = result.row;
            }
            Err(error) => {
                stop.set(true);
                failure = Some(error);
            }
        }
    }
    match (failure, interrupted) {
        (Some(error), _) => End::Failed(error),
        (None, true) => End::Interrupted,
        (None, false) => End::Finished,
    }
}

/// How a run is taken up again.
struct Resume<'a> {
    arguments: &'a FileArguments,
    object: Object,
    tenant: &'a str,
}

impl Resume<'_> {
    fn command(&self, run: &str) -> String {
        let file = quoted(&self.arguments.file);
        let results = self.arguments.results.as_ref();
        let results = results.map(|path| format!(" --results {}", quoted(path))).unwrap_or_default();
        let format = self
            .arguments
            .format
            .and_then(|format| Some(format.to_possible_value()?.get_name().to_owned()));
        let format = format.map(|name| format!(" --format {name}")).unwrap_or_default();
        format!(
            "crm import --tenant {} {} {file}{format}{results} --resume {run}",
            self.tenant,
            self.object.name()
        )
    }
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |character: char| character.is_alphanumeric() || "/._-".contains(character);
    if text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn report(plan: &Plan, tenant: &str, began: Instant, output: &mut Output) {
    let seconds = began.elapsed().as_secs_f64();
    let (run, results) = (plan.run.run.as_str(), plan.results.path().display());
    let would = if plan.context.dry { "would be: " } else { "" };
    let used = plan.context.meter.read();
    output.line(&format!(
        "{would}{}, in {seconds:.1} s{}",
        results::shown(plan.counts),
        pace::used(used)
    ));
    if plan.counts == Counts::default() {
        output.line("the file has no rows");
    }
    output.line(&format!("the result of each row: {results}"));
    if !plan.context.dry && plan.counts.created + plan.counts.updated > 0 {
        output.line(&format!("to take it back: crm import --tenant {tenant} --undo {run}"));
    }
    output.document(&document(plan, Some(seconds)));
}

fn report_interrupted(plan: &Plan, resume: &Resume<'_>, output: &mut Output) {
    output.line(&format!("stopped after line {}", plan.reported));
    if !plan.context.dry {
        output.line(&format!("go on with: {}", resume.command(plan.run.run.as_str())));
    }
    output.document(&document(plan, None));
}

fn document(plan: &Plan, seconds: Option<f64>) -> serde_json::Value {
    let used = plan.context.meter.read();
    json!({
        "run": (!plan.context.dry).then(|| plan.run.run.as_str()),
        "object": plan.run.object,
        "file": plan.run.file,
        "finished": seconds.is_some(),
        "counts": plan.counts,
        "seconds": seconds,
        "writeUnits": used.units,
        "refusedCalls": used.refusals,
        "results": plan.results.path().display().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_for_a_shell() {
        assert_eq!(quoted(Path::new("data/people-1.csv")), "data/people-1.csv");
        assert_eq!(quoted(Path::new("Ann's people.csv")), r"'Ann'\''s people.csv'");
    }
}
