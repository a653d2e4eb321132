//! How people spell names on a keyboard that lacks their letters: without accents, and in Latin letters.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// In lower case and without accents, as in handles and e-mail addresses. Letters that are still not ASCII are left out.
pub fn ascii(text: &str) -> String {
    plain(text)
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

/// The text without accents, and otherwise unchanged.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.nfd().filter(|&letter| !is_combining_mark(letter)) {
        match SPECIAL.iter().find(|(special, ..)| *special == letter) {
            Some((_, spelled, _)) => plain.push_str(spelled),
            None => plain.push(letter),
        }
    }
    plain.nfc().collect()
}

/// The usual spelling on a keyboard without these letters: `Müller` = `Mueller`, `Ødegård` = `Oedegaard`.
pub fn digraphs(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for letter in text.nfc() {
        match SPECIAL.iter().find(|(special, ..)| *special == letter) {
            Some((.., digraph)) => spelled.push_str(digraph),
            None => spelled.push(letter),
        }
    }
    spelled
}

/// Letter, without its accent, and as two letters.
const SPECIAL: [(char, &str, &str); 28] = [
    ('ä', "a", "ae"),
    ('ö', "o", "oe"),
    ('ü', "u", "ue"),
    ('Ä', "A", "Ae"),
    ('Ö', "O", "Oe"),
    ('Ü', "U", "Ue"),
    ('ß', "ss", "ss"),
    ('å', "a", "aa"),
    ('Å', "A", "Aa"),
    ('ø', "o", "oe"),
    ('Ø', "O", "Oe"),
    ('æ', "ae", "ae"),
    ('Æ', "Ae", "Ae"),
    ('œ', "oe", "oe"),
    ('ł', "l", "l"),
    ('Ł', "L", "L"),
    ('đ', "d", "d"),
    ('Đ', "D", "D"),
    ('ı', "i", "i"),
    ('ñ', "n", "n"),
    ('ð', "d", "d"),
    ('þ', "th", "th"),
    ('’', "", ""),
    ('ʼ', "", ""),
    ('‘', "", ""),
    ('ż', "z", "z"),
    ('ç', "c", "c"),
    ('ş', "s", "s"),
];

/// The Latin spellings by the rules for Cyrillic and Greek, the usual one first. Empty for every other script.
pub fn romanised(name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    let bare = plain(&lower);
    let spellings = if lower.chars().any(|letter| ('а'..='ґ').contains(&letter)) {
        [1, 2, 3].map(|scheme| cyrillic(&lower, scheme))
    } else if bare.chars().any(|letter| ('α'..='ω').contains(&letter)) {
        [1, 2, 3].map(|scheme| spelled(&bare, &GREEK, scheme))
    } else {
        return Vec::new();
    };
    let mut different: Vec<String> = Vec::new();
    for spelling in spellings.iter().map(|spelling| capitalised(spelling)) {
        if !different.contains(&spelling) {
            different.push(spelling);
        }
    }
    different
}

fn cyrillic(lower: &str, scheme: usize) -> String {
    // Some Ukrainian letters look like Russian ones but sound different.
    let ukrainian = lower.contains(['і', 'ї', 'є', 'ґ', '’']) || lower.ends_with("енко");
    let adjusted = if ukrainian {
        lower.replace('г', "һ").replace('и', "ы")
    } else {
        lower.to_owned()
    };
    spelled(&adjusted, &CYRILLIC, scheme)
}

/// Applies the longest rule that fits, letter by letter. The columns are the schemes.
fn spelled(text: &str, rules: &[[&str; 4]], scheme: usize) -> String {
    let mut spelled = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(rule) = rules.iter().find(|rule| rest.starts_with(rule[0])) {
            spelled.push_str(rule[scheme]);
            rest = &rest[rule[0].len()..];
        } else {
            spelled.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    spelled
}

/// Each word with a capital.
pub fn capitalised(text: &str) -> String {
    let mut previous = ' ';
    let mut capitalised = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(previous, ' ' | '-' | '\'') {
            capitalised.extend(letter.to_uppercase());
        } else {
            capitalised.push(letter);
        }
        previous = letter;
    }
    capitalised
}

/// Russian and Ukrainian: the spelling of passports, of scholars, and of Germans.
const CYRILLIC: [[&str; 4]; 41] = [
    ["ий", "iy", "ij", "i"],
    ["ый", "yi", "yj", "y"],
    ["кс", "ks", "ks", "x"],
    ["а", "a", "a", "a"],
    ["б", "b", "b", "b"],
    ["в", "v", "v", "w"],
    ["г", "g", "g", "g"],
    ["һ", "h", "h", "h"],
    ["ґ", "g", "g", "g"],
    ["д", "d", "d", "d"],
    ["е", "e", "e", "e"],
    ["ё", "e", "yo", "jo"],
    ["є", "ie", "ye", "je"],
    ["ж", "zh", "zh", "sch"],
    ["з", "z", "z", "s"],
    ["и", "i", "i", "i"],
    ["і", "i", "i", "i"],
    ["ї", "i", "yi", "ji"],
    ["й", "y", "j", "i"],
    ["к", "k", "k", "k"],
    ["л", "l", "l", "l"],
    ["м", "m", "m", "m"],
    ["н", "n", "n", "n"],
    ["о", "o", "o", "o"],
    ["п", "p", "p", "p"],
    ["р", "r", "r", "r"],
    ["с", "s", "s", "s"],
    ["т", "t", "t", "t"],
    ["у", "u", "u", "u"],
    ["ф", "f", "f", "f"],
    ["х", "kh", "h", "ch"],
    ["ц", "ts", "c", "z"],
    ["ч", "ch", "ch", "tsch"],
    ["ш", "sh", "sh", "sch"],
    ["щ", "shch", "shch", "schtsch"],
    ["ы", "y", "y", "y"],
    ["ъ", "", "", ""],
    ["ь", "", "", ""],
    ["э", "e", "e", "e"],
    ["ю", "yu", "ju", "ju"],
    ["я", "ya", "ja", "ja"],
];

/// Greek without accents: the spelling of passports, by sound, and by look.
const GREEK: [[&str; 4]; 34] = [
    ["ου", "ou", "ou", "ou"],
    ["αυ", "af", "av", "au"],
    ["ευ", "ef", "ev", "eu"],
    ["μπ", "mp", "b", "mp"],
    ["ντ", "nt", "d", "nt"],
    ["γγ", "ng", "ng", "gg"],
    ["γκ", "gk", "g", "gk"],
    ["αι", "ai", "e", "ai"],
    ["ει", "ei", "i", "ei"],
    ["α", "a", "a", "a"],
    ["β", "v", "v", "b"],
    ["γ", "g", "g", "g"],
    ["δ", "d", "d", "d"],
    ["ε", "e", "e", "e"],
    ["ζ", "z", "z", "z"],
    ["η", "i", "i", "h"],
    ["θ", "th", "th", "8"],
    ["ι", "i", "i", "i"],
    ["κ", "k", "k", "c"],
    ["λ", "l", "l", "l"],
    ["μ", "m", "m", "m"],
    ["ν", "n", "n", "n"],
    ["ξ", "x", "ks", "x"],
    ["ο", "o", "o", "o"],
    ["π", "p", "p", "p"],
    ["ρ", "r", "r", "r"],
    ["σ", "s", "s", "s"],
    ["ς", "s", "s", "s"],
    ["τ", "t", "t", "t"],
    ["υ", "y", "i", "u"],
    ["φ", "f", "f", "ph"],
    ["χ", "ch", "h", "x"],
    ["ψ", "ps", "ps", "ps"],
    ["ω", "o", "o", "w"],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        assert_eq!(ascii("Jürgen O’Neill-Łącki"), "jurgenoneilllacki");
        assert_eq!(digraphs("Müller Ødegård"), "Mueller Oedegaard");
        assert_eq!(romanised("Щукин"), ["Shchukin", "Schtschukin"]);
        assert_eq!(romanised("Παπαδόπουλος")[0], "Papadopoulos");
        assert!(romanised("Smith").is_empty());
    }
}
