//! Values that are never printed.

use crate::Misuse;
use crm_service::strength::{WANTED_BITS, header_bits};
use std::fmt;

/// The text in the place of a secret.
pub const MASK: &str = "********";
/// The shortest secret that is masked wherever it appears. A shorter one would mask innocent words.
const SHORTEST: usize = 6;

/// A secret from the command line or the environment. It has no `Display`, and its `Debug` is the mask.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value, for a header.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The text with this secret masked, also without its scheme word and as JSON writes it. Servers repeat what they were sent.
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for form in self.forms() {
            text = text.replace(&form, MASK);
        }
        text
    }

    /// Whether the text contains this secret.
    pub fn shows_in(&self, text: &str) -> bool {
        self.forms().iter().any(|form| text.contains(form.as_str()))
    }

    /// Its strength in bits, estimated from its characters.
    pub fn bits(&self) -> f64 {
        header_bits(&self.0)
    }

    /// The same in words.
    pub fn strength(&self) -> String {
        format!(
            "its length and characters give it about {:.0} bits, and a key should have {WANTED_BITS}",
            self.bits().floor()
        )
    }

    /// A warning if it is easier to guess than a key should be. `what` names it.
    pub fn weakness(&self, what: &str) -> Option<String> {
        (self.bits() < WANTED_BITS).then(|| format!("{what} is weak: {}; `crm keys create` creates a strong one", self.strength()))
    }

    /// The spellings in which the secret may be repeated, the longest first.
    fn forms(&self) -> Vec<String> {
        let token = self.0.rsplit(' ').next().unwrap_or_default();
        let mut forms: Vec<String> = [self.0.as_str(), token]
            .iter()
            .flat_map(|form| [(*form).to_owned(), form.replace('\\', "\\\\").replace('"', "\\\"")])
            .filter(|form| form.len() >= SHORTEST)
            .collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        forms
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(MASK)
    }
}

/// Checks that this can be a header's value unchanged. Khoros sends the registered value, and it is compared exactly (contract section 1).
/// `what` names the value in the message, which never repeats it.
pub fn check_header_value(what: &str, secret: &Secret) -> Result<(), Misuse> {
    let value = secret.reveal();
    let complaint = if value.trim().is_empty() {
        "is empty"
    } else if value.contains(['\n', '\r']) {
        "contains a line break: a header has one line (was it read from a file with its last newline?)"
    } else if value.trim() != value {
        "begins or ends with a space, which HTTP removes: it would never match"
    } else if !value.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        "has a character that is not ASCII: a header cannot carry it unchanged"
    } else {
        return Ok(());
    };
    Err(Misuse(format!("{what} {complaint}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[test]
    fn a_secret_is_masked_with_and_without_its_scheme() {
        let secret = secret("Bearer abcdef123");
        assert_eq!(secret.redact("got 'Bearer abcdef123'"), "got '********'");
        assert_eq!(secret.redact("token abcdef123"), "token ********");
        assert!(secret.shows_in("x abcdef123 x"));
        assert_eq!(format!("{secret:?}"), MASK);
    }

    #[test]
    fn a_weakness_is_said_without_the_secret() {
        assert_eq!(
            secret(&format!("Bearer {}", "0123456789abcdef".repeat(4))).weakness("--auth"),
            None
        );
        let said = secret("Bearer hunter2").weakness("--auth").unwrap();
        assert!(
            said.starts_with("--auth is weak: ") && said.contains("about 36 bits, and a key should have 128"),
            "{said}"
        );
        assert!(!said.contains("hunter2"), "{said}");
    }

    #[test]
    fn short_words_are_no_secrets() {
        assert_eq!(secret("Bearer key").redact("the key is Bearer key"), "the key is ********");
    }

    #[test]
    fn header_values_are_one_line_of_ascii() {
        assert!(check_header_value("--auth", &secret("Bearer x")).is_ok());
        for bad in ["", "  ", "Bearer x\n", "a\r\nb", " x", "x ", "schlüssel", "a\tb"] {
            let complaint = check_header_value("--auth", &secret(bad)).unwrap_err().to_string();
            assert!(complaint.starts_with("--auth "), "{bad:?}");
        }
    }
}
