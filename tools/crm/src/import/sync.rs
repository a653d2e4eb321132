//! `crm sync`: an import that is repeated with every extract of another system. It writes only what has changed there since the last
//! extract, and detects records that are gone.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use clap::Args;
use crm_domain::{Actor, Change, Customer, CustomerId, FieldChange, Timestamp, error::Error};
use crm_store::{Given, Meter, Moved, RowDigests, Store, SyncNote, SyncSource, SyncedRow, clock};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{FileArguments, Table, apply::patiently, rows::Row};
use crate::{
    Exit, Misuse,
    columns::{BRAND, EXTERNAL_ID, Object},
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

/// The largest number of gone records that the document names.
const MOST_NAMED: usize = 1_000;

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
    let winner = <Winner as clap::ValueEnum>::from_str(winner, false);
    Ok((field.to_owned(), winner.map_err(|_| "the winner is ours, theirs or newest")?))
}

/// Whose value stays where both sides changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Winner {
    /// What is here
    Ours,
    /// What the file says
    Theirs,
    /// What was changed last
    Newest,
}

/// A value that both sides changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The field.
    pub field: String,
    /// What was here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
    /// What the file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
    /// Whose value stayed.
    pub kept: Winner,
}

/// What the rows of a sync share.
pub struct Sync {
    source: SyncSource,
    rules: BTreeMap<String, Winner>,
    winner: Winner,
    whole: Option<Whole>,
    digests: RowDigests,
    known: HashMap<String, SyncedRow>,
    seen: RefCell<HashSet<String>>,
    /// Whether the file has rows that nobody can tell the id of.
    is_partly_unreadable: Cell<bool>,
}

impl std::fmt::Debug for Sync {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Sync").field("source", &self.source).finish_non_exhaustive()
    }
}

/// What is done about records that are missing from a whole extract.
#[derive(Debug, Clone, Copy)]
struct Whole {
    deletes: bool,
    most_percent: u8,
}

/// What became of records that are missing from a whole extract.
#[derive(Debug, Default)]
pub struct Gone {
    /// Why nobody is marked, if that is so.
    refused: Option<String>,
    /// Newly marked.
    marked: BTreeSet<CustomerId>,
    /// Marked before, and still missing.
    before: u64,
    /// Deleted.
    deleted: u64,
    /// Not deleted, since they have cases or hold merged records.
    kept: u64,
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
        let sync = Sync::begin(arguments, &store, &meter).await?;
        let table = Table {
            connection: &arguments.connection,
            store,
            meter,
        };
        super::run::run(&arguments.file, Object::Customers, table, Some(sync), output).await
    })
}

impl Sync {
    async fn begin(arguments: &Arguments, store: &Store, meter: &Meter) -> anyhow::Result<Self> {
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
        let source = arguments.source.clone();
        let known = patiently(meter, async || store.synced_rows(&source).await).await;
        Ok(Self {
            rules: arguments.rules.iter().cloned().collect(),
            winner: arguments.winner,
            whole: arguments.whole.then_some(Whole {
                deletes: arguments.delete_gone,
                most_percent: arguments.most_gone,
            }),
            digests,
            known: known.map_err(failed)?,
            seen: RefCell::default(),
            is_partly_unreadable: Cell::new(false),
            source,
        })
    }

    /// The record of a row that is as it was in the last extract. Notes that the row is there.
    pub fn unchanged(&self, row: &Row) -> Result<Option<CustomerId>, Error> {
        let Ok(values) = &row.values else {
            self.is_partly_unreadable.set(true);
            return Ok(None);
        };
        let Some(note) = self.note(values)? else { return Ok(None) };
        let known = self.known.get(&note.row);
        let same = known.filter(|known| known.digest == note.digest && known.gone.is_none());
        let id = same.map(|known| known.id);
        self.seen.borrow_mut().insert(note.row);
        Ok(id)
    }

    /// What is to be remembered of a row, without the values; `None` if it has no external id.
    pub fn note(&self, values: &Map<String, Value>) -> Result<Option<SyncNote>, Error> {
        let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default().trim();
        if text(EXTERNAL_ID).is_empty() {
            return Ok(None);
        }
        let all: BTreeMap<&String, String> = values.iter().map(|(name, value)| (name, value.to_string())).collect();
        let parts = all.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
        let parts: Vec<&str> = ["row"].into_iter().chain(parts).collect();
        Ok(Some(SyncNote {
            source: self.source.clone(),
            row: self.digests.digest(&["external", text(BRAND), text(EXTERNAL_ID)])?,
            digest: self.digests.digest(&parts)?,
            given: Given::new(),
        }))
    }

    /// The values that the record was last given by the row.
    pub async fn last_given(&self, store: &Store, note: &SyncNote) -> Result<Given, Error> {
        match self.known.get(&note.row) {
            Some(known) => store.synced_values(&self.source, &note.row, known.id).await,
            None => Ok(Given::new()),
        }
    }

    /// Keeps those of a row's changes that the source has made since it was last read. Where somebody has changed the same value here,
    /// the field's rule decides. `at` is when the source changed the row.
    pub fn settle(&self, changes: &mut Vec<FieldChange<'_>>, ours: &Customer, last: &Given, at: Timestamp) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        changes.retain(|change| {
            let name = &change.field.name;
            let theirs = text_of(change);
            let ours_now = ours.field(change.field).map(|value| value.as_text().to_owned());
            match last.get(name) {
                _ if ours_now == theirs => return true,
                Some(last) if *last == theirs => return false,
                Some(last) if *last == ours_now => return true,
                None if ours_now.is_none() => return true,
                _ => {}
            }
            let rule = self.rules.get(name).copied().unwrap_or(self.winner);
            let takes_theirs = rule == Winner::Theirs || (rule == Winner::Newest && at >= ours.updated.at);
            conflicts.push(Conflict {
                field: name.clone(),
                ours: ours_now,
                theirs,
                kept: if takes_theirs { Winner::Theirs } else { Winner::Ours },
            });
            takes_theirs
        });
        conflicts
    }

    /// After the last row of a whole extract: marks the records that are missing, or deletes them.
    pub async fn end(&self, store: &Store, meter: &Meter, is_dry: bool) -> Result<Option<Gone>, Error> {
        let Some(whole) = self.whole else { return Ok(None) };
        let missing = self.missing();
        let mut gone = Gone {
            before: missing.iter().filter(|(_, known)| known.gone.is_some()).count() as u64,
            refused: self.refusal(whole, missing.iter().filter(|(_, known)| known.gone.is_none()).count()),
            ..Gone::default()
        };
        if gone.refused.is_some() {
            return Ok(Some(gone));
        }
        for (row, known) in missing {
            if known.gone.is_none() {
                gone.marked.insert(known.id);
                if !is_dry {
                    let mark = async || store.synced_gone(&self.source, row, known, clock::now()).await;
                    patiently(meter, mark).await?;
                }
            }
            if whole.deletes && !is_dry {
                match patiently(meter, async || store.customer_set_aside(known.id, &deletion()).await).await? {
                    Moved::Done(_) => gone.deleted += 1,
                    Moved::Nobody => {}
                    Moved::HasCases | Moved::HasMerged | Moved::Taken => gone.kept += 1,
                }
            }
        }
        Ok(Some(gone))
    }

    /// The known rows that the file does not have, by their records.
    fn missing(&self) -> Vec<(&String, &SyncedRow)> {
        let seen = self.seen.borrow();
        let mut missing: Vec<(&String, &SyncedRow)> = self.known.iter().filter(|(row, _)| !seen.contains(*row)).collect();
        missing.sort_by_key(|(_, known)| known.id);
        missing
    }

    /// Why nobody is marked although so many rows are missing.
    fn refusal(&self, whole: Whole, missing: usize) -> Option<String> {
        if self.is_partly_unreadable.get() {
            return Some("some rows of the file cannot be read, so the missing records are not known".to_owned());
        }
        let known = self.known.values().filter(|known| known.gone.is_none()).count();
        let is_too_many = missing * 100 > known * usize::from(whole.most_percent);
        is_too_many.then(|| {
            format!(
                "{missing} of {known} records are missing from the file, more than --most-gone {} percent; raise it if the file is complete",
                whole.most_percent
            )
        })
    }
}

fn text_of(change: &FieldChange<'_>) -> Option<String> {
    change.value.as_ref().map(|value| value.as_text().to_owned())
}

/// The values that a row gives.
pub fn given(changes: &[FieldChange<'_>]) -> Given {
    changes
        .iter()
        .map(|change| (change.field.name.clone(), text_of(change)))
        .collect()
}

fn deletion() -> Change {
    let by = Actor {
        agent: Some("crm sync".to_owned()),
        ..Actor::default()
    };
    Change { at: clock::now(), by }
}

impl Gone {
    /// Whether the extract was not believed to be whole.
    pub fn is_refused(&self) -> bool {
        self.refused.is_some()
    }

    /// It in words.
    pub fn told(&self) -> String {
        if let Some(why) = &self.refused {
            return format!("no record is marked as gone: {why}");
        }
        let deleted = match (self.deleted, self.kept) {
            (0, 0) => String::new(),
            (deleted, kept) => format!("; {deleted} deleted, {kept} kept because of their cases or merged records"),
        };
        format!(
            "missing from the file: {} newly, and {} marked before{deleted}",
            self.marked.len(),
            self.before
        )
    }

    /// For `--json`.
    pub fn document(&self) -> Value {
        let ids: Vec<String> = self.marked.iter().take(MOST_NAMED).map(ToString::to_string).collect();
        json!({
            "refused": self.refused, "marked": self.marked.len(), "markedBefore": self.before, "deleted": self.deleted,
            "kept": self.kept, "ids": ids,
        })
    }
}
