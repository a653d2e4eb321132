//! Workbooks of Excel and `LibreOffice`: one sheet as a table. The whole sheet is in memory, since that is how workbooks are stored.

use std::{fs::File, io::BufReader, path::Path};

use calamine::{Data, ExcelDateTime, Range, Reader as _, SheetType, SheetVisible, Sheets, open_workbook_auto};
use crm_import::table::Record;

use crate::Misuse;

/// The largest number of decimal places in a spreadsheet, which calculates with fifteen digits.
const DIGITS: usize = 15;

/// A sheet of a workbook.
#[derive(Debug)]
pub struct Workbook {
    /// The name of the sheet.
    pub sheet: String,
    /// The other sheets that are not empty.
    pub others: Vec<String>,
    range: Range<Data>,
}

impl Workbook {
    /// Reads the sheet of this name, or else the first visible one that is not empty.
    pub fn open(path: &Path, sheet: Option<&str>) -> Result<Self, Misuse> {
        let refused = |problem: &str| Misuse(format!("{} {problem}", path.display()));
        let mut book = open_workbook_auto(path).map_err(|error| {
            refused(&format!(
                "cannot be read as a workbook ({error}): is it protected by a password? Open it and save it as \"CSV UTF-8\""
            ))
        })?;
        let metadata = book.sheets_metadata().to_vec();
        let visible = metadata
            .iter()
            .filter(|one| one.typ == SheetType::WorkSheet && one.visible == SheetVisible::Visible);
        let all: Vec<String> = metadata.iter().map(|one| one.name.clone()).collect();
        let mut read = Vec::new();
        let wanted: Vec<String> = match sheet {
            Some(sheet) => vec![sheet.to_owned()],
            None => visible.map(|one| one.name.clone()).collect(),
        };
        for name in wanted {
            if !all.contains(&name) {
                return Err(refused(&format!("has no sheet '{name}': it has {}", all.join(", "))));
            }
            let range = range(&mut book, &name).map_err(|problem| refused(&problem))?;
            if !range.is_empty() {
                read.push((name, range));
            }
        }
        if read.is_empty() {
            return Err(refused("is empty: the first row of a sheet names the columns"));
        }
        let (sheet, range) = read.remove(0);
        Ok(Self {
            sheet,
            others: read.into_iter().map(|(name, _)| name).collect(),
            range,
        })
    }

    /// The number of rows of the sheet, including those before the header.
    pub fn rows(&self) -> u64 {
        self.range.end().map_or(0, |(row, _)| u64::from(row) + 1)
    }

    /// The names of the columns, and the rows below.
    pub fn records(&self) -> (Vec<String>, Vec<Record>) {
        let first = self.range.start().map_or(0, |(row, _)| u64::from(row));
        let mut rows = (first + 1..).zip(self.range.rows().map(|cells| cells.iter().map(text).collect::<Vec<String>>()));
        let is_blank = |cells: &[String]| cells.iter().all(String::is_empty);
        let names = rows
            .find(|(_, cells)| !is_blank(cells))
            .map(|(_, cells)| cells)
            .unwrap_or_default();
        // Cell formats may extend beyond the table, as columns at the end without names and values.
        let rows: Vec<(u64, Vec<String>)> = rows.collect();
        let filled = |cells: &[String]| cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let width = rows
            .iter()
            .map(|(_, cells)| filled(cells))
            .max()
            .unwrap_or(0)
            .max(filled(&names));
        let records = rows.into_iter().map(|(row, cells)| Record {
            line: row,
            row,
            cells: Ok(cells.into_iter().take(width).map(String::into_bytes).collect()),
            kept: Vec::new(),
        });
        let records = records.collect();
        (names.into_iter().take(width).collect(), records)
    }
}

fn range(book: &mut Sheets<BufReader<File>>, name: &str) -> Result<Range<Data>, String> {
    book.worksheet_range(name)
        .map_err(|error| format!("has a sheet '{name}' that cannot be read ({error}): save it as \"CSV UTF-8\""))
}

/// A cell as people see it, numbers without the spreadsheet's rounding, times as the rest of the import writes them.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number),
        Data::Bool(true) => "TRUE".to_owned(),
        Data::Bool(false) => "FALSE".to_owned(),
        Data::DateTime(at) => time_text(at),
        Data::Error(error) => error.to_string(),
    }
}

fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e17 {
        return format!("{number:.0}");
    }
    let whole = format!("{:.0}", number.abs().trunc()).len();
    let text = format!("{number:.*}", DIGITS.saturating_sub(whole));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn time_text(at: &ExcelDateTime) -> String {
    if !at.is_datetime() {
        return number_text(at.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_the_spreadsheet_shows() {
        for (number, wanted) in [
            (4_155_552_671.0, "4155552671"),
            (0.1 + 0.2, "0.3"),
            (-12.5, "-12.5"),
            (0.0, "0"),
            (89_073.0, "89073"),
        ] {
            assert_eq!(text(&Data::Float(number)), wanted);
        }
        assert_eq!(text(&Data::Bool(true)), "TRUE");
        assert_eq!(text(&Data::Empty), "");
    }

    #[test]
    fn a_time_is_a_date_where_it_is_midnight() {
        let at = |serial| time_text(&ExcelDateTime::new(serial, calamine::ExcelDateTimeType::DateTime, false));
        assert_eq!(at(44_259.0), "2021-03-04");
        assert_eq!(at(44_259.5), "2021-03-04T12:00:00");
    }
}
