//! The traces of imports that other operations need: an erasure removes a record's id from the journals of the runs that wrote it.

use aws_sdk_dynamodb::types::AttributeValue;
use crm_domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Item,
    items::{self, text_of},
    keys::{MARKS, ROWS},
};

/// The largest number of rows that a mark names: some kilobytes beside the record that it holds.
pub(super) const MOST_ROWS: usize = 1_000;
/// The attribute of a mark that names rows.
const MARKED_ROWS: &str = "rows";

/// The name of a run: ten hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    /// A name made of random bits.
    pub fn draw(random: u64) -> Self {
        Self(format!("{:010x}", random & 0xff_ffff_ffff))
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 10 && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The reference to a run's journal in the run's mark in a record's partition.
pub(super) struct MarkedRows {
    /// The name of the run.
    pub(super) run: String,
    /// The rows that were about the record.
    pub(super) rows: Vec<u64>,
    /// Whether there may be more rows.
    pub(super) may_be_more: bool,
    /// When the rows of the journal expire at the latest.
    pub(super) until: Option<Timestamp>,
}

impl MarkedRows {
    /// Reads a mark; `None` for any other item.
    pub(super) fn of(item: &Item) -> Option<Self> {
        let run = text_of(item, "sk")?.strip_prefix(MARKS)?;
        let run = RunId::parse(run)?.0;
        let number = |value: &AttributeValue| value.as_n().ok()?.parse().ok();
        let rows = item.get(MARKED_ROWS).and_then(|rows| rows.as_l().ok());
        let rows: Vec<u64> = rows.into_iter().flatten().filter_map(number).collect();
        let until = item.get("expires").and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
        Some(Self {
            run,
            may_be_more: rows.is_empty() || rows.len() >= MOST_ROWS,
            rows,
            until: until.map(|seconds| Timestamp::from_milliseconds(seconds * 1_000)),
        })
    }
}

/// A row of a run's journal without the record's id. It still shows that the row was applied. `None` for any other item.
pub(super) fn without_record(item: &Item) -> Option<Item> {
    text_of(item, "sk")?.strip_prefix(ROWS)?;
    let mut item = item.clone();
    item.insert("id".to_owned(), items::text(""));
    Some(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_one_form_of_its_name() {
        assert_eq!(RunId::draw(0xfff_0000_0000_00ab).as_str(), "00000000ab");
        assert_eq!(RunId::parse("00000000ab"), Some(RunId::draw(0xab)));
        for text in ["", "00000000AB", "0000000#ab", "00000000abc"] {
            assert_eq!(RunId::parse(text), None, "{text}");
        }
    }
}
