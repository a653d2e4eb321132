//! How the rows of a file are read.

use serde::{Deserialize, Serialize};

use super::{presets::Vendor, times::DateOrder};

/// The options for reading rows, beside the columns. A resumed run uses the same options.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Manner {
    /// The vendor of the export: its columns are known, and all others are left out
    pub from: Option<Vendor>,
    /// Leave out columns without a field in the data model
    pub ignore_unknown: bool,
    /// Leave out wrong cells and apply the rest of their rows. A wrong id or required field still rejects the row
    pub skip_bad_cells: bool,
    /// For rows without an id: change the customer who has the row's e-mail address or telephone number, or is its best match. Without this
    /// option such a row creates a customer, and the summary says how many rows resemble somebody
    pub match_on: Option<MatchOn>,
    /// The sheet of a workbook, if it is not the first
    pub sheet: Option<String>,
    /// How ambiguous dates such as 3/4/2021 are read
    pub dates: Option<DateOrder>,
}

/// How a row without an id is matched to an existing customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "command-line", derive(clap::ValueEnum))]
pub enum MatchOn {
    /// An e-mail address
    Email,
    /// A telephone number
    Phone,
    /// Best match, as agents see it
    Best,
}
