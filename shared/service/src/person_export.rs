//! Everything about one person, as one JSON document.
//!
//! It is written while it is read, one record per line, so only the current record is in memory, however long a conversation is.

use std::{
    io::{self, Write},
    pin::pin,
};

use crm_domain::{Case, Customer, error::Error};
use futures::{Stream, TryStreamExt as _};
use serde_json::{Value, json};

use super::{Session, document};

/// The version of the format. It grows when readers have to change.
const FORMAT_VERSION: u32 = 1;

/// The numbers of exported records.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Cases.
    pub cases: u64,
    /// Interactions of all of them.
    pub interactions: u64,
}

/// Why an export ended early.
#[derive(Debug)]
pub enum ExportFailure {
    /// Something could not be read.
    Read(Error),
    /// The document could not be written.
    Write(io::Error),
}

impl From<Error> for ExportFailure {
    fn from(error: Error) -> Self {
        Self::Read(error)
    }
}

impl From<io::Error> for ExportFailure {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Writes all that is stored of a customer.
///
/// # Errors
/// See [`ExportFailure`]. What has been written then is no document.
pub async fn export_person(session: &Session, customer: &Customer, out: &mut dyn Write) -> Result<Exported, ExportFailure> {
    let (store, tenant) = (session.store(), session.grant.key.tenant.as_str());
    writeln!(
        out,
        "{{\"format\": \"khoros-crm person\", \"formatVersion\": {FORMAT_VERSION},"
    )?;
    let now = session.now.iso_seconds();
    writeln!(out, "\"tenant\": {}, \"exportedAt\": {},", json!(tenant), json!(now))?;
    let record = document::customer(customer, &session.grant.settings);
    writeln!(out, "\"customer\": {record},")?;
    write_list(out, "history", store.customer_history(customer), document::entry).await?;
    writeln!(out, ",")?;
    write_list(out, "events", store.customer_events(customer), document::event).await?;
    write!(out, ",\n\"cases\": [")?;
    let mut exported = Exported::default();
    for id in store.customer_case_ids(customer.id).await? {
        if let Some(case) = store.case_of(customer, id).await? {
            write!(out, "{}", if exported.cases == 0 { "\n" } else { ",\n" })?;
            exported.interactions += write_case(session, &case, out).await?;
            exported.cases += 1;
        }
    }
    writeln!(out, "\n]}}")?;
    out.flush()?;
    Ok(exported)
}

async fn write_case(session: &Session, case: &Case, out: &mut dyn Write) -> Result<u64, ExportFailure> {
    let store = session.store();
    writeln!(out, "{{\"case\": {},", document::case(case))?;
    let interactions = write_list(out, "interactions", store.case_interactions(case.id), document::interaction).await?;
    writeln!(out, ",")?;
    write_list(out, "history", store.case_history(case.id), document::entry).await?;
    write!(out, "}}")?;
    Ok(interactions)
}

/// Writes a member that is a list, and returns its length.
async fn write_list<T>(
    out: &mut dyn Write,
    name: &str,
    records: impl Stream<Item = Result<T, Error>>,
    view: impl Fn(&T) -> Value,
) -> Result<u64, ExportFailure> {
    let mut records = pin!(records);
    let mut count = 0;
    write!(out, "\"{name}\": [")?;
    while let Some(record) = records.try_next().await? {
        write!(out, "{}{}", if count == 0 { "\n" } else { ",\n" }, view(&record))?;
        count += 1;
    }
    write!(out, "\n]")?;
    Ok(count)
}
