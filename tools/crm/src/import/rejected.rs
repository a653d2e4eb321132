//! The file of rejected rows, which can be corrected and imported. It has the original columns, after two columns with the row's number and
//! the mistake. An import ignores these two.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use crm_import::{
    rejected_format::{MARK, ROW, Shape, record},
    row_result::RowResult,
    rows::Row,
};
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};

use crate::whole_file;

/// The file while it is written. It is created when the first row is rejected.
#[derive(Debug)]
pub struct RejectedRows {
    path: PathBuf,
    shape: Shape,
    file: Option<File>,
}

impl RejectedRows {
    /// The file of a new run.
    pub fn new(path: PathBuf, shape: Shape) -> Self {
        Self { path, shape, file: None }
    }

    /// The file of an interrupted run, with its rows up to this one.
    pub fn reopen(path: PathBuf, shape: Shape, last: u64) -> anyhow::Result<Self> {
        let mut rows = Self::new(path, shape);
        let Ok(content) = fs::read(&rows.path) else {
            return Ok(rows);
        };
        let kept = match &rows.shape {
            Shape::Table { delimiter, .. } => kept_records(&content, *delimiter, last),
            Shape::Lines => kept_lines(&content, last),
        };
        rows.begin()?;
        rows.write(&kept)?;
        Ok(rows)
    }

    /// Adds a row.
    pub fn add(&mut self, row: &Row, result: &RowResult) -> anyhow::Result<()> {
        let text = self.shape.row(row, result)?;
        if self.file.is_none() {
            self.begin()?;
        }
        self.write(&text)
    }

    /// Its path, if it exists.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|_| self.path.as_path())
    }

    fn begin(&mut self) -> anyhow::Result<()> {
        let file = whole_file::growing(&self.path, false).with_context(|| self.problem())?;
        self.file = Some(file);
        let head = self.shape.head()?;
        self.write(&head)
    }

    fn write(&self, text: &[u8]) -> anyhow::Result<()> {
        let mut file = self.file.as_ref().into_iter();
        file.try_for_each(|mut file| file.write_all(text))
            .with_context(|| self.problem())
    }

    fn problem(&self) -> String {
        format!("the rejected rows cannot be written to {}", self.path.display())
    }
}

fn kept_records(content: &[u8], delimiter: u8, last: u64) -> Vec<u8> {
    let content = content.strip_prefix(MARK).unwrap_or(content);
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(content);
    let is_kept = |record: &ByteRecord| {
        let number = record.get(0).and_then(|cell| str::from_utf8(cell).ok()?.parse::<u64>().ok());
        number.is_some_and(|number| number <= last)
    };
    let records = reader.byte_records().map_while(Result::ok).filter(is_kept);
    let texts = records.map_while(|fields| record(delimiter, fields.iter()).ok());
    texts.collect::<Vec<_>>().concat()
}

fn kept_lines(content: &[u8], last: u64) -> Vec<u8> {
    let lines = BufReader::new(content).split(b'\n').map_while(Result::ok);
    let is_kept = |line: &Vec<u8>| {
        let members: Option<Map<String, Value>> = serde_json::from_slice(line).ok();
        members
            .and_then(|members| members.get(ROW)?.as_u64())
            .is_some_and(|row| row <= last)
    };
    lines
        .filter(is_kept)
        .flat_map(|line| [line, b"\n".to_vec()].concat())
        .collect()
}

#[cfg(test)]
mod tests {
    use crm_domain::error::FieldError;

    use super::*;

    fn row(place: u64, cells: &[&str]) -> Row {
        Row {
            number: place,
            place,
            raw: cells.iter().map(|cell| cell.as_bytes().to_vec()).collect(),
            values: Ok(Map::new()),
        }
    }

    fn result(place: u64) -> RowResult {
        RowResult::rejected(place, vec![FieldError::new("email", "must be an e-mail address")], |_| None)
    }

    #[track_caller]
    fn check(shape: Shape, name: &str, rows: &[Row], wanted: &str, wanted_after: &str) {
        let path = std::env::temp_dir().join(format!("crm-rejected-{}-{name}", std::process::id()));
        let mut file = RejectedRows::new(path.clone(), shape.clone());
        assert_eq!(file.path(), None);
        for row in rows {
            file.add(row, &result(row.place)).unwrap();
        }
        let read = || String::from_utf8(fs::read(&path).unwrap()).unwrap();
        assert_eq!(read(), wanted);
        drop(RejectedRows::reopen(path.clone(), shape, rows[0].place).unwrap());
        assert_eq!(read(), wanted_after);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_table_keeps_its_columns_and_what_separates_them() {
        let names = ["crm:row", "crm:problem", "No", "E-Mail"].map(str::to_owned).to_vec();
        let shape = Shape::Table { names, delimiter: b';' };
        let rows = [row(2, &["7", "old", "A1", "a;b"]), row(9, &["A2\n\"x"])];
        let head = "\u{feff}crm:row;crm:problem;No;E-Mail\n2;email must be an e-mail address;A1;\"a;b\"\n";
        let whole = format!("{head}9;email must be an e-mail address;\"A2\n\"\"x\"\n");
        check(shape, "table", &rows, &whole, head);
    }

    #[test]
    fn lines_of_json_stay_objects() {
        let rows = [row(1, &[r#"{"email": 7, "crm:row": 5}"#]), row(2, &["{broken"])];
        let first = "{\"crm:row\":1,\"crm:problem\":\"email must be an e-mail address\",\"email\":7}\n";
        let second = "{\"crm:row\":2,\"crm:problem\":\"email must be an e-mail address\",\"crm:line\":\"{broken\"}\n";
        check(Shape::Lines, "lines", &rows, &format!("{first}{second}"), first);
    }
}
