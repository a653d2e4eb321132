//! `crm customer export`: everything about one person, as one JSON document.

use std::{
    io::{ErrorKind, Write},
    path::PathBuf,
};

use clap::Args;
use crm_domain::{Customer, TenantId};
use crm_service::{ExportFailure, Exported, Session, export_person};
use crm_store::Store;
use serde_json::json;

use super::named;
use crate::{Exit, connection::failed, output::Output, whole_file::WholeFile};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The customer's id, such as C0SA77REZRPC, or any text by which `crm customer find` finds exactly one customer
    id: String,
    /// The file to write, readable by its owner only; standard output if it is not given
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub async fn run(store: &Store, tenant: &TenantId, arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let customer = named(store, &arguments.id).await?;
    let settings = store.settings_get().await.map_err(failed)?;
    let session = Session::of_program(tenant.clone(), settings, store.clone());
    let Some(path) = &arguments.output else {
        let written = write(&session, &customer, output.stream()).await;
        return written.map(|_| Exit::Passed).or_else(|error| {
            if is_closed_pipe(&error) {
                Ok(Exit::Passed)
            } else {
                Err(error)
            }
        });
    };
    let mut file = WholeFile::create(path)?;
    let written = write(&session, &customer, &mut file).await?;
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

async fn write(session: &Session, customer: &Customer, out: &mut dyn Write) -> anyhow::Result<Exported> {
    let written = export_person(session, customer, out).await;
    written.map_err(|failure| match failure {
        ExportFailure::Read(error) => failed(error),
        ExportFailure::Write(error) => error.into(),
    })
}
