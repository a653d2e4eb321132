//! The parameters of a request, read by their types (section 3.2).

use std::collections::BTreeMap;

use crm_domain::{error::Error, normal::described};
use crm_lambda::http::Request;
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    body,
    rules::{self, LARGEST_NUMBER, LONGEST_NAME},
    texts::{MISSING, invalid},
};

/// The parameters of a request, by name.
#[derive(Debug, Default)]
pub struct Parameters {
    values: BTreeMap<String, String>,
}

impl Parameters {
    /// Reads query and body.
    pub async fn of(request: &Request) -> Result<Self, Error> {
        let values = body::values(request).await?;
        Ok(Self { values })
    }

    /// Whether the parameter was sent, with whatever value.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A value as it was sent.
    pub fn verbatim(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// A trimmed value; `None` if nothing is left of it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.verbatim(name).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A trimmed value that must not be empty.
    pub fn needed(&self, name: &str) -> Result<&str, Error> {
        self.text(name).ok_or_else(|| MISSING.about(name))
    }

    /// Reads the number of an object.
    pub fn number(&self, name: &str) -> Result<Option<u64>, Error> {
        let read = |text| number(text).ok_or_else(|| invalid(name, "must be a whole number greater than 0"));
        self.text(name).map(read).transpose()
    }

    /// Reads a count from 0 to `most`; `usual` is the default.
    pub fn count(&self, name: &str, usual: usize, most: usize) -> Result<usize, Error> {
        let Some(text) = self.text(name) else {
            return Ok(usual);
        };
        let is_plain = text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_digit());
        let count = is_plain.then(|| text.parse().ok()).flatten().filter(|count| *count <= most);
        count.ok_or_else(|| invalid(name, &format!("must be a whole number from 0 to {most}")))
    }

    /// Reads a boolean; the default is false. The accepted words are inferred.
    pub fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.text(name).unwrap_or_default().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "" | "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(invalid(name, "must be true or false")),
        }
    }

    /// Reads a person's name and brings it into NFC.
    pub fn name(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        // One more than a name can have: what follows makes no difference.
        let composed: String = text.nfc().take(LONGEST_NAME + 1).collect();
        if !rules::is_name(&composed) {
            let odd = composed.chars().find(|sign| !rules::is_name(&sign.to_string()));
            let odd = odd.map(|odd| format!(": it has {}", described(odd))).unwrap_or_default();
            return Err(invalid(
                name,
                &format!("must have Latin letters, spaces, full stops, hyphens and apostrophes only, such as Zoë O'Neil{odd}"),
            ));
        }
        if composed.chars().count() > LONGEST_NAME {
            return Err(invalid(name, &format!("must be at most {LONGEST_NAME} characters long")));
        }
        Ok(Some(composed))
    }

    /// Reads a value that may be a telephone number. Clients forget to encode its `+`, which then arrives as a space
    /// (inferred).
    pub fn telephone(&self, name: &str) -> Option<String> {
        self.verbatim(name).map(with_plus).filter(|text| !text.is_empty())
    }

    /// The names and values of custom fields, by name. An empty value clears the field.
    pub fn custom(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.values.iter();
        all.filter_map(|(name, value)| Some((name.strip_prefix(rules::CUSTOM)?, value.as_str())))
    }

    /// The numbers of the channel pairs as they were written, in ascending order. A name that does not end with
    /// digits is another parameter.
    pub fn pairs(&self) -> Result<Vec<&str>, Error> {
        let halves = [rules::PAIR_TYPE, rules::PAIR_VALUE];
        let suffix = |name: &'_ str| halves.iter().find_map(|half| name.strip_prefix(half)).map(str::len);
        let numbers = self
            .values
            .keys()
            .filter_map(|name| Some(&name[name.len() - suffix(name)?..]));
        let mut numbers: Vec<&str> = numbers
            .filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
            .collect();
        // Compares numbers of any size: without leading zeros, the longer one is the larger.
        numbers.sort_unstable_by_key(|text| {
            let significant = text.trim_start_matches('0');
            (significant.len(), significant, text.len())
        });
        numbers.dedup();
        if numbers.len() > rules::MOST_PAIRS {
            let most = rules::MOST_PAIRS;
            return Err(invalid(
                &format!("{}N", rules::PAIR_TYPE),
                &format!("must come at most {most} times"),
            ));
        }
        Ok(numbers)
    }
}

/// Trims a value, and restores a `+` that arrived as a space before digits.
pub fn with_plus(text: &str) -> String {
    match text.strip_prefix(' ') {
        Some(rest) if rest.trim().bytes().all(|byte| byte.is_ascii_digit()) && !rest.trim().is_empty() => {
            format!("+{}", rest.trim())
        }
        _ => text.trim().to_owned(),
    }
}

/// Reads the number of an object: digits only, from 1 to the largest number that survives JSON.
pub fn number(text: &str) -> Option<u64> {
    let is_plain = (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_plain.then(|| text.parse().ok()).flatten();
    number.filter(|number| (1..=LARGEST_NUMBER).contains(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Parameters {
            values: pairs.iter().map(owned).collect(),
        }
    }

    #[test]
    fn a_number_is_digits_only() {
        for (text, wanted) in [
            ("1", Some(1)),
            ("9007199254740991", Some(LARGEST_NUMBER)),
            ("9007199254740992", None),
            ("0", None),
            ("+1", None),
            ("1.0", None),
            ("1e3", None),
            ("", None),
            ("00000000000000001", None),
        ] {
            assert_eq!(number(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_lost_plus_comes_back_before_digits_only() {
        for (text, wanted) in [
            (" 31612345678", "+31612345678"),
            ("+31", "+31"),
            ("31", "31"),
            (" ann@x.nl ", "ann@x.nl"),
            ("  ", ""),
        ] {
            assert_eq!(with_plus(text), wanted, "{text}");
        }
    }

    #[test]
    fn decomposed_names_are_composed() {
        let zoe = parameters(&[("firstname", " Zoe\u{308} ")]);
        assert_eq!(zoe.name("firstname").unwrap().as_deref(), Some("Zoë"));
        assert!(parameters(&[("firstname", "R2D2")]).name("firstname").is_err());
        assert_eq!(parameters(&[("firstname", " ")]).name("firstname").unwrap(), None);
    }

    #[test]
    fn pairs_are_handled_in_the_order_of_their_numbers() {
        let pairs = parameters(&[
            ("customerChannelType_10", ""),
            ("customerChannelValue_2", ""),
            ("customerChannelType_2", ""),
        ]);
        assert_eq!(pairs.pairs().unwrap(), ["2", "10"]);
        let huge = "9".repeat(40);
        let odd = parameters(&[
            (&format!("customerChannelType_{huge}"), ""),
            ("customerChannelType_0", ""),
            ("customerChannelValue_00", ""),
            ("customerChannelType_x", ""),
            ("customerChannelType_", ""),
        ]);
        assert_eq!(odd.pairs().unwrap(), ["0", "00", huge.as_str()]);
        let many: Vec<String> = (0..51).map(|n| format!("customerChannelType_{n}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "1")).collect();
        assert!(parameters(&many).pairs().is_err());
    }

    proptest! {
        #[test]
        fn every_number_that_survives_json_reads_back(wanted in 1..=LARGEST_NUMBER) {
            prop_assert_eq!(number(&wanted.to_string()), Some(wanted));
        }
    }
}
