//! The mapping of columns to fields with the first values of each, shown before anything is written, so that a wrong mapping is noticed at
//! once.

use crm_domain::{CaseId, CustomerId};
use serde_json::{Value, json};

use super::{mapping::Column, rejected_format::is_ours, rows::Rows};
use crate::{
    Refused,
    columns::{CUSTOMER_ID, ID, Object},
};

/// The number of values that are shown per column, and their length in characters.
const SAMPLES: usize = 3;
const LONGEST: usize = 24;
/// The number of rows that are read for them.
const ROWS: usize = 200;

/// A table's columns.
#[derive(Debug)]
pub struct Preview(Vec<(Column, Vec<String>)>);

impl Preview {
    /// The preview of a table that was just opened; `None` for JSON lines, whose members name themselves.
    pub fn of(mut rows: Rows) -> anyhow::Result<Option<Self>> {
        let Some(columns) = rows.columns() else {
            return Ok(None);
        };
        let mut columns: Vec<(Column, Vec<String>)> = columns.iter().map(|column| (column.clone(), Vec::new())).collect();
        for _ in 0..ROWS {
            let Some(row) = rows.next()? else { break };
            for ((_, samples), cell) in columns.iter_mut().zip(&row.raw) {
                let text = String::from_utf8_lossy(cell).trim().to_owned();
                if samples.len() < SAMPLES && !text.is_empty() && !samples.contains(&text) {
                    samples.push(text);
                }
            }
        }
        Ok(Some(Self(columns)))
    }

    /// The columns.
    pub fn columns(&self) -> Vec<Column> {
        self.0.iter().map(|(column, _)| column.clone()).collect()
    }

    /// Whether columns of our own ids contain other ids, since another system may use the same column name.
    pub fn check_ids(&self, object: Object) -> Result<(), Refused> {
        let is_case = |text: &str| CaseId::parse(text).is_some();
        let is_customer = |text: &str| CustomerId::parse(text).is_some();
        for (column, samples) in &self.0 {
            let is_ours = |text: &String| match (column.field.as_deref(), object) {
                (Some(ID), Object::Cases) => is_case(text),
                (Some(ID | CUSTOMER_ID), _) => is_customer(text),
                _ => true,
            };
            let Some(first) = samples.first().filter(|_| !samples.iter().any(is_ours)) else {
                continue;
            };
            let name = &column.name;
            let advice = match column.field.as_deref() {
                Some(CUSTOMER_ID) => format!("--map '{name}=customerExternalId'"),
                _ => format!("--external-id '{name}'"),
            };
            return Err(Refused(format!(
                "the column '{name}' holds ids of another system, such as {first:?}: add {advice}, or leave it out with --map '{name}='"
            )));
        }
        Ok(())
    }

    /// A line for each column.
    pub fn lines(&self) -> Vec<String> {
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or_default().min(LONGEST);
        let name = widest(&mut self.0.iter().map(|(column, _)| column.name.chars().count()));
        let field = widest(&mut self.0.iter().map(|(column, _)| shown_field(column).chars().count()));
        let line = |(column, samples): &(Column, Vec<String>)| {
            let samples: Vec<String> = samples.iter().map(|sample| shortened(sample)).collect();
            let line = format!(
                "  {:<name$}  {:<field$}  {}",
                column.name,
                shown_field(column),
                samples.join(" | ")
            );
            line.trim_end().to_owned()
        };
        self.0.iter().map(line).collect()
    }

    /// The preview for `--json`.
    pub fn document(&self) -> Value {
        let one =
            |(column, samples): &(Column, Vec<String>)| json!({"column": column.name, "field": column.field, "values": samples});
        self.0.iter().map(one).collect()
    }
}

/// The mapped and the omitted columns, in one line.
pub fn summary(columns: &[Column]) -> String {
    let of_file = columns.iter().filter(|column| !is_ours(&column.name));
    let (fields, left_out): (Vec<&Column>, Vec<&Column>) = of_file.partition(|column| column.field.is_some());
    let names: Vec<&str> = left_out.iter().map(|column| column.name.as_str()).collect();
    let (fields, left_out) = (fields.len(), names.join(", "));
    if names.is_empty() {
        return format!("mapped columns: {fields}");
    }
    format!("mapped columns: {fields}, left out: {} ({left_out})", names.len())
}

fn shown_field(column: &Column) -> &str {
    column.field.as_deref().unwrap_or("(left out)")
}

fn shortened(text: &str) -> String {
    let text = text.replace(['\r', '\n'], " ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(columns: &[(&str, Option<&str>, &[&str])]) -> Preview {
        let one = |(name, field, samples): &(&str, Option<&str>, &[&str])| {
            let column = Column {
                name: (*name).to_owned(),
                field: field.map(str::to_owned),
            };
            (column, samples.iter().map(|sample| (*sample).to_owned()).collect())
        };
        Preview(columns.iter().map(one).collect())
    }

    #[test]
    fn each_column_is_shown_with_its_field_and_first_values() {
        let preview = preview(&[
            ("E-Mail", Some("email"), &["a@x.example", "b@x.example"]),
            ("Shoe size", None, &["42\n43", &"4".repeat(30)]),
            ("x", Some("city"), &[]),
        ]);
        assert_eq!(
            preview.lines(),
            [
                "  E-Mail     email       a@x.example | b@x.example",
                "  Shoe size  (left out)  42 43 | 444444444444444444444444…",
                "  x          city",
            ]
        );
        assert_eq!(summary(&preview.columns()), "mapped columns: 2, left out: 1 (Shoe size)");
    }

    #[test]
    fn ids_of_another_system_are_not_ours() {
        let check = |field, samples: &[&str]| preview(&[("id", Some(field), samples)]).check_ids(Object::Customers);
        let problem = check("id", &["4711", "4712"]).unwrap_err().0;
        assert!(problem.contains("--external-id 'id'"), "{problem}");
        check("id", &["4711", "C0SA77REZRPC"]).unwrap();
        check("id", &[]).unwrap();
        check("email", &["4711"]).unwrap();
    }
}
