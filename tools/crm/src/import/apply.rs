//! Applying one row to the table, as often as it takes.

use std::time::Duration;

use crm_domain::{
    Change, Customer, FieldDefinition, ObjectStructure, TenantSettings,
    error::{Error, FieldError},
    model::REQUIRED,
    normal::Region,
};
use crm_store::{Applied, ImportRow, Meter, RowConflict, RunId, Store, random};
use serde_json::{Map, Value};

use super::{cases, customers, results::RowResult};
use crate::columns::Object;

/// How often a row is tried that loses to other writers, or that a busy or distant database fails; with the waits between, about
/// half a minute.
const TRIES: u32 = 9;
/// How often a row is tried while the table refuses calls for want of capacity: some ten minutes.
const TRIES_REFUSED: u32 = 60;

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
    /// Applies a row. An error is not the row's fault, but ends the run.
    pub async fn apply(&self, number: u64, values: &Map<String, Value>, by: &Change) -> Result<RowResult, Error> {
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
                Ok(result) => return Ok(result),
                Err(Failure::Rejected(fields)) => return Ok(RowResult::rejected(number, fields)),
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
    let longest = 100_u64 << round.min(7);
    tokio::time::sleep(Duration::from_millis(longest / 2 + random::below(longest / 2))).await;
}
