//! The rows of a file, one at a time. A mistake in a row concerns only that row.

use std::{io::BufReader, vec};

use crm_domain::{error::FieldError, normal::is_blank};
use crm_service::json::{Mistakes, UNKNOWN};
use serde_json::{Map, Value};

use super::{
    json_line,
    lines::{Line, Lines},
    mapping::{Column, Mapping, Target},
    rejected_format::{LINE, Shape},
    table::{Record, Records},
    text_file::{Text, TextFile},
};
use crate::columns::{EXTERNAL_ID, Format};

/// The name for mistakes of a whole row.
const ROW: &str = "row";

/// One row of a file.
#[derive(Debug)]
pub struct Row {
    /// Its number in the run's journal: the line on which it begins, from 1; in a workbook its row.
    pub number: u64,
    /// Its row in a spreadsheet, where a cell of several lines is in one row.
    pub place: u64,
    /// The row as in the file: its cells, or its text as a single cell if it is not a table or cannot be divided into cells.
    pub raw: Vec<Vec<u8>>,
    /// Its values by the names of the fields. Absent fields stay unchanged.
    pub values: Result<Map<String, Value>, Vec<FieldError>>,
}

impl Row {
    /// Whether all cells are empty, as in a blank line of a spreadsheet.
    pub fn is_empty(&self) -> bool {
        let values = self.values.as_ref();
        values.is_ok_and(|values| values.values().all(says_nothing))
    }

    /// Whether the row may write something, as far as the file tells.
    pub fn is_to_be_applied(&self) -> bool {
        self.values.is_ok() && !self.is_empty()
    }

    /// The external id of its record.
    pub fn external_id(&self) -> Option<String> {
        let value = self.values.as_ref().ok()?.get(EXTERNAL_ID)?;
        value.as_str().map(str::to_owned)
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_blank(text),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A file's rows.
#[derive(Debug)]
pub enum Rows {
    /// Of a table.
    Csv(CsvRows),
    /// The rows of JSON lines.
    Jsonl(JsonlRows),
}

impl Rows {
    /// The rows of a text. Unknown columns are reported here: those of a table's header, or of the first line of JSON.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused) if its columns are not as the mapping says, and otherwise that of reading.
    pub fn of_text(
        file: &TextFile,
        format: Format,
        mapping: Mapping,
        delimiter: Option<u8>,
        empty_clears: bool,
    ) -> anyhow::Result<Self> {
        file.check(format)?;
        Ok(match format {
            Format::Csv => {
                let is_known = |name: &str| mapping.target(name) != Target::Unknown;
                let (names, records) = Records::open(file.read()?, delimiter, is_known)?;
                Self::Csv(CsvRows::new(names, Table::Text(records), &mapping, empty_clears)?)
            }
            Format::Jsonl => Self::Jsonl(JsonlRows::new(file, mapping)?),
        })
    }

    /// The rows of a table in memory, such as a workbook's: the names of its columns, and the records below.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused) if its columns are not as the mapping says.
    pub fn of_table(names: Vec<String>, records: Vec<Record>, mapping: &Mapping, empty_clears: bool) -> anyhow::Result<Self> {
        let table = Table::Held(records.into_iter());
        Ok(Self::Csv(CsvRows::new(names, table, mapping, empty_clears)?))
    }

    /// The columns of a table; `None` of lines of JSON.
    pub fn columns(&self) -> Option<&[Column]> {
        match self {
            Self::Csv(rows) => Some(&rows.columns),
            Self::Jsonl(_) => None,
        }
    }

    /// The format in which rejected rows are written.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Csv(rows) => Shape::Table {
                names: rows.names.clone(),
                delimiter: rows.table.delimiter(),
            },
            Self::Jsonl(_) => Shape::Lines,
        }
    }

    /// The next row; `None` at the end.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Row>> {
        match self {
            Self::Csv(rows) => rows.next(),
            Self::Jsonl(rows) => rows.next(),
        }
    }
}

/// The source of a table's records.
#[derive(Debug)]
pub enum Table {
    /// A text, record by record.
    Text(Records<BufReader<Text>>),
    /// A workbook.
    Held(vec::IntoIter<Record>),
}

impl Table {
    fn next(&mut self) -> anyhow::Result<Option<Record>> {
        match self {
            Self::Text(records) => records.next(),
            Self::Held(records) => Ok(records.next()),
        }
    }

    fn delimiter(&self) -> u8 {
        match self {
            Self::Text(records) => records.delimiter(),
            Self::Held(_) => b',',
        }
    }
}

/// The rows of a table.
#[derive(Debug)]
pub struct CsvRows {
    table: Table,
    /// The header.
    names: Vec<String>,
    columns: Vec<Column>,
    empty_clears: bool,
}

impl CsvRows {
    fn new(names: Vec<String>, table: Table, mapping: &Mapping, empty_clears: bool) -> anyhow::Result<Self> {
        Ok(Self {
            table,
            columns: mapping.header(&names)?,
            names,
            empty_clears,
        })
    }

    fn next(&mut self) -> anyhow::Result<Option<Row>> {
        let Some(record) = self.table.next()? else {
            return Ok(None);
        };
        let raw = record.cells.as_ref().map_or(record.kept, Clone::clone);
        let values = record.cells.map_err(|problem| vec![FieldError::new(ROW, problem)]);
        Ok(Some(Row {
            number: record.line,
            place: record.row,
            raw,
            values: values.and_then(|cells| self.values(cells)),
        }))
    }

    fn values(&self, cells: Vec<Vec<u8>>) -> Result<Map<String, Value>, Vec<FieldError>> {
        let (mut values, mut wrong) = (Map::new(), Vec::new());
        for (cell, column) in cells.into_iter().zip(&self.columns) {
            let Some(field) = &column.field else { continue };
            match String::from_utf8(cell) {
                Ok(text) if text.is_empty() && self.empty_clears => drop(values.insert(field.clone(), Value::Null)),
                Ok(text) if text.is_empty() => {}
                Ok(text) => drop(values.insert(field.clone(), text.into())),
                Err(_) => wrong.push(FieldError::new(&column.name, "must be UTF-8: save the file as \"CSV UTF-8\"")),
            }
        }
        if wrong.is_empty() { Ok(values) } else { Err(wrong) }
    }
}

/// The rows of lines of JSON.
#[derive(Debug)]
pub struct JsonlRows {
    lines: Lines<BufReader<Text>>,
    mapping: Mapping,
}

impl JsonlRows {
    fn new(file: &TextFile, mapping: Mapping) -> anyhow::Result<Self> {
        let mut lines = file.read()?;
        while let Some(line) = lines.next()? {
            if line.text().trim_ascii().is_empty() {
                continue;
            }
            let first = str::from_utf8(line.text()).map(json_line::read);
            if let Ok(Ok(first)) = first {
                mapping.check_known(first.keys().map(String::as_str))?;
            }
            break;
        }
        Ok(Self {
            lines: file.read()?,
            mapping,
        })
    }

    fn next(&mut self) -> anyhow::Result<Option<Row>> {
        while let Some(line) = self.lines.next()? {
            if line.is_too_long || !line.text().trim_ascii().is_empty() {
                return Ok(Some(Row {
                    number: line.number,
                    place: line.number,
                    raw: vec![line.text().to_vec()],
                    values: self.values(&line),
                }));
            }
        }
        Ok(None)
    }

    fn values(&self, line: &Line) -> Result<Map<String, Value>, Vec<FieldError>> {
        let wrong = |message: &str| vec![FieldError::new(ROW, message)];
        if line.is_too_long {
            return Err(wrong("must be at most 4 MB long"));
        }
        let text = str::from_utf8(line.text()).map_err(|_| wrong("must be UTF-8"))?;
        let members = json_line::read(text).map_err(|problem| wrong(&problem))?;
        let (mut values, mut mistakes) = (Map::new(), Mistakes::default());
        if members.contains_key(LINE) {
            return Err(wrong("was not a JSON object: replace this line by the object"));
        }
        for (name, value) in members {
            match self.mapping.target(&name) {
                Target::Ignored => {}
                Target::Unknown => mistakes.unknown(name, UNKNOWN),
                Target::Field(field) if values.contains_key(&field) => {
                    mistakes.invalid(field, "occurs twice");
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
    use std::{path::Path, sync::Arc};

    use crm_domain::ObjectStructure;

    use super::{super::lines::LONGEST, *};
    use crate::{Refused, columns::Object, mapping::Wishes, text_file::HeldFile};

    fn rows(name: &str, content: &[u8], map: &[&str], empty_clears: bool) -> anyhow::Result<Vec<(u64, String)>> {
        let format = Format::of(Path::new(name), None)?;
        let file = HeldFile {
            name: name.to_owned(),
            content: content.into(),
        };
        let map: Vec<String> = map.iter().map(|entry| (*entry).to_owned()).collect();
        let wishes = Wishes {
            map: &map,
            ..Wishes::default()
        };
        let mapping = Mapping::new(Object::Customers, format, &ObjectStructure::default_customer(), &wishes)?;
        let file = TextFile::open(Arc::new(file), None)?;
        let mut rows = Rows::of_text(&file, format, mapping, None, empty_clears)?;
        let mut read = Vec::new();
        while let Some(row) = rows.next()? {
            let is_empty = row.is_empty();
            let shown = match row.values {
                Ok(_) if is_empty => "empty".to_owned(),
                Ok(values) => Value::Object(values).to_string(),
                Err(wrong) => {
                    let wrong = wrong.iter().map(|field| format!("{}: {}", field.name, field.message));
                    wrong.collect::<Vec<_>>().join("; ")
                }
            };
            read.push((row.number, shown));
        }
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
            b"\xef\xbb\xbfE-Mail;City;x\r\na@x.example;\"Bonn;\r\nam Rhein\";1\r\n\r\n;Ulm;\r\n;\xff;2\r\n;;\r\n; ;3",
            &["x="],
            &[
                (2, r#"{"email":"a@x.example","city":"Bonn;\r\nam Rhein"}"#),
                (5, r#"{"city":"Ulm"}"#),
                (6, "City: must be UTF-8: save the file as \"CSV UTF-8\""),
                (7, "empty"),
                (8, "empty"),
            ],
        );
    }

    #[test]
    fn the_line_that_says_what_separates_cells_is_no_header() {
        check(
            "separator.csv",
            b"sep=|\r\nemail|city\r\na,b;c|d\r\n",
            &[],
            &[(3, r#"{"email":"a,b;c","city":"d"}"#)],
        );
    }

    #[test]
    fn what_separates_cells_is_what_makes_most_columns_known() {
        for delimiter in [',', ';', '\t', '|'] {
            let table = format!("email{delimiter}Last, first; name|other\tname{delimiter}city\na{delimiter}{delimiter}c\n");
            let table = table.replace(
                "Last, first; name|other\tname",
                &"Last, first; name|other\tname".replace(delimiter, " "),
            );
            let column = table.split(delimiter).nth(1).unwrap();
            let left_out = format!("{column}=");
            check(
                "delimiters.csv",
                table.as_bytes(),
                &[&left_out],
                &[(2, r#"{"email":"a","city":"c"}"#)],
            );
        }
        let problem = rows("either.csv", b"a,b;c\n1,2;3\n", &["a=", "c="], false).unwrap_err();
        assert!(
            problem.is::<Refused>() && problem.to_string().contains("--delimiter"),
            "{problem:#}"
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
        let read = rows("empty.csv", b"email\tcity\n\tBonn\n\t\n", &[], true).unwrap();
        let wanted = [(2, r#"{"email":null,"city":"Bonn"}"#), (3, "empty")];
        assert_eq!(read, wanted.map(|(number, row)| (number, row.to_owned())));
    }

    #[test]
    fn lines_of_json() {
        check(
            "lines.jsonl",
            b"{\"email\": \"a\", \"x\": 1}\n\n{\"email\": 7, \"y\": null}\n[]\n{\"email\"\n{\"email\":\"\xff\"}\n{\"city\": null}\n\
              {\"city\": \"a\", \"city\": \"b\"}\n{\"contacts\": [{\"gender\": 1, \"gender\": 2}]}\n{}\n{\"city\":\"\xc3\xa9\"}",
            &["x="],
            &[
                (1, r#"{"email":"a"}"#),
                (3, "y: is not a field of this CRM's data model"),
                (4, "row: must be one JSON object"),
                (5, "row: must be one JSON object: it ends at character 8"),
                (6, "row: must be UTF-8"),
                (7, "empty"),
                (8, "row: has the member city twice"),
                (9, "row: has the member gender twice"),
                (10, "empty"),
                (11, "{\"city\":\"é\"}"),
            ],
        );
    }

    #[test]
    fn no_row_is_longer_than_the_longest() {
        let long = [b"{\"city\": \"", vec![b'x'; LONGEST].as_slice(), b"\"}\n{\"city\": \"b\"}\n"].concat();
        check(
            "long.jsonl",
            &long,
            &[],
            &[(1, "row: must be at most 4 MB long"), (2, r#"{"city":"b"}"#)],
        );
        let wide = [b"city\n", vec![b'x'; LONGEST + 1].as_slice(), b"\nBonn\n"].concat();
        let too_long = "row: must be at most 4 MB long: is there a quote that is not closed?";
        check("wide.csv", &wide, &[], &[(2, too_long), (3, r#"{"city":"Bonn"}"#)]);
        let lines = format!("x,{}\n", "z".repeat(200)).repeat(LONGEST / 200);
        let open = format!("city,email\nBonn,\nUlm,\"{lines}Kiel,k@x.example\n");
        let read = rows("open.csv", open.as_bytes(), &[], false).unwrap();
        assert_eq!(read.len(), 2 + LONGEST / 200);
        assert_eq!(read[1], (3, too_long.to_owned()));
        assert!(read[2].1.contains("\"city\":\"x\""));
        assert!(read[read.len() - 1].1.contains("k@x.example"));
    }

    #[test]
    fn columns_that_nobody_knows_are_said_before_the_first_row() {
        for (name, content) in [("unknown.csv", "Umsatz\n1\n"), ("unknown.jsonl", "{\"Umsatz\": 1}\n")] {
            let problem = rows(name, content.as_bytes(), &[], false).unwrap_err();
            assert!(
                problem.is::<Refused>() && problem.to_string().contains("'Umsatz'"),
                "{problem:#}"
            );
        }
        let problem = rows("quote.csv", b"email,\"city\n1,2\n", &[], false).unwrap_err();
        assert!(
            problem.is::<Refused>() && problem.to_string().contains("line 1"),
            "{problem:#}"
        );
        assert_eq!(rows("header.csv", b"email,city\n", &[], false).unwrap(), []);
    }
}
