//! The strength of a secret, estimated from its characters.
//!
//! This is an upper bound: a secret that was not drawn at random is easier to guess. It finds secrets that are too
//! short or repeat themselves.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// How many bits a secret should have: too many to try them all.
pub const WANTED_BITS: f64 = 128.0;
/// A secret with fewer bits can be found by trying.
pub const FEWEST_BITS: f64 = 64.0;
/// The largest number of times that one character counts. Repetitions make a secret longer, not harder to guess.
const MOST_OF_ONE: u32 = 8;

/// The bits of a secret: its length times the bits of a character, which are the logarithm of the alphabet. The
/// alphabet has 10 digits, or 16 hexadecimal digits of one case, or the sum of 26 small letters, 26 capitals, 10
/// digits and 33 other characters, as they occur.
pub fn bits(secret: &str) -> f64 {
    let mut occurrences: HashMap<char, u32> = HashMap::new();
    for character in secret.chars() {
        let times = occurrences.entry(character).or_default();
        *times = MOST_OF_ONE.min(*times + 1);
    }
    let counted: u32 = occurrences.values().sum();
    f64::from(counted) * f64::from(alphabet(secret)).log2()
}

fn alphabet(secret: &str) -> u32 {
    let is_all = |is_one: fn(char) -> bool| secret.chars().all(is_one);
    if is_all(|one| one.is_ascii_digit()) {
        return 10;
    }
    if is_all(|one| matches!(one, '0'..='9' | 'a'..='f')) || is_all(|one| matches!(one, '0'..='9' | 'A'..='F')) {
        return 16;
    }
    let has = |is_one: fn(char) -> bool| u32::from(secret.chars().any(is_one));
    26 * has(|one| one.is_ascii_lowercase())
        + 26 * has(|one| one.is_ascii_uppercase())
        + 10 * has(|one| one.is_ascii_digit())
        + 33 * has(|one| !one.is_ascii_alphanumeric())
}

/// The bits of a header's value. The scheme word is not secret, and of `Basic` only the password is.
pub fn header_bits(value: &str) -> f64 {
    let is_scheme = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let Some((scheme, secret)) = value.split_once(' ').filter(|(word, _)| is_scheme(word)) else {
        return bits(value);
    };
    let secret = secret.trim();
    let decoded = STANDARD.decode(secret).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|decoded| decoded.split_once(':')) {
        Some((_, password)) if scheme.eq_ignore_ascii_case("basic") => bits(password),
        _ => bits(secret),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(value: &str, wanted: std::ops::Range<f64>) {
        let bits = header_bits(value);
        assert!(wanted.contains(&bits), "{value}: {bits}");
    }

    #[test]
    fn a_secret_has_the_bits_of_its_characters() {
        check("", 0.0..0.1);
        check("1234567890", 33.0..33.5);
        check("0123456789abcdef", 63.9..64.1);
        check("0123456789ABCDEF", 63.9..64.1);
        check("password", 37.0..38.0);
        check("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 32.0..32.1);
        check("abababababababababababababababababababab", 64.0..64.1);
        check("Bearer password", 37.0..38.0);
        check("Basic dXNlcjpwYXNz", 18.0..19.0);
        check("Basic not-base64:", 67.0..68.0);
        check("two words", 23.0..24.0);
        check(
            "8b1a9953c4611296a827abf8c47804d7e6c49c6b1a9953c4611296a827abf8c4",
            WANTED_BITS..257.0,
        );
    }

    proptest! {
        #[test]
        fn more_characters_are_never_fewer_bits(secret in "[ -~]{0,60}", more in "[ -~]{0,20}") {
            let longer = format!("{secret}{more}");
            prop_assert!(bits(&longer) >= bits(&secret));
        }
    }
}
