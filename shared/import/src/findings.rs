//! The summary of a run: the number of rows per result, and the reasons why rows were not applied or only in part.

use std::collections::{BTreeMap, HashMap};

use crm_store::Counts;
use serde_json::{Value, json};

use super::{
    row_result::{self, RowOutcome, RowResult, WrongField},
    sync::Winner,
};

/// The largest number of reasons that are listed.
const MOST_TOLD: usize = 20;
/// The largest number of different reasons that are counted. A file has few, unless they quote it.
const MOST_COUNTED: usize = 1_000;
/// The number of rows after which a run can tell that most of them fail for one reason, and the share that counts as most.
const ENOUGH: u64 = 200;
const MOST: f64 = 0.9;

/// The same mistake of many rows.
#[derive(Debug, Clone, Default)]
struct Reason {
    rows: u64,
    /// The first of these rows, and its value.
    first: u64,
    value: Option<String>,
}

/// The findings so far.
#[derive(Debug, Default)]
pub struct Findings {
    /// The numbers of rows by result.
    pub counts: Counts,
    rejections: HashMap<(String, String), Reason>,
    skipped_cells: HashMap<(String, String), Reason>,
    repeated: Reason,
    alike: Reason,
    erased: Reason,
    /// How many values both sides changed, by field and by whose stayed.
    conflicts: BTreeMap<(String, Winner), u64>,
}

impl Findings {
    /// Counts a row's result.
    pub fn add(&mut self, result: &RowResult) {
        row_result::count(&mut self.counts, result.result);
        for (wrong, reasons) in [
            (&result.fields, &mut self.rejections),
            (&result.skipped_cells, &mut self.skipped_cells),
        ] {
            for field in wrong {
                note(reasons, field, result.row);
            }
        }
        for conflict in &result.conflicts {
            *self.conflicts.entry((conflict.field.clone(), conflict.kept)).or_default() += 1;
        }
        if result.erased {
            self.erased.note(result.row, || None);
        }
        if let Some(before) = result.repeats {
            self.repeated.note(result.row, || Some(before.to_string()));
        }
        if result.result == RowOutcome::Created && !result.looks_like.is_empty() {
            self.alike.note(result.row, || Some(result.looks_like.join(", ")));
        }
    }

    /// The reason for which nearly all rows so far were rejected, if it is a single one. Then it is more likely that
    /// the file is read wrongly than that it is wrong.
    pub fn common_reason(&self) -> Option<String> {
        let Counts {
            created,
            updated,
            unchanged,
            rejected,
            ..
        } = self.counts;
        let rows = created + updated + unchanged + rejected;
        let ((name, message), reason) = self.rejections.iter().max_by_key(|(_, reason)| reason.rows)?;
        #[expect(clippy::cast_precision_loss, reason = "a share of some hundred rows")]
        let is_most = rows >= ENOUGH && reason.rows as f64 >= rows as f64 * MOST;
        is_most.then(|| {
            format!(
                "{} of {rows} rows fail for the same reason: {name} {message}{}",
                reason.rows,
                reason.example()
            )
        })
    }

    /// The findings as sentences, the most frequent first.
    pub fn told(&self) -> Vec<String> {
        let rejections = told(&self.rejections, "rejected");
        let cells = told(&self.skipped_cells, "cells left out");
        let repeated = (self.repeated.rows > 0).then(|| {
            let Reason { rows, first, value } = &self.repeated;
            format!(
                "{rows} rows have the externalId of an earlier row, and change its record: row {first} that of row {}",
                value.as_deref().unwrap_or_default()
            )
        });
        let alike = (self.alike.rows > 0).then(|| {
            let Reason { rows, first, value } = &self.alike;
            format!(
                "{rows} rows without an id resemble existing customers or earlier rows (row {first}: {}). --match-on email, phone or \
                 best changes those in place of making others",
                value.as_deref().unwrap_or_default()
            )
        });
        let erased = (self.erased.rows > 0).then(|| {
            let Reason { rows, first, .. } = &self.erased;
            format!("{rows} rows are about erased persons, who stay erased (row {first}): --force-erased brings them back")
        });
        let conflicts = self.conflicts.iter().map(|((field, kept), count)| {
            let kept = if *kept == Winner::Theirs {
                "the file's value is taken"
            } else {
                "ours is kept"
            };
            format!("{count} conflicts about {field}, which both sides changed: {kept}")
        });
        let others = rejections.into_iter().chain(cells).chain(repeated).chain(alike).chain(erased);
        others.chain(conflicts).collect()
    }

    /// The findings for `--json`.
    pub fn document(&self) -> Value {
        json!({
            "rejections": document(&self.rejections),
            "skippedCells": document(&self.skipped_cells),
            "repeatedExternalIds": self.repeated.rows,
            "lookAlikes": self.alike.rows,
            "erased": self.erased.rows,
            "conflicts": self.conflicts.iter().map(|((field, kept), count)| {
                json!({"field": field, "kept": kept, "rows": count})
            }).collect::<Vec<Value>>(),
        })
    }
}

impl Reason {
    fn note(&mut self, row: u64, value: impl FnOnce() -> Option<String>) {
        if self.rows == 0 {
            (self.first, self.value) = (row, value());
        }
        self.rows += 1;
    }

    fn example(&self) -> String {
        match &self.value {
            Some(value) => format!(" (row {}: {value:?})", self.first),
            None => format!(" (row {})", self.first),
        }
    }
}

fn note(reasons: &mut HashMap<(String, String), Reason>, field: &WrongField, row: u64) {
    let key = (field.name.clone(), rule(field).to_owned());
    if reasons.len() < MOST_COUNTED || reasons.contains_key(&key) {
        reasons.entry(key).or_default().note(row, || field.value.clone());
    }
}

/// The message without the cell's value, so that rows with the same mistake count together.
pub(crate) fn rule(field: &WrongField) -> &str {
    match (field.message.rsplit_once(": "), &field.value) {
        (Some((rule, taken)), Some(value)) if value.contains(taken) => rule,
        _ => &field.message,
    }
}

fn sorted(reasons: &HashMap<(String, String), Reason>) -> Vec<(&(String, String), &Reason)> {
    let mut sorted: Vec<_> = reasons.iter().collect();
    sorted.sort_by(|(_, one), (_, other)| other.rows.cmp(&one.rows).then(one.first.cmp(&other.first)));
    sorted
}

fn told(reasons: &HashMap<(String, String), Reason>, what: &str) -> Vec<String> {
    let sorted = sorted(reasons);
    let line = |((name, message), reason): &(&(String, String), &Reason)| {
        format!("  {:>7} {what}: {name} {message}{}", reason.rows, reason.example())
    };
    let mut lines: Vec<String> = sorted.iter().take(MOST_TOLD).map(line).collect();
    if sorted.len() > MOST_TOLD {
        lines.push(format!(
            "          and {} other reasons, which the results file lists",
            sorted.len() - MOST_TOLD
        ));
    }
    lines
}

fn document(reasons: &HashMap<(String, String), Reason>) -> Value {
    let one = |((name, message), reason): (&(String, String), &Reason)| json!({"field": name, "message": message, "rows": reason.rows, "firstRow": reason.first, "value": reason.value});
    sorted(reasons).into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use crm_domain::error::FieldError;

    use super::*;

    fn rejected(row: u64, name: &str, value: &str) -> RowResult {
        let value = json!(value);
        RowResult::rejected(row, vec![FieldError::new(name, "is wrong")], |_| Some(&value))
    }

    #[test]
    fn reasons_are_counted_with_an_example_the_most_frequent_first() {
        let mut findings = Findings::default();
        for (row, name) in [(2, "phone"), (3, "email"), (4, "email")] {
            findings.add(&rejected(row, name, "x"));
        }
        let told = findings.told();
        assert_eq!(
            told,
            [
                "        2 rejected: email is wrong (row 3: \"x\")",
                "        1 rejected: phone is wrong (row 2: \"x\")"
            ]
        );
        assert_eq!(findings.counts.rejected, 3);
    }

    #[test]
    fn a_reason_that_repeats_what_the_cell_has_is_one_reason() {
        let mut findings = Findings::default();
        for (row, name) in [(2, "ann"), (3, "bob")] {
            let value = json!(format!("{name} <{name}@x.example>"));
            let message = format!("must be the address alone, without a name: {name}@x.example");
            findings.add(&RowResult::rejected(row, vec![FieldError::new("email", message)], |_| {
                Some(&value)
            }));
        }
        assert_eq!(
            findings.told(),
            ["        2 rejected: email must be the address alone, without a name (row 2: \"ann <ann@x.example>\")"]
        );
    }

    #[test]
    fn that_most_rows_fail_alike_is_known_after_some_hundred() {
        let mut findings = Findings::default();
        for row in 0..199 {
            findings.add(&rejected(row, "id", "007"));
        }
        assert_eq!(findings.common_reason(), None);
        findings.add(&RowResult::of(200, RowOutcome::Created, "C".to_owned()));
        let reason = findings.common_reason().unwrap();
        assert!(
            reason.starts_with("199 of 200 rows fail for the same reason: id is wrong (row 0: \"007\")"),
            "{reason}"
        );
        for row in 0..100 {
            findings.add(&RowResult::of(row, RowOutcome::Created, "C".to_owned()));
        }
        assert_eq!(findings.common_reason(), None);
    }
}
