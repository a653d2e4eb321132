//! Divides the lines of a table into rows, even if quotes are wrong.
//!
//! A cell in quotes can contain line breaks, so one quote too many or too few changes how all later lines are read. The rule: **of all ways
//! to divide the lines into rows, the one with the fewest corrections counts**, and among those the one with the most rows. A correction
//! inserts a quote or removes a character. So a file without mistakes is read as the standard says, whatever its cells contain, and a
//! mistake affects only its own row.
//!
//! The cost of a row:
//! - nothing, if it is whole and as wide as the header;
//! - one, if it is whole and has another width;
//! - one or two, if so many corrections make it a row of the header's width. It may have several lines;
//! - three for any other line.
//!
//! Texts rarely look like rows, and a valid row must not be lost for a small gain. So if a row is invalid or has another width, each
//! further line that would be a valid row by itself costs three more. The first line costs one more, since its opening quote may be
//! missing.
//!
//! If most rows begin with a cell of one form, such as an id (`UO-7`, `UO-12`), a line that begins otherwise costs one more and does not
//! count as a lost row. It may be a line of an address.
//!
//! One reading that the standard allows is refused: a row of several lines, each of which begins like the row and would be a row by itself,
//! the first and the last with one correction. Then two quotes are wrong in two rows, and the reading would join all rows between them.

use std::{cmp::Reverse, collections::HashMap, ops::Range, slice};

use super::{
    super::lines::Line,
    quoting::{Fault, Reading, Syntax},
};

/// The largest number of lines of a row with a mistake, and of lines before and after a mistake whose reading it affects.
pub const REACH: usize = 64;
/// The largest number of corrections of a row.
const MOST_CORRECTIONS: usize = 2;
/// The cost of a line that cannot be corrected or is given up.
const LOST: usize = MOST_CORRECTIONS + 1;

/// The number of rows from which the most frequent form counts as the usual one.
const FEWEST_ALIKE: usize = 3;

/// Lines that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Which lines.
    pub lines: Range<usize>,
    /// Their kind.
    pub what: What,
}

/// The kinds of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A blank line between rows.
    Blank,
    /// A row.
    Row,
    /// A row of another width than the header's.
    OtherWidth(usize),
    /// A row whose quotes are wrong.
    Faulty(Fault),
}

/// Divides lines into rows. `is_end` says whether the file ends with them. Otherwise the last [`REACH`] of them can still turn out to be
/// something else.
pub fn blocks(lines: &[Line], syntax: Syntax, is_end: bool) -> Vec<Block> {
    let plain = in_order(lines, syntax);
    let is_wrong = |block: &&Block| !matches!(block.what, What::Blank | What::Row);
    let wrong: Vec<usize> = plain.iter().filter(is_wrong).map(|block| block.lines.start).collect();
    if wrong.is_empty() {
        return plain;
    }
    Division::new(lines, syntax, is_end, wrong).best()
}

/// Whether a row of these lines may continue after them.
pub fn is_open(lines: &[Line], syntax: Syntax) -> bool {
    let mut at = 0;
    while at < lines.len() {
        if syntax.read(&lines[at..]) == Reading::Open {
            return true;
        }
        at += plain(&lines[at..], syntax).0;
    }
    false
}

/// The rows read in order, where each mistake costs one line.
fn in_order(lines: &[Line], syntax: Syntax) -> Vec<Block> {
    let (mut blocks, mut at) = (Vec::new(), 0);
    while at < lines.len() {
        let (count, what) = plain(&lines[at..], syntax);
        blocks.push(Block {
            lines: at..at + count,
            what,
        });
        at += count;
    }
    blocks
}

fn plain(lines: &[Line], syntax: Syntax) -> (usize, What) {
    if lines.first().is_some_and(Line::is_blank) {
        return (1, What::Blank);
    }
    match syntax.read(lines) {
        Reading::Whole { lines: count, .. } if holds_rows(&lines[..count], syntax) => (1, What::Faulty(Fault::HoldsRows)),
        Reading::Whole { lines: count, cells } if cells == syntax.width => (count, What::Row),
        Reading::Whole { lines: 1, cells } => (1, What::OtherWidth(cells)),
        Reading::Whole { .. } => (1, What::Faulty(Fault::Unbalanced)),
        Reading::Faulty(fault) => (1, What::Faulty(fault)),
        Reading::Open => (1, What::Faulty(Fault::NotClosed)),
    }
}

/// The cost of a part: its corrections, and what it gives up.
type Price = (usize, usize);
/// The cost of a division, in the order of comparison: the total cost; the number of rows, more being better; the corrections; and the
/// number of parts, more being better.
type Cost = (usize, Reverse<usize>, usize, Reverse<usize>);

/// All ways to divide lines into rows.
struct Division<'lines> {
    lines: &'lines [Line],
    syntax: Syntax,
    is_end: bool,
    /// The lines at which reading in order meets mistakes.
    wrong: Vec<usize>,
    readings: Vec<Reading>,
    /// Whether a line begins otherwise than most rows do.
    is_odd: Vec<bool>,
    /// For each line the number of lines before it that are rows by themselves, and that have quotes.
    rows_before: Vec<usize>,
    quotes_before: Vec<usize>,
}

impl<'lines> Division<'lines> {
    fn new(lines: &'lines [Line], syntax: Syntax, is_end: bool, wrong: Vec<usize>) -> Self {
        let readings: Vec<Reading> = (0..lines.len()).map(|at| syntax.read(&lines[at..])).collect();
        let usual = usual_beginning(lines, &readings, syntax);
        let is_odd = |line: &Line| usual.as_ref().is_some_and(|usual| beginning(line, syntax) != *usual);
        let is_odd: Vec<bool> = lines.iter().map(is_odd).collect();
        let is_row = |at: usize| readings[at] == whole(syntax) && !lines[at].is_blank() && !is_odd[at];
        let has_quote = |line: &Line| line.text().contains(&b'"');
        Self {
            rows_before: counted((0..lines.len()).map(is_row)),
            quotes_before: counted(lines.iter().map(has_quote)),
            lines,
            syntax,
            is_end,
            wrong,
            readings,
            is_odd,
        }
    }

    /// The cheapest division, computed from the end, since the cost of the lines after a line does not depend on those before it.
    fn best(&self) -> Vec<Block> {
        let count = self.lines.len();
        let mut best: Vec<(Cost, Option<Block>)> = vec![((0, Reverse(0), 0, Reverse(0)), None); count + 1];
        for at in (0..count).rev() {
            let mut chosen: Option<(Cost, Option<Block>)> = None;
            self.each_block(at, |(corrections, given_up), block| {
                let (rest, Reverse(rows), rest_corrections, Reverse(parts)) = best[block.lines.end].0;
                let rows = rows + usize::from(block.what == What::Row);
                let cost = (
                    rest + corrections + given_up,
                    Reverse(rows),
                    rest_corrections + corrections,
                    Reverse(parts + 1),
                );
                if chosen.as_ref().is_none_or(|(cheapest, _)| cost < *cheapest) {
                    chosen = Some((cost, Some(block)));
                }
            });
            if let Some(chosen) = chosen {
                best[at] = chosen;
            }
        }
        let (mut blocks, mut at) = (Vec::new(), 0);
        while let Some(block) = best[at].1.take() {
            at = block.lines.end;
            blocks.push(block);
        }
        blocks
    }

    /// All parts that can begin on a line, with their costs.
    fn each_block(&self, at: usize, mut found: impl FnMut(Price, Block)) {
        let odd = usize::from(self.is_odd[at]);
        let mut found = |(corrections, given_up): Price, end, what| {
            let odd = if what == What::Blank { 0 } else { odd };
            found((corrections, given_up + odd), Block { lines: at..end, what });
        };
        let (count, what) = plain(&self.lines[at..], self.syntax);
        match what {
            What::Blank | What::Row => found((0, 0), at + count, what),
            What::OtherWidth(_) => found((1, 0), at + 1, what),
            What::Faulty(_) => {}
        }
        if what == What::Blank || !self.is_near_mistakes(at) {
            if let What::Faulty(_) = what {
                found((LOST, 0), at + 1, what);
            }
            return;
        }
        let fault = match (what, self.readings[at]) {
            (What::Faulty(fault), _) | (_, Reading::Faulty(fault)) => fault,
            _ => Fault::Unbalanced,
        };
        match self.readings[at] {
            Reading::Whole { lines, cells } if lines > 1 && cells != self.syntax.width => {
                found((1, self.given_up(at, at + lines)), at + lines, What::OtherWidth(cells));
            }
            Reading::Open if self.is_end => {
                let end = self.lines.len();
                found((1, self.given_up(at, end)), end, What::Faulty(Fault::NotClosed));
            }
            _ => {}
        }
        for (count, corrections) in self.corrected(at) {
            // A row that is refused although the standard allows it is not accepted with corrections either.
            if fault == Fault::HoldsRows && matches!(self.readings[at], Reading::Whole { lines, .. } if lines == count) {
                continue;
            }
            found((corrections, self.given_up(at, at + count)), at + count, What::Faulty(fault));
        }
        found((LOST, 0), at + 1, What::Faulty(fault));
    }

    /// Rows with corrections. Where there are no quotes, none are missing.
    fn corrected(&self, at: usize) -> Vec<(usize, usize)> {
        let end = self.lines.len().min(at + REACH);
        if self.quotes_before[end] == self.quotes_before[at] {
            return Vec::new();
        }
        corrected(&self.lines[at..end], self.syntax)
    }

    fn is_near_mistakes(&self, at: usize) -> bool {
        let first = self.wrong.partition_point(|wrong| wrong + REACH < at);
        self.wrong.get(first).is_some_and(|wrong| *wrong <= at + REACH)
    }

    /// The cost of a row of several lines whose lines would be rows by themselves.
    fn given_up(&self, first: usize, end: usize) -> usize {
        if end == first + 1 {
            return 0;
        }
        let rows = |from: usize, to: usize| self.rows_before[to] - self.rows_before[from];
        rows(first, first + 1) + LOST * rows(first + 1, end)
    }
}

/// The running count of true values.
fn counted(flags: impl Iterator<Item = bool>) -> Vec<usize> {
    let mut counts = vec![0];
    counts.extend(flags.scan(0, |count, flag| {
        *count += usize::from(flag);
        Some(*count)
    }));
    counts
}

/// Whether every line of a row of several lines would be a row like it, the first and the last with a correction.
fn holds_rows(lines: &[Line], syntax: Syntax) -> bool {
    let [first, inner @ .., last] = lines else { return false };
    let form = beginning(first, syntax);
    let is_id = form.contains(&b'0') && form != b"0";
    let is_row = |line: &Line| syntax.read(slice::from_ref(line)) == whole(syntax);
    let is_nearly_row = |line: &Line| !corrected(slice::from_ref(line), syntax).is_empty();
    is_id
        && lines.iter().all(|line| beginning(line, syntax) == form)
        && inner.iter().all(is_row)
        && is_nearly_row(first)
        && is_nearly_row(last)
}

/// A row of one line.
fn whole(syntax: Syntax) -> Reading {
    Reading::Whole {
        lines: 1,
        cells: syntax.width,
    }
}

/// The form of the first cell of a line: its text, with 0 for each number, and without quotes.
fn beginning(line: &Line, syntax: Syntax) -> Vec<u8> {
    let cell = line.text().split(|byte| *byte == syntax.delimiter).next().unwrap_or_default();
    let shown = cell.iter().filter(|byte| **byte != b'"');
    let mut form: Vec<u8> = shown.map(|byte| if byte.is_ascii_digit() { b'0' } else { *byte }).collect();
    form.dedup_by(|one, other| *one == b'0' && one == other);
    form
}

/// The form with which most lines begin on which rows can begin, if it has a number.
fn usual_beginning(lines: &[Line], readings: &[Reading], syntax: Syntax) -> Option<Vec<u8>> {
    let mut counts: HashMap<Vec<u8>, usize> = HashMap::new();
    let is_row = |reading: &Reading| matches!(reading, Reading::Whole { cells, .. } if *cells == syntax.width);
    let rows = lines
        .iter()
        .zip(readings)
        .filter(|(line, reading)| is_row(reading) && !line.is_blank());
    let count = rows
        .map(|(line, _)| *counts.entry(beginning(line, syntax)).or_default() += 1)
        .count();
    let (usual, often) = counts.into_iter().max_by_key(|(_, often)| *often)?;
    (usual.contains(&b'0') && often >= FEWEST_ALIKE && often * 2 > count).then_some(usual)
}

/// The parts of a line that matter for quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Quote,
    Delimiter,
    Other,
}

/// The signs of a line. In a row of other characters, only as many are kept as corrections can remove, and one more.
fn signs(line: &Line, syntax: Syntax) -> Vec<Sign> {
    let (mut signs, mut others) = (Vec::new(), 0);
    for &byte in line.text() {
        let sign = match byte {
            b'"' => Sign::Quote,
            byte if byte == syntax.delimiter => Sign::Delimiter,
            _ => Sign::Other,
        };
        others = if sign == Sign::Other { others + 1 } else { 0 };
        if others <= MOST_CORRECTIONS + 1 {
            signs.push(sign);
        }
    }
    signs
}

/// The possible numbers of lines of a row that begins on the first one, each with the fewest corrections, at least one, that give it the
/// header's width.
fn corrected(lines: &[Line], syntax: Syntax) -> Vec<(usize, usize)> {
    let (mut readers, mut found) = (Readers::new(syntax), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        if line.is_too_long || readers.are_gone() {
            break;
        }
        for sign in signs(line, syntax) {
            readers.step(sign);
        }
        if let Some(corrections) = readers.end_line() {
            found.push((at + 1, corrections));
        }
    }
    found
}

/// The widest table in which mistakes are looked for across lines.
pub const MOST_COLUMNS: usize = 1_024;
const WORDS: usize = MOST_COLUMNS / 64;

/// A set of numbers of complete cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cells([u64; WORDS]);

impl Cells {
    const NONE: Self = Self([0; WORDS]);

    fn of(number: usize) -> Self {
        let mut cells = Self::NONE;
        cells.0[number / 64] |= 1 << (number % 64);
        cells
    }

    fn has(self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 == 1
    }

    fn or(mut self, other: Self) -> Self {
        for (one, other) in self.0.iter_mut().zip(other.0) {
            *one |= other;
        }
        self
    }

    /// One cell more each.
    fn next(mut self) -> Self {
        let mut carried = 0;
        for word in &mut self.0 {
            (*word, carried) = (*word << 1 | carried, *word >> 63);
        }
        self
    }
}

/// The states of readers, by the number of complete cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Places {
    start: Cells,
    bare: Cells,
    quoted: Cells,
    closed: Cells,
}

impl Places {
    const NONE: Self = Self {
        start: Cells::NONE,
        bare: Cells::NONE,
        quoted: Cells::NONE,
        closed: Cells::NONE,
    };

    fn step(self, sign: Sign) -> Self {
        match sign {
            Sign::Quote => Self {
                quoted: self.start.or(self.closed),
                closed: self.quoted,
                ..Self::NONE
            },
            Sign::Delimiter => Self {
                start: self.start.or(self.bare).or(self.closed).next(),
                quoted: self.quoted,
                ..Self::NONE
            },
            Sign::Other => Self {
                bare: self.start.or(self.bare),
                quoted: self.quoted,
                ..Self::NONE
            },
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            start: self.start.or(other.start),
            bare: self.bare.or(other.bare),
            quoted: self.quoted.or(other.quoted),
            closed: self.closed.or(other.closed),
        }
    }
}

/// All readers of a row at once, by their number of corrections.
struct Readers {
    width: usize,
    by_corrections: [Places; MOST_CORRECTIONS + 1],
}

impl Readers {
    fn new(syntax: Syntax) -> Self {
        let mut by_corrections = [Places::NONE; MOST_CORRECTIONS + 1];
        by_corrections[0].start = Cells::of(0);
        Self {
            width: syntax.width,
            by_corrections,
        }
    }

    fn are_gone(&self) -> bool {
        self.by_corrections == [Places::NONE; MOST_CORRECTIONS + 1]
    }

    fn step(&mut self, sign: Sign) {
        self.put_in_quotes();
        let before = self.by_corrections;
        for (corrections, places) in self.by_corrections.iter_mut().enumerate() {
            *places = before[corrections].step(sign);
            if corrections > 0 && sign != Sign::Delimiter {
                *places = places.or(before[corrections - 1]);
            }
        }
    }

    fn put_in_quotes(&mut self) {
        for corrections in 1..=MOST_CORRECTIONS {
            let with_quote = self.by_corrections[corrections - 1].step(Sign::Quote);
            self.by_corrections[corrections] = self.by_corrections[corrections].or(with_quote);
        }
    }

    /// The fewest corrections with which the row ends here with all its cells.
    fn end_line(&mut self) -> Option<usize> {
        self.put_in_quotes();
        let last = self.width - 1;
        let ends = |places: &Places| [places.start, places.bare, places.closed].iter().any(|cells| cells.has(last));
        let fewest = self.by_corrections.iter().skip(1).position(ends).map(|at| at + 1);
        for places in &mut self.by_corrections {
            *places = Places {
                quoted: places.quoted,
                ..Places::NONE
            };
        }
        fewest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::{LineEnd, Lines};

    fn lines(text: &str) -> Vec<Line> {
        let mut source = Lines::new(text.as_bytes(), LineEnd::LineFeed);
        std::iter::from_fn(|| source.next().unwrap()).collect()
    }

    fn syntax(width: usize) -> Syntax {
        Syntax { delimiter: b',', width }
    }

    /// Each part of a text: the lines on which it begins and ends, and `ok` or what is wrong.
    fn shown(text: &str, width: usize) -> Vec<String> {
        let show = |block: Block| {
            let (first, last) = (block.lines.start + 1, block.lines.end);
            let place = if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            };
            match block.what {
                What::Blank => format!("{place} blank"),
                What::Row => format!("{place} ok"),
                What::OtherWidth(cells) => format!("{place} {cells} cells"),
                What::Faulty(fault) => format!("{place} {fault:?}"),
            }
        };
        blocks(&lines(text), syntax(width), true).into_iter().map(show).collect()
    }

    #[track_caller]
    fn check(width: usize, text: &str, wanted: &[&str]) {
        assert_eq!(shown(text, width), wanted, "{text}");
    }

    #[test]
    fn a_table_without_mistakes_is_read_as_the_standard_says_whatever_its_cells_hold() {
        check(2, "1,a\n2,\"b\nc,d\n\ne\"\n\n3,f", &["1 ok", "2-5 ok", "6 blank", "7 ok"]);
        check(
            2,
            "1,\"12 High St, London\nFlat 2, Paris\"\n2,\"x\n3,y\nz,\"\n",
            &["1-2 ok", "3-5 ok"],
        );
        check(3, "1,\"\n\n\",\",\n,\"\n", &["1-4 ok"]);
        check(1, "a\n\"b\nc\nd\"\n", &["1 ok", "2-4 ok"]);
        let long = format!("1,\"{}\"\n2,b\n", "a,b\n".repeat(5_000));
        check(2, &long, &["1-5001 ok", "5002 ok"]);
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_its_row() {
        check(2, "1,Ann\n2,Bob\n3,\"Cy\n", &["1 ok", "2 ok", "3 NotClosed"]);
        check(
            2,
            "1,\"Ann\n2,Bob\n3,\"Cy\"\n4,Dan\n",
            &["1 TextAfterQuote", "2 ok", "3 ok", "4 ok"],
        );
        check(
            2,
            "1,\"Ann\n2,\"x\ny\"\n3,\", Inc\"\n4,Dan\n",
            &["1 TextAfterQuote", "2-3 ok", "4 ok", "5 ok"],
        );
        check(
            2,
            "1,\"Ann\n2,Bob\n3,\"\nCy\"\n4,Dan\n",
            &["1 Unbalanced", "2 ok", "3-4 ok", "5 ok"],
        );
        check(3, "1,\"a\nb\n2,c,d\n", &["1 NotClosed", "2 1 cells", "3 ok"]);
        check(3, "1,\"a\nb", &["1-2 NotClosed"]);
    }

    #[test]
    fn a_row_of_several_lines_is_wrong_as_a_whole() {
        check(2, "1,x\"a\nb,c\nd\"\n2,e\n", &["1 QuoteInside", "2-3 Unbalanced", "4 ok"]);
        check(2, "1,x\"a\nb\nd\"\n2,e\n", &["1-3 QuoteInside", "4 ok"]);
        check(2, "1,a\nb\nc\"\n2,e\n", &["1-3 Unbalanced", "4 ok"]);
        check(2, "1,\"a\nb\nc\n2,\"e\"\n", &["1-3 TextAfterQuote", "4 ok"]);
        check(3, "1,\"a\nb,c\nd\"x,e\n2,f,g\n", &["1-3 TextAfterQuote", "4 ok"]);
        check(2, "1,\"a\nb\",c\n2,d\n", &["1-2 3 cells", "3 ok"]);
    }

    #[test]
    fn every_other_line_is_wrong_by_itself() {
        check(
            3,
            "1,\"a\"b\"c\"d\n2,e,f\nend\n3,5\",g\n\"\n",
            &["1 TextAfterQuote", "2 ok", "3 1 cells", "4 QuoteInside", "5 NotClosed"],
        );
    }

    #[test]
    fn rows_between_two_stray_quotes_are_not_taken_for_a_cell() {
        check(
            2,
            "UO-1,\"Ann\nUO-2,Bob\nUO-3,Cy\"\nUO-10,Dan\n",
            &["1 HoldsRows", "2 ok", "3 QuoteInside", "4 ok"],
        );
        check(2, "UO-9,\"Ann\nUO-10,Bob\"\n", &["1 HoldsRows", "2 QuoteInside"]);
        for cell in ["12 High St\nParis, France", "UO-2,Bob\nand others", "a\nUO-2,Bob\nb"] {
            check(
                2,
                &format!("UO-1,\"{cell}\"\nUO-4,Dan\n"),
                &[
                    &format!("1-{} ok", cell.lines().count()),
                    &format!("{} ok", cell.lines().count() + 1),
                ],
            );
        }
    }

    mod property {
        use proptest::{prelude::*, sample::Index};

        use super::*;

        /// How one row of a table is made and written.
        #[derive(Debug, Clone)]
        struct Written {
            /// With its key.
            cells: Vec<String>,
            text: String,
        }

        fn written(number: usize, cells: Vec<(String, bool)>) -> Written {
            let key = (format!("UO-{number}"), number.is_multiple_of(3));
            let cells: Vec<(String, bool)> = std::iter::once(key).chain(cells).collect();
            let write = |(cell, quoted): &(String, bool)| {
                if *quoted || cell.contains(['"', ',', '\n', '\r']) {
                    format!("\"{}\"", cell.replace('"', "\"\""))
                } else {
                    cell.clone()
                }
            };
            Written {
                text: cells.iter().map(write).collect::<Vec<_>>().join(","),
                cells: cells.into_iter().map(|(cell, _)| cell).collect(),
            }
        }

        /// Rows of so many cells beside the key, made by a pattern.
        fn rows(width: usize, count: Range<usize>, cell: &'static str) -> impl Strategy<Value = Vec<Written>> {
            let cells = prop::collection::vec((cell, any::<bool>()), width);
            prop::collection::vec(cells, count).prop_map(|rows| {
                rows.into_iter()
                    .enumerate()
                    .map(|(at, cells)| written(at + 1, cells))
                    .collect()
            })
        }

        /// What is done to a row.
        #[derive(Debug, Clone)]
        enum Damage {
            Delete(Index),
            Double(Index),
            Insert(Index),
            Stray(Index, bool, char),
        }

        fn damage() -> impl Strategy<Value = Damage> {
            prop_oneof![
                any::<Index>().prop_map(Damage::Delete),
                any::<Index>().prop_map(Damage::Double),
                any::<Index>().prop_map(Damage::Insert),
                (any::<Index>(), any::<bool>(), prop::sample::select(vec!['x', ' ', '"', '7']))
                    .prop_map(|(at, after, sign)| { Damage::Stray(at, after, sign) }),
            ]
        }

        fn damaged(text: &str, damage: &Damage) -> String {
            let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
            let mut text = text.to_owned();
            match damage {
                Damage::Insert(at) => {
                    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                    text.insert(*at.get(&places), '"');
                }
                _ if quotes.is_empty() => {}
                Damage::Delete(at) => drop(text.remove(*at.get(&quotes))),
                Damage::Double(at) => text.insert(*at.get(&quotes), '"'),
                Damage::Stray(at, after, sign) => text.insert(at.get(&quotes) + usize::from(*after), *sign),
            }
            text
        }

        /// The rows that are read, with the lines on which they begin; and the lines that are reported as no rows.
        fn read(text: &str, width: usize) -> (Vec<(usize, Vec<String>)>, Vec<usize>) {
            let (lines, syntax) = (lines(text), syntax(width));
            let (mut rows, mut wrong) = (Vec::new(), Vec::new());
            let mut at = 0;
            for block in blocks(&lines, syntax, true) {
                assert_eq!(block.lines.start, at, "every line is part of something, once");
                at = block.lines.end;
                match block.what {
                    What::Blank => {}
                    What::Row => {
                        let cells = syntax.cells(&lines[block.lines.clone()]);
                        let cells = cells.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect();
                        rows.push((block.lines.start, cells));
                    }
                    _ => wrong.extend(block.lines),
                }
            }
            assert_eq!(at, lines.len());
            (rows, wrong)
        }

        fn check_damaged(rows: &[Written], end: &str, harms: &[(Index, Damage)]) {
            let width = rows[0].cells.len();
            let mut texts: Vec<String> = rows.iter().map(|row| row.text.clone()).collect();
            for (at, harm) in harms {
                let place = at.index(texts.len());
                if texts[place] == rows[place].text {
                    texts[place] = damaged(&texts[place], harm);
                }
            }
            let whole = texts.iter().fold(String::new(), |whole, text| whole + text + end);
            let (found, wrong) = read(&whole, width);
            let mut line = 0;
            let mut expected = 0;
            for (row, text) in rows.iter().zip(&texts) {
                let here = found.iter().filter(|(at, _)| *at == line).map(|(_, cells)| cells);
                let here: Vec<_> = here.collect();
                if *text == row.text {
                    assert_eq!(here, [&row.cells], "an intact row is read as it is: line {line} of {whole:?}");
                    expected += 1;
                } else {
                    // What was done to it may have made another row of it, or nothing.
                    assert!(
                        wrong.contains(&line) || here.len() == 1,
                        "line {line} is reported in {whole:?}"
                    );
                    expected += here.len();
                }
                line += text.matches('\n').count() + 1;
            }
            assert_eq!(found.len(), expected, "nobody is invented: {whole:?}");
        }

        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

            #[test]
            fn a_table_without_mistakes_is_read_as_it_was_written(
                rows in (1..4_usize).prop_flat_map(|width| rows(width, 1..12, "[a,\"\n1UO-]{0,8}")),
                crlf in any::<bool>(),
            ) {
                let end = if crlf { "\r\n" } else { "\n" };
                check_damaged(&rows, end, &[]);
            }

            #[test]
            fn one_mistake_costs_its_row(
                rows in (1..5_usize).prop_flat_map(|width| rows(width, 8..16, "[a-f]{0,4}(, [a-f]{1,3}|\n[a-f]{1,9}|\n[a-f]{2,3}, [a-f]|\"[a-f]{2}\"){0,2}")),
                crlf in any::<bool>(),
                place in any::<Index>(),
                harm in damage(),
            ) {
                let end = if crlf { "\r\n" } else { "\n" };
                check_damaged(&rows, end, &[(place, harm)]);
            }

            #[test]
            fn several_mistakes_cost_their_rows(
                rows in (4..7_usize).prop_flat_map(|width| rows(width, 4..16, "[a-f]{2,9}(, [a-f]{3,9}|\"[a-f]{3}\"){0,1}")),
                harms in prop::collection::vec((any::<Index>(), damage()), 1..4),
            ) {
                check_damaged(&rows, "\n", &harms);
            }
        }
    }
}
