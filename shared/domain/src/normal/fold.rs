//! Folding: the part that all normal forms share.

use caseless::Caseless;
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

/// Compatibility-decomposed, case-folded, accents and invisible characters dropped. Keeps spaces and punctuation.
pub fn fold(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    for character in visible(raw).nfkd().default_case_fold().nfkd() {
        if is_accent(character) {
            continue;
        }
        match stroked_letter(character) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(character),
        }
    }
    folded
}

/// Case and width folded, invisible characters dropped, spaces as in [`text`]; accents stay.
pub fn case_folded(raw: &str) -> String {
    spaced(&visible(raw).nfkc().default_case_fold().nfkc().collect::<String>())
}

/// What is left goes on to normalisation: dropped after it, an invisible character would leave marks in an order that the next
/// normalisation changes.
fn visible(raw: &str) -> impl Iterator<Item = char> {
    raw.chars().filter(|&character| !is_invisible(character))
}

/// Whether nothing of this is visible.
pub fn is_blank(raw: &str) -> bool {
    raw.chars()
        .all(|character| character.is_whitespace() || character.is_control() || is_invisible(character))
}

/// [`fold`], with runs of white space and control characters as one space and none at the ends. A text of accents alone (`¨`)
/// keeps them: whatever is visible has a normal form that it can be found by.
pub fn text(raw: &str) -> String {
    let folded = spaced(&fold(raw));
    if folded.is_empty() { case_folded(raw) } else { folded }
}

fn spaced(text: &str) -> String {
    text.split(|character: char| character.is_whitespace() || character.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Marks that people leave out: accents above, below and attached (classes from 200), Hebrew points and Arabic vowels (10 to 36).
/// Marks that make another letter stay: Indic vowels and viramas (0, 9), Japanese voicing (8), Thai vowels and tones (103, 107).
fn is_accent(character: char) -> bool {
    let class = canonical_combining_class(character);
    class >= 200 || (10..=36).contains(&class)
}

/// Joiners, direction marks, soft hyphens, variation selectors: they change how a text looks or breaks, not what it says.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Latin letters that people type without their stroke or as two letters, and that Unicode does not decompose.
fn stroked_letter(character: char) -> Option<&'static str> {
    Some(match character {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'þ' => "th",
        'æ' => "ae",
        'œ' => "oe",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_width_and_strokes() {
        for (raw, folded) in [
            ("Müller", "muller"),
            ("MU\u{308}LLER", "muller"),
            ("Straße", "strasse"),
            ("Łukasz Ørsted", "lukasz orsted"),
            ("İstanbul", "istanbul"),
            ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
            ("Ｊａｎｅ", "jane"),
            ("Дмитрий", "дмитрии"),
            ("  Jane \t Doe\n", "jane doe"),
            ("zero\u{200B}width\u{202E}", "zerowidth"),
            ("مُحَمَّد", "محمد"),
        ] {
            assert_eq!(text(raw), folded, "{raw}");
        }
    }

    #[test]
    fn letters_that_look_like_accents_stay() {
        assert_ne!(fold("राम"), fold("रोम"), "Devanagari vowels");
        assert_ne!(fold("か"), fold("が"), "Japanese voicing");
    }
}
