//! Telephone numbers.

pub use rlibphonenumber::Region;
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::fold::text;

/// The region of an ISO 3166 country code, if it has telephone numbers.
pub fn region(country: &str) -> Option<Region> {
    let region = country.parse().ok()?;
    PHONE_NUMBER_UTIL
        .get_supported_regions()
        .any(|known| known == region)
        .then_some(region)
}

/// E.164 where the number can be one in the world or, written nationally, in `region`; extensions do not count. Otherwise its
/// digits; without any, the folded text.
pub fn phone(raw: &str, region: Region) -> String {
    let spelled = raw.trim();
    let spelled = spelled.strip_prefix("tel:").unwrap_or(spelled);
    if let Some(number) = e164(spelled, region) {
        return number;
    }
    let digits = digits(spelled);
    if digits.is_empty() { text(spelled) } else { digits }
}

/// Whether this can be a telephone number. What does not parse may still be one to somebody, such as an extension or a number of
/// another time; but it has a few digits and hardly any letters.
pub fn is_phone(raw: &str, region: Region) -> bool {
    const FEWEST_DIGITS: usize = 2;
    const MOST_LETTERS: usize = 4;
    let letters = raw.chars().filter(|character| character.is_alphabetic()).count();
    (digits(raw).len() >= FEWEST_DIGITS && letters <= MOST_LETTERS) || e164(raw.trim(), region).is_some()
}

fn e164(spelled: &str, region: Region) -> Option<String> {
    // 00 is how most of the world dials abroad; where the tenant's region dials otherwise, it means the same in an address book.
    possible_e164(spelled, region).or_else(|| possible_e164(&format!("+{}", spelled.strip_prefix("00")?), region))
}

fn possible_e164(spelled: &str, region: Region) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(spelled, Some(region)).ok()?;
    let formatted = one_per_subscriber(number.format_as(PhoneNumberFormat::E164).to_string());
    let possible = PHONE_NUMBER_UTIL.parse(&formatted, None).ok()?.is_possible_with_reason();
    matches!(
        possible,
        Ok(NumberLengthType::IsPossible | NumberLengthType::IsPossibleLocalOnly)
    )
    .then_some(formatted)
}

/// Three countries write one subscriber's mobile number in two ways that E.164 keeps apart; here they become one.
fn one_per_subscriber(number: String) -> String {
    let national = |prefix: &str, length: usize| number.strip_prefix(prefix).filter(|rest| rest.len() == length);
    // Brazil, since 2016: mobile numbers begin with a ninth digit, a 9, which old address books lack.
    if let Some(rest) = national("+55", 10) {
        let (area, subscriber) = rest.split_at(2);
        if subscriber.starts_with(['6', '7', '8', '9']) {
            return format!("+55{area}9{subscriber}");
        }
    }
    // Mexico, until 2019: a 1 between the country code and a mobile number dialled from abroad.
    if let Some(rest) = national("+521", 10) {
        return format!("+52{rest}");
    }
    // Argentina: a 9 in the same place, still in use from abroad only.
    if let Some(rest) = national("+549", 10) {
        return format!("+54{rest}");
    }
    number
}

/// A telephone number taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneParts {
    /// The country's, without `+`.
    pub country_code: Option<String>,
    /// The area's, where the country has such.
    pub area_code: Option<String>,
    /// The rest, as it was entered where that can be told.
    pub number: String,
    /// The extension.
    pub extension: Option<String>,
}

impl PhoneParts {
    /// The number as people write it, from which [`phone_parts`] reads the same parts: `+1 415 555 0134 x7`.
    pub fn written(&self) -> String {
        let code = self.country_code.as_ref().map(|code| format!("+{code}"));
        let extension = self.extension.as_ref().map(|extension| format!("x{extension}"));
        let parts = [code, self.area_code.clone(), Some(self.number.clone()), extension];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Takes a telephone number apart: by its spaces where it begins with `+`, a country code and an area code, else as far as its
/// country's rules tell.
pub fn phone_parts(raw: &str, region: Region) -> PhoneParts {
    let (bare, extension) = without_extension(raw);
    let parts = by_spaces(bare).or_else(|| by_rules(bare, region));
    let whole = || PhoneParts {
        number: bare.to_owned(),
        ..PhoneParts::default()
    };
    PhoneParts {
        extension: extension.map(str::to_owned),
        ..parts.unwrap_or_else(whole)
    }
}

/// A telephone number without its extension, and the extension, in any way in which people write one: `ext. 12`, `x12`, `#12`,
/// `;ext=12`, `доб. 12` and more.
pub fn without_extension(raw: &str) -> (&str, Option<&str>) {
    let whole = raw.trim();
    split_extension(whole).map_or((whole, None), |(bare, extension)| (bare, Some(extension)))
}

fn split_extension(whole: &str) -> Option<(&str, &str)> {
    // How an extension is written depends on no region, so that any will do.
    let number = PHONE_NUMBER_UTIL.parse(whole, Some(Region::US)).ok()?;
    let length = number.extension.filter(|extension| is_digits(extension))?.len();
    let with_extension = whole.trim_end_matches(|character: char| !character.is_ascii_digit());
    let (bare, extension) = with_extension.split_at_checked(with_extension.len().checked_sub(length)?)?;
    let bare = bare.trim_end_matches(|character: char| !character.is_ascii_digit() && character != ')');
    (is_digits(extension) && !bare.is_empty()).then_some((bare, extension))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn by_spaces(bare: &str) -> Option<PhoneParts> {
    let (country, rest) = bare.strip_prefix('+')?.split_once(' ')?;
    let (area, number) = rest.split_once(' ')?;
    (is_digits(country) && is_digits(area) && number.starts_with(|first: char| first.is_ascii_digit())).then(|| PhoneParts {
        country_code: Some(country.to_owned()),
        area_code: Some(area.to_owned()),
        number: number.to_owned(),
        extension: None,
    })
}

fn by_rules(bare: &str, region: Region) -> Option<PhoneParts> {
    let spelled = e164(bare, region)?;
    let number = PHONE_NUMBER_UTIL.parse(&spelled, None).ok()?;
    let national = spelled.strip_prefix('+')?.strip_prefix(&number.country_code.to_string())?;
    let area = PHONE_NUMBER_UTIL.get_length_of_geographical_area_code(&number);
    let (area, rest) = national.split_at_checked(area)?;
    Some(PhoneParts {
        country_code: Some(number.country_code.to_string()),
        area_code: Some(area.to_owned()).filter(|area| !area.is_empty()),
        number: rest.to_owned(),
        extension: None,
    })
}

/// The digits of a text.
pub fn digits(raw: &str) -> String {
    raw.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(region: Region, normal: &str, spellings: &[&str]) {
        for spelling in spellings {
            assert_eq!(phone(spelling, region), normal, "{spelling}");
            assert!(is_phone(spelling, region), "{spelling}");
        }
    }

    #[test]
    fn spellings_of_one_number() {
        check(
            Region::US,
            "+14155552671",
            &[
                "(415) 555-2671",
                "+1 415-555-2671",
                "4155552671",
                "1.415.555.2671",
                "tel:+14155552671",
                "+1 415 555 2671 ext 5",
            ],
        );
        check(
            Region::GB,
            "+442079460958",
            &[
                "020 7946 0958",
                "+44 20 7946 0958",
                "+44 (0)20 7946 0958",
                "0044 20 7946 0958",
            ],
        );
        check(Region::US, "+442079460958", &["0044 20 7946 0958", "011 44 20 7946 0958"]);
        check(Region::FR, "+33612345678", &["06 12 34 56 78", "+33612345678", "٠٦١٢٣٤٥٦٧٨"]);
    }

    #[track_caller]
    fn check_parts(raw: &str, wanted: (Option<&str>, Option<&str>, &str, Option<&str>)) {
        let parts = phone_parts(raw, Region::US);
        let found = (
            parts.country_code.as_deref(),
            parts.area_code.as_deref(),
            parts.number.as_str(),
            parts.extension.as_deref(),
        );
        assert_eq!(found, wanted, "{raw}");
    }

    #[test]
    fn parts() {
        check_parts("+1 415 555 0134 x7", (Some("1"), Some("415"), "555 0134", Some("7")));
        check_parts("+44 20 7946 0958", (Some("44"), Some("20"), "7946 0958", None));
        check_parts("(415) 555-2671 ext. 5", (Some("1"), Some("415"), "5552671", Some("5")));
        check_parts("+33612345678", (Some("33"), None, "612345678", None));
        check_parts("999 x12", (None, None, "999", Some("12")));
        let written = phone_parts("+1 415 555 0134 x7", Region::US).written();
        assert_eq!(written, "+1 415 555 0134 x7");
    }

    /// Every way to write an extension that the library knows.
    const WRITTEN: [&str; 18] = [
        " x12",
        "x12",
        " X 12",
        " ext. 12",
        " ext 12",
        " extn 12",
        " extension 12",
        " extensión 12",
        ", ext. 12",
        " xtn: 12",
        " #12",
        "#12",
        " ~ 12",
        ";ext=12",
        " int 12",
        " anexo 12",
        " доб. 12",
        ",,12#",
    ];

    #[test]
    fn an_extension_is_written_in_many_ways() {
        for written in WRITTEN {
            for (bare, region) in [
                ("+44 20 7946 0961", Region::US),
                ("020 7946 0961", Region::GB),
                ("(415) 555-2671", Region::US),
                ("+4930 123456", Region::DE),
            ] {
                let raw = format!("{bare}{written}");
                assert_eq!(without_extension(&raw), (bare, Some("12")), "{raw}");
                let parts = phone_parts(bare, region);
                let with = PhoneParts {
                    extension: Some("12".to_owned()),
                    ..parts
                };
                assert_eq!(phone_parts(&raw, region), with, "{raw}");
                assert_eq!(phone(&raw, region), phone(bare, region), "{raw}");
                assert!(is_phone(&raw, region), "{raw}");
            }
        }
        for none in [
            "+44 20 7946 0961",
            "ext. 42",
            "x12",
            "12",
            "",
            "+1 415 555 2671 call me",
            "555-0134 12",
        ] {
            assert_eq!(without_extension(none), (none, None), "{none}");
        }
    }

    #[test]
    fn regions() {
        assert_eq!(region("GB"), Some(Region::GB));
        for none in ["XX", "Europe", "", "gb "] {
            assert_eq!(region(none), None, "{none}");
        }
    }

    #[test]
    fn national_variants() {
        check(Region::US, "+5511987654321", &["+55 11 98765-4321", "+55 11 8765-4321"]);
        check(Region::BR, "+5511987654321", &["(11) 98765-4321", "(11) 8765-4321"]);
        check(Region::BR, "+551132345678", &["(11) 3234-5678"]);
        check(Region::US, "+525512345678", &["+52 1 55 1234 5678", "+52 55 1234 5678"]);
        check(
            Region::US,
            "+541123456789",
            &["+54 9 11 2345 6789", "+54 11 15 2345 6789", "+54 11 2345-6789"],
        );
    }

    #[test]
    fn what_does_not_parse_keeps_its_digits() {
        assert_eq!(phone("+999 12345", Region::US), "99912345");
        assert_eq!(phone("call me", Region::US), "call me");
        for good in ["+999 12345", "ext. 42"] {
            assert!(is_phone(good, Region::US), "{good}");
        }
        for bad in ["", "not a phone", "--", "abc1", "call 55 now", "<script>alert(11)</script>"] {
            assert!(!is_phone(bad, Region::US), "{bad}");
        }
    }
}
