//! Instants, to the millisecond.

use serde::{Deserialize, Serialize};
use time::{
    OffsetDateTime, PrimitiveDateTime, UtcDateTime, UtcOffset,
    format_description::{BorrowedFormatItem, well_known::Iso8601},
    macros::format_description,
};

/// Milliseconds since 1970, UTC. Stored as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

const SECONDS: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

impl Timestamp {
    /// The instant this many milliseconds after 1970 began.
    pub const fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, the unit of DynamoDB's time to live.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The instant this many seconds later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Reads an ISO 8601 date and time. Without a zone it is UTC. A date alone is midnight.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(at) = OffsetDateTime::parse(text, &Iso8601::PARSING) {
            return Self::within_years(at);
        }
        if let Ok(at) = PrimitiveDateTime::parse(text, &Iso8601::PARSING) {
            return Self::within_years(at.assume_utc());
        }
        let date = time::Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
        Self::within_years(date.midnight().assume_utc())
    }

    /// As [`Self::parse`], with an error message.
    pub fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| "must be an ISO 8601 date and time such as 2017-08-07T14:09:00Z".to_owned())
    }

    /// ISO 8601 in UTC with seconds: `2017-08-07T14:09:00Z` (contract section 5).
    pub fn iso_seconds(self) -> String {
        UtcDateTime::from_unix_timestamp(self.seconds())
            .ok()
            .and_then(|at| at.format(SECONDS).ok())
            // Unreachable: every constructor accepts only years that can be formatted.
            .unwrap_or_default()
    }

    /// The date in UTC: `2017-08-07`. Dates sort as texts.
    pub fn iso_date(self) -> String {
        self.iso_seconds().split('T').take(1).collect()
    }

    /// ISO 8601 in UTC with milliseconds. [`Self::parse`] reads the same instant from it: `2017-08-07T14:09:00.123Z`.
    pub fn iso_milliseconds(self) -> String {
        let seconds = self.iso_seconds();
        format!("{}.{:03}Z", seconds.trim_end_matches('Z'), self.0.rem_euclid(1000))
    }

    /// Only years of four digits: others have no ISO 8601 form that every reader accepts.
    fn within_years(at: OffsetDateTime) -> Option<Self> {
        let utc = at.checked_to_offset(UtcOffset::UTC)?;
        (0..=9999).contains(&utc.year()).then(|| Self::from(utc))
    }
}

impl From<OffsetDateTime> for Timestamp {
    fn from(at: OffsetDateTime) -> Self {
        Self(i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, iso: &str) {
        assert_eq!(
            Timestamp::parse(text).map(Timestamp::iso_seconds).as_deref(),
            Some(iso),
            "{text}"
        );
    }

    #[test]
    fn common_forms_are_read() {
        check("2017-08-07T14:09:00Z", "2017-08-07T14:09:00Z");
        check("2017-08-07T14:09:00.123Z", "2017-08-07T14:09:00Z");
        check("2017-08-07T16:09:00+02:00", "2017-08-07T14:09:00Z");
        check("2017-08-07T16:09:00.000+0200", "2017-08-07T14:09:00Z");
        check("2017-08-07T14:09:00", "2017-08-07T14:09:00Z");
        check("2017-08-07T14:09Z", "2017-08-07T14:09:00Z");
        check("2017-08-07", "2017-08-07T00:00:00Z");
        check("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "yesterday",
            "2017-13-01T00:00:00Z",
            "2017-02-30",
            "14:09:00",
            "1502114940",
            "+12017-08-07T14:09:00Z",
            "0000-01-01T00:00:00+23:00",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_written_instant_reads_back(seconds in -60_000_000_000_i64..250_000_000_000) {
            let at = Timestamp::from_milliseconds(seconds * 1000);
            prop_assert_eq!(Timestamp::parse(&at.iso_seconds()), Some(at));
        }

        #[test]
        fn an_instant_written_with_milliseconds_reads_back(milliseconds in -60_000_000_000_000_i64..250_000_000_000_000) {
            let at = Timestamp::from_milliseconds(milliseconds);
            prop_assert_eq!(Timestamp::parse(&at.iso_milliseconds()), Some(at));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
