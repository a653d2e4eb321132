//! A run over rows. They are read at the run's pace, applied in parallel up to a limit, and reported in the file's order. Memory grows
//! with the file by some bytes for each external id and contact point, by which rows are recognised.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use crm_domain::{
    Change, CustomerId,
    error::{Error, FieldError},
};
use crm_store::{Applied, ROWS_TOGETHER, clock};
use futures::{Stream, StreamExt as _, stream};
use serde_json::{Map, Value};

use super::{
    apply,
    columns::{BRAND, EXTERNAL_ID, Object},
    context::Context,
    likeness,
    pace::Pace,
    reading,
    row_result::{RowOutcome, RowResult},
    rows::{Row, Rows},
    turns::{Turn, Turns},
};

/// How many rows are applied in parallel.
pub const AT_ONCE: usize = 16;
/// How many rows of a dry run are read in parallel.
const AT_ONCE_DRY: usize = 64;

/// Where a run goes on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// The last reported row, by its number in the journal.
    pub reported: u64,
    /// Whether rows after that may have been applied before.
    pub is_resumed: bool,
}

/// The result of a row, and the row itself if it was rejected.
pub type Done = (RowResult, Option<Row>);

/// Why a run ends before the last row.
#[derive(Debug)]
pub enum Broken {
    /// The table cannot be used.
    Table(Error),
    /// The rest of the file cannot be read.
    File(anyhow::Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Table(error)
    }
}

/// Applies the rows that are not reported yet, and returns their results in the file's order. Once `stop` is set, no row is begun, and those
/// in flight are finished.
pub fn results<'run>(
    rows: &'run mut Rows,
    context: &'run Context,
    pace: &'run RefCell<Pace>,
    progress: Progress,
    stop: &'run Cell<bool>,
) -> impl Stream<Item = Result<Done, Broken>> + 'run {
    let source = Source {
        rows,
        context,
        pace,
        turns: Turns::default(),
        external_ids: ExternalIds::default(),
        reported: progress.reported,
        journal: progress.is_resumed.then(Journal::default),
        stop,
    };
    let at_once = if context.dry { AT_ONCE_DRY } else { AT_ONCE };
    jobs(source).map(|job| perform(context, pace, job)).buffered(at_once)
}

/// A row in progress.
enum Job {
    /// To be applied in its turn; with the earlier row that has the same external id.
    Apply(Row, Turn, Option<u64>),
    /// Applied before the run was interrupted.
    Applied(Row, Applied),
    /// As it was in the last extract, with the record's id.
    Same(Row, CustomerId),
    /// There are no further results.
    Broken(Broken),
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

    async fn job(&mut self) -> Result<Option<Job>, Broken> {
        while !self.stop.get() {
            let Some(row) = self.rows.next().map_err(Broken::File)? else {
                break;
            };
            let repeated = self.external_ids.repeated(&row);
            if row.number <= self.reported {
                continue;
            }
            if let Some(journal) = &mut self.journal
                && let Some(applied) = journal.find(self.context, row.number).await?
            {
                return Ok(Some(Job::Applied(row, applied)));
            }
            if let Some(sync) = &self.context.sync
                && let Some(id) = sync.unchanged(&row)?
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

async fn perform(context: &Context, pace: &RefCell<Pace>, job: Job) -> Result<Done, Broken> {
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

async fn apply_in_turn(context: &Context, pace: &RefCell<Pace>, row: &Row, turn: &mut Turn) -> Result<RowResult, Error> {
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
        by: context.by.clone(),
    };
    let applied = context.apply(row.number, values, &by).await;
    pace.borrow_mut().finish();
    applied
}

fn jobs(source: Source<'_>) -> impl Stream<Item = Job> {
    stream::unfold(source, |mut source| async move {
        let job = source.next().await?;
        Some((job, source))
    })
}
