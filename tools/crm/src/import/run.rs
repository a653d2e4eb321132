//! A run over a file. Rows are read at the run's pace, applied in parallel up to a limit, and reported in the file's order. Memory grows
//! with the file by some bytes for each external id and contact point, by which rows are recognised. A workbook is kept in memory.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    time::Instant,
};

use clap::ValueEnum as _;
use crm_domain::{
    Actor, Change, CustomerId,
    error::{Error, FieldError},
};
use crm_store::{Applied, Counts, ImportRun, ROWS_TOGETHER, RunId, clock, random};
use encoding_rs::Encoding;
use futures::{Stream, StreamExt as _, pin_mut, stream};
use serde_json::{Map, Value, json};

use super::{
    AT_ONCE, AT_ONCE_DRY, FileArguments, Table, apply,
    context::Context,
    findings::Findings,
    likeness,
    manner::Manner,
    map_file,
    mapping::{Mapping, Wishes},
    newcomers::Newcomers,
    pace::{self, Pace},
    preview::{self, Preview},
    reading,
    rejected::RejectedRows,
    results::Results,
    row_result::{self, RowOutcome, RowResult},
    rows::{Row, Rows},
    source_file::SourceFile,
    sync::{Gone, Sync},
    turns::{Turn, Turns},
};
use crate::{
    Exit, Misuse,
    columns::{BRAND, EXTERNAL_ID, Format, Object},
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
        let put = apply::patiently(&context.meter, async || context.store.import_run_put(&self.run).await);
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
        match sync.end(&plan.context.store, &plan.context.meter, plan.context.dry).await {
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
    let (file, manner) = (&arguments.file, &arguments.manner);
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

fn rejected_path(arguments: &FileArguments, run: &ImportRun, format: Format) -> PathBuf {
    let ending = match format {
        Format::Csv => "csv",
        Format::Jsonl => "jsonl",
    };
    let kind = if arguments.dry_run { "dry-run" } else { run.run.as_str() };
    let default = || format!("{}.rejected-{kind}.{ending}", run.file).into();
    arguments.rejected.clone().unwrap_or_else(default)
}

/// A row in progress.
enum Job {
    /// To be applied in its turn; with the earlier row that has the same external id.
    Apply(Row, Turn, Option<u64>),
    /// Applied before the run was interrupted.
    Applied(Row, Applied),
    /// As it was in the last extract, with the record's id.
    Same(Row, CustomerId),
    /// The rest of the file cannot be read.
    Broken(anyhow::Error),
}

/// The source of rows, at the run's pace.
struct Source<'run> {
    rows: &'run mut Rows,
    context: &'run Context,
    pace: &'run RefCell<Pace>,
    turns: Turns,
    external_ids: ExternalIds,
    reported: u64,
    journal: Option<Journal>,
    stop: &'run Cell<bool>,
}

/// The external ids of the file so far, with their rows.
#[derive(Default)]
struct ExternalIds(HashMap<u64, u64>);

impl ExternalIds {
    /// The earlier row with the same external id and brand.
    fn repeated(&mut self, row: &Row) -> Option<u64> {
        let values = row.values.as_ref().ok()?;
        let id = values.get(EXTERNAL_ID)?.as_str().filter(|id| !id.trim().is_empty())?;
        let mut hasher = DefaultHasher::new();
        (id.trim(), values.get(BRAND).and_then(|brand| brand.as_str())).hash(&mut hasher);
        self.0.insert(hasher.finish(), row.place)
    }
}

/// The rows that were applied before, in the current part of the file.
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
    /// The possible subjects of a row.
    fn keys(&self, values: &Map<String, Value>) -> Vec<String> {
        let context = self.context;
        let mut keys = reading::keys(values);
        if context.object == Object::Customers {
            keys.extend(likeness::turns(values, context.model(), context.region()));
        }
        keys
    }

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
            let repeated = self.external_ids.repeated(&row);
            if row.number <= self.reported {
                continue;
            }
            if let Some(journal) = &mut self.journal
                && let Some(applied) = journal.find(self.context, row.number).await.map_err(failed)?
            {
                return Ok(Some(Job::Applied(row, applied)));
            }
            if let Some(sync) = &self.context.sync
                && let Some(id) = sync.unchanged(&row).map_err(failed)?
            {
                return Ok(Some(Job::Same(row, id)));
            }
            if row.is_to_be_applied() {
                Pace::wait(self.pace).await;
            }
            let keys = row.values.as_ref().map(|values| self.keys(values)).unwrap_or_default();
            return Ok(Some(Job::Apply(row, self.turns.take(keys), repeated)));
        }
        Ok(None)
    }
}

/// The result of a row, and the row itself if it was rejected.
type Done = (RowResult, Option<Row>);

async fn perform(context: &Context, pace: &RefCell<Pace>, job: Job) -> anyhow::Result<Done> {
    let (row, result) = match job {
        Job::Broken(error) => return Err(error),
        Job::Applied(row, applied) => {
            let external_id = row.external_id();
            let result = RowResult {
                external_id,
                ..RowResult::applied(row.number, applied)
            };
            (row, result)
        }
        Job::Same(row, id) => {
            let external_id = row.external_id();
            let result = RowResult {
                external_id,
                same: true,
                ..RowResult::of(row.number, RowOutcome::Unchanged, id.to_string())
            };
            (row, result)
        }
        Job::Apply(row, mut turn, repeats) => {
            let result = apply_in_turn(context, pace, &row, &mut turn).await?;
            let external_id = result.external_id.clone().or_else(|| row.external_id());
            let result = RowResult {
                external_id,
                repeats,
                ..result
            };
            (row, result)
        }
    };
    let result = RowResult {
        row: row.place,
        line: (row.place != row.number).then_some(row.number),
        ..result
    };
    let row = (result.result == RowOutcome::Rejected).then_some(row);
    Ok((result, row))
}

async fn apply_in_turn(context: &Context, pace: &RefCell<Pace>, row: &Row, turn: &mut Turn) -> anyhow::Result<RowResult> {
    let values = match &row.values {
        _ if row.is_empty() => return Ok(RowResult::skipped(row.number)),
        Err(wrong) => return Ok(RowResult::rejected(row.number, wrong.clone(), |_| None)),
        Ok(values) => values,
    };
    if context.sync.is_some() && row.external_id().is_none_or(|id| id.trim().is_empty()) {
        let missing = FieldError::new(EXTERNAL_ID, "is missing: a sync recognises its rows by it");
        return Ok(RowResult::rejected(row.number, vec![missing], |_| None));
    }
    turn.wait().await;
    let by = Change {
        at: clock::now(),
        by: Actor {
            agent: Some(format!("crm import {}", context.run.as_str())),
            ..Actor::default()
        },
    };
    let applied = context.apply(row.number, values, &by).await;
    pace.borrow_mut().finish();
    applied.map_err(failed)
}

fn jobs(source: Source<'_>) -> impl Stream<Item = Job> {
    stream::unfold(source, |mut source| async move {
        let job = source.next().await?;
        Some((job, source))
    })
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
    let source = Source {
        rows,
        context,
        pace: &pace,
        turns: Turns::default(),
        external_ids: ExternalIds::default(),
        reported: *reported,
        journal: resumed.then(Journal::default),
        stop: &stop,
    };
    let at_once = if context.dry { AT_ONCE_DRY } else { AT_ONCE };
    let done = jobs(source).map(|job| perform(context, &pace, job)).buffered(at_once);
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
        let added = result.and_then(|(result, row)| {
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
                progress.note(pace.borrow().limit(tokio::time::Instant::now()).note());
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
        pace::used(used)
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
