//! Patterns that a field's values must match: regular expressions.

use regex_lite::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// The longest pattern, in bytes.
const LONGEST: usize = 200;
/// The largest compiled expression, in bytes. Together with the length of the text it bounds the time of a comparison.
const LARGEST: usize = 100_000;

/// A regular expression for a whole value. Matching takes time in proportion to the text, whatever the expression is. Character classes are
/// those of ASCII.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: String,
    whole: Regex,
}

impl Pattern {
    /// Reads a regular expression.
    ///
    /// # Errors
    /// What is wrong with it, as a predicate.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > LONGEST {
            return Err(format!("must have 1 to {LONGEST} characters"));
        }
        let wrong = |why: regex_lite::Error| format!("must be a regular expression: {why}");
        // Compile it by itself first: `a)|(b` is an expression only inside parentheses.
        compiled(text).map_err(wrong)?;
        let whole = compiled(&format!(r"\A(?:{text})\z")).map_err(wrong)?;
        let text = text.to_owned();
        Ok(Self { text, whole })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a value matches.
    pub fn is_matched_by(&self, value: &str) -> bool {
        self.whole.is_match(value)
    }
}

fn compiled(text: &str) -> Result<Regex, regex_lite::Error> {
    RegexBuilder::new(text).size_limit(LARGEST).build()
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, value: &str, matched: bool) {
        assert_eq!(
            Pattern::parse(pattern).unwrap().is_matched_by(value),
            matched,
            "{value} as {pattern}"
        );
    }

    #[test]
    fn a_pattern_must_match_the_whole_value() {
        check("[A-Z]{3}", "ABC", true);
        check("[A-Z]{3}", "ABCD", false);
        check("[A-Z]{3}", "ABC\n", false);
        check("a|bc", "bc", true);
        check("a|bc", "ac", false);
    }

    #[test]
    fn an_invalid_pattern_is_refused() {
        for text in ["", "(", "a)|(b", "[z-a]", r"\p{L}", &"x".repeat(201), "(((a{99}){99}){99})"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn matching_takes_bounded_time() {
        let pattern = Pattern::parse("(a*)*(a*)*(a*)*b").unwrap();
        let started = std::time::Instant::now();
        assert!(!pattern.is_matched_by(&"a".repeat(super::super::TEXT_LENGTH)));
        assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
    }
}
