//! Merged records, as the customer's record lists them, and the receipts of merges.

use std::{fmt, ops::Not as _};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{CustomerId, ExternalId, Timestamp};

/// The receipt of a merge. It contains the id of the merged record, so nothing else has to be stored to find the merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MergeId {
    /// The record that was merged into another.
    pub merged: CustomerId,
    /// Distinguishes merges of the same record, which can be merged again after a reversal.
    mark: u32,
}

impl MergeId {
    /// A receipt for a new merge of this record.
    pub fn draw(merged: CustomerId, random: u64) -> Self {
        Self {
            merged,
            mark: u32::try_from(random >> 32).unwrap_or_default(),
        }
    }

    /// Reads the text form, `M`, the id, and eight hexadecimal digits. Only the exact form counts.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, mark) = text.strip_prefix('M')?.split_at_checked("C00000000000".len())?;
        let read = Self {
            merged: CustomerId::parse(id)?,
            mark: u32::from_str_radix(mark, 16).ok()?,
        };
        (read.to_string() == text).then_some(read)
    }
}

impl fmt::Display for MergeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "M{}{:08X}", self.merged, self.mark)
    }
}

impl Serialize for MergeId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MergeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a merge's receipt"))
    }
}

/// A record that was merged into a customer, as the customer's record names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Its number, which leads to the customer.
    pub id: CustomerId,
    /// The receipt of the merge.
    pub receipt: MergeId,
    /// When it was merged.
    pub at: Timestamp,
    /// The external id of the merged record, which also finds the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<ExternalId>,
    /// Whether cases or events may still be with the merged record. Only the store sets and clears it.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    pub is_moving: bool,
}
