//! The strict form of a row (RFC 4180). Cells are separated by one character. A cell in quotes may contain
//! separators, line breaks and doubled quotes. A cell that does not begin with a quote contains no quotes.

use super::super::lines::{LONGEST, Line};

/// How the rows of a table are written.
#[derive(Debug, Clone, Copy)]
pub struct Syntax {
    /// The separator of cells.
    pub delimiter: u8,
    /// The number of cells of a row, which is that of the header.
    pub width: usize,
}

/// Where a reader is within a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the first character of a cell.
    Start,
    /// In a cell without quotes.
    Bare,
    /// In a cell in quotes.
    Quoted,
    /// After a quote within a cell in quotes: it ends the cell, unless another one follows.
    Closed,
}

/// The reason why a row cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A quote within a cell that does not begin with one.
    QuoteInside,
    /// Text between the end of a cell in quotes and the next separator.
    TextAfterQuote,
    /// A cell in quotes that does not end.
    NotClosed,
    /// A cell in quotes that contains rows of the file.
    HoldsRows,
    /// Each line could be a row, but the lines around it only fit if it is not.
    Unbalanced,
    /// Longer than [`LONGEST`].
    TooLong,
}

impl Fault {
    /// A sentence for the author of the file.
    pub fn message(self) -> &'static str {
        match self {
            Self::QuoteInside => {
                "has a quote inside a cell that does not begin with one: put the whole cell in quotes, and double its own quotes"
            }
            Self::TextAfterQuote => {
                "has text after the quote that ends a cell: double the quotes that belong to the cell, and put nothing after it"
            }
            Self::NotClosed => "has a quote that is not closed: end the cell with a quote, or remove the first one",
            Self::HoldsRows => "has a cell in quotes that would contain the rows after it: close its quote, or remove it",
            Self::Unbalanced => "has one quote too few or too many: the lines after it belong to one of its cells",
            Self::TooLong => "must be at most 4 MB long: is there a quote that is not closed?",
        }
    }
}

/// The reading of the row that begins on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// A row with this number of lines and cells.
    Whole {
        /// Its lines.
        lines: usize,
        /// Its cells.
        cells: usize,
    },
    /// Not a row.
    Faulty(Fault),
    /// The lines end within quotes.
    Open,
}

impl Syntax {
    /// Reads the row that begins on the first of these lines.
    pub fn read(&self, lines: &[Line]) -> Reading {
        let (mut place, mut cells, mut bytes) = (Place::Start, 0, 0);
        for (at, line) in lines.iter().enumerate() {
            bytes += line.whole().len();
            if line.is_too_long || bytes > LONGEST {
                return Reading::Faulty(Fault::TooLong);
            }
            for &byte in line.text() {
                match self.step(place, byte) {
                    Ok(next) => {
                        cells += usize::from(next == Place::Start);
                        place = next;
                    }
                    Err(fault) => return Reading::Faulty(fault),
                }
            }
            if place != Place::Quoted {
                let (lines, cells) = (at + 1, cells + 1);
                return Reading::Whole { lines, cells };
            }
        }
        Reading::Open
    }

    fn step(&self, place: Place, byte: u8) -> Result<Place, Fault> {
        match (place, byte) {
            (Place::Quoted, b'"') => Ok(Place::Closed),
            (Place::Quoted, _) => Ok(Place::Quoted),
            (_, byte) if byte == self.delimiter => Ok(Place::Start),
            (Place::Start | Place::Closed, b'"') => Ok(Place::Quoted),
            (Place::Bare, b'"') => Err(Fault::QuoteInside),
            (Place::Closed, _) => Err(Fault::TextAfterQuote),
            (Place::Start | Place::Bare, _) => Ok(Place::Bare),
        }
    }

    /// The cells of a row that [`Self::read`] finds valid.
    pub fn cells(&self, lines: &[Line]) -> Vec<Vec<u8>> {
        let (mut place, mut cells, mut cell) = (Place::Start, Vec::new(), Vec::new());
        for line in lines {
            for &byte in line.text() {
                // A whole row has no faults.
                let next = self.step(place, byte).unwrap_or(Place::Bare);
                match (place, next) {
                    (_, Place::Start) => cells.push(std::mem::take(&mut cell)),
                    // The quotes around a cell, and the first one of two.
                    (Place::Start, Place::Quoted) | (_, Place::Closed) => {}
                    _ => cell.push(byte),
                }
                place = next;
            }
            if place == Place::Quoted {
                cell.extend(&line.whole()[line.text().len()..]);
            }
        }
        cells.push(cell);
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::{LineEnd, Lines};

    #[track_caller]
    fn check(text: &str, wanted: Result<(usize, &[&str]), Fault>) {
        let syntax = Syntax {
            delimiter: b',',
            width: 2,
        };
        let mut source = Lines::new(text.as_bytes(), LineEnd::LineFeed);
        let lines: Vec<Line> = std::iter::from_fn(|| source.next().unwrap()).collect();
        let read = match syntax.read(&lines) {
            Reading::Whole { lines: count, cells } => {
                let read = syntax.cells(&lines[..count]);
                assert_eq!(read.len(), cells);
                let texts = read.into_iter().map(|cell| String::from_utf8(cell).unwrap());
                Ok((count, texts.collect::<Vec<_>>()))
            }
            Reading::Faulty(fault) => Err(fault),
            Reading::Open => Err(Fault::NotClosed),
        };
        let wanted = wanted.map(|(count, cells)| (count, cells.iter().map(|cell| (*cell).to_owned()).collect()));
        assert_eq!(read, wanted, "{text}");
    }

    #[test]
    fn a_row_is_read_as_the_standard_has_it() {
        check("a,b\nc", Ok((1, &["a", "b"])));
        check(",", Ok((1, &["", ""])));
        check("", Err(Fault::NotClosed));
        check("\"a\",\"\"", Ok((1, &["a", ""])));
        check("\"a, \"\"b\"\"\r\n\nc\",d\r\ne", Ok((3, &["a, \"b\"\r\n\nc", "d"])));
        check("\"\"\"\",\"\"\"a\"", Ok((1, &["\"", "\"a"])));
        check("a \"b\",c", Err(Fault::QuoteInside));
        check(" \"b\",c", Err(Fault::QuoteInside));
        check("\"b\" ,c", Err(Fault::TextAfterQuote));
        check("\"b\"c,d", Err(Fault::TextAfterQuote));
        check("a,\"b\nc,d", Err(Fault::NotClosed));
    }
}
