//! An import that is repeated with every extract of another system. It writes only what has changed there since the last extract, and
//! detects records that are gone.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use crm_domain::{Actor, Change, Customer, CustomerId, FieldChange, Timestamp, error::Error};
use crm_store::{Given, Meter, Moved, RowDigests, Store, SyncNote, SyncSource, SyncedRow, clock};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    apply::patiently,
    columns::{BRAND, EXTERNAL_ID},
    rows::Row,
};

/// The largest number of gone records that the document names.
const MOST_NAMED: usize = 1_000;

/// Whose value stays where both sides changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "command-line", derive(clap::ValueEnum))]
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

/// What a sync is to do.
#[derive(Debug)]
pub struct SyncPlan {
    /// The other system. Each has its own memory of what it gave.
    pub source: SyncSource,
    /// Who wins in a field that both sides changed.
    pub rules: BTreeMap<String, Winner>,
    /// Who wins in all other fields.
    pub winner: Winner,
    /// What is done about missing records, if the file has all records of the source.
    pub whole: Option<Whole>,
}

/// What the rows of a sync share.
pub struct Sync {
    plan: SyncPlan,
    digests: RowDigests,
    known: HashMap<String, SyncedRow>,
    seen: RefCell<HashSet<String>>,
    /// Whether the file has rows that nobody can tell the id of.
    is_partly_unreadable: Cell<bool>,
}

impl std::fmt::Debug for Sync {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Sync")
            .field("source", &self.plan.source)
            .finish_non_exhaustive()
    }
}

/// What is done about records that are missing from a whole extract.
#[derive(Debug, Clone, Copy)]
pub struct Whole {
    /// Whether customers who are gone are deleted, if they have no cases.
    pub deletes: bool,
    /// The largest part of the known records that may be missing, in percent.
    pub most_percent: u8,
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

impl Sync {
    /// Reads what is known of the source. Digests are those of the tenant.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn begin(plan: SyncPlan, digests: RowDigests, store: &Store, meter: &Meter) -> Result<Self, Error> {
        let known = patiently(meter, async || store.synced_rows(&plan.source).await).await?;
        Ok(Self {
            plan,
            digests,
            known,
            seen: RefCell::default(),
            is_partly_unreadable: Cell::new(false),
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
            source: self.plan.source.clone(),
            row: self.digests.digest(&["external", text(BRAND), text(EXTERNAL_ID)])?,
            digest: self.digests.digest(&parts)?,
            given: Given::new(),
        }))
    }

    /// The values that the record was last given by the row.
    pub async fn last_given(&self, store: &Store, note: &SyncNote) -> Result<Given, Error> {
        match self.known.get(&note.row) {
            Some(known) => store.synced_values(&self.plan.source, &note.row, known.id).await,
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
            let rule = self.plan.rules.get(name).copied().unwrap_or(self.plan.winner);
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

    /// After the last row of a whole extract: marks the records that are missing, or deletes them. `by` is who deletes them.
    ///
    /// # Errors
    /// The table cannot be used.
    pub async fn end(&self, store: &Store, meter: &Meter, by: &Actor, is_dry: bool) -> Result<Option<Gone>, Error> {
        let Some(whole) = self.plan.whole else { return Ok(None) };
        let deletion = || Change {
            at: clock::now(),
            by: by.clone(),
        };
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
                    let mark = async || store.synced_gone(&self.plan.source, row, known, clock::now()).await;
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
