//! Cities and states, in the spellings of addresses.
//!
//! Sources: for `Saint` the abbreviations of the Universal Postal Union's addressing templates and of USPS Publication 28, appendix
//! A; for `ü` as `ue` ICAO Doc 9303 (see `fold`).

use super::fold::{contracted, text};

/// The words for `Saint` in place names, in languages with Latin letters.
const SAINTS: [&str; 9] = ["saint", "sainte", "sankt", "skt", "snt", "st", "sta", "ste", "sint"];

/// The words of a place without punctuation: `St. Gallen` and `Sankt Gallen` are `st gallen`; `München` and
/// `Muenchen` are `munchen`. A text without letters or digits is unchanged.
pub fn place(raw: &str) -> String {
    let folded = text(raw);
    let words = folded
        .split(|sign: char| sign.is_whitespace() || is_between_words(sign))
        .filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(place_word).collect();
    if words.is_empty() { folded } else { text(&words.join(" ")) }
}

fn is_between_words(sign: char) -> bool {
    matches!(sign, '.' | ',' | '-' | '/' | '(' | ')' | ';')
}

/// A word without its apostrophes: `L'Aquila` is `laquila`.
fn place_word(word: &str) -> String {
    let bare = word.replace('\'', "");
    let mut bare = if bare.is_empty() { word.to_owned() } else { bare };
    // Contracting `aaau` leaves another pair.
    while let Some(shorter) = contracted(&bare) {
        bare = shorter;
    }
    if SAINTS.contains(&bare.as_str()) {
        "st".to_owned()
    } else {
        bare
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_place_have_one_normal_form() {
        for (normal, spellings) in [
            ("st gallen", ["St. Gallen", "Sankt Gallen", "ST.GALLEN", "st  gallen"]),
            ("munchen", ["München", "Muenchen", "MU\u{308}NCHEN", "Munchen"]),
            (
                "stratford upon avon",
                [
                    "Stratford-upon-Avon",
                    "Stratford upon Avon",
                    "stratford‐upon‐avon",
                    "STRATFORD UPON AVON,",
                ],
            ),
            ("laquila", ["L'Aquila", "L’Aquila", "LAquila", "l'aquila"]),
            ("saarbrucken", ["Saarbrücken", "Saarbruecken", "SAARBRÜCKEN", "Saarbrucken"]),
            (
                "washington d c",
                ["Washington D.C.", "Washington, D.C.", "washington d c", "Washington (D. C.)"],
            ),
        ] {
            for spelling in spellings {
                assert_eq!(place(spelling), place(normal), "{spelling}");
            }
        }
        for (one, other) in [("Ulm", "Elm"), ("St. Gallen", "Gallen"), ("Newcastle upon Tyne", "Newcastle")] {
            assert_ne!(place(one), place(other));
        }
        assert_eq!(place("東京都"), "东京都");
        assert_eq!(place("臺北"), place("台北"));
        assert_eq!(place("—"), text("—"));
    }

    proptest! {
        #[test]
        fn a_normal_form_is_stable(raw in "\\PC{0,24}|[A-Za-zäöüß'. -]{0,24}") {
            prop_assert_eq!(place(&place(&raw)), place(&raw));
        }
    }
}
