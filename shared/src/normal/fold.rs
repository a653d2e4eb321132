//! Folding: the part that all normal forms share.

use caseless::Caseless;
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

/// Compatibility-decomposed, case-folded, accents and invisible characters dropped. Keeps spaces and punctuation.
pub fn fold(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    for character in raw.nfkd().default_case_fold().nfkd() {
        if is_accent(character) || is_invisible(character) {
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
    let folded: String = caseless::default_case_fold_str(&raw.nfkc().collect::<String>())
        .nfkc()
        .collect();
    spaced(
        &folded
            .chars()
            .filter(|&character| !is_invisible(character))
            .collect::<String>(),
    )
}

/// Whether nothing of this is visible.
pub fn is_blank(raw: &str) -> bool {
    raw.chars()
        .all(|character| character.is_whitespace() || character.is_control() || is_invisible(character))
}

/// [`fold`], with runs of white space and control characters as one space and none at the ends.
pub fn text(raw: &str) -> String {
    spaced(&fold(raw))
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
