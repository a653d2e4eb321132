//! How much a word says: the rarer it is among people's names, the more. In bits, the logarithm to base 2 of one person in how many.
//!
//! The tables are sorted lines of a word and its bits, so that they need no preparation when a function starts.

/// Surnames of the United States' census of 1990 (public domain) that at least three people in 100,000 bear, and surnames that are among the
/// most common of their language.
static SURNAMES: &str = include_str!("surname_bits.txt");
/// Given names of the same census, and given names that two languages or more have (from the lists of Faker, MIT).
static GIVEN_NAMES: &str = include_str!("given_bits.txt");

/// A surname that is in no table is about as rare as this.
const RARE_SURNAME: f64 = 16.5;
/// Likewise a given name.
const RARE_GIVEN_NAME: f64 = 14.0;
/// Hardly anybody has two or three letters as a name in full, so that those say less than the tables' silence would tell.
const BITS_PER_LETTER: f64 = 4.0;

/// How much a surname says.
pub fn surname_bits(word: &str) -> f64 {
    bits(SURNAMES, word).unwrap_or_else(|| RARE_SURNAME.min(length(word) * BITS_PER_LETTER))
}

/// How much a given name says.
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

/// Looks a word up among sorted lines.
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
    fn a_rare_name_says_more_than_a_common_one() {
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
