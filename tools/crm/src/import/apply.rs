//! Applying one row to the table, as often as it takes.

use std::time::Duration;

use crm_domain::{
    Change, Customer, FieldDefinition, ObjectStructure, TenantId, TenantSettings,
    error::{Error, FieldError},
    model::REQUIRED,
    normal::Region,
};
use crm_store::{Applied, ImportRow, Meter, RowConflict, RunId, Store, random};
use serde_json::{Map, Value};

use super::{
    Manner, cases, customers,
    likeness::Newcomers,
    results::{Kind, RowResult, WrongField},
    several,
};
use crate::columns::{CUSTOMER_EXTERNAL_ID, CUSTOMER_ID, EXTERNAL_ID, ID, Object};

/// How often a row is tried that loses to other writers, or that a busy or distant database fails; with the waits between, about
/// half a minute.
const TRIES: u32 = 16;
/// How often a row is tried while the table refuses calls for want of capacity: some ten minutes.
const TRIES_REFUSED: u32 = 250;
/// How often the wait between two tries doubles: to three seconds, so that a table that takes calls again is soon noticed.
const DOUBLINGS: u32 = 5;

/// Cells without which a row would be about another record, or about none.
const COSTS_THE_ROW: [&str; 5] = [ID, EXTERNAL_ID, CUSTOMER_ID, CUSTOMER_EXTERNAL_ID, "title"];

/// What all rows of a run are applied with.
#[derive(Debug)]
pub struct Context {
    /// The tenant's part of the table.
    pub store: Store,
    /// What is used of the table.
    pub meter: Meter,
    /// The tenant's data model.
    pub settings: TenantSettings,
    /// What the rows are.
    pub object: Object,
    /// Which run it is.
    pub run: RunId,
    /// Whether nothing is to be written.
    pub dry: bool,
    /// Whether people who were erased may come back.
    pub force_erased: bool,
    /// Whose part of the table it is.
    pub tenant: TenantId,
    /// How the rows are read.
    pub manner: Manner,
    /// Whom rows of this run have made.
    pub newcomers: Newcomers,
}

/// Why a row did not get its result.
#[derive(Debug)]
pub enum Failure {
    /// It is wrong.
    Rejected(Vec<FieldError>),
    /// Others wrote meanwhile: read again.
    Moved,
    /// The database failed.
    Failed(Error),
}

impl Failure {
    /// A row with one wrong field.
    pub fn rejected(name: &str, message: impl Into<String>) -> Self {
        Self::Rejected(vec![FieldError::new(name, message)])
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Context {
    /// Applies a row. An error is not the row's fault, but ends the run. Where the operator wants it so, cells that are wrong are left out,
    /// unless the row is wrong without them.
    pub async fn apply(&self, number: u64, values: &Map<String, Value>, by: &Change) -> Result<RowResult, Error> {
        let (mut values, mut left_out) = (values.clone(), Vec::new());
        for (field, rest) in several::divide(&mut values, self.model(), self.region(), self.manner.skip_bad_cells) {
            left_out.push(WrongField::new(field, Some(&rest.into())));
        }
        let mut first = None;
        loop {
            let mut result = self.apply_patiently(number, &values, by).await?;
            if result.result != Kind::Rejected {
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

    async fn apply_patiently(&self, number: u64, values: &Map<String, Value>, by: &Change) -> Result<RowResult, Error> {
        let mut patience = Patience::new(&self.meter);
        loop {
            let row = ImportRow {
                run: &self.run,
                number,
                change: by.clone(),
                fields: values.keys().cloned().collect(),
            };
            let applied = match self.object {
                Object::Customers => customers::apply(self, &row, values.clone()).await,
                Object::Cases => cases::apply(self, &row, values.clone()).await,
            };
            match applied {
                // A try before this one may have been applied, and its answer lost: then the record is so already.
                Ok(result) if patience.round > 1 && result.result == Kind::Unchanged => {
                    let before = self.store.import_row_get(&self.run, number).await?;
                    return Ok(before.map_or(result, |before| RowResult::applied(number, before)));
                }
                Ok(result) => return Ok(result),
                Err(Failure::Rejected(fields)) => return Ok(RowResult::rejected(number, fields, |name| values.get(name))),
                Err(Failure::Failed(error)) if !error.is_ours() || !patience.lasts() => return Err(error),
                Err(Failure::Moved) if !patience.lasts() => return Err(Error::Busy("write a record that others write, too")),
                Err(Failure::Moved | Failure::Failed(_)) => patience.wait().await,
            }
        }
    }

    /// Whether a row may make this customer. A person who was erased comes back only on demand.
    pub async fn check_new_customer(&self, customer: &Customer) -> Result<(), Failure> {
        if self.force_erased {
            return Ok(());
        }
        match self.store.erased_since(customer).await? {
            None => Ok(()),
            Some(at) => Err(Failure::rejected(
                "customer",
                format!("was erased on {}: --force-erased brings the person back", at.iso_seconds()),
            )),
        }
    }

    /// Whether a new record has every required field. Rows that come back with our own id are not asked: their records may be older
    /// than the requirement.
    pub fn check_required(&self, has: impl Fn(&FieldDefinition) -> bool) -> Result<(), Failure> {
        let required = self.model().fields.iter().filter(|field| field.required);
        let missing: Vec<FieldError> = required
            .filter(|field| !has(field))
            .map(|field| FieldError::new(&field.name, REQUIRED))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Failure::Rejected(missing))
        }
    }

    /// The fields of the run's records.
    pub fn model(&self) -> &ObjectStructure {
        self.object.model(&self.settings)
    }

    /// Where telephone numbers without country code are from.
    pub fn region(&self) -> Region {
        self.settings.default_region
    }
}

/// What became of a row that was written, or had been earlier.
pub fn written(row: &ImportRow<'_>, written: Result<Applied, RowConflict>) -> Result<RowResult, Failure> {
    match written {
        Ok(applied) | Err(RowConflict::Before(applied)) => Ok(RowResult::applied(row.number, applied)),
        Err(RowConflict::Failed(error)) => Err(Failure::Failed(error)),
        // An external id that is taken now is found at the next reading.
        Err(RowConflict::Moved | RowConflict::ExternalIdTaken | RowConflict::NoSuchCustomer) => Err(Failure::Moved),
    }
}

/// Does what belongs to a run but to no row, as patiently as its rows are applied.
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
    /// How many calls the table had refused at the beginning.
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
