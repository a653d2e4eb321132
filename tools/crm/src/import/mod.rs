//! `crm import`: imports customers and cases from files, row by row, each exactly once.

mod manner;
mod map_file;
mod rejected;
mod results;
mod run;
mod source_file;
mod speed;
mod sync;
mod undo;
mod vcard;
mod workbook;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use crm_import::{
    columns::{Format, Object},
    row_result,
};
use crm_store::{Counts, ImportRun, Meter, ROWS_TOGETHER, RunId, Store, clock};
use encoding_rs::Encoding;
use serde_json::{Value, json};

pub use self::sync::{ABOUT as SYNC_ABOUT, Arguments as SyncArguments, run as sync};
use self::{manner::MannerArguments, speed::Speed};
use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    output::Output,
};

/// The description in `crm import --help`.
pub const ABOUT: &str = "\
Import customers and cases from a file, row by row

A row with an externalId changes the record that has it, or creates one. So does a row with this CRM's own id, as `crm export` writes it. \
Any other row creates a record. Only the columns of the file are set, and an empty CSV cell leaves its field unchanged. An invalid row is \
reported, and all other rows are applied.";
const EXAMPLES: &str = "\
Examples:
  crm import customers people.csv --external-id 'Customer no' --map 'E-Mail=email' --map 'Shoe size=' --dry-run
  crm import customers people.csv --external-id 'Customer no' --map 'E-Mail=email' --map 'Shoe size='
  crm import customers contacts.csv --from salesforce --skip-bad-cells --save-map salesforce.yaml
  crm import customers people.xlsx --sheet Kunden --map-file salesforce.yaml
  crm import customers people.csv.rejected-3f9a2c41d0.csv --map-file salesforce.yaml    # after correction
  crm import customers people.csv --resume 3f9a2c41d0     # after an abort: no row is applied twice
  crm import cases cases.jsonl
  crm import --undo 3f9a2c41d0                            # within 30 days
  crm import runs";

/// The command's arguments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// Undo a run: short for `crm import undo RUN`
    #[arg(long, value_name = "RUN")]
    undo: Option<String>,
    /// The subcommand.
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Import customers from a table (.csv, .xlsx, .ods) or a .jsonl file
    Customers(Box<FileArguments>),
    /// Import cases from a table (.csv, .xlsx, .ods) or a .jsonl file
    Cases(Box<FileArguments>),
    /// Undo a run: remove the records that it created and restore those that it changed, unless they were changed since
    Undo(UndoCommand),
    /// List the runs of the last 30 days
    Runs,
}

/// The arguments of an import.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct FileArguments {
    /// The file: a table whose first line names the columns, or one JSON object in each line
    file: PathBuf,
    /// The format, if the file's name does not tell it
    #[arg(long)]
    format: Option<Format>,
    /// The column of the other system's id, if it is not called externalId
    #[arg(long, value_name = "COLUMN", conflicts_with = "resume")]
    external_id: Option<String>,
    /// A mapping file, as --save-map writes it; --map changes what it says
    #[arg(long, value_name = "PATH", conflicts_with = "resume")]
    map_file: Option<PathBuf>,
    /// Save the mapping of columns to fields, for --map-file
    #[arg(long, value_name = "PATH", conflicts_with = "resume")]
    save_map: Option<PathBuf>,
    #[command(flatten)]
    manner: MannerArguments,
    /// The encoding, such as windows-1252, if the file is neither UTF-8 nor UTF-16
    #[arg(long, value_parser = encoding, value_name = "NAME", conflicts_with = "resume")]
    encoding: Option<&'static Encoding>,
    /// A column and its field; 'Column=' leaves the column out. Other columns are matched by their name or the field's label. If several
    /// columns have one name, the second is 'Column#2'
    #[arg(long, value_name = "COLUMN=FIELD", conflicts_with = "resume")]
    map: Vec<String>,
    /// The separator of cells: a character, or `tab`; otherwise detected from the first line
    #[arg(long, value_parser = delimiter, value_name = "CHARACTER", conflicts_with = "resume")]
    delimiter: Option<char>,
    /// An empty CSV cell clears its field
    #[arg(long, conflicts_with = "resume")]
    empty_clears: bool,
    /// Write nothing to the table; show the mapping of columns to fields, and report what would happen. A dry run reads as fast as it can
    /// and stops if nearly all rows fail for the same reason. Rows do not see the rows before them
    #[arg(long, conflicts_with = "resume")]
    dry_run: bool,
    /// Let a dry run read to the end, even if nearly all rows fail
    #[arg(long, requires = "dry_run")]
    keep_going: bool,
    /// Continue an interrupted run, with the same file
    #[arg(long, value_name = "RUN")]
    resume: Option<String>,
    /// Create erased customers again
    #[arg(long)]
    force_erased: bool,
    /// The file for the result of each row [default: FILE.results-RUN.jsonl in this folder]
    #[arg(long, value_name = "PATH")]
    results: Option<PathBuf>,
    /// The file for rejected rows, to be corrected and imported [default: FILE.rejected-RUN.csv, or .jsonl, in this folder]
    #[arg(long, value_name = "PATH")]
    rejected: Option<PathBuf>,
    #[command(flatten)]
    speed: Speed,
}

#[derive(Debug, Args)]
struct UndoCommand {
    /// The run, as the import printed it
    run: String,
    #[command(flatten)]
    options: UndoArguments,
}

/// The arguments for undoing a run.
#[derive(Debug, Default, Args)]
pub struct UndoArguments {
    /// The file for the result of each row [default: FILE.undo-RUN.jsonl in this folder]
    #[arg(long, value_name = "PATH")]
    results: Option<PathBuf>,
    #[command(flatten)]
    speed: Speed,
}

fn encoding(name: &str) -> Result<&'static Encoding, String> {
    let known = Encoding::for_label_no_replacement(name.as_bytes());
    known.ok_or_else(|| "the name of an encoding, such as utf-8, utf-16le, windows-1252, macintosh or shift_jis".to_owned())
}

fn delimiter(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (text, characters.next(), characters.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        (_, Some(one), None) if one.is_ascii() && !"\"\r\n".contains(one) => Ok(one),
        _ => Err("one ASCII character such as ; or the word tab".to_owned()),
    }
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let tenant = arguments.connection.tenant()?;
    wait(async {
        let is_read_only = match &arguments.action {
            Some(Action::Runs) => true,
            Some(Action::Customers(file) | Action::Cases(file)) => file.dry_run,
            _ => false,
        };
        let (database, _) = if is_read_only {
            arguments.connection.open().await?
        } else {
            arguments.connection.open_to_write(output).await?
        };
        let meter = Meter::default();
        let store = database.metered(&meter).of(&tenant);
        let table = Table {
            connection: &arguments.connection,
            store,
            meter,
        };
        let (object, file) = match (&arguments.undo, &arguments.action) {
            (Some(run), None) => return undo::run(&UndoArguments::default(), run, table, output).await,
            (None, Some(Action::Undo(undo))) => return undo::run(&undo.options, &undo.run, table, output).await,
            (None, Some(Action::Runs)) => return runs(&table.store, output).await,
            (None, Some(Action::Customers(file))) => (Object::Customers, file),
            (None, Some(Action::Cases(file))) => (Object::Cases, file),
            _ => return Err(Misuse("give either --undo RUN, or what to import: `crm import --help`".to_owned()).into()),
        };
        run::run(file, object, table, None, output).await
    })
}

/// The tenant's part of the table, and the meter of its usage.
struct Table<'a> {
    connection: &'a Connection,
    store: Store,
    meter: Meter,
}

/// The run of this name.
async fn find_run(store: &Store, name: &str) -> anyhow::Result<ImportRun> {
    let unknown = || {
        Misuse(format!(
            "this tenant has no run {name}: `crm import runs` lists those of the last 30 days"
        ))
    };
    let run = RunId::parse(name).ok_or_else(unknown)?;
    let found = store.import_run_get(&run, clock::now()).await.map_err(failed)?;
    Ok(found.ok_or_else(unknown)?)
}

async fn runs(store: &Store, output: &mut Output) -> anyhow::Result<Exit> {
    let mut runs = store.import_runs(clock::now()).await.map_err(failed)?;
    runs.sort_by_key(|run| run.started);
    for run in runs.iter_mut().filter(|run| run.finished.is_none()) {
        count_applied(store, run).await?;
    }
    for run in &runs {
        output.line(&format!(
            "{}  {}  {:<11}{:<10}{}  {}",
            run.run.as_str(),
            run.started.iso_seconds(),
            state(run),
            run.object,
            run.file,
            row_result::shown(run.counts),
        ));
    }
    if runs.is_empty() {
        output.line("no imports within 30 days");
    }
    let runs: Vec<Value> = runs.iter().map(document).collect();
    output.document(&runs);
    Ok(Exit::Passed)
}

/// The rows that an interrupted run has really applied, by its journal.
async fn count_applied(store: &Store, run: &mut ImportRun) -> anyhow::Result<()> {
    let (mut created, mut updated) = (0, 0);
    for part in 0..=run.lines / ROWS_TOGETHER {
        for (_, applied) in store.import_rows(&run.run, part).await.map_err(failed)? {
            let count = if applied.created { &mut created } else { &mut updated };
            *count += 1;
        }
    }
    run.counts = Counts {
        created,
        updated,
        ..run.counts
    };
    Ok(())
}

fn document(run: &ImportRun) -> Value {
    json!({
        "run": run.run.as_str(),
        "object": run.object,
        "file": run.file,
        "state": state(run),
        "started": run.started.iso_seconds(),
        "counts": run.counts,
    })
}

fn state(run: &ImportRun) -> &'static str {
    match (run.undone, run.finished) {
        (Some(_), _) => "taken back",
        (None, Some(_)) => "finished",
        (None, None) => "unfinished",
    }
}
