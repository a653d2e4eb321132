//! Changes that people, keyboards, spreadsheets, telephones and web pages make to a value without changing its
//! meaning.

use unicode_normalization::UnicodeNormalization as _;

use crate::dice::Dice;

/// Invisible characters.
const INVISIBLE: [char; 12] = [
    '\u{AD}', '\u{200B}', '\u{200D}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202C}', '\u{2060}', '\u{2066}', '\u{2069}',
    '\u{FE0F}', '\u{FEFF}',
];
/// Blanks of other widths.
const BLANKS: [char; 7] = [' ', '\u{A0}', '\u{2002}', '\u{2007}', '\u{2009}', '\u{202F}', '\u{3000}'];
/// The characters that word processors replace a hyphen with.
const DASHES: [char; 6] = ['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2212}'];
/// The characters that keyboards offer as an apostrophe.
const APOSTROPHES: [char; 6] = ['\'', '\u{2019}', '\u{2BC}', '\u{2018}', '`', '\u{B4}'];
/// The zeros of scripts whose digits people type.
const ZEROS: [char; 5] = ['\u{660}', '\u{6F0}', '\u{966}', '\u{E50}', '\u{FF10}'];

/// The value with invisible characters anywhere.
pub fn with_invisible(value: &str, dice: &mut Dice) -> String {
    let mut dressed = String::new();
    for character in value.chars() {
        if dice.once_in(4) {
            dressed.push(*dice.one(&INVISIBLE));
        }
        dressed.push(character);
    }
    if dice.once_in(2) {
        dressed.push(*dice.one(&INVISIBLE));
    }
    dressed
}

/// Replaces blanks, dashes and apostrophes by others of their kind.
pub fn with_other_signs(value: &str, dice: &mut Dice) -> String {
    value
        .chars()
        .map(|character| match character {
            ' ' => *dice.one(&BLANKS),
            '-' => *dice.one(&DASHES),
            '\'' => *dice.one(&APOSTROPHES),
            other => other,
        })
        .collect()
}

/// Replaces digits by those of another script.
pub fn with_other_digits(value: &str, dice: &mut Dice) -> String {
    let zero = u32::from(*dice.one(&ZEROS));
    value
        .chars()
        .map(|character| {
            character
                .to_digit(10)
                .map_or(character, |digit| char::from_u32(zero + digit).unwrap())
        })
        .collect()
}

/// Replaces ASCII by full-width characters, as East Asian keyboards type them.
pub fn in_full_width(value: &str) -> String {
    value
        .chars()
        .map(|character| match character {
            ' ' => '\u{3000}',
            '!'..='~' => char::from_u32(u32::from(character) + 0xFEE0).unwrap(),
            other => other,
        })
        .collect()
}

/// Composes or decomposes letters and their marks.
pub fn in_other_form(value: &str, dice: &mut Dice) -> String {
    if dice.once_in(2) {
        value.nfd().collect()
    } else {
        value.nfc().collect()
    }
}

/// Changes the letter case.
pub fn in_other_case(value: &str, dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => value.to_lowercase(),
        1 => value.to_uppercase(),
        _ => value.to_owned(),
    }
}

/// Adds blanks and line breaks around the value.
pub fn with_blanks_around(value: &str, dice: &mut Dice) -> String {
    format!(
        "{}{value}{}",
        dice.one(&["", " ", "\u{A0}", "\t"]),
        dice.one(&["", " ", "\r\n", "\u{3000}"])
    )
}
