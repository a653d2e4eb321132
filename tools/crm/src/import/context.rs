//! What the rows of a run have in common, and what may become of one.

use crm_domain::{
    Customer, FieldDefinition, ObjectStructure, TenantId, TenantSettings,
    error::{Error, FieldError},
    model::REQUIRED,
    normal::Region,
};
use crm_store::{Applied, ImportRow, Meter, RowConflict, RunId, Store};

use super::{Manner, newcomers::Newcomers, row_result::RowResult};
use crate::columns::Object;

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
