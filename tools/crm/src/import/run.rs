//! A run over a file. A workbook is kept in memory.

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    time::Instant,
};

use clap::ValueEnum as _;
use crm_domain::Actor;
use crm_import::{
    columns::{Format, Object},
    context::Context,
    findings::Findings,
    manner::Manner,
    mapping::{Mapping, Wishes},
    newcomers::Newcomers,
    pace::Pace,
    patiently,
    preview::{self, Preview},
    row_result,
    rows::Rows,
    run::{Broken, Progress as Place},
    sync::{Gone, Sync},
};
use crm_store::{Counts, ImportRun, RunId, clock, random};
use encoding_rs::Encoding;
use futures::{StreamExt as _, pin_mut};
use serde_json::json;

use super::{FileArguments, Table, map_file, rejected::RejectedRows, results::Results, source_file::SourceFile, speed};
use crate::{
    Exit, Misuse,
    connection::failed,
    output::{Output, Progress},
};

/// What a run needs before its first row.
struct Plan {
    run: ImportRun,
    context: Context,
    rows: Rows,
    /// A note on how the file is read.
    notes: Vec<String>,
    preview: Option<Preview>,
    results: Results,
    rejected: RejectedRows,
    findings: Findings,
    /// The last reported row, by its number in the journal.
    reported: u64,
    resumed: bool,
    /// What is missing from a whole extract.
    gone: Option<Gone>,
}

impl Plan {
    /// Stores the run.
    async fn note(&self) -> anyhow::Result<()> {
        let context = &self.context;
        let put = patiently(&context.meter, async || context.store.import_run_put(&self.run).await);
        put.await.map_err(failed)
    }
}

/// How a run ended.
enum End {
    Finished,
    Interrupted,
    /// A dry run that stopped early, and the reason.
    Hopeless(String),
    Failed(anyhow::Error),
}

/// Processes a file from its beginning, or from where the run was interrupted.
pub async fn run(
    arguments: &FileArguments,
    object: Object,
    table: Table<'_>,
    sync: Option<Sync>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let began = Instant::now();
    let (tenant, connection) = (table.connection.tenant()?, table.connection);
    let tenant = tenant.as_str();
    let mut plan = match &arguments.resume {
        None => begin(arguments, object, table, sync).await?,
        Some(run) => resume(arguments, object, run, table).await?,
    };
    let name = plan.run.run.as_str().to_owned();
    if !show_plan(&plan, output) {
        return Err(Misuse("name the field of each wrong column with --map 'Column=field'".to_owned()).into());
    }
    if plan.context.dry {
        output.line("a dry run: nothing is written to the table");
    } else {
        plan.note().await?;
        output.line(&format!("run {name}"));
    }
    let pace = arguments.speed.pace(connection, plan.context.dry, plan.context.meter.clone());
    let mut end = work(&mut plan, pace, arguments.keep_going, output).await;
    if let (End::Finished, Some(sync)) = (&end, &plan.context.sync) {
        match sync
            .end(&plan.context.store, &plan.context.meter, &sync_actor(), plan.context.dry)
            .await
        {
            Ok(gone) => plan.gone = gone,
            Err(error) => end = End::Failed(failed(error)),
        }
    }
    let noted = note_end(&mut plan, &end).await;
    let resume = Resume {
        arguments,
        object,
        tenant,
        is_sync: plan.context.sync.is_some(),
    };
    match end {
        End::Finished => {
            noted?;
            report(&plan, tenant, began, output);
            let is_refused = plan.gone.as_ref().is_some_and(Gone::is_refused);
            let exit = if plan.findings.counts.rejected == 0 && !is_refused {
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
        End::Hopeless(reason) => {
            report(&plan, tenant, began, output);
            output.problem(&format!(
                "stopped after row {}: {reason}. Check the columns above; --keep-going reads to the end",
                plan.reported
            ));
            Ok(Exit::Failed)
        }
        End::Failed(error) if plan.context.dry => Err(error),
        End::Failed(error) => {
            output.problem(&format!("the run was interrupted; continue with: {}", resume.command(&name)));
            Err(error)
        }
    }
}

/// Stores the progress. The rows' own entries are decisive: a run whose end cannot be stored can still be resumed and undone.
async fn note_end(plan: &mut Plan, end: &End) -> anyhow::Result<()> {
    plan.run.counts = plan.findings.counts;
    if matches!(end, End::Finished) {
        plan.run.finished = Some(clock::now());
    }
    if plan.context.dry {
        return Ok(());
    }
    plan.note().await
}

/// Shows the mapping of columns to fields, and asks whether it is right if somebody can answer.
fn show_plan(plan: &Plan, output: &mut Output) -> bool {
    for note in &plan.notes {
        output.line(note);
    }
    let Some(preview) = &plan.preview else { return true };
    if !plan.context.dry {
        output.line(&preview::summary(&preview.columns()));
        return true;
    }
    for line in preview.lines() {
        output.line(&line);
    }
    let answer = if output.can_ask() {
        output.ask("Is the mapping correct? [Y/n] ")
    } else {
        String::new()
    };
    !answer.to_lowercase().starts_with('n')
}

async fn begin(arguments: &FileArguments, object: Object, table: Table<'_>, sync: Option<Sync>) -> anyhow::Result<Plan> {
    let (file, manner) = (&arguments.file, &Manner::from(&arguments.manner));
    let source = SourceFile::open(file, arguments.encoding, manner.sheet.as_deref())?;
    let format = source.format(file, arguments.format)?;
    if format == Format::Jsonl && manner.from.is_some() {
        return Err(Misuse("--from is for tables: the members of JSON lines need --map".to_owned()).into());
    }
    let from_file = arguments
        .map_file
        .as_deref()
        .map(|path| map_file::read(path, object))
        .transpose()?;
    let run = ImportRun {
        run: RunId::draw(random::bits()),
        object: object.name().to_owned(),
        file: file_name(file),
        digest: source.digest().to_owned(),
        lines: source.lines(),
        encoding: arguments.encoding.map(|encoding| encoding.name().to_owned()),
        delimiter: arguments.delimiter,
        map: [from_file.unwrap_or_default(), arguments.map.clone()].concat(),
        external_id: arguments.external_id.clone(),
        empty_clears: arguments.empty_clears,
        manner: serde_json::to_value(manner)?,
        started: clock::now(),
        finished: None,
        undone: None,
        counts: Counts::default(),
    };
    let context = Context {
        sync,
        ..context(arguments, object, &run, table).await?
    };
    let rows = open(&run, &context, &source, format)?;
    let preview = Preview::of(open(&run, &context, &source, format)?)?;
    if let Some(preview) = &preview {
        preview.check_ids(object)?;
    }
    if let Some(path) = &arguments.save_map {
        let columns = preview.as_ref().map(Preview::columns);
        let columns = columns.ok_or_else(|| Misuse("--save-map is for tables, whose columns have an order".to_owned()))?;
        map_file::write(path, object, &columns)?;
    }
    let results = Results::create(&results_path(arguments, &run))?;
    let rejected = RejectedRows::new(rejected_path(arguments, &run, format), rows.shape());
    Ok(Plan {
        notes: vec![source.note()],
        run,
        context,
        rows,
        preview,
        results,
        rejected,
        findings: Findings::default(),
        reported: 0,
        resumed: false,
        gone: None,
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
        return Err(refused("was undone: begin a new run").into());
    }
    if run.finished.is_some() {
        return Err(refused("is finished").into());
    }
    let encoding = run.encoding.as_deref().and_then(|name| Encoding::for_label(name.as_bytes()));
    let manner = manner(&run)?;
    let source = SourceFile::open(file, encoding, manner.sheet.as_deref())?;
    if source.digest() != run.digest {
        return Err(refused(&format!(
            "read another file, or this one has changed since: it read {}",
            run.file
        ))
        .into());
    }
    let format = source.format(file, arguments.format)?;
    let context = context(arguments, object, &run, table).await?;
    let rows = open(&run, &context, &source, format)?;
    let (results, findings, last) = Results::reopen(&results_path(arguments, &run))?;
    let last_row = last.as_ref().map_or(0, |last| last.row);
    let rejected = RejectedRows::reopen(rejected_path(arguments, &run, format), rows.shape(), last_row)?;
    Ok(Plan {
        notes: Vec::new(),
        run,
        context,
        rows,
        preview: None,
        results,
        rejected,
        findings,
        reported: last.map_or(0, |last| last.number()),
        resumed: true,
        gone: None,
    })
}

/// The options for reading rows. Earlier versions had none.
fn manner(run: &ImportRun) -> anyhow::Result<Manner> {
    if run.manner.is_null() {
        return Ok(Manner::default());
    }
    Ok(serde_json::from_value(run.manner.clone())?)
}

async fn context(arguments: &FileArguments, object: Object, run: &ImportRun, table: Table<'_>) -> anyhow::Result<Context> {
    Ok(Context {
        settings: table.store.settings_get().await.map_err(failed)?,
        tenant: table.connection.tenant()?,
        store: table.store,
        meter: table.meter,
        object,
        run: run.run.clone(),
        dry: arguments.dry_run,
        force_erased: arguments.force_erased,
        how_to_force: ": --force-erased creates the person again",
        by: Actor {
            agent: Some(format!("crm import {}", run.run.as_str())),
            ..Actor::default()
        },
        manner: manner(run)?,
        newcomers: Newcomers::default(),
        sync: None,
    })
}

fn open(run: &ImportRun, context: &Context, file: &SourceFile, format: Format) -> anyhow::Result<Rows> {
    let wishes = Wishes {
        map: &run.map,
        external_id: run.external_id.as_deref(),
        from: context.manner.from,
        ignore_unknown: context.manner.ignore_unknown,
    };
    let mapping = Mapping::new(context.object, format, context.model(), &wishes)?;
    let delimiter = run.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok());
    file.rows(format, mapping, delimiter, run.empty_clears)
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

fn rejected_path(arguments: &FileArguments, run: &ImportRun, format: Format) -> PathBuf {
    let ending = match format {
        Format::Csv => "csv",
        Format::Jsonl => "jsonl",
    };
    let kind = if arguments.dry_run { "dry-run" } else { run.run.as_str() };
    let default = || format!("{}.rejected-{kind}.{ending}", run.file).into();
    arguments.rejected.clone().unwrap_or_else(default)
}

/// Applies and reports the rows. After a failure, rows in flight are finished but not reported, because a reported row implies that all
/// rows before it are.
async fn work(plan: &mut Plan, pace: Pace, keep_going: bool, output: &Output) -> End {
    let Plan {
        run,
        context,
        rows,
        results,
        rejected,
        findings,
        reported,
        resumed,
        ..
    } = plan;
    let context = &*context;
    let mut progress = Progress::new(output, "lines", Some(run.lines));
    progress.advance(*reported);
    let (stop, pace) = (Cell::new(false), RefCell::new(pace));
    let from = Place {
        reported: *reported,
        is_resumed: *resumed,
    };
    let done = crm_import::run::results(rows, context, &pace, from, &stop);
    let interrupt = tokio::signal::ctrl_c();
    pin_mut!(done, interrupt);
    let mut interrupted = false;
    let (mut failure, mut hopeless) = (None, None);
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
        if failure.is_some() || hopeless.is_some() {
            continue;
        }
        let added = result.map_err(broken).and_then(|(result, row)| {
            // The rejected row is written first. One without a result is dropped when the run continues.
            row.map_or(Ok(()), |row| rejected.add(&row, &result))?;
            if !result.same {
                results.add(&result)?;
            }
            Ok(result)
        });
        match added {
            Ok(result) => {
                findings.add(&result);
                progress.note(speed::note(pace.borrow().limit(tokio::time::Instant::now())));
                progress.advance(result.number().saturating_sub(*reported));
                *reported = result.number();
                if context.dry && !keep_going {
                    hopeless = findings.common_reason();
                    stop.set(stop.get() || hopeless.is_some());
                }
            }
            Err(error) => {
                stop.set(true);
                failure = Some(error);
            }
        }
    }
    match (failure, hopeless, interrupted) {
        (Some(error), ..) => End::Failed(error),
        (None, Some(reason), _) => End::Hopeless(reason),
        (None, None, true) => End::Interrupted,
        (None, None, false) => End::Finished,
    }
}

fn broken(broken: Broken) -> anyhow::Error {
    match broken {
        Broken::Table(error) => failed(error),
        Broken::File(error) => error,
    }
}

/// Who deletes records that are gone.
fn sync_actor() -> Actor {
    Actor {
        agent: Some("crm sync".to_owned()),
        ..Actor::default()
    }
}

/// The command that continues a run.
struct Resume<'a> {
    arguments: &'a FileArguments,
    object: Object,
    tenant: &'a str,
    is_sync: bool,
}

impl Resume<'_> {
    fn command(&self, run: &str) -> String {
        if self.is_sync {
            return "the same command again, which skips what is done".to_owned();
        }
        let file = quoted(&self.arguments.file);
        let files = [("results", &self.arguments.results), ("rejected", &self.arguments.rejected)];
        let named = files.into_iter().filter_map(|(name, path)| Some((name, path.as_ref()?)));
        let files: Vec<String> = named.map(|(name, path)| format!(" --{name} {}", quoted(path))).collect();
        let files = files.concat();
        let format = self
            .arguments
            .format
            .and_then(|format| Some(format.to_possible_value()?.get_name().to_owned()));
        let format = format.map(|name| format!(" --format {name}")).unwrap_or_default();
        format!(
            "crm import --tenant {} {} {file}{format}{files} --resume {run}",
            self.tenant,
            self.object.name()
        )
    }
}

/// A path, quoted for a shell.
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
        row_result::shown(plan.findings.counts),
        speed::used(used)
    ));
    for line in plan.findings.told().into_iter().chain(plan.gone.as_ref().map(Gone::told)) {
        output.line(&line);
    }
    if plan.findings.counts == Counts::default() {
        output.line("the file has no rows");
    }
    output.line(&format!("the result of each row: {results}"));
    if let Some(path) = plan.rejected.path() {
        let path = path.display();
        output.line(&format!(
            "rows that were not applied, to be corrected and imported with the same options: {path}"
        ));
        if !plan.context.manner.skip_bad_cells {
            output.line("if the wrong cells do not matter, --skip-bad-cells leaves them out and applies the rest of their rows");
        }
    }
    if !plan.context.dry && plan.findings.counts.created + plan.findings.counts.updated > 0 {
        output.line(&format!("to undo it: crm import --tenant {tenant} --undo {run}"));
    }
    output.document(&document(plan, Some(seconds)));
}

fn report_interrupted(plan: &Plan, resume: &Resume<'_>, output: &mut Output) {
    output.line(&format!("stopped after line {}", plan.reported));
    if !plan.context.dry {
        output.line(&format!("continue with: {}", resume.command(plan.run.run.as_str())));
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
        "counts": plan.findings.counts,
        "findings": plan.findings.document(),
        "columns": plan.preview.as_ref().map(Preview::document),
        "rejected": plan.rejected.path().map(|path| path.display().to_string()),
        "seconds": seconds,
        "writeUnits": used.units,
        "refusedCalls": used.refusals,
        "gone": plan.gone.as_ref().map(Gone::document),
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
