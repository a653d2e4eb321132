//! The results file: one JSON line for each row, in the file's order, without any of the row's values.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use crm_domain::error::FieldError;
use crm_store::{Applied, Counts};
use serde::{Deserialize, Serialize};

use crate::whole_file;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// It made a record.
    Created,
    /// It changed a record.
    Updated,
    /// The record was so already.
    Unchanged,
    /// It was not applied.
    Rejected,
    /// It says nothing.
    Skipped,
}

/// The result of one row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowResult {
    /// The line on which the row begins.
    pub row: u64,
    /// What became of it.
    pub result: Kind,
    /// The record's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the other system calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<WrongField>,
}

/// A field that is wrong, and what would be right.
#[derive(Debug, Serialize, Deserialize)]
pub struct WrongField {
    /// The field's name.
    pub name: String,
    /// What would be right.
    pub message: String,
}

impl RowResult {
    /// A row that is not applied.
    pub fn rejected(row: u64, fields: Vec<FieldError>) -> Self {
        let fields = fields.into_iter().map(|field| WrongField {
            name: field.name,
            message: field.message,
        });
        Self {
            row,
            result: Kind::Rejected,
            id: None,
            external_id: None,
            fields: fields.collect(),
        }
    }

    /// A row without any value.
    pub fn skipped(row: u64) -> Self {
        Self {
            row,
            result: Kind::Skipped,
            id: None,
            external_id: None,
            fields: Vec::new(),
        }
    }

    /// A row that is applied, or needs not be.
    pub fn of(row: u64, result: Kind, id: String) -> Self {
        Self {
            row,
            result,
            id: Some(id),
            external_id: None,
            fields: Vec::new(),
        }
    }

    /// A row that was applied; without an id where the person was erased since.
    pub fn applied(row: u64, applied: Applied) -> Self {
        let kind = if applied.created { Kind::Created } else { Kind::Updated };
        Self {
            id: Some(applied.id).filter(|id| !id.is_empty()),
            ..Self::of(row, kind, String::new())
        }
    }
}

/// Adds one to the count of its kind.
pub fn count(counts: &mut Counts, kind: Kind) {
    match kind {
        Kind::Created => counts.created += 1,
        Kind::Updated => counts.updated += 1,
        Kind::Unchanged => counts.unchanged += 1,
        Kind::Rejected => counts.rejected += 1,
        Kind::Skipped => counts.skipped += 1,
    }
}

/// Counts in words.
pub fn shown(counts: Counts) -> String {
    let Counts {
        created,
        updated,
        unchanged,
        rejected,
        skipped,
    } = counts;
    let skipped = match skipped {
        0 => String::new(),
        1 => ", 1 empty row skipped".to_owned(),
        more => format!(", {more} empty rows skipped"),
    };
    format!("{created} created, {updated} updated, {unchanged} unchanged, {rejected} rejected{skipped}")
}

/// A file of results that is being written.
#[derive(Debug)]
pub struct Results {
    file: File,
    path: PathBuf,
}

impl Results {
    /// A new, empty file.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let file = whole_file::growing(path, false).with_context(|| cannot_write(path))?;
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// The file of a run that broke off, without a last line that was not written to its end; the rows that it has, and the last of
    /// them.
    pub fn reopen(path: &Path) -> anyhow::Result<(Self, Counts, u64)> {
        let mut file = whole_file::growing(path, true).with_context(|| cannot_write(path))?;
        let (mut counts, mut last, mut whole) = (Counts::default(), 0, 0);
        let mut reader = BufReader::new(&file);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).with_context(|| cannot_write(path))? > 0 {
            let Ok(result) = serde_json::from_slice::<RowResult>(&line) else {
                break;
            };
            if line.last() != Some(&b'\n') {
                break;
            }
            count(&mut counts, result.result);
            (last, whole) = (result.row, whole + line.len() as u64);
            line.clear();
        }
        file.set_len(whole).with_context(|| cannot_write(path))?;
        file.seek(SeekFrom::End(0)).with_context(|| cannot_write(path))?;
        let path = path.to_owned();
        Ok((Self { file, path }, counts, last))
    }

    /// Adds a line.
    pub fn add(&mut self, result: &impl Serialize) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(result)?;
        line.push(b'\n');
        self.file.write_all(&line).with_context(|| cannot_write(&self.path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn cannot_write(path: &Path) -> String {
    format!("the results cannot be written to {}", path.display())
}
