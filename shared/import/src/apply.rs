//! Applies one row to the table, with retries.

use std::time::Duration;

use crm_domain::{Change, error::Error};
use crm_store::{ImportRow, Meter, SyncNote, random};
use serde_json::{Map, Value};

use super::{
    cases,
    context::{Context, Failure},
    customers,
    row_result::{RowOutcome, RowResult, WrongField},
    several,
};
use crate::columns::{CUSTOMER_EXTERNAL_ID, CUSTOMER_ID, EXTERNAL_ID, ID, Object};

/// How often a row is tried when other writers come first or a call fails. With the waits between, that takes about half a minute.
const TRIES: u32 = 16;
/// How often a row is tried while the table refuses calls because it has no capacity: some ten minutes.
const TRIES_REFUSED: u32 = 250;
/// How often the wait between two tries doubles: up to three seconds, so that a recovered table is soon noticed.
const DOUBLINGS: u32 = 5;

/// Cells that determine a row's record. Without them the row would be about another record, or about none.
const COSTS_THE_ROW: [&str; 5] = [ID, EXTERNAL_ID, CUSTOMER_ID, CUSTOMER_EXTERNAL_ID, "title"];

impl Context {
    /// Applies a row. An error is not the row's fault and ends the run. If the operator wants that, wrong cells are left out, unless the
    /// row is wrong without them.
    pub async fn apply(&self, number: u64, values: &Map<String, Value>, by: &Change) -> Result<RowResult, Error> {
        // Of the row as it is in the file, whatever of it is applied.
        let note = self.sync.as_ref().map(|sync| sync.note(values)).transpose()?.flatten();
        let (mut values, mut left_out) = (values.clone(), Vec::new());
        for (field, rest) in several::divide(&mut values, self.model(), self.region(), self.manner.skip_bad_cells) {
            left_out.push(WrongField::new(field, Some(&rest.into())));
        }
        let mut first = None;
        loop {
            let mut result = self.apply_patiently(number, &values, by, note.as_ref()).await?;
            if result.result != RowOutcome::Rejected {
                result.skipped_cells = left_out;
                return Ok(result);
            }
            let is_cell = |field: &WrongField| values.contains_key(&field.name) && !COSTS_THE_ROW.contains(&field.name.as_str());
            if !self.manner.skip_bad_cells || !result.fields.iter().all(is_cell) {
                return Ok(first.unwrap_or(result));
            }
            for field in &result.fields {
                values.remove(&field.name);
                left_out.push(field.clone());
            }
            first = first.or(Some(result));
        }
    }

    async fn apply_patiently(
        &self,
        number: u64,
        values: &Map<String, Value>,
        by: &Change,
        note: Option<&SyncNote>,
    ) -> Result<RowResult, Error> {
        let mut patience = Patience::new(&self.meter);
        loop {
            let row = ImportRow {
                run: &self.run,
                number,
                change: by.clone(),
                fields: values.keys().cloned().collect(),
                note: note.cloned(),
            };
            let applied = match self.object {
                Object::Customers => customers::apply(self, &row, values.clone()).await,
                Object::Cases => cases::apply(self, &row, values.clone()).await,
            };
            match applied {
                // An earlier try may have been applied although its answer was lost. Then the record has these values already.
                Ok(result) if patience.round > 1 && result.result == RowOutcome::Unchanged => {
                    let before = self.store.import_row_get(&self.run, number).await?;
                    return Ok(before.map_or(result, |before| RowResult::applied(number, before)));
                }
                Ok(result) => return Ok(result),
                Err(Failure::Rejected(fields)) => return Ok(RowResult::rejected(number, fields, |name| values.get(name))),
                Err(Failure::Failed(error)) if !error.is_ours() || !patience.lasts() => return Err(error),
                Err(Failure::Moved) if !patience.lasts() => return Err(Error::Busy("write a record that others are writing, too")),
                Err(Failure::Moved | Failure::Failed(_)) => patience.wait().await,
            }
        }
    }
}

/// Does work of a run that belongs to no row, with the same retries.
pub async fn patiently<T>(meter: &Meter, work: impl AsyncFn() -> Result<T, Error>) -> Result<T, Error> {
    let mut patience = Patience::new(meter);
    loop {
        match work().await {
            Err(error) if error.is_ours() && patience.lasts() => patience.wait().await,
            done => return done,
        }
    }
}

/// How often something is tried again.
struct Patience<'run> {
    meter: &'run Meter,
    /// The number of calls that the table had refused at the beginning.
    refusals: u64,
    round: u32,
}

impl<'run> Patience<'run> {
    fn new(meter: &'run Meter) -> Self {
        Self {
            meter,
            refusals: meter.read().refusals,
            round: 1,
        }
    }

    fn lasts(&self) -> bool {
        let is_refused = self.meter.read().refusals > self.refusals;
        self.round < if is_refused { TRIES_REFUSED } else { TRIES }
    }

    async fn wait(&mut self) {
        back_off(self.round).await;
        self.round += 1;
    }
}

async fn back_off(round: u32) {
    let longest = 100_u64 << round.min(DOUBLINGS);
    tokio::time::sleep(Duration::from_millis(longest / 2 + random::below(longest / 2))).await;
}
