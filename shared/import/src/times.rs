//! Dates and times as vendors and spreadsheets write them. A time without a zone is UTC, as everywhere in the CRM.

use crm_domain::Timestamp;
use serde::{Deserialize, Serialize};

/// Which part of `3/4/2021` is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "command-line", derive(clap::ValueEnum))]
pub enum DateOrder {
    /// 3/4/2021 is the 3rd of April
    DayFirst,
    /// 3/4/2021 is the 4th of March
    MonthFirst,
}

/// The days between 1899-12-30, from which spreadsheets count, and 1970.
const SPREADSHEET_DAYS: f64 = 25_569.0;
/// The days that a spreadsheet's number of a time can be: from 1954 to 2119. Other numbers are years, or anything else.
const SPREADSHEET: std::ops::RangeInclusive<f64> = 20_000.0..=80_000.0;
const DAY_SECONDS: f64 = 86_400.0;

/// Reads a date, with or without a time.
///
/// # Errors
/// A sentence that says what would be right.
pub fn read(text: &str, order: Option<DateOrder>) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Some(at) = Timestamp::parse(text).or_else(|| number(text)) {
        return Ok(at);
    }
    let wrong = || "must be a date and time such as 2017-08-07T14:09:00Z, or 2017-08-07 14:09 in UTC".to_owned();
    let (text, offset) = zone(text);
    let (day, clock) = text.split_once([' ', 'T', ',']).unwrap_or((text, ""));
    let (year, month, day) = date(day, order)?.ok_or_else(wrong)?;
    let (hour, minute, second) = time(clock.trim_start_matches([',', ' '])).ok_or_else(wrong)?;
    let iso = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
    Timestamp::parse(&iso).map(|at| at.plus_seconds(-offset)).ok_or_else(wrong)
}

/// A spreadsheet's days since 1899-12-30, or milliseconds since 1970.
fn number(text: &str) -> Option<Timestamp> {
    if text.len() == 13 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Timestamp::from_milliseconds);
    }
    let days: f64 = text.parse().ok().filter(|days| SPREADSHEET.contains(days))?;
    #[expect(clippy::cast_possible_truncation, reason = "within two centuries")]
    let seconds = ((days - SPREADSHEET_DAYS) * DAY_SECONDS).round() as i64;
    Some(Timestamp::from_milliseconds(seconds * 1_000))
}

/// A text without its zone, and the zone's offset from UTC in seconds.
fn zone(text: &str) -> (&str, i64) {
    for utc in ["UTC", "GMT", "Z"] {
        if let Some(rest) = text.strip_suffix(utc) {
            return (rest.trim_end(), 0);
        }
    }
    let after_day = text.char_indices().nth(10).map_or(text.len(), |(at, _)| at);
    let sign = text[after_day..].rfind(['+', '-']).map(|at| at + after_day);
    let offset = sign.and_then(|at| {
        let digits: String = text[at + 1..].chars().filter(|one| *one != ':').collect();
        let is_offset = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number: i64 = digits.parse().ok().filter(|_| is_offset)?;
        let seconds = (number / 100 * 60 + number % 100) * 60;
        Some((at, if text[at..].starts_with('-') { -seconds } else { seconds }))
    });
    offset.map_or((text, 0), |(at, seconds)| (text[..at].trim_end(), seconds))
}

type Date = (u32, u32, u32);

fn date(text: &str, order: Option<DateOrder>) -> Result<Option<Date>, String> {
    let Some(separator) = text.chars().find(|one| "-/.".contains(*one)) else {
        return Ok(None);
    };
    let parts: Option<Vec<(u32, usize)>> = text
        .split(separator)
        .map(|part| Some((part.parse().ok()?, part.len())))
        .collect();
    let Some([(first, first_length), (second, _), (third, third_length)]) =
        parts.as_deref().and_then(|parts| parts.as_array()).copied()
    else {
        return Ok(None);
    };
    match (separator, first_length, third_length) {
        (_, 4, _) => Ok(Some((first, second, third))),
        ('.', _, 4) => Ok(Some((third, second, first))),
        (_, _, 4) => by_order(first, second, order).map(|(month, day)| Some((third, month, day))),
        _ => Ok(None),
    }
}

/// Month and day of two numbers in the order of the operator's country.
fn by_order(first: u32, second: u32, order: Option<DateOrder>) -> Result<(u32, u32), String> {
    match order {
        Some(DateOrder::DayFirst) => Ok((second, first)),
        Some(DateOrder::MonthFirst) => Ok((first, second)),
        None if first > 12 || first == second => Ok((second, first)),
        None if second > 12 => Ok((first, second)),
        None => Err(
            "can be read in two ways: choose which part is the day, with --dates day-first or month-first, or at the desk"
                .to_owned(),
        ),
    }
}

fn time(text: &str) -> Option<(u32, u32, u32)> {
    if text.is_empty() {
        return Some((0, 0, 0));
    }
    let upper = text.to_ascii_uppercase();
    let (clock, is_afternoon) = match (upper.strip_suffix("PM"), upper.strip_suffix("AM")) {
        (Some(clock), _) => (clock, Some(true)),
        (None, Some(clock)) => (clock, Some(false)),
        (None, None) => (upper.as_str(), None),
    };
    let mut parts = clock.trim().split(':');
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute = parts.next()?.parse().ok()?;
    let second = match parts.next() {
        Some(second) => second.split('.').next()?.parse().ok()?,
        None => 0,
    };
    let hour = match is_afternoon {
        None => hour,
        Some(is_afternoon) if (1..=12).contains(&hour) => hour % 12 + if is_afternoon { 12 } else { 0 },
        Some(_) => return None,
    };
    parts.next().is_none().then_some((hour, minute, second))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, order: Option<DateOrder>, wanted: &str) {
        let read = read(text, order).map(Timestamp::iso_seconds);
        assert_eq!(read.as_deref(), Ok(wanted), "{text}");
    }

    #[test]
    fn times_of_vendors_and_spreadsheets() {
        for (text, wanted) in [
            ("2021-03-04 00:30", "2021-03-04T00:30:00Z"),
            ("2021-03-04 00:30:15 UTC", "2021-03-04T00:30:15Z"),
            ("2021-03-04T00:30:15.000+0000", "2021-03-04T00:30:15Z"),
            ("2021-03-04 02:30:15 +0200", "2021-03-04T00:30:15Z"),
            ("2021-03-04 00:30:15 -05:30", "2021-03-04T06:00:15Z"),
            ("2021/03/04", "2021-03-04T00:00:00Z"),
            ("04.03.2021 07:05", "2021-03-04T07:05:00Z"),
            ("4.3.2021", "2021-03-04T00:00:00Z"),
            ("13/3/2021 1:05 PM", "2021-03-13T13:05:00Z"),
            ("3/13/2021, 12:05 AM", "2021-03-13T00:05:00Z"),
            ("44259", "2021-03-04T00:00:00Z"),
            ("44259.5", "2021-03-04T12:00:00Z"),
            ("1614816000000", "2021-03-04T00:00:00Z"),
        ] {
            check(text, None, wanted);
        }
    }

    #[test]
    fn a_date_that_can_be_read_in_two_ways_is_not_guessed() {
        assert!(read("3/4/2021 0:30", None).unwrap_err().contains("--dates"));
        check("3/4/2021 0:30", Some(DateOrder::MonthFirst), "2021-03-04T00:30:00Z");
        check("3/4/2021", Some(DateOrder::DayFirst), "2021-04-03T00:00:00Z");
        for wrong in [
            "2021",
            "yesterday",
            "31.2.2021",
            "13/13/2021",
            "1:2:3",
            "2021-03-04 25:00",
            "3/4/21",
        ] {
            assert!(read(wrong, None).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_nothing_breaks(text in ".{0,40}") {
            let _ = read(&text, None);
        }

        #[test]
        fn what_the_crm_writes_it_reads(milliseconds in -60_000_000_000_000_i64..250_000_000_000_000) {
            let at = Timestamp::from_milliseconds(milliseconds);
            prop_assert_eq!(read(&at.iso_milliseconds(), None), Ok(at));
        }
    }
}
