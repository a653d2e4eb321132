//! Characters that people do not see or cannot tell apart. Keyboards, telephones, spreadsheets and web pages add them to a text.
//!
//! Sources: the Unicode Character Database, `Default_Ignorable_Code_Point` (invisible), `White_Space` (blanks), the general category
//! `Pd` with the minus signs (dashes), and the names of `UnicodeData.txt`; for apostrophes the Unicode Standard, chapter 6.2.

use any_ascii::any_ascii_char;

/// Joiners, direction marks, soft hyphens, variation selectors and fillers. They change how a text looks or breaks, and not its meaning.
/// These are Unicode's `Default_Ignorable_Code_Point`, and the character that telephones put in the place of a picture.
const INVISIBLE: [(char, char, &str); 39] = [
    ('\u{AD}', '\u{AD}', "SOFT HYPHEN"),
    ('\u{34F}', '\u{34F}', "COMBINING GRAPHEME JOINER"),
    ('\u{61C}', '\u{61C}', "ARABIC LETTER MARK"),
    ('\u{115F}', '\u{115F}', "HANGUL CHOSEONG FILLER"),
    ('\u{1160}', '\u{1160}', "HANGUL JUNGSEONG FILLER"),
    ('\u{17B4}', '\u{17B4}', "KHMER VOWEL INHERENT AQ"),
    ('\u{17B5}', '\u{17B5}', "KHMER VOWEL INHERENT AA"),
    ('\u{180B}', '\u{180D}', "MONGOLIAN FREE VARIATION SELECTOR"),
    ('\u{180E}', '\u{180E}', "MONGOLIAN VOWEL SEPARATOR"),
    ('\u{180F}', '\u{180F}', "MONGOLIAN FREE VARIATION SELECTOR FOUR"),
    ('\u{200B}', '\u{200B}', "ZERO WIDTH SPACE"),
    ('\u{200C}', '\u{200C}', "ZERO WIDTH NON-JOINER"),
    ('\u{200D}', '\u{200D}', "ZERO WIDTH JOINER"),
    ('\u{200E}', '\u{200E}', "LEFT-TO-RIGHT MARK"),
    ('\u{200F}', '\u{200F}', "RIGHT-TO-LEFT MARK"),
    ('\u{202A}', '\u{202A}', "LEFT-TO-RIGHT EMBEDDING"),
    ('\u{202B}', '\u{202B}', "RIGHT-TO-LEFT EMBEDDING"),
    ('\u{202C}', '\u{202C}', "POP DIRECTIONAL FORMATTING"),
    ('\u{202D}', '\u{202D}', "LEFT-TO-RIGHT OVERRIDE"),
    ('\u{202E}', '\u{202E}', "RIGHT-TO-LEFT OVERRIDE"),
    ('\u{2060}', '\u{2060}', "WORD JOINER"),
    ('\u{2061}', '\u{2064}', "INVISIBLE OPERATOR"),
    ('\u{2065}', '\u{2065}', "UNASSIGNED INVISIBLE CHARACTER"),
    ('\u{2066}', '\u{2066}', "LEFT-TO-RIGHT ISOLATE"),
    ('\u{2067}', '\u{2067}', "RIGHT-TO-LEFT ISOLATE"),
    ('\u{2068}', '\u{2068}', "FIRST STRONG ISOLATE"),
    ('\u{2069}', '\u{2069}', "POP DIRECTIONAL ISOLATE"),
    ('\u{206A}', '\u{206F}', "DEPRECATED FORMAT CHARACTER"),
    ('\u{3164}', '\u{3164}', "HANGUL FILLER"),
    ('\u{FE00}', '\u{FE0F}', "VARIATION SELECTOR"),
    ('\u{FEFF}', '\u{FEFF}', "ZERO WIDTH NO-BREAK SPACE"),
    ('\u{FFA0}', '\u{FFA0}', "HALFWIDTH HANGUL FILLER"),
    ('\u{FFF0}', '\u{FFF8}', "UNASSIGNED INVISIBLE CHARACTER"),
    ('\u{FFF9}', '\u{FFFB}', "INTERLINEAR ANNOTATION"),
    ('\u{FFFC}', '\u{FFFC}', "OBJECT REPLACEMENT CHARACTER"),
    ('\u{1BCA0}', '\u{1BCA3}', "SHORTHAND FORMAT CHARACTER"),
    ('\u{1D173}', '\u{1D17A}', "MUSICAL SYMBOL FORMAT CHARACTER"),
    ('\u{E0000}', '\u{E00FF}', "TAG CHARACTER"),
    ('\u{E0100}', '\u{E0FFF}', "VARIATION SELECTOR"),
];

/// Blanks with their Unicode names. Control characters have only aliases.
const BLANKS: [(char, &str); 26] = [
    ('\t', "TAB"),
    ('\n', "LINE FEED"),
    ('\u{B}', "LINE TABULATION"),
    ('\u{C}', "FORM FEED"),
    ('\r', "CARRIAGE RETURN"),
    (' ', "SPACE"),
    ('\u{85}', "NEXT LINE"),
    ('\u{A0}', "NO-BREAK SPACE"),
    ('\u{1680}', "OGHAM SPACE MARK"),
    ('\u{2000}', "EN QUAD"),
    ('\u{2001}', "EM QUAD"),
    ('\u{2002}', "EN SPACE"),
    ('\u{2003}', "EM SPACE"),
    ('\u{2004}', "THREE-PER-EM SPACE"),
    ('\u{2005}', "FOUR-PER-EM SPACE"),
    ('\u{2006}', "SIX-PER-EM SPACE"),
    ('\u{2007}', "FIGURE SPACE"),
    ('\u{2008}', "PUNCTUATION SPACE"),
    ('\u{2009}', "THIN SPACE"),
    ('\u{200A}', "HAIR SPACE"),
    ('\u{2028}', "LINE SEPARATOR"),
    ('\u{2029}', "PARAGRAPH SEPARATOR"),
    ('\u{202F}', "NARROW NO-BREAK SPACE"),
    ('\u{205F}', "MEDIUM MATHEMATICAL SPACE"),
    ('\u{2800}', "BRAILLE PATTERN BLANK"),
    ('\u{3000}', "IDEOGRAPHIC SPACE"),
];

/// Whether a character is invisible and has no meaning.
pub fn is_invisible(character: char) -> bool {
    // Most characters come before the first of the table.
    character >= '\u{AD}' && invisible(character).is_some()
}

fn invisible(character: char) -> Option<&'static (char, char, &'static str)> {
    let after = INVISIBLE.partition_point(|(first, ..)| *first <= character);
    INVISIBLE[..after].last().filter(|(_, last, _)| character <= *last)
}

/// Whether a character separates words without being seen: white space, control characters and the blank of Braille.
pub fn is_blank_character(character: char) -> bool {
    character.is_whitespace() || character.is_control() || character == '\u{2800}'
}

/// Whether a character is a hyphen, a dash or a minus sign of any kind.
pub fn is_dash(character: char) -> bool {
    matches!(
        character,
        '-' | '\u{58A}' | '\u{5BE}' | '\u{1400}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207B}'
                | '\u{208B}'
                | '\u{2212}'
                | '\u{2E17}'
                | '\u{2E1A}'
                | '\u{2E3A}'
                | '\u{2E3B}'
                | '\u{2E40}'
                | '\u{2E5D}'
                | '\u{301C}'
                | '\u{3030}'
                | '\u{30A0}'
                | '\u{FE31}'
                | '\u{FE32}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{FF0D}'
                | '\u{10EAD}'
    )
}

/// Whether people or programs use a character as an apostrophe in names: `O'Bryan`, `O’Bryan`, `OʼBryan`.
pub fn is_apostrophe(character: char) -> bool {
    matches!(character,
        '\'' | '`' | '\u{B4}' | '\u{2B9}'..='\u{2BF}' | '\u{2C8}' | '\u{2CA}' | '\u{2CB}' | '\u{2EE}' | '\u{374}' | '\u{384}' | '\u{55A}'
        | '\u{5F3}' | '\u{7F4}' | '\u{7F5}' | '\u{1FBD}' | '\u{1FBF}' | '\u{1FEF}' | '\u{1FFD}' | '\u{1FFE}' | '\u{2018}'..='\u{201B}'
        | '\u{2032}' | '\u{2035}' | '\u{A78B}' | '\u{A78C}' | '\u{FF07}' | '\u{FF40}')
}

/// The ASCII digit of a decimal digit in any script; `None` for every other character.
pub fn decimal_digit(character: char) -> Option<char> {
    if character.is_ascii() {
        return character.is_ascii_digit().then_some(character);
    }
    let spelled = if character.is_numeric() {
        any_ascii_char(character)
    } else {
        ""
    };
    let mut letters = spelled.chars();
    letters
        .next()
        .filter(|first| first.is_ascii_digit() && letters.next().is_none())
}

/// A text without invisible characters, with one kind each of dash, apostrophe and blank, and with ASCII digits. Invisible characters are
/// removed first, because a normalisation would order the combining marks around them differently.
pub fn plain(raw: &str) -> impl Iterator<Item = char> {
    raw.chars().filter(|&character| !is_invisible(character)).map(plain_character)
}

/// A character in its plain form.
pub fn plain_character(character: char) -> char {
    match character {
        _ if character.is_ascii() && character != '`' && !character.is_control() => character,
        _ if is_dash(character) => '-',
        _ if is_apostrophe(character) => '\'',
        _ if is_blank_character(character) => ' ',
        _ => decimal_digit(character).unwrap_or(character),
    }
}

/// A character as a message shows it: `–` (U+2013), and by its Unicode name where it cannot be seen.
pub fn described(character: char) -> String {
    let code = format!("U+{:04X}", u32::from(character));
    if let Some((first, last, name)) = invisible(character) {
        // Variation selectors are numbered: the first block begins with VARIATION SELECTOR-1, the second with VARIATION SELECTOR-17.
        let number = match u32::from(*first) {
            0xFE00 => u32::from(character) - 0xFE00 + 1,
            0xE0100 => u32::from(character) - 0xE0100 + 17,
            _ => 0,
        };
        return match number {
            0 if first == last || !name.contains("MONGOLIAN") => format!("{code} {name}"),
            0 => format!(
                "{code} {name} {}",
                ["ONE", "TWO", "THREE"][(u32::from(character) - u32::from(*first)) as usize % 3]
            ),
            number => format!("{code} {name}-{number}"),
        };
    }
    if let Some((_, name)) = BLANKS.iter().find(|(blank, _)| *blank == character) {
        return format!("{code} {name}");
    }
    if character.is_control() {
        return format!("{code} CONTROL CHARACTER");
    }
    if unicode_normalization::char::is_combining_mark(character) {
        return format!("the combining mark {code}");
    }
    if character.is_ascii() {
        character.to_string()
    } else {
        format!("{character} ({code})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(INVISIBLE.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(BLANKS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(INVISIBLE.iter().all(|(first, last, _)| first <= last));
    }

    #[test]
    fn every_blank_has_a_name() {
        let blanks = ('\0'..='\u{FFFF}').filter(|character| character.is_whitespace());
        for blank in blanks {
            assert!(BLANKS.iter().any(|(known, _)| *known == blank), "{blank:?}");
        }
    }

    #[test]
    fn a_character_is_described_so_that_it_can_be_found() {
        for (character, wanted) in [
            ('\u{FE0F}', "U+FE0F VARIATION SELECTOR-16"),
            ('\u{E0100}', "U+E0100 VARIATION SELECTOR-17"),
            ('\u{200B}', "U+200B ZERO WIDTH SPACE"),
            ('\u{180C}', "U+180C MONGOLIAN FREE VARIATION SELECTOR TWO"),
            ('\u{202E}', "U+202E RIGHT-TO-LEFT OVERRIDE"),
            ('\u{A0}', "U+00A0 NO-BREAK SPACE"),
            ('\n', "U+000A LINE FEED"),
            ('\u{7}', "U+0007 CONTROL CHARACTER"),
            ('\u{301}', "the combining mark U+0301"),
            ('–', "– (U+2013)"),
            (',', ","),
        ] {
            assert_eq!(described(character), wanted);
        }
    }

    #[test]
    fn decimal_digits_of_every_script_become_ascii() {
        for (digit, wanted) in [
            ('7', '7'),
            ('٧', '7'),
            ('۷', '7'),
            ('७', '7'),
            ('７', '7'),
            ('𝟕', '7'),
            ('๗', '7'),
        ] {
            assert_eq!(decimal_digit(digit), Some(wanted), "{digit}");
        }
        for none in ['a', '½', 'Ⅻ', '一', ' '] {
            assert_eq!(decimal_digit(none), None, "{none}");
        }
    }

    #[test]
    fn plain_characters_stay() {
        let said: String = plain("a\u{200B}\u{2011}b\u{2019}\u{A0}\u{663}\u{FE0F}").collect();
        assert_eq!(said, "a-b' 3");
        assert_eq!(plain(&said).collect::<String>(), said);
    }
}
