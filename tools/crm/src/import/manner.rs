//! The options of the command line for reading rows.

use clap::Args;
use crm_import::{
    manner::{Manner, MatchOn},
    presets::Vendor,
    times::DateOrder,
};

/// The options for reading rows, beside the columns. A resumed run uses the same options.
#[derive(Debug, Clone, Args)]
pub struct MannerArguments {
    /// The vendor of the export: its columns are known, and all others are left out
    #[arg(long, value_name = "VENDOR", conflicts_with = "resume")]
    pub from: Option<Vendor>,
    /// Leave out columns without a field in the data model
    #[arg(long, conflicts_with = "resume")]
    ignore_unknown: bool,
    /// Leave out wrong cells and apply the rest of their rows. A wrong id or required field still rejects the row
    #[arg(long, conflicts_with = "resume")]
    skip_bad_cells: bool,
    /// For rows without an id: change the customer who has the row's e-mail address or telephone number, or is its best match. Without this
    /// option such a row creates a customer, and the summary says how many rows resemble somebody
    #[arg(long, value_name = "WHAT", conflicts_with = "resume")]
    match_on: Option<MatchOn>,
    /// The sheet of a workbook, if it is not the first
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    pub sheet: Option<String>,
    /// How ambiguous dates such as 3/4/2021 are read
    #[arg(long, value_name = "ORDER", conflicts_with = "resume")]
    dates: Option<DateOrder>,
}

impl From<&MannerArguments> for Manner {
    fn from(arguments: &MannerArguments) -> Self {
        Self {
            from: arguments.from,
            ignore_unknown: arguments.ignore_unknown,
            skip_bad_cells: arguments.skip_bad_cells,
            match_on: arguments.match_on,
            sheet: arguments.sheet.clone(),
            dates: arguments.dates,
        }
    }
}
