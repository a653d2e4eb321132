//! The result of one row, and the counts of them.

use crm_domain::error::FieldError;
use crm_store::{Applied, Counts};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::Not as _;

use super::sync::Conflict;

/// The result of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RowOutcome {
    /// It created a record.
    Created,
    /// It changed a record.
    Updated,
    /// The record had these values already.
    Unchanged,
    /// It was rejected.
    Rejected,
    /// It was empty.
    Skipped,
}

/// The part of a wrong value that is shown, in characters.
const LONGEST_VALUE: usize = 200;

/// The result of one row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowResult {
    /// Its row in a spreadsheet.
    pub row: u64,
    /// Its first line in the file, if that has another number because an earlier cell has several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Its outcome.
    pub result: RowOutcome,
    /// The record's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its external id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The fields that it changed in an existing record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// Its mistakes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<WrongField>,
    /// Wrong cells that were left out, while the rest of the row was applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped_cells: Vec<WrongField>,
    /// The row before it in the file that has its external id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<u64>,
    /// Customers with an e-mail address or telephone number of a row that created another customer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks_like: Vec<String>,
    /// Values that both sides changed since the last extract.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// Whether it is as it was in the last extract: then it is counted, and not listed.
    #[serde(skip)]
    pub same: bool,
    /// Whether it is about an erased person, who stays erased.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    pub erased: bool,
}

/// A field that is wrong, and what would be right.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WrongField {
    /// The field's name.
    pub name: String,
    /// What would be right.
    pub message: String,
    /// The value in the file, or its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl WrongField {
    /// The same with the value in the file.
    pub fn new(field: FieldError, value: Option<&Value>) -> Self {
        let text = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        Self {
            name: field.name,
            message: field.message,
            value: text.map(|text| text.chars().take(LONGEST_VALUE).collect()),
        }
    }
}

impl RowResult {
    fn empty(row: u64, result: RowOutcome) -> Self {
        Self {
            row,
            line: None,
            result,
            id: None,
            external_id: None,
            changed: Vec::new(),
            fields: Vec::new(),
            skipped_cells: Vec::new(),
            repeats: None,
            looks_like: Vec::new(),
            conflicts: Vec::new(),
            same: false,
            erased: false,
        }
    }

    /// A rejected row. `value` returns the values of its fields.
    pub fn rejected<'a>(row: u64, fields: Vec<FieldError>, value: impl Fn(&str) -> Option<&'a Value>) -> Self {
        let wrong = |field: FieldError| {
            let value = value(&field.name);
            WrongField::new(field, value)
        };
        Self {
            fields: fields.into_iter().map(wrong).collect(),
            ..Self::empty(row, RowOutcome::Rejected)
        }
    }

    /// A row about an erased person.
    pub fn of_erased(row: u64) -> Self {
        Self {
            erased: true,
            ..Self::empty(row, RowOutcome::Unchanged)
        }
    }

    /// A row without any value.
    pub fn skipped(row: u64) -> Self {
        Self::empty(row, RowOutcome::Skipped)
    }

    /// An applied row, or one that changes nothing.
    pub fn of(row: u64, result: RowOutcome, id: String) -> Self {
        Self {
            id: Some(id),
            ..Self::empty(row, result)
        }
    }

    /// A row that was applied earlier. It has no id if the person was erased since.
    pub fn applied(row: u64, applied: Applied) -> Self {
        let kind = if applied.created {
            RowOutcome::Created
        } else {
            RowOutcome::Updated
        };
        Self {
            id: Some(applied.id).filter(|id| !id.is_empty()),
            ..Self::empty(row, kind)
        }
    }

    /// Its number in the run's journal.
    pub fn number(&self) -> u64 {
        self.line.unwrap_or(self.row)
    }

    /// Its mistakes in one line.
    pub fn problem(&self) -> String {
        let fields = self.fields.iter().map(|field| format!("{} {}", field.name, field.message));
        fields.collect::<Vec<_>>().join("; ")
    }
}

/// Counts a result.
pub fn count(counts: &mut Counts, kind: RowOutcome) {
    match kind {
        RowOutcome::Created => counts.created += 1,
        RowOutcome::Updated => counts.updated += 1,
        RowOutcome::Unchanged => counts.unchanged += 1,
        RowOutcome::Rejected => counts.rejected += 1,
        RowOutcome::Skipped => counts.skipped += 1,
    }
}

/// The counts in words.
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
