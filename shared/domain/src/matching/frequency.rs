//! How much information a word of a name carries, in bits: the rarer, the more. One person in 2^bits has it.
//!
//! The tables are sorted lines of a word and its bits, so a function can use them without preparing them at its
//! start. The script `name_bits.py` of this crate makes them.

/// Surnames that at least three in 100,000 people have in the United States census of 1990 (public domain), and the
/// most common surnames of other languages (our own list, `common_surnames.txt`).
static SURNAMES: &str = include_str!("surname_bits.txt");
/// Given names of the same census, and given names that occur in two or more languages (from Faker's lists, MIT).
static GIVEN_NAMES: &str = include_str!("given_bits.txt");

/// The bits of a surname that is in no table.
const RARE_SURNAME: f64 = 16.5;
/// The bits of a given name that is in no table.
const RARE_GIVEN_NAME: f64 = 14.0;
/// A word of two or three letters is rarely a full name, so it carries less information than its absence from the
/// tables suggests.
const BITS_PER_LETTER: f64 = 4.0;

/// The bits of a surname.
pub fn surname_bits(word: &str) -> f64 {
    bits(SURNAMES, word).unwrap_or_else(|| RARE_SURNAME.min(length(word) * BITS_PER_LETTER))
}

/// The bits of a given name.
pub fn given_bits(word: &str) -> f64 {
    bits(GIVEN_NAMES, word).unwrap_or_else(|| RARE_GIVEN_NAME.min(length(word) * BITS_PER_LETTER))
}

/// Whether the tables have a word as a given name.
pub fn is_given_name(word: &str) -> bool {
    bits(GIVEN_NAMES, word).is_some()
}

/// Whether the tables have a word as a surname.
pub fn is_surname(word: &str) -> bool {
    bits(SURNAMES, word).is_some()
}

fn length(word: &str) -> f64 {
    f64::from(u32::try_from(word.len()).unwrap_or(u32::MAX))
}

/// Looks up a word in sorted lines.
fn bits(table: &str, word: &str) -> Option<f64> {
    let bytes = table.as_bytes();
    let (mut from, mut to) = (0, bytes.len());
    while from < to {
        let middle = from.midpoint(to);
        let start = bytes[..middle].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let end = bytes[middle..]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(bytes.len(), |at| middle + at);
        let (entry, bits) = table[start..end].split_once(' ')?;
        match word.cmp(entry) {
            std::cmp::Ordering::Equal => return bits.parse().ok(),
            std::cmp::Ordering::Less => to = start,
            std::cmp::Ordering::Greater => from = end + 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_name_has_more_bits_than_a_common_one() {
        assert!(surname_bits("smith") < surname_bits("winter"));
        assert!(surname_bits("winter") < surname_bits("suetterlein"));
        assert!(given_bits("david") < surname_bits("david"));
        assert!(surname_bits("xu") < surname_bits("suetterlein"));
    }

    #[test]
    fn every_line_of_the_tables_is_found() {
        for table in [SURNAMES, GIVEN_NAMES] {
            let mut last = "";
            for line in table.lines() {
                let (word, number) = line.split_once(' ').unwrap();
                assert!(last < word, "{last} {word}");
                assert_eq!(bits(table, word), number.parse().ok(), "{word}");
                assert!(word.bytes().all(|letter| letter.is_ascii_lowercase()), "{word}");
                last = word;
            }
            assert_eq!(bits(table, "zzzzzz"), None);
            assert_eq!(bits(table, ""), None);
        }
    }
}
