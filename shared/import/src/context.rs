//! The state that the rows of a run share, and the outcomes of a row.

use crm_domain::{
    Actor, Customer, FieldDefinition, ObjectStructure, TenantId, TenantSettings, Timestamp,
    error::{Error, FieldError},
    model::REQUIRED,
    normal::Region,
};
use crm_store::{Applied, ImportRow, Learning, Meter, RowConflict, RunId, Store};

use super::{manner::Manner, newcomers::Newcomers, row_result::RowResult, sync::Sync};
use crate::columns::Object;

/// The state that all rows of a run share.
#[derive(Debug)]
pub struct Context {
    /// The tenant's part of the table.
    pub store: Store,
    /// The meter of the table's usage.
    pub meter: Meter,
    /// The tenant's data model.
    pub settings: TenantSettings,
    /// The kind of object in the rows.
    pub object: Object,
    /// The run.
    pub run: RunId,
    /// Whether it is a dry run.
    pub dry: bool,
    /// Whether erased people may be created again.
    pub force_erased: bool,
    /// How to do so, as the end of a refusal: `: --force-erased creates the person again`.
    pub how_to_force: &'static str,
    /// Who imports, for the history.
    pub by: Actor,
    /// The tenant.
    pub tenant: TenantId,
    /// The options for reading rows.
    pub manner: Manner,
    /// The customers that rows of this run have created.
    pub newcomers: Newcomers,
    /// What a sync knows of earlier extracts.
    pub sync: Option<Sync>,
}

/// The reason why a row got no result.
#[derive(Debug)]
pub enum Failure {
    /// It is wrong.
    Rejected(Vec<FieldError>),
    /// Another writer came first. The row has to be read again.
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
    /// Whether a row may create this customer. An erased person is created again only on demand.
    pub async fn check_new_customer(&self, customer: &Customer) -> Result<(), Failure> {
        match self.erased_since(customer).await? {
            None => Ok(()),
            Some(at) => Err(Failure::rejected(
                "customer",
                format!("was erased on {}{}", at.iso_seconds(), self.how_to_force),
            )),
        }
    }

    /// When the person was erased whom this customer would bring back, if that is not wanted.
    pub async fn erased_since(&self, customer: &Customer) -> Result<Option<Timestamp>, Failure> {
        if self.force_erased {
            return Ok(None);
        }
        Ok(self.store.erased_since(customer).await?)
    }

    /// Checks that a new record has every required field. Rows with our own id are not checked, because their records may be older than the
    /// requirement.
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

    /// How customers learn from the conversations of imported cases.
    pub fn learning(&self) -> Learning<'_> {
        Learning::by(&self.settings)
    }

    /// The region of telephone numbers without country code.
    pub fn region(&self) -> Region {
        self.settings.default_region
    }
}

/// The result of a row that was written now or earlier.
pub fn written(row: &ImportRow<'_>, written: Result<Applied, RowConflict>) -> Result<RowResult, Failure> {
    match written {
        Ok(applied) | Err(RowConflict::Before(applied)) => Ok(RowResult::applied(row.number, applied)),
        Err(RowConflict::Failed(error)) => Err(Failure::Failed(error)),
        // A taken external id is found when the row is read again.
        Err(RowConflict::Moved | RowConflict::ExternalIdTaken | RowConflict::NoSuchCustomer) => Err(Failure::Moved),
    }
}
