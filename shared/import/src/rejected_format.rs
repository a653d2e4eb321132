//! The format of the file of rejected rows, which can be corrected and imported. It has the original columns, after two columns with the
//! row's number and the mistake. An import ignores these two.

use csv::WriterBuilder;
use serde_json::{Map, Value};

use super::{row_result::RowResult, rows::Row};

/// The column of the row's number.
pub const ROW: &str = "crm:row";
/// The column of the mistake.
pub const PROBLEM: &str = "crm:problem";
/// The member for a line that is no JSON object.
pub const LINE: &str = "crm:line";

/// The mark by which Excel recognises UTF-8.
pub const MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a column is one of the two that such a file has in front.
pub fn is_ours(column: &str) -> bool {
    [ROW, PROBLEM].contains(&column)
}

/// The format of the file.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A table with these columns and this separator.
    Table {
        /// The columns. A file that is imported again already has the two.
        names: Vec<String>,
        /// The separator of cells.
        delimiter: u8,
    },
    /// JSON lines.
    Lines,
}

impl Shape {
    /// The beginning of the file.
    ///
    /// # Errors
    /// The columns cannot be written, which is not expected.
    pub fn head(&self) -> anyhow::Result<Vec<u8>> {
        let Self::Table { names, delimiter } = self else {
            return Ok(Vec::new());
        };
        let names = names.iter().filter(|name| !is_ours(name)).map(String::as_bytes);
        let head = [ROW.as_bytes(), PROBLEM.as_bytes()].into_iter().chain(names);
        Ok([MARK.to_vec(), record(*delimiter, head)?].concat())
    }

    /// A row.
    ///
    /// # Errors
    /// It cannot be written, which is not expected.
    pub fn row(&self, row: &Row, result: &RowResult) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Table { names, delimiter } => of_table(names, *delimiter, row, result),
            Self::Lines => line(row, result),
        }
    }
}

/// A row with fewer cells than the header keeps its length. Filled up, it would look valid.
fn of_table(names: &[String], delimiter: u8, row: &Row, result: &RowResult) -> anyhow::Result<Vec<u8>> {
    let (number, problem) = (row.place.to_string(), result.problem());
    let ours = [number.as_bytes(), problem.as_bytes()];
    let is_whole = row.raw.len() == names.len();
    let cells = row.raw.iter().enumerate();
    let cells = cells.filter(|(at, _)| !(is_whole && names.get(*at).is_some_and(|name| is_ours(name))));
    let mut cells: Vec<&[u8]> = ours.into_iter().chain(cells.map(|(_, cell)| cell.as_slice())).collect();
    // A text that could not be divided into cells would look valid in a table with one column.
    if names.len() == 1 && is_whole && row.values.is_err() {
        cells.push(b"");
    }
    record(delimiter, cells.into_iter())
}

/// A record of a table.
///
/// # Errors
/// It cannot be written, which is not expected.
pub fn record<'a>(delimiter: u8, cells: impl Iterator<Item = &'a [u8]>) -> anyhow::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_writer(Vec::new());
    writer.write_record(cells)?;
    Ok(writer.into_inner()?)
}

fn line(row: &Row, result: &RowResult) -> anyhow::Result<Vec<u8>> {
    let mut members = Map::new();
    members.insert(ROW.to_owned(), row.place.into());
    members.insert(PROBLEM.to_owned(), result.problem().into());
    let text = row.raw.first().map(Vec::as_slice).unwrap_or_default();
    match serde_json::from_slice(text) {
        Ok(Value::Object(own)) => members.extend(own.into_iter().filter(|(name, _)| !is_ours(name))),
        _ => drop(members.insert(LINE.to_owned(), String::from_utf8_lossy(text).into_owned().into())),
    }
    let mut line = serde_json::to_vec(&members)?;
    line.push(b'\n');
    Ok(line)
}
