//! `crm sync`: an import that is repeated with every extract of another system. It writes only what has changed there since the last
//! extract, and detects records that are gone.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum as _};
use crm_import::{
    columns::Object,
    sync::{Sync, SyncPlan, Whole, Winner},
};
use crm_store::{Meter, Store, SyncSource};

use super::{FileArguments, Table};
use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    customer::erasure_secret,
    output::Output,
};

/// The description in `crm sync --help`.
pub const ABOUT: &str = "\
Import what has changed in another system since its last extract

Every row needs the other system's id (externalId), which identifies the record in the next extract. An unchanged row writes nothing. \
For a changed row, only the values that changed in the other system are written. If somebody has changed the same value here, a rule \
decides: `ours` keeps the stored value, `theirs` takes the file's, `newest` takes the one that was changed last (by the column updated). \
The results list every such conflict.

With --whole, the file has all records of the source. Missing records are marked as gone, and deleted only with --delete-gone. If a \
sync is interrupted, run it again to complete it. `crm import --undo` undoes a sync.";
const EXAMPLES: &str = "\
Examples:
  crm sync erp.csv --source erp --external-id 'Customer no' --map 'E-Mail=email' --dry-run
  crm sync erp.csv --source erp --map-file erp.yaml --whole --rule phone=ours --rule city=newest
  crm sync erp.csv --source erp --map-file erp.yaml --whole --delete-gone --json

Exit codes:
  0  every row is as the file says, or as a rule decided
  1  rows were rejected, or more records are missing than --most-gone allows
  2  the command line is wrong";

/// The command's arguments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    file: FileArguments,
    /// The name of the other system: small letters, digits and hyphens. Each system has its own memory of what it gave
    #[arg(long, value_name = "NAME", value_parser = source)]
    source: SyncSource,
    /// The file has all records of the source: mark those that are missing
    #[arg(long)]
    whole: bool,
    /// Delete customers that are gone, if they have no cases; `crm customer restore` brings them back within a week
    #[arg(long, requires = "whole")]
    delete_gone: bool,
    /// The largest part of the known records that may be missing, in percent. Beyond this, no record is marked, since the file may be incomplete
    #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = clap::value_parser!(u8).range(0..=100))]
    most_gone: u8,
    /// A field, and who wins where both sides changed it: ours, theirs or newest. May be given several times
    #[arg(long = "rule", value_name = "FIELD=WINNER", value_parser = rule)]
    rules: Vec<(String, Winner)>,
    /// Who wins in all other fields
    #[arg(long, default_value = "theirs")]
    winner: Winner,
}

fn source(name: &str) -> Result<SyncSource, String> {
    SyncSource::parse(name).ok_or_else(|| "1 to 40 small letters, digits and hyphens, such as erp".to_owned())
}

fn rule(text: &str) -> Result<(String, Winner), String> {
    let (field, winner) = text.split_once('=').ok_or("write it as phone=ours")?;
    let winner = Winner::from_str(winner, false);
    Ok((field.to_owned(), winner.map_err(|_| "the winner is ours, theirs or newest")?))
}

/// Runs the command.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let tenant = arguments.connection.tenant()?;
    if arguments.file.resume.is_some() {
        return Err(Misuse("a sync has no --resume: run the same command again, which skips what is done".to_owned()).into());
    }
    wait(async {
        let (database, _) = if arguments.file.dry_run {
            arguments.connection.open().await?
        } else {
            arguments.connection.open_to_write(output).await?
        };
        let meter = Meter::default();
        let store = database.metered(&meter).of(&tenant);
        let sync = begin(arguments, &store, &meter).await?;
        let table = Table {
            connection: &arguments.connection,
            store,
            meter,
        };
        super::run::run(&arguments.file, Object::Customers, table, Some(sync), output).await
    })
}

async fn begin(arguments: &Arguments, store: &Store, meter: &Meter) -> anyhow::Result<Sync> {
    let settings = store.settings_get().await.map_err(failed)?;
    let unknown = arguments
        .rules
        .iter()
        .find(|(field, _)| settings.customer_model.field(field).is_none());
    if let Some((field, _)) = unknown {
        return Err(Misuse(format!(
            "--rule: the data model has no field {field}: `crm model show` lists them"
        ))
        .into());
    }
    let digests = if arguments.file.dry_run {
        store.row_digests_if_any().await.map_err(failed)?
    } else {
        store.row_digests(&erasure_secret()?).await.map_err(failed)?
    };
    let plan = SyncPlan {
        source: arguments.source.clone(),
        rules: arguments.rules.iter().cloned().collect::<BTreeMap<_, _>>(),
        winner: arguments.winner,
        whole: arguments.whole.then_some(Whole {
            deletes: arguments.delete_gone,
            most_percent: arguments.most_gone,
        }),
    };
    Sync::begin(plan, digests, store, meter).await.map_err(failed)
}
