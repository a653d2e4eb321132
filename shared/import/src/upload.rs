//! Imports of customers from uploaded tables, in steps: a request goes on for some seconds, and stores how far it came. Whatever happens to a
//! request, no row is applied twice, since the run's journal knows the rows that were.
#![expect(clippy::disallowed_methods, reason = "this is the room that uses the store for imports")]

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    num::NonZeroU32,
    pin::pin,
    sync::Arc,
    time::Duration,
};

use crm_domain::error::Error;
use crm_service::Session;
use crm_store::{Discarded, Meter, Store, clock, random};

// The operations have these as results.
pub use crm_store::{Counts, ImportRun, RunId};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};

use super::{
    Refused,
    columns::{Format, Object},
    context::Context,
    customers,
    findings::rule,
    manner::Manner,
    mapping::{Column, Mapping, Wishes},
    newcomers::Newcomers,
    pace::Pace,
    row_result::{self, RowOutcome, RowResult},
    rows::Rows,
    run::{Broken, Progress, results},
    table::Records,
    text_file::{HeldFile, TextFile, decode, digest},
    undo::{UndoContext, UndoneCounts, undone},
};

/// The most lines of an uploaded file. At 25 rows a second they take some seven minutes (decision 0051).
pub const MOST_LINES: u64 = 10_000;
/// How many rows are shown as they are understood.
const SHOWN_ROWS: usize = 3;
/// How many rows are read for the first values of columns.
const LOOKED_AT: usize = 200;
/// The number of values that are shown per column, and their length in characters.
const SAMPLES: usize = 3;
const LONGEST_SAMPLE: usize = 40;
/// How many different reasons are kept.
const MOST_REASONS: usize = 20;
/// The most bytes of rejected rows that a step stores.
const MOST_REJECTED: usize = 1_000_000;
/// How long a step begins rows, and how long it waits for those in flight. A request has seven seconds.
const TO_BEGIN: Duration = Duration::from_secs(4);
const TO_FINISH: Duration = Duration::from_millis(5_500);

/// An upload with what is done with it.
pub type Upload = crm_store::Upload<UploadHead>;

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Columns are matched to fields.
    Columns,
    /// Rows are tried dry.
    Checking,
    /// All rows were tried.
    Checked,
    /// Rows are applied.
    Importing,
    /// All rows were applied.
    Done,
    /// The run is taken back.
    Undoing,
    /// It was taken back.
    Undone,
}

/// What is done with an upload.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct UploadHead {
    /// The file's name.
    pub file: String,
    /// The encoding that it had.
    pub encoding: String,
    /// The SHA-256 of the file.
    pub digest: String,
    /// The number of its lines.
    pub lines: u64,
    /// The separator of cells.
    pub delimiter: char,
    /// The columns and their fields.
    pub columns: Vec<Column>,
    /// Whether an empty cell clears its field.
    pub empty_clears: bool,
    /// How rows are read.
    pub manner: Manner,
    /// How far it is.
    pub stage: Stage,
    /// Whether somebody has stopped the work of this stage.
    pub is_paused: bool,
    /// The last row of this stage that is done, by its number in the journal.
    pub reported: u64,
    /// The results of this stage's rows.
    pub counts: Counts,
    /// Why rows were rejected, or cells were left out, the most frequent first.
    pub reasons: Vec<Reason>,
    /// How many created customers resemble others.
    pub alike: u64,
    /// Whether there is a file of rejected rows.
    pub has_rejected: bool,
    /// Whether an erasure has deleted the text.
    pub is_text_gone: bool,
    /// What was taken back.
    pub undone: UndoneCounts,
}

/// The same mistake of many rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The field.
    pub field: String,
    /// What would be right.
    pub message: String,
    /// How many rows have it.
    pub rows: u64,
    /// The first of them.
    pub first: u64,
}

/// Why an upload is not as somebody wants it.
#[derive(Debug)]
pub enum UploadFailure {
    /// The file or the choice of columns is wrong.
    Refused(Refused),
    /// The table cannot be used.
    Failed(Error),
}

impl From<Error> for UploadFailure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<anyhow::Error> for UploadFailure {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<Refused>() {
            Ok(refused) => Self::Refused(refused),
            Err(error) => Self::Failed(unreadable(&error)),
        }
    }
}

impl From<Refused> for UploadFailure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// A text in memory that cannot be read.
fn unreadable(error: &anyhow::Error) -> Error {
    Error::internal("read an upload", error.to_string())
}

/// The beginning of a file, as it is understood.
#[derive(Debug, Default)]
pub struct Understood {
    /// The first values of each column.
    pub samples: Vec<Vec<String>>,
    /// The first rows.
    pub rows: Vec<UnderstoodRow>,
    /// Whether an erasure has deleted the text.
    pub is_text_gone: bool,
}

/// A row as it is understood.
#[derive(Debug)]
pub struct UnderstoodRow {
    /// Its row in a spreadsheet.
    pub row: u64,
    /// The values by field.
    pub values: HashMap<String, String>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// Stores a file that somebody uploads, and proposes a field for each column.
///
/// # Errors
/// [`UploadFailure::Refused`] if it is no table, or too long.
pub async fn begin_upload(session: &Session, name: &str, bytes: &[u8]) -> Result<RunId, UploadFailure> {
    let refused = |problem: &str| Refused(format!("{name} {problem}"));
    let (text, encoding) = decode(bytes).map_err(refused)?;
    let file = text_file(name, &text)?;
    if file.check(Format::Csv).is_err() {
        return Err(refused("has lines of JSON, which an operator imports: crm import customers").into());
    }
    if file.lines > MOST_LINES {
        let problem = format!(
            "has {} lines, and at the desk a file may have {MOST_LINES}. An operator imports longer ones: crm import customers",
            file.lines
        );
        return Err(refused(&problem).into());
    }
    let model = &session.grant.settings.customer_model;
    let mapping = Mapping::new(Object::Customers, Format::Csv, model, &Wishes::default())?;
    let (names, records) = Records::open(file.read()?, None, |column| mapping.is_known(column))?;
    let head = UploadHead {
        file: name.to_owned(),
        encoding: encoding.to_owned(),
        digest: digest(bytes).map_err(anyhow::Error::from)?,
        lines: file.lines,
        delimiter: char::from(records.delimiter()),
        columns: mapping.proposal(&names),
        empty_clears: false,
        manner: Manner::default(),
        ..UploadHead::at(Stage::Columns)
    };
    let run = RunId::draw(random::bits());
    session
        .store_for_imports()
        .upload_begin(&run, &head, &text, session.now)
        .await?;
    Ok(run)
}

/// The upload of a run, or a run without its file.
#[derive(Debug)]
pub enum Found {
    /// The upload.
    Upload(Box<Upload>),
    /// The run, whose file is not here, or not any more.
    Run(Box<ImportRun>),
}

/// The run of this name.
///
/// # Errors
/// The table cannot be used.
pub async fn find_run(session: &Session, name: &str) -> Result<Option<Found>, Error> {
    let Some(run) = RunId::parse(name) else { return Ok(None) };
    let store = session.store_for_imports();
    if let Some(upload) = store.upload_get(&run, session.now).await? {
        return Ok(Some(Found::Upload(Box::new(upload))));
    }
    let found = store.import_run_get(&run, session.now).await?;
    Ok(found.map(|run| Found::Run(Box::new(run))))
}

/// The uploads and the runs of the last 30 days, the newest first.
///
/// # Errors
/// The table cannot be used.
pub async fn list_runs(session: &Session) -> Result<(Vec<Upload>, Vec<ImportRun>), Error> {
    let store = session.store_for_imports();
    let (uploads, mut runs) = futures::try_join!(store.uploads(session.now), store.import_runs(session.now))?;
    runs.sort_by_key(|run| std::cmp::Reverse(run.started));
    Ok((uploads, runs))
}

/// The first rows of an upload as they are understood.
///
/// # Errors
/// [`UploadFailure::Refused`] if two columns have one field.
pub async fn understood(session: &Session, upload: &Upload) -> Result<Understood, UploadFailure> {
    let head = &upload.head;
    let text = session.store_for_imports().upload_text(&upload.run).await?;
    if text.is_empty() {
        return Ok(Understood {
            is_text_gone: true,
            ..Understood::default()
        });
    }
    let context = context(session, upload, true);
    let mut rows = head.rows(&context, &text)?;
    let mut understood = Understood {
        samples: vec![Vec::new(); head.columns.len()],
        ..Understood::default()
    };
    for _ in 0..LOOKED_AT {
        let Some(row) = rows.next()? else { break };
        for (samples, cell) in understood.samples.iter_mut().zip(&row.raw) {
            let sample: String = String::from_utf8_lossy(cell).trim().chars().take(LONGEST_SAMPLE).collect();
            if samples.len() < SAMPLES && !sample.is_empty() && !samples.contains(&sample) {
                samples.push(sample);
            }
        }
        if understood.rows.len() < SHOWN_ROWS && !row.is_empty() {
            let read = row
                .values
                .and_then(|values| customers::understood(&context, row.number, values));
            let (values, wrong) = match read {
                Ok(values) => (values, None),
                Err(wrong) => (
                    HashMap::new(),
                    Some(RowResult::rejected(row.number, wrong, |_| None).problem()),
                ),
            };
            understood.rows.push(UnderstoodRow {
                row: row.place,
                values,
                problem: wrong,
            });
        }
    }
    Ok(understood)
}

/// What somebody has chosen for an upload.
#[derive(Debug, Clone)]
pub struct Choices {
    /// A field for each column, in order; `None` leaves it out.
    pub fields: Vec<Option<String>>,
    /// Whether an empty cell clears its field.
    pub empty_clears: bool,
    /// How rows are read.
    pub manner: Manner,
}

/// Takes the choice of columns, after which all rows are tried. `false` if somebody else has changed the upload meanwhile, or if nothing is to
/// be chosen any more.
///
/// # Errors
/// [`UploadFailure::Refused`] if the columns do not fit the data model.
pub async fn choose(session: &Session, mut upload: Upload, choices: Choices) -> Result<bool, UploadFailure> {
    if !matches!(upload.head.stage, Stage::Columns | Stage::Checking | Stage::Checked)
        || choices.fields.len() != upload.head.columns.len()
    {
        return Ok(false);
    }
    upload.head.choose(choices);
    let store = session.store_for_imports();
    let text = store.upload_text(&upload.run).await?;
    upload.head.rows(&context(session, &upload, true), &text)?;
    store.upload_discard(&upload.run, Discarded::RejectedRows).await?;
    upload.head = upload.head.then(Stage::Checking);
    Ok(store.upload_put(upload, None).await?.is_some())
}

/// Goes back to the choice of columns.
///
/// # Errors
/// The table cannot be used.
pub async fn choose_again(session: &Session, mut upload: Upload) -> Result<(), Error> {
    if matches!(upload.head.stage, Stage::Checking | Stage::Checked) {
        upload.head = upload.head.then(Stage::Columns);
        session.store_for_imports().upload_put(upload, None).await?;
    }
    Ok(())
}

/// Begins the import of an upload whose rows were tried.
///
/// # Errors
/// The table cannot be used.
pub async fn begin_import(session: &Session, mut upload: Upload) -> Result<(), Error> {
    if upload.head.stage != Stage::Checked {
        return Ok(());
    }
    let store = session.store_for_imports();
    let head = &upload.head;
    let run = ImportRun {
        run: upload.run.clone(),
        object: Object::Customers.name().to_owned(),
        file: head.file.clone(),
        digest: head.digest.clone(),
        lines: head.lines,
        encoding: Some(head.encoding.clone()),
        delimiter: Some(head.delimiter),
        map: head.map(),
        external_id: None,
        empty_clears: head.empty_clears,
        manner: serde_json::to_value(&head.manner).map_err(|error| Error::internal("store an import", error))?,
        started: session.now,
        finished: None,
        undone: None,
        counts: Counts::default(),
    };
    store.import_run_put(&run).await?;
    store.upload_discard(&upload.run, Discarded::RejectedRows).await?;
    upload.head = upload.head.then(Stage::Importing);
    store.upload_put(upload, None).await?;
    Ok(())
}

/// Stops the work of a stage, or goes on with it.
///
/// # Errors
/// The table cannot be used.
pub async fn pause(session: &Session, mut upload: Upload, is_paused: bool) -> Result<(), Error> {
    upload.head.is_paused = is_paused;
    session.store_for_imports().upload_put(upload, None).await?;
    Ok(())
}

/// Deletes an upload. What was imported stays.
///
/// # Errors
/// The table cannot be used.
pub async fn forget(session: &Session, upload: &Upload) -> Result<(), Error> {
    session
        .store_for_imports()
        .upload_discard(&upload.run, Discarded::Everything)
        .await
}

/// Begins to take a run back.
///
/// # Errors
/// The table cannot be used.
pub async fn begin_undo(session: &Session, found: Found) -> Result<(), Error> {
    let store = session.store_for_imports();
    let (name, upload) = match found {
        Found::Upload(upload) => (upload.run.clone(), Some(*upload)),
        Found::Run(run) => (run.run.clone(), None),
    };
    let Some(mut run) = store.import_run_get(&name, session.now).await? else {
        return Ok(());
    };
    run.undone = run.undone.or(Some(session.now));
    store.import_run_put(&run).await?;
    match upload {
        Some(upload) if matches!(upload.head.stage, Stage::Undoing | Stage::Undone) => Ok(()),
        Some(mut upload) => {
            store.upload_discard(&name, Discarded::RejectedRows).await?;
            store.upload_discard(&name, Discarded::Text).await?;
            upload.head = upload.head.then(Stage::Undoing);
            store.upload_put(upload, None).await.map(drop)
        }
        None => {
            let head = UploadHead {
                file: run.file.clone(),
                lines: run.lines,
                ..UploadHead::at(Stage::Undoing)
            };
            store.upload_begin(&name, &head, "", session.now).await.map(drop)
        }
    }
}

/// Goes on with the work of a stage for some seconds, with at most `rate` rows a second.
///
/// # Errors
/// The table cannot be used.
pub async fn go_on(session: &Session, upload: Upload, rate: NonZeroU32) -> Result<Upload, Error> {
    if upload.head.is_paused {
        return Ok(upload);
    }
    match upload.head.stage {
        Stage::Checking => apply_some(session, upload, NonZeroU32::MAX).await,
        Stage::Importing => apply_some(session, upload, rate).await,
        Stage::Undoing => undo_some(session, upload, rate).await,
        Stage::Columns | Stage::Checked | Stage::Done | Stage::Undone => Ok(upload),
    }
}

/// The rejected rows of an upload, as a table that can be corrected and imported.
///
/// # Errors
/// The table cannot be used.
pub async fn rejected_rows(session: &Session, upload: &Upload) -> Result<String, Error> {
    session.store_for_imports().upload_rejected(&upload.run).await
}

async fn apply_some(session: &Session, mut upload: Upload, rate: NonZeroU32) -> Result<Upload, Error> {
    let store = session.store_for_imports();
    let text = store.upload_text(&upload.run).await?;
    if text.is_empty() {
        (upload.head.is_text_gone, upload.head.is_paused) = (true, true);
        return put_or_current(session, &store, upload).await;
    }
    let context = context(session, &upload, upload.head.stage == Stage::Checking);
    let mut rows = match upload.head.rows(&context, &text) {
        Ok(rows) => rows,
        // The data model has lost a field.
        Err(UploadFailure::Refused(_)) => return back_to_columns(session, &store, upload).await,
        Err(UploadFailure::Failed(error)) => return Err(error),
    };
    let (shape, stop) = (rows.shape(), Cell::new(false));
    let mut rejected = Vec::new();
    if !upload.head.has_rejected {
        rejected = shape.head().map_err(|error| unreadable(&error))?;
    }
    let beginning = rejected.len();
    let (pace, first) = (step_pace(rate), upload.head.reported);
    let progress = Progress {
        reported: first,
        is_resumed: !context.dry,
    };
    let head = &mut upload.head;
    let mut is_whole = false;
    let mut broken = None;
    {
        let mut done = pin!(results(&mut rows, &context, &pace, progress, &stop));
        let begun = Instant::now();
        let (mut is_late, late, last) = (false, begun + TO_BEGIN, begun + TO_FINISH);
        loop {
            let result = tokio::select! {
                result = done.next() => result,
                () = sleep_until(late), if !is_late => {
                    is_late = true;
                    stop.set(true);
                    continue;
                }
                // Rows in flight may be applied or not. The journal knows it.
                () = sleep_until(last) => break,
            };
            match result {
                None => {
                    is_whole = !stop.get();
                    break;
                }
                Some(Ok((result, row))) => {
                    head.note(&result);
                    if let Some(row) = row {
                        rejected.extend(shape.row(&row, &result).map_err(|error| unreadable(&error))?);
                    }
                    if rejected.len() >= MOST_REJECTED {
                        stop.set(true);
                    }
                }
                Some(Err(error)) => {
                    broken = Some(error);
                    break;
                }
            }
        }
    }
    match broken {
        Some(Broken::File(error)) => return Err(unreadable(&error)),
        Some(Broken::Table(error)) if upload.head.reported == first => return Err(error),
        Some(Broken::Table(_)) | None => {}
    }
    let has_new = rejected.len() > beginning;
    let rejected = String::from_utf8_lossy(&rejected);
    upload.head.has_rejected |= has_new;
    store_step(session, &store, upload, is_whole, has_new.then(|| (first, &*rejected))).await
}

/// Stores what a step came to. If another request came first, its result counts.
async fn store_step(
    session: &Session,
    store: &Store,
    mut upload: Upload,
    is_whole: bool,
    rejected: Option<(u64, &str)>,
) -> Result<Upload, Error> {
    let run = upload.run.clone();
    if is_whole {
        upload.head.stage = match upload.head.stage {
            Stage::Checking => Stage::Checked,
            _ => Stage::Done,
        };
    }
    let is_done = upload.head.stage == Stage::Done;
    if is_done && let Some(mut noted) = store.import_run_get(&run, session.now).await? {
        noted.counts = upload.head.counts;
        noted.finished = noted.finished.or(Some(clock::now()));
        store.import_run_put(&noted).await?;
    }
    let Some(stored) = store.upload_put(upload, rejected).await? else {
        return current(session, store, &run).await;
    };
    if is_done {
        store.upload_discard(&run, Discarded::Text).await?;
    }
    Ok(stored)
}

async fn current(session: &Session, store: &Store, run: &RunId) -> Result<Upload, Error> {
    let found = store.upload_get(run, session.now).await?;
    found.ok_or(Error::UnknownPath)
}

/// Stores an upload. If another request came first, its result counts.
async fn put_or_current(session: &Session, store: &Store, upload: Upload) -> Result<Upload, Error> {
    let run = upload.run.clone();
    match store.upload_put(upload, None).await? {
        Some(stored) => Ok(stored),
        None => current(session, store, &run).await,
    }
}

async fn back_to_columns(session: &Session, store: &Store, mut upload: Upload) -> Result<Upload, Error> {
    if upload.head.stage == Stage::Importing {
        upload.head.is_paused = true;
    } else {
        upload.head = upload.head.then(Stage::Columns);
    }
    put_or_current(session, store, upload).await
}

async fn undo_some(session: &Session, mut upload: Upload, rate: NonZeroU32) -> Result<Upload, Error> {
    let store = session.store_for_imports();
    let Some(run) = store.import_run_get(&upload.run, session.now).await? else {
        return Err(Error::UnknownPath);
    };
    let object = if run.object == Object::Cases.name() {
        Object::Cases
    } else {
        Object::Customers
    };
    let context = UndoContext {
        store: store.clone(),
        meter: Meter::default(),
        settings: session.grant.settings.clone(),
        object,
        run,
        by: session.actor.clone(),
    };
    let (pace, stop) = (step_pace(rate), Cell::new(false));
    let head = &mut upload.head;
    let (first, mut is_whole) = (head.reported, false);
    {
        let mut done = pin!(undone(&context, &pace, head.reported, &stop));
        let begun = Instant::now();
        let (mut is_late, late, last) = (false, begun + TO_BEGIN, begun + TO_FINISH);
        loop {
            let row = tokio::select! {
                row = done.next() => row,
                () = sleep_until(late), if !is_late => {
                    is_late = true;
                    stop.set(true);
                    continue;
                }
                () = sleep_until(last) => break,
            };
            let Some(row) = row else {
                is_whole = !stop.get();
                break;
            };
            match row {
                Ok(row) => {
                    head.undone.add(row.result);
                    head.reported = row.row;
                }
                Err(error) if head.reported == first => return Err(error),
                Err(_) => break,
            }
        }
    }
    if is_whole {
        head.stage = Stage::Undone;
    }
    put_or_current(session, &store, upload).await
}

fn step_pace(rate: NonZeroU32) -> RefCell<Pace> {
    RefCell::new(Pace::new(rate, None, Meter::default(), Instant::now()))
}

fn context(session: &Session, upload: &Upload, dry: bool) -> Context {
    Context {
        store: session.store_for_imports(),
        meter: Meter::default(),
        settings: session.grant.settings.clone(),
        object: Object::Customers,
        run: upload.run.clone(),
        dry,
        force_erased: false,
        how_to_force: ": an operator's crm import --force-erased creates the person again",
        by: session.actor.clone(),
        tenant: session.grant.key.tenant.clone(),
        manner: upload.head.manner.clone(),
        newcomers: Newcomers::default(),
        sync: None,
    }
}

fn text_file(name: &str, text: &str) -> anyhow::Result<TextFile> {
    let held = HeldFile {
        name: name.to_owned(),
        content: text.as_bytes().into(),
    };
    TextFile::open(Arc::new(held), None)
}

impl UploadHead {
    /// Takes what somebody has chosen.
    pub fn choose(&mut self, choices: Choices) {
        for (column, field) in self.columns.iter_mut().zip(choices.fields) {
            column.field = field;
        }
        self.empty_clears = choices.empty_clears;
        self.manner = choices.manner;
    }

    /// The head of a file of which nothing is known.
    fn at(stage: Stage) -> Self {
        Self {
            file: String::new(),
            encoding: String::new(),
            digest: String::new(),
            lines: 0,
            delimiter: ',',
            columns: Vec::new(),
            empty_clears: false,
            manner: Manner::default(),
            stage,
            is_paused: false,
            reported: 0,
            counts: Counts::default(),
            reasons: Vec::new(),
            alike: 0,
            has_rejected: false,
            is_text_gone: false,
            undone: UndoneCounts::default(),
        }
    }

    /// The same file at the beginning of another stage.
    fn then(&self, stage: Stage) -> Self {
        Self {
            file: self.file.clone(),
            encoding: self.encoding.clone(),
            digest: self.digest.clone(),
            lines: self.lines,
            delimiter: self.delimiter,
            columns: self.columns.clone(),
            empty_clears: self.empty_clears,
            manner: self.manner.clone(),
            ..Self::at(stage)
        }
    }

    /// The entries of a mapping, for every column.
    fn map(&self) -> Vec<String> {
        let entry = |column: &Column| format!("{}={}", column.name, column.field.as_deref().unwrap_or_default());
        self.columns.iter().map(entry).collect()
    }

    fn rows(&self, context: &Context, text: &str) -> Result<Rows, UploadFailure> {
        let map = self.map();
        let wishes = Wishes {
            map: &map,
            ..Wishes::default()
        };
        let mapping = Mapping::new(Object::Customers, Format::Csv, context.model(), &wishes)?;
        let file = text_file(&self.file, text)?;
        let delimiter = u8::try_from(self.delimiter).ok();
        Ok(Rows::of_text(&file, Format::Csv, mapping, delimiter, self.empty_clears)?)
    }

    fn note(&mut self, result: &RowResult) {
        self.reported = result.number();
        row_result::count(&mut self.counts, result.result);
        self.alike += u64::from(result.result == RowOutcome::Created && !result.looks_like.is_empty());
        for wrong in result.fields.iter().chain(&result.skipped_cells) {
            let message = rule(wrong);
            let known = self
                .reasons
                .iter()
                .position(|reason| reason.field == wrong.name && reason.message == message);
            match known {
                Some(at) => self.reasons[at].rows += 1,
                None if self.reasons.len() < MOST_REASONS => self.reasons.push(Reason {
                    field: wrong.name.clone(),
                    message: message.to_owned(),
                    rows: 1,
                    first: result.row,
                }),
                None => {}
            }
        }
        self.reasons.sort_by_key(|reason| std::cmp::Reverse(reason.rows));
    }
}
