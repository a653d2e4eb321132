//! `crm customer export`: everything about one person, as one JSON document.
//!
//! It is written while it is read, one record per line, so only the current record is in memory, however long a conversation is.

use std::{
    io::{ErrorKind, Write},
    path::PathBuf,
    pin::pin,
};

use clap::Args;
use crm_domain::{Case, Customer, TenantId, TenantSettings, error::Error};
use crm_store::{Store, clock};
use futures::{Stream, TryStreamExt as _};
use serde_json::{Value, json};

use super::{named, show::case_of, view};
use crate::{Exit, connection::failed, output::Output, whole_file::WholeFile};

/// The version of the format. It grows when readers have to change.
const FORMAT_VERSION: u32 = 1;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The customer's id, such as C0SA77REZRPC, or any text by which `crm customer find` finds exactly one customer
    id: String,
    /// The file to write, readable by its owner only; standard output if it is not given
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The numbers of exported records.
#[derive(Default)]
struct Written {
    cases: u64,
    interactions: u64,
}

pub async fn run(store: &Store, tenant: &TenantId, arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let customer = named(store, &arguments.id).await?;
    let settings = store.settings_get().await.map_err(failed)?;
    let Some(path) = &arguments.output else {
        let written = write(store, tenant, &customer, &settings, output.stream()).await;
        return written.map(|_| Exit::Passed).or_else(|error| {
            if is_closed_pipe(&error) {
                Ok(Exit::Passed)
            } else {
                Err(error)
            }
        });
    };
    let mut file = WholeFile::create(path)?;
    let written = write(store, tenant, &customer, &settings, &mut file).await?;
    file.finish()?;
    output.line(&format!(
        "{}: all that is stored of {}, with {} cases and {} interactions",
        path.display(),
        customer.id,
        written.cases,
        written.interactions
    ));
    output.document(&json!({
        "customer": customer.id,
        "output": path,
        "cases": written.cases,
        "interactions": written.interactions,
    }));
    Ok(Exit::Passed)
}

/// A closed pipe is not an error.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

async fn write(
    store: &Store,
    tenant: &TenantId,
    customer: &Customer,
    settings: &TenantSettings,
    out: &mut dyn Write,
) -> anyhow::Result<Written> {
    let now = clock::now().iso_seconds();
    writeln!(
        out,
        "{{\"format\": \"khoros-crm person\", \"formatVersion\": {FORMAT_VERSION},"
    )?;
    writeln!(out, "\"tenant\": {}, \"exportedAt\": {},", json!(tenant.as_str()), json!(now))?;
    writeln!(out, "\"customer\": {},", view::customer(customer, settings))?;
    write_list(out, "history", store.customer_history(customer), view::entry).await?;
    writeln!(out, ",")?;
    write_list(out, "events", store.customer_events(customer), view::event).await?;
    write!(out, ",\n\"cases\": [")?;
    let mut written = Written::default();
    for id in store.customer_case_ids(customer.id).await.map_err(failed)? {
        if let Some(case) = case_of(store, customer, id).await? {
            write!(out, "{}", if written.cases == 0 { "\n" } else { ",\n" })?;
            written.interactions += write_case(store, &case, out).await?;
            written.cases += 1;
        }
    }
    writeln!(out, "\n]}}")?;
    out.flush()?;
    Ok(written)
}

async fn write_case(store: &Store, case: &Case, out: &mut dyn Write) -> anyhow::Result<u64> {
    writeln!(out, "{{\"case\": {},", view::case(case))?;
    let interactions = write_list(out, "interactions", store.case_interactions(case.id), view::interaction).await?;
    writeln!(out, ",")?;
    write_list(out, "history", store.case_history(case.id), view::entry).await?;
    write!(out, "}}")?;
    Ok(interactions)
}

/// Writes a member that is a list, and returns its length.
async fn write_list<T>(
    out: &mut dyn Write,
    name: &str,
    records: impl Stream<Item = Result<T, Error>>,
    view: impl Fn(&T) -> Value,
) -> anyhow::Result<u64> {
    let mut records = pin!(records);
    let mut count = 0;
    write!(out, "\"{name}\": [")?;
    while let Some(record) = records.try_next().await.map_err(failed)? {
        write!(out, "{}{}", if count == 0 { "\n" } else { ",\n" }, view(&record))?;
        count += 1;
    }
    write!(out, "\n]")?;
    Ok(count)
}
