//! The lines of a text, one at a time. None takes more memory than the longest allowed line.

use std::io::{self, BufRead};

/// The longest line, and the longest row of a table, in bytes.
pub const LONGEST: usize = 4 << 20;

/// The ends of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// A line feed, perhaps after a carriage return.
    LineFeed,
    /// A carriage return alone, as the old Mac wrote it.
    CarriageReturn,
}

impl LineEnd {
    fn byte(self) -> u8 {
        match self {
            Self::LineFeed => b'\n',
            Self::CarriageReturn => b'\r',
        }
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Its bytes including its end; empty if the line is too long.
    bytes: Vec<u8>,
    /// Its length in bytes without its end.
    length: usize,
    /// Whether it is longer than [`LONGEST`].
    pub is_too_long: bool,
}

impl Line {
    /// The text, without the line's end.
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The text and the line's end.
    pub fn whole(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it has only spaces. Tabs can be cells.
    pub fn is_blank(&self) -> bool {
        !self.is_too_long && self.text().iter().all(|byte| *byte == b' ')
    }
}

/// Reads the lines of a text.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    end: LineEnd,
    read: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a text from its beginning.
    pub fn new(reader: R, end: LineEnd) -> Self {
        Self { reader, end, read: 0 }
    }

    /// The next line; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let limit = LONGEST as u64 + 1;
        let end = self.end.byte();
        if io::Read::take(&mut self.reader, limit).read_until(end, &mut bytes)? == 0 {
            return Ok(None);
        }
        self.read += 1;
        let ends = bytes.last() == Some(&end);
        let is_too_long = bytes.len() > LONGEST && !ends;
        if is_too_long {
            self.reader.skip_until(end)?;
            bytes = Vec::new();
        }
        let mut length = bytes.len() - usize::from(ends && !is_too_long);
        if self.end == LineEnd::LineFeed && bytes[..length].last() == Some(&b'\r') {
            length -= 1;
        }
        Ok(Some(Line {
            number: self.read,
            bytes,
            length,
            is_too_long,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], end: LineEnd) -> Vec<(u64, String, usize)> {
        let mut lines = Lines::new(text, end);
        let next = || lines.next().unwrap();
        std::iter::from_fn(next)
            .map(|line| {
                (
                    line.number,
                    String::from_utf8_lossy(line.text()).into_owned(),
                    line.whole().len(),
                )
            })
            .collect()
    }

    fn own(lines: &[(u64, &str, usize)]) -> Vec<(u64, String, usize)> {
        lines
            .iter()
            .map(|(number, text, length)| (*number, (*text).to_owned(), *length))
            .collect()
    }

    #[test]
    fn a_line_ends_as_its_file_has_it() {
        let text = b"a\r\n\nb\rc\n";
        assert_eq!(read(text, LineEnd::LineFeed), own(&[(1, "a", 3), (2, "", 1), (3, "b\rc", 4)]));
        assert_eq!(
            read(b"a\rb\r\rc", LineEnd::CarriageReturn),
            own(&[(1, "a", 2), (2, "b", 2), (3, "", 1), (4, "c", 1)])
        );
    }

    #[test]
    fn of_a_line_that_is_too_long_nothing_is_kept_but_its_number() {
        let text = [vec![b'x'; LONGEST].as_slice(), b"\n", &vec![b'x'; LONGEST + 1], b"\nb"].concat();
        let mut lines = Lines::new(text.as_slice(), LineEnd::LineFeed);
        let mut next = || {
            lines
                .next()
                .unwrap()
                .map(|line| (line.number, line.is_too_long, line.text().len()))
        };
        assert_eq!(next(), Some((1, false, LONGEST)));
        assert_eq!(next(), Some((2, true, 0)));
        assert_eq!(next(), Some((3, false, 1)));
        assert_eq!(next(), None);
    }
}
