//! Reading a file, one row at a time: whatever is wrong with a row is that row's matter, and no row takes more memory than the
//! longest that is allowed.

use std::{
    cell::Cell,
    fs::File,
    io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom},
    path::Path,
    rc::Rc,
};

use anyhow::Context as _;
use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use shared::{
    error::FieldError,
    json::{Mistakes, UNKNOWN},
    store::hex,
};

use super::mapping::{Mapping, Target};
use crate::{Misuse, columns::Format};

/// The longest row, in bytes.
pub const LONGEST_ROW: usize = 4 << 20;
/// How much of a file is read to find out what separates its cells.
const SNIFFED: u64 = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// What the mistakes of a whole row are called.
const ROW: &str = "row";

/// One row of a file.
#[derive(Debug)]
pub struct Row {
    /// The line on which it begins, from 1.
    pub number: u64,
    /// Its values by the names of the fields; absent ones are to stay as they are.
    pub values: Result<Map<String, Value>, Vec<FieldError>>,
}

/// What a file is known by.
#[derive(Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its SHA-256.
    pub digest: String,
    /// How many lines it has.
    pub lines: u64,
}

/// A file's rows.
#[derive(Debug)]
pub enum Rows {
    /// Of a table.
    Csv(CsvRows),
    /// Of lines of JSON.
    Jsonl(JsonlRows),
}

impl Rows {
    /// Opens a file. Columns that nobody knows are found out here: those of a table's header, or of the first line of JSON.
    pub fn open(
        path: &Path,
        format: Format,
        mapping: Mapping,
        delimiter: Option<char>,
        empty_clears: bool,
    ) -> anyhow::Result<Self> {
        let mut file = File::open(path).with_context(|| cannot_read(path))?;
        skip_mark(&mut file)?;
        Ok(match format {
            Format::Csv => Self::Csv(CsvRows::new(file, &mapping, delimiter, empty_clears)?),
            Format::Jsonl => Self::Jsonl(JsonlRows::new(file, mapping)?),
        })
    }

    /// The next row; `None` at the end.
    pub fn next(&mut self) -> anyhow::Result<Option<Row>> {
        match self {
            Self::Csv(rows) => rows.next(),
            Self::Jsonl(rows) => rows.next(),
        }
    }
}

/// Reads a file once to know it again.
pub fn fingerprint(path: &Path) -> anyhow::Result<Fingerprint> {
    let mut reader = BufReader::new(File::open(path).with_context(|| cannot_read(path))?);
    let (mut digest, mut lines) = (Sha256::new(), 0);
    let mut ends = true;
    loop {
        let part = reader.fill_buf().with_context(|| cannot_read(path))?;
        let Some(last) = part.last() else { break };
        ends = *last == b'\n';
        lines += line_breaks(part);
        digest.update(part);
        let length = part.len();
        reader.consume(length);
    }
    Ok(Fingerprint {
        digest: hex(&digest.finalize()),
        lines: lines + u64::from(!ends),
    })
}

fn line_breaks(bytes: &[u8]) -> u64 {
    bytes.iter().map(|&byte| u64::from(byte == b'\n')).sum()
}

fn cannot_read(path: &Path) -> String {
    format!("{} cannot be read", path.display())
}

fn skip_mark(file: &mut File) -> io::Result<()> {
    let mut start = Vec::new();
    file.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut start)?;
    if start != BYTE_ORDER_MARK {
        file.seek(SeekFrom::Start(0))?;
    }
    Ok(())
}

/// The rows of a table.
#[derive(Debug)]
pub struct CsvRows {
    reader: Reader<Bounded<File>>,
    room: Rc<Cell<usize>>,
    columns: Vec<Option<String>>,
    names: Vec<String>,
    empty_clears: bool,
}

impl CsvRows {
    fn new(mut file: File, mapping: &Mapping, delimiter: Option<char>, empty_clears: bool) -> anyhow::Result<Self> {
        let delimiter = match delimiter {
            Some(delimiter) => u8::try_from(delimiter).map_err(|_| Misuse("--delimiter: one ASCII character".to_owned()))?,
            None => sniff(&mut file)?,
        };
        let room = Rc::new(Cell::new(LONGEST_ROW));
        let file = Bounded {
            inner: file,
            room: Rc::clone(&room),
            last: b'\n',
        };
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            // Else a carriage return ends a line, and the rest of it counts for the next.
            .terminator(Terminator::Any(b'\n'))
            .from_reader(file);
        let mut header = ByteRecord::new();
        reader
            .read_byte_record(&mut header)
            .context("the first line cannot be read")?;
        let names: Option<Vec<String>> = cells(&header).map(|name| String::from_utf8(name.to_vec()).ok()).collect();
        let names = names.ok_or_else(|| Misuse("the first line is not UTF-8: save the file as \"CSV UTF-8\"".to_owned()))?;
        if names.iter().all(|name| name.trim().is_empty()) {
            return Err(Misuse("the file has no header: its first line names the columns".to_owned()).into());
        }
        Ok(Self {
            columns: mapping.header(&names)?,
            names,
            reader,
            room,
            empty_clears,
        })
    }

    fn next(&mut self) -> anyhow::Result<Option<Row>> {
        let mut record = ByteRecord::new();
        loop {
            self.room.set(LONGEST_ROW);
            let line = self.reader.position().line();
            let read = self.reader.read_byte_record(&mut record);
            let more = read.with_context(|| format!("the row that begins on line {line} cannot be read"))?;
            if !more {
                return Ok(None);
            }
            if record.len() == 1 && cells(&record).all(<[u8]>::is_empty) {
                continue;
            }
            let breaks = line_breaks(record.as_slice());
            return Ok(Some(Row {
                // Blank lines before a row count for the row; its end is where the reader stands.
                number: self.reader.position().line() - 1 - breaks,
                values: self.values(&record),
            }));
        }
    }

    fn values(&self, record: &ByteRecord) -> Result<Map<String, Value>, Vec<FieldError>> {
        if record.len() != self.columns.len() {
            let message = format!("has {} cells where the header has {}", record.len(), self.columns.len());
            return Err(vec![FieldError::new(ROW, message)]);
        }
        let (mut values, mut wrong) = (Map::new(), Vec::new());
        for ((cell, field), name) in cells(record).zip(&self.columns).zip(&self.names) {
            let Some(field) = field else { continue };
            match std::str::from_utf8(cell) {
                Ok("") if self.empty_clears => drop(values.insert(field.clone(), Value::Null)),
                Ok("") => {}
                Ok(text) => drop(values.insert(field.clone(), text.into())),
                Err(_) => wrong.push(FieldError::new(name, "must be UTF-8: save the file as \"CSV UTF-8\"")),
            }
        }
        if wrong.is_empty() { Ok(values) } else { Err(wrong) }
    }
}

/// The cells of a record, of which the last may have the carriage return of the line's end.
fn cells(record: &ByteRecord) -> impl Iterator<Item = &[u8]> {
    let last = record.len().saturating_sub(1);
    let bare = move |(place, cell)| match <[u8]>::strip_suffix(cell, b"\r") {
        Some(bare) if place == last => bare,
        _ => cell,
    };
    record.iter().enumerate().map(bare)
}

/// The separator that the header has most of, outside of quotes; a comma if it has none.
fn sniff(file: &mut File) -> io::Result<u8> {
    let start = file.stream_position()?;
    let mut head = Vec::new();
    file.by_ref().take(SNIFFED).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(start))?;
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            byte => counts
                .iter_mut()
                .filter(|(separator, _)| *separator == byte)
                .for_each(|(_, count)| *count += 1),
        }
    }
    // Of equal counts the last wins: the comma.
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    Ok(most.map_or(b',', |(separator, _)| separator))
}

/// A reader that gives up where a row does not end, since a quote that is never closed would swallow the file; and that ends the
/// last line where the file does not.
#[derive(Debug)]
pub struct Bounded<R> {
    inner: R,
    room: Rc<Cell<usize>>,
    last: u8,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = self.inner.read(buffer)?;
        if read == 0
            && self.last != b'\n'
            && let Some(free) = buffer.first_mut()
        {
            *free = b'\n';
            read = 1;
        }
        self.last = read.checked_sub(1).map_or(self.last, |at| buffer[at]);
        let left = self.room.get().checked_sub(read);
        let left = left.ok_or_else(|| io::Error::other("it is longer than 4 MB: is there a quote that is not closed?"))?;
        self.room.set(left);
        Ok(read)
    }
}

/// The rows of lines of JSON.
#[derive(Debug)]
pub struct JsonlRows {
    reader: BufReader<File>,
    mapping: Mapping,
    line: u64,
}

impl JsonlRows {
    fn new(file: File, mapping: Mapping) -> anyhow::Result<Self> {
        let mut rows = Self {
            reader: BufReader::new(file),
            mapping,
            line: 0,
        };
        let start = rows.reader.stream_position()?;
        if let Some((_, Ok(line))) = rows.next_line()?
            && let Ok(first) = serde_json::from_slice::<Map<String, Value>>(&line)
        {
            rows.mapping.check_known(first.keys().map(String::as_str))?;
        }
        rows.reader.seek(SeekFrom::Start(start))?;
        rows.line = 0;
        Ok(rows)
    }

    fn next(&mut self) -> anyhow::Result<Option<Row>> {
        let Some((number, line)) = self.next_line()? else {
            return Ok(None);
        };
        let values = line.and_then(|line| self.values(&line));
        Ok(Some(Row { number, values }))
    }

    /// The next line that is not blank, with its number; a mistake in place of one that is too long.
    #[expect(clippy::type_complexity, reason = "a line, or what is wrong with it, or the end")]
    fn next_line(&mut self) -> anyhow::Result<Option<(u64, Result<Vec<u8>, Vec<FieldError>>)>> {
        loop {
            let mut line = Vec::new();
            let limit = LONGEST_ROW as u64 + 1;
            let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            if line.len() > LONGEST_ROW && line.last() != Some(&b'\n') {
                self.reader.skip_until(b'\n')?;
                let wrong = vec![FieldError::new(ROW, "must be at most 4 MB long")];
                return Ok(Some((self.line, Err(wrong))));
            }
            if !line.trim_ascii().is_empty() {
                return Ok(Some((self.line, Ok(line))));
            }
        }
    }

    fn values(&self, line: &[u8]) -> Result<Map<String, Value>, Vec<FieldError>> {
        let wrong = |message: &str| vec![FieldError::new(ROW, message)];
        let line = std::str::from_utf8(line).map_err(|_| wrong("must be UTF-8"))?;
        let value: Value = serde_json::from_str(line.trim_end()).map_err(|error| {
            wrong(&format!(
                "must be one JSON object: it breaks off at character {}",
                error.column()
            ))
        })?;
        let Value::Object(members) = value else {
            return Err(wrong("must be one JSON object"));
        };
        let (mut values, mut mistakes) = (Map::new(), Mistakes::default());
        for (name, value) in members {
            match self.mapping.target(&name) {
                Target::Ignored => {}
                Target::Unknown => mistakes.unknown(name, UNKNOWN),
                Target::Field(field) if values.contains_key(&field) => {
                    mistakes.invalid(field, "stands there twice");
                }
                Target::Field(field) => drop(values.insert(field, value)),
            }
        }
        if mistakes.is_empty() {
            Ok(values)
        } else {
            Err(mistakes.into_fields())
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::ObjectStructure;

    use super::*;
    use crate::columns::Object;

    fn rows(name: &str, content: &[u8], map: &[&str], empty_clears: bool) -> anyhow::Result<Vec<(u64, String)>> {
        let path = std::env::temp_dir().join(format!("crm-rows-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        let format = Format::of(&path, None)?;
        let map: Vec<String> = map.iter().map(|entry| (*entry).to_owned()).collect();
        let mapping = Mapping::new(Object::Customers, format, &ObjectStructure::default_customer(), &map, None)?;
        let mut rows = Rows::open(&path, format, mapping, None, empty_clears)?;
        let mut read = Vec::new();
        while let Some(row) = rows.next()? {
            let shown = match row.values {
                Ok(values) => Value::Object(values).to_string(),
                Err(wrong) => {
                    let wrong = wrong.iter().map(|field| format!("{}: {}", field.name, field.message));
                    wrong.collect::<Vec<_>>().join("; ")
                }
            };
            read.push((row.number, shown));
        }
        std::fs::remove_file(path).unwrap();
        Ok(read)
    }

    #[track_caller]
    fn check(name: &str, content: &[u8], map: &[&str], wanted: &[(u64, &str)]) {
        let read = rows(name, content, map, false).unwrap();
        let read: Vec<(u64, &str)> = read.iter().map(|(number, shown)| (*number, shown.as_str())).collect();
        assert_eq!(read, wanted);
    }

    #[test]
    fn a_table_of_a_spreadsheet() {
        check(
            "spreadsheet.csv",
            b"\xef\xbb\xbfE-Mail;City;x\r\na@x.example;\"Bonn;\r\nam Rhein\";1\r\n\r\n;Ulm;\r\n;\xff;2",
            &["x="],
            &[
                (2, r#"{"email":"a@x.example","city":"Bonn;\r\nam Rhein"}"#),
                (5, r#"{"city":"Ulm"}"#),
                (6, "City: must be UTF-8: save the file as \"CSV UTF-8\""),
            ],
        );
    }

    #[test]
    fn a_row_of_another_length_is_no_row() {
        check(
            "lengths.csv",
            b"email,city\nx\na,b,c\nd,e\n",
            &[],
            &[
                (2, "row: has 1 cells where the header has 2"),
                (3, "row: has 3 cells where the header has 2"),
                (4, r#"{"email":"d","city":"e"}"#),
            ],
        );
    }

    #[test]
    fn an_empty_cell_clears_only_on_demand() {
        let read = rows("empty.csv", b"email\tcity\n\tBonn\n", &[], true).unwrap();
        assert_eq!(read, [(2, r#"{"email":null,"city":"Bonn"}"#.to_owned())]);
    }

    #[test]
    fn lines_of_json() {
        check(
            "lines.jsonl",
            b"{\"email\": \"a\", \"x\": 1}\n\n{\"email\": 7, \"y\": null}\n[]\n{\"email\"\n{\"email\":\"\xff\"}\n{\"city\": null}",
            &["x="],
            &[
                (1, r#"{"email":"a"}"#),
                (3, "y: is not a field of this CRM's data model"),
                (4, "row: must be one JSON object"),
                (5, "row: must be one JSON object: it breaks off at character 8"),
                (6, "row: must be UTF-8"),
                (7, r#"{"city":null}"#),
            ],
        );
    }

    #[test]
    fn no_row_is_longer_than_the_longest() {
        let long = [
            b"{\"city\": \"",
            vec![b'x'; LONGEST_ROW].as_slice(),
            b"\"}\n{\"city\": \"b\"}\n",
        ]
        .concat();
        check(
            "long.jsonl",
            &long,
            &[],
            &[(1, "row: must be at most 4 MB long"), (2, r#"{"city":"b"}"#)],
        );
        let open = [b"city\nBonn\n\"", vec![b'x'; 2 * LONGEST_ROW].as_slice()].concat();
        let problem = format!("{:#}", rows("open.csv", &open, &[], false).unwrap_err());
        assert!(problem.contains("line 3") && problem.contains("quote"), "{problem}");
    }

    #[test]
    fn columns_that_nobody_knows_are_said_before_the_first_row() {
        for (name, content) in [("unknown.csv", "Umsatz\n1\n"), ("unknown.jsonl", "{\"Umsatz\": 1}\n")] {
            let problem = rows(name, content.as_bytes(), &[], false).unwrap_err();
            assert!(
                problem.is::<Misuse>() && problem.to_string().contains("'Umsatz'"),
                "{problem:#}"
            );
        }
        assert!(rows("nothing.csv", b"", &[], false).unwrap_err().is::<Misuse>());
    }
}
