//! The files of `crm import` and `crm export`: what they hold, in which format, and which columns are not the data model's.

use std::{ffi::OsStr, path::Path};

use crm_domain::{ObjectStructure, TenantSettings};

use crate::Misuse;

/// Our own id.
pub const ID: &str = "id";
/// Another system's id.
pub const EXTERNAL_ID: &str = "externalId";
/// The customer of a case, by our id.
pub const CUSTOMER_ID: &str = "customerId";
/// The customer of a case, by another system's id.
pub const CUSTOMER_EXTERNAL_ID: &str = "customerExternalId";
/// When a record was made.
pub const CREATED: &str = "created";
/// Who made it.
pub const CREATED_BY: &str = "createdBy";
/// When it was last changed.
pub const UPDATED: &str = "updated";
/// Who changed it.
pub const UPDATED_BY: &str = "updatedBy";
/// The conversation of a case; only JSONL can hold it.
pub const INTERACTIONS: &str = "interactions";
/// What kind of customer it is.
pub const KIND: &str = "kind";
/// The department that looks after a customer, by its name or id.
pub const DEPARTMENT: &str = "department";
/// The brand whose customer it is, likewise.
pub const BRAND: &str = "brand";
/// What is known of a company or group; this and the next four only JSONL can hold.
pub const ORGANISATION: &str = "organisation";
/// What else is known of a customer.
pub const ATTRIBUTES: &str = "attributes";
/// Whom a customer would like to talk to.
pub const PREFERRED_AGENT: &str = "preferredAgent";
/// Who speaks for a customer.
pub const CONTACTS: &str = "contacts";
/// A customer's timeline.
pub const EVENTS: &str = "events";
/// What no field of the model shows; only JSONL can hold it.
pub const HIDDEN: &str = "hidden";

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Object {
    /// Customers
    Customers,
    /// Cases
    Cases,
}

impl Object {
    /// As the command line and the journal write it.
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

    /// Its fields in a tenant's data model.
    pub fn model(self, settings: &TenantSettings) -> &ObjectStructure {
        match self {
            Self::Customers => &settings.customer_model,
            Self::Cases => &settings.case_model,
        }
    }

    /// The columns that are not the model's and that every format can hold, before and after the model's.
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

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A table with a header, for spreadsheets
    Csv,
    /// One JSON object in each line
    Jsonl,
}

impl Format {
    /// As the option says, else as the file's name ends.
    pub fn of(path: &Path, option: Option<Self>) -> Result<Self, Misuse> {
        let ending = path.extension().map(OsStr::to_ascii_lowercase);
        match (option, ending.as_ref().and_then(|ending| ending.to_str())) {
            (Some(format), _) => Ok(format),
            (None, Some("csv")) => Ok(Self::Csv),
            (None, Some("jsonl" | "ndjson")) => Ok(Self::Jsonl),
            _ => Err(Misuse(
                "the file's name must end in .csv or .jsonl, or --format say which it is".to_owned(),
            )),
        }
    }
}
