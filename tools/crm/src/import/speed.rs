//! The pace of a run on the command line: its options, and what the terminal says of it.

use std::num::NonZeroU32;

use clap::Args;
use crm_import::pace::{Limit, Pace};
use crm_store::{Meter, Reading};
use tokio::time::Instant;

use crate::connection::Connection;

/// The default number of rows a second.
const DEFAULT_RATE: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);
/// The default number of write capacity units a second: half of what a new on-demand table takes.
const DEFAULT_UNITS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1_999);

/// The pace of a run.
#[derive(Debug, Clone, Args)]
pub struct Speed {
    /// The largest number of rows a second
    #[arg(long, default_value_t = DEFAULT_RATE, value_name = "ROWS")]
    rate: NonZeroU32,
    /// The largest number of the table's write capacity units a second, so that agents have some left [default: 2000, half of what a new
    /// on-demand table takes; on this machine no limit]
    #[arg(long, value_name = "UNITS")]
    units: Option<NonZeroU32>,
}

impl Default for Speed {
    fn default() -> Self {
        Self {
            rate: DEFAULT_RATE,
            units: None,
        }
    }
}

impl Speed {
    /// A pace with these limits. A dry run needs no capacity.
    pub fn pace(&self, connection: &Connection, is_dry: bool, meter: Meter) -> Pace {
        let is_free = is_dry || connection.is_local();
        let units = self.units.or((!is_free).then_some(DEFAULT_UNITS));
        let rate = if is_dry { NonZeroU32::MAX } else { self.rate };
        Pace::new(rate, units.filter(|_| !is_dry), meter, Instant::now())
    }
}

/// A limit's text in the progress line.
pub fn note(limit: Limit) -> &'static str {
    match limit {
        Limit::Rate => "",
        Limit::Share => "limited by the share of the table's write capacity (--units)",
        Limit::Table => "limited by the table, which refuses calls",
    }
}

/// The usage of a run, as the end of a line.
pub fn used(used: Reading) -> String {
    let units = if used.units > 0.0 {
        format!(", {:.0} write units", used.units)
    } else {
        String::new()
    };
    match used.refusals {
        0 => units,
        1 => format!("{units}; the table refused a call"),
        many => format!("{units}; the table refused {many} calls"),
    }
}
