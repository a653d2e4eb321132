//! The records of a table. A file of any length is read with the memory for a few hundred lines, or for the longest row.

use std::{collections::VecDeque, io::BufRead};

use super::{
    super::lines::{Line, Lines},
    quoting::{Fault, Reading, Syntax},
    repair::{self, Block, MOST_COLUMNS, REACH, What},
};
use crate::Refused;

/// The number of lines, and the number of bytes, that are processed together.
const LINES_TOGETHER: usize = 8 * REACH;
const BYTES_TOGETHER: usize = 1 << 20;
/// The longest header line, in bytes.
const LONGEST_HEADER: usize = 64 << 10;
/// The separators of cells. The one of a file is detected from the first line.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// The line in front of the header in which a spreadsheet names the separator.
const SEPARATOR: &[u8] = b"sep=";

/// One record below the header.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its row in a spreadsheet, in which the header is the first row and a cell of several lines is in one row.
    pub row: u64,
    /// Its cells, as many as the header has, or the mistake.
    pub cells: Result<Vec<Vec<u8>>, String>,
    /// For a wrong record: its cells, or its text as a single cell, for the file of rejected rows.
    pub kept: Vec<Vec<u8>>,
}

/// Reads a table.
#[derive(Debug)]
pub struct Records<R> {
    lines: Lines<R>,
    syntax: Syntax,
    /// Lines that were read. The first `gone` of them were returned already.
    held: Vec<Line>,
    gone: usize,
    blocks: VecDeque<Block>,
    is_end: bool,
    /// The number of a spreadsheet's rows before the next block.
    rows: u64,
}

impl<R: BufRead> Records<R> {
    /// Reads the header: the first line that is not blank, and whose cells name the columns. The separator is the
    /// operator's, or else the file's (`sep=;`), or else the one that gives the most known columns.
    pub fn open(lines: Lines<R>, delimiter: Option<u8>, is_known: impl Fn(&str) -> bool) -> anyhow::Result<(Vec<String>, Self)> {
        let mut records = Self {
            lines,
            syntax: Syntax {
                delimiter: DELIMITERS[0],
                width: 0,
            },
            held: Vec::new(),
            gone: 0,
            blocks: VecDeque::new(),
            is_end: false,
            rows: 1,
        };
        records.hold(LINES_TOGETHER, LONGEST_HEADER)?;
        records.skip_blank();
        let said = records.separator();
        let (delimiter, length, names) = header(&records.held[records.gone..], delimiter.or(said), is_known)?;
        records.gone += length;
        records.syntax = Syntax {
            delimiter,
            width: names.len(),
        };
        Ok((names, records))
    }

    /// The next record; `None` at the end.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Record>> {
        loop {
            let Some(block) = self.blocks.pop_front() else {
                if self.is_end && self.gone == self.held.len() {
                    return Ok(None);
                }
                self.divide()?;
                continue;
            };
            self.gone = block.lines.end;
            let record = (block.what != What::Blank).then(|| self.record(&block));
            self.rows += match block.what {
                What::Blank | What::Faulty(_) => block.lines.len() as u64,
                What::Row | What::OtherWidth(_) => 1,
            };
            if record.is_some() {
                return Ok(record);
            }
        }
    }

    fn record(&self, block: &Block) -> Record {
        let lines = &self.held[block.lines.clone()];
        let cells = match block.what {
            What::Row => Ok(self.syntax.cells(lines)),
            What::OtherWidth(cells) => Err(format!("has {cells} cells where the header has {}", self.syntax.width)),
            What::Faulty(_) if lines.iter().any(|line| line.is_too_long) => Err(Fault::TooLong.message().to_owned()),
            What::Faulty(fault) => Err(fault.message().to_owned()),
            What::Blank => Err(String::new()),
        };
        let number = |line: Option<&Line>| line.map(|line| line.number).unwrap_or_default();
        let (first, last) = (number(lines.first()), number(lines.last()));
        let reaching = |problem| {
            if last > first {
                format!("{problem} (lines {first} to {last})")
            } else {
                problem
            }
        };
        let kept = match block.what {
            What::OtherWidth(_) => self.syntax.cells(lines),
            What::Faulty(_) => vec![lines.iter().flat_map(Line::whole).copied().collect()],
            What::Row | What::Blank => Vec::new(),
        };
        Record {
            line: first,
            row: self.rows + 1,
            cells: cells.map_err(reaching),
            kept,
        }
    }

    /// Reads on, and divides what is there into records. The last lines wait for the lines after them, unless the
    /// file ends.
    fn divide(&mut self) -> anyhow::Result<()> {
        self.held.drain(..self.gone);
        self.gone = 0;
        let (mut lines, mut bytes) = (LINES_TOGETHER, BYTES_TOGETHER);
        self.hold(lines, bytes)?;
        while !self.is_end && repair::is_open(&self.held, self.syntax) {
            (lines, bytes) = (usize::MAX, bytes * 2);
            self.hold(lines, bytes)?;
        }
        let blocks = repair::blocks(&self.held, self.syntax, self.is_end);
        let sure = if self.is_end {
            usize::MAX
        } else {
            self.held.len().saturating_sub(REACH)
        };
        let is_sure = |(at, block): &(usize, Block)| *at == 0 || block.lines.end <= sure;
        self.blocks = blocks
            .into_iter()
            .enumerate()
            .take_while(is_sure)
            .map(|(_, block)| block)
            .collect();
        Ok(())
    }

    /// Reads until there are so many lines or so many bytes.
    fn hold(&mut self, lines: usize, bytes: usize) -> anyhow::Result<()> {
        let mut held: usize = self.held.iter().map(|line| line.whole().len()).sum();
        while !self.is_end && self.held.len() < lines && held < bytes {
            match self.lines.next()? {
                Some(line) => {
                    held += line.whole().len();
                    self.held.push(line);
                }
                None => self.is_end = true,
            }
        }
        Ok(())
    }

    fn skip_blank(&mut self) {
        let is_blank = |line: &Line| line.is_blank();
        let blank = self.held[self.gone..].iter().take_while(|line| is_blank(line)).count();
        self.gone += blank;
        self.rows += blank as u64;
    }

    /// The separator of cells.
    pub fn delimiter(&self) -> u8 {
        self.syntax.delimiter
    }

    /// The separator that the line in front of the header names.
    fn separator(&mut self) -> Option<u8> {
        let text = self.held.get(self.gone)?.text();
        let (said, rest) = text.split_at_checked(SEPARATOR.len())?;
        let [delimiter] = *rest else { return None };
        if !said.eq_ignore_ascii_case(SEPARATOR) {
            return None;
        }
        self.gone += 1;
        self.skip_blank();
        Some(delimiter)
    }
}

/// The separator, the number of lines of the header, and its cells.
fn header(lines: &[Line], delimiter: Option<u8>, is_known: impl Fn(&str) -> bool) -> anyhow::Result<(u8, usize, Vec<String>)> {
    let Some(first) = lines.first() else {
        return Err(Refused("the file is empty: its first line names the columns".to_owned()).into());
    };
    let read = |delimiter: u8| {
        let syntax = Syntax { delimiter, width: 0 };
        match syntax.read(lines) {
            Reading::Whole { lines: count, .. } => Ok((count, syntax.cells(&lines[..count]))),
            Reading::Faulty(fault) => Err(fault),
            Reading::Open => Err(Fault::NotClosed),
        }
    };
    let delimiter = match delimiter {
        Some(delimiter) => delimiter,
        None => sniff(read, is_known)?,
    };
    let (count, cells) =
        read(delimiter).map_err(|fault| Refused(format!("line {}, which names the columns, {}", first.number, fault.message())))?;
    let names: Option<Vec<String>> = cells.into_iter().map(|name| String::from_utf8(name).ok()).collect();
    let names =
        names.ok_or_else(|| Refused("the line that names the columns is not UTF-8: save the file as \"CSV UTF-8\"".to_owned()))?;
    if names.iter().all(|name| name.trim().is_empty()) {
        return Err(Refused("the file has no header: its first line names the columns".to_owned()).into());
    }
    if names.len() > MOST_COLUMNS {
        let problem = format!("the file has {} columns: at most {MOST_COLUMNS} can be read", names.len());
        return Err(Refused(problem).into());
    }
    Ok((delimiter, count, names))
}

/// The separator that gives the most known columns of the header, and then the most columns.
fn sniff(read: impl Fn(u8) -> Result<(usize, Vec<Vec<u8>>), Fault>, is_known: impl Fn(&str) -> bool) -> Result<u8, Refused> {
    let rate = |delimiter: u8| {
        let (_, cells) = read(delimiter).ok()?;
        let is_known = |cell: &&Vec<u8>| str::from_utf8(cell).is_ok_and(&is_known);
        let known = cells.iter().filter(is_known).count();
        (cells.len() > 1).then_some((known, cells.len(), delimiter))
    };
    let mut rated: Vec<(usize, usize, u8)> = DELIMITERS.into_iter().filter_map(rate).collect();
    rated.sort_unstable_by(|one, other| other.cmp(one));
    match *rated.as_slice() {
        [] => Ok(DELIMITERS[0]),
        [one, other, ..] if (one.0, one.1) == (other.0, other.1) => Err(Refused(format!(
            "the first line could be separated by {} or by {}: choose with --delimiter, or with a line sep={0} in front of it",
            shown(one.2),
            shown(other.2)
        ))),
        [(.., delimiter), ..] => Ok(delimiter),
    }
}

fn shown(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".to_owned(),
        other => char::from(other).to_string(),
    }
}
