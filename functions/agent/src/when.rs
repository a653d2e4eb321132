//! The times that pages show.

use crm_domain::Timestamp;
use time::{UtcDateTime, format_description::BorrowedFormatItem, macros::format_description};

const READABLE: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC");

/// A time in two forms. The page's script reads the exact one and replaces the other with it, in the reader's zone.
#[derive(Debug, Clone)]
pub struct When {
    /// ISO 8601 in UTC.
    pub exact: String,
    /// For example `22 Nov 2026, 14:09 UTC`.
    pub readable: String,
}

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        let exact = at.iso_seconds();
        let readable = UtcDateTime::from_unix_timestamp(at.seconds())
            .ok()
            .and_then(|at| at.format(READABLE).ok());
        Self {
            readable: readable.unwrap_or_else(|| exact.clone()),
            exact,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_exact_and_readable() {
        let when = When::from(Timestamp::parse("2026-11-02T04:09:59Z").unwrap());
        assert_eq!(when.exact, "2026-11-02T04:09:59Z");
        assert_eq!(when.readable, "2 Nov 2026, 04:09 UTC");
    }
}
