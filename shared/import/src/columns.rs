//! The files of `crm import` and `crm export`: their objects, their formats, and the columns that are not the data model's.

use std::{ffi::OsStr, path::Path};

use crm_domain::{ObjectStructure, TenantSettings};

use crate::Refused;

/// Our own id.
pub const ID: &str = "id";
/// The id in another system.
pub const EXTERNAL_ID: &str = "externalId";
/// The id of a case's customer.
pub const CUSTOMER_ID: &str = "customerId";
/// The id of a case's customer in another system.
pub const CUSTOMER_EXTERNAL_ID: &str = "customerExternalId";
/// When a record was created.
pub const CREATED: &str = "created";
/// Who created it.
pub const CREATED_BY: &str = "createdBy";
/// When it was last changed.
pub const UPDATED: &str = "updated";
/// Who changed it.
pub const UPDATED_BY: &str = "updatedBy";
/// The interactions of a case, in JSONL only.
pub const INTERACTIONS: &str = "interactions";
/// The kind of customer.
pub const KIND: &str = "kind";
/// The department of a customer, by its name or id.
pub const DEPARTMENT: &str = "department";
/// The brand of a customer, by its name or id.
pub const BRAND: &str = "brand";
/// The attributes of a company or group. This and the next four are in JSONL only.
pub const ORGANISATION: &str = "organisation";
/// Further attributes of a customer.
pub const ATTRIBUTES: &str = "attributes";
/// The agent to whom a customer prefers to talk.
pub const PREFERRED_AGENT: &str = "preferredAgent";
/// The contact persons of a customer.
pub const CONTACTS: &str = "contacts";
/// A customer's timeline.
pub const EVENTS: &str = "events";
/// The values that no field of the model shows, in JSONL only.
pub const HIDDEN: &str = "hidden";

/// The kind of object in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "command-line", derive(clap::ValueEnum))]
pub enum Object {
    /// Customers
    Customers,
    /// Cases
    Cases,
}

impl Object {
    /// Its name on the command line and in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Cases => "cases",
        }
    }

    /// One of them, in a sentence.
    pub fn one(self) -> &'static str {
        match self {
            Self::Customers => "customer",
            Self::Cases => "case",
        }
    }

    /// The fields in a tenant's data model.
    pub fn model(self, settings: &TenantSettings) -> &ObjectStructure {
        match self {
            Self::Customers => &settings.customer_model,
            Self::Cases => &settings.case_model,
        }
    }

    /// The columns that are not the model's and that every format has, before and after the model's.
    pub fn own_columns(self) -> (&'static [&'static str], &'static [&'static str]) {
        const AFTER: [&str; 4] = [CREATED, CREATED_BY, UPDATED, UPDATED_BY];
        match self {
            Self::Customers => (&[ID, EXTERNAL_ID, KIND, DEPARTMENT, BRAND], &AFTER),
            Self::Cases => (&[ID, EXTERNAL_ID, CUSTOMER_ID, "title", "description", "status"], &AFTER),
        }
    }

    /// All columns that an import knows beside the model's.
    pub fn known_columns(self, format: Format) -> Vec<&'static str> {
        let (before, after) = self.own_columns();
        let mut known = [before, after].concat();
        if self == Self::Cases {
            known.push(CUSTOMER_EXTERNAL_ID);
        }
        if format == Format::Jsonl {
            known.push(HIDDEN);
            known.extend(match self {
                Self::Customers => &[ORGANISATION, ATTRIBUTES, PREFERRED_AGENT, CONTACTS, EVENTS][..],
                Self::Cases => &[INTERACTIONS],
            });
        }
        known
    }
}

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "command-line", derive(clap::ValueEnum))]
pub enum Format {
    /// A table with a header, for spreadsheets
    Csv,
    /// One JSON object in each line
    Jsonl,
}

impl Format {
    /// The format by the option, or else by the end of the file's name.
    pub fn of(path: &Path, option: Option<Self>) -> Result<Self, Refused> {
        let ending = path.extension().map(OsStr::to_ascii_lowercase);
        match (option, ending.as_ref().and_then(|ending| ending.to_str())) {
            (Some(format), _) => Ok(format),
            (None, Some("csv")) => Ok(Self::Csv),
            (None, Some("jsonl" | "ndjson")) => Ok(Self::Jsonl),
            _ => Err(Refused(
                "the file's name must end in .csv or .jsonl; otherwise give --format".to_owned(),
            )),
        }
    }
}
