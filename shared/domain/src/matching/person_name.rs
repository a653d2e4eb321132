//! Reads the names of people so that they can be compared across spellings, scripts, word orders, titles and
//! ornaments.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use any_ascii::any_ascii;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::{
    bounds::{self, is_alike, jaro_winkler, may_be_alike, osa_distance},
    frequency::{is_given_name, is_surname},
};
use crate::normal::{fold, is_apostrophe, plain};

/// The most words of a name. Longer texts are not names; the words beyond are ignored.
const MOST_WORDS: usize = 5;
/// Two words of usual length that are at least this similar are spellings of one.
const ALIKE: f64 = 0.89;
/// The same, for words that also sound alike.
const ALIKE_IN_SOUND: f64 = 0.80;

/// The same, for words that may differ by typing errors alone.
const LEAST_ALIKE: f64 = 0.70;

/// The same, if one of them was written in another script.
const ALIKE_ACROSS_SCRIPTS: f64 = 0.60;

/// The fewest letters of words that are merely similar.
const SHORTEST_ALIKE: usize = 3;
/// The fewest letters of a word that is the same with one typing error.
const SHORTEST_MISTYPED: usize = 4;
/// The fewest letters of a word that is the same with two typing errors.
const LONG_WORD: usize = 6;

/// The fewest letters of a word that can be the short form of a longer word with the same beginning.
const SHORTEST_BEGINNING: usize = 3;

/// Words beside a name that are not part of it.
const ORNAMENTS: [&str; 50] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "dame",
    "lord",
    "lady",
    "rev",
    "fr",
    "herr",
    "frau",
    "hr",
    "sr",
    "sra",
    "srta",
    "don",
    "dona",
    "doctor",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "ing",
    "dipl",
    "mag",
    "phd",
    "md",
    "mba",
    "jr",
    "jnr",
    "ii",
    "iii",
    "iv",
    "esq",
    "cpa",
    "rn",
    "dds",
    "realtor",
    "official",
    "real",
    "the",
    "its",
    "im",
    "iam",
    "aka",
];

/// Ornaments that handles contain without a separator.
const RUN_IN: [&str; 7] = ["official", "thereal", "real", "the", "its", "iam", "just"];

/// What surrounds names in handles. Of two with the same beginning the longer comes first.
const AROUND_NAMES: [&str; 73] = [
    "official",
    "thereal",
    "real",
    "the",
    "its",
    "iam",
    "just",
    "xoxo",
    "xx",
    "xo",
    "not",
    "call",
    "hey",
    "hello",
    "ask",
    "mrs",
    "mr",
    "miss",
    "ms",
    "dr",
    "doctor",
    "prof",
    "coach",
    "chef",
    "dj",
    "sir",
    "lady",
    "king",
    "queen",
    "representative",
    "rep",
    "senator",
    "sen",
    "delegate",
    "del",
    "congressman",
    "congresswoman",
    "councilman",
    "councilwoman",
    "councilmember",
    "assemblymember",
    "assemblyman",
    "assemblywoman",
    "asm",
    "governor",
    "gov",
    "mayor",
    "judge",
    "sheriff",
    "elect",
    "vote",
    "votefor",
    "team",
    "friendsof",
    "for",
    "campaign",
    "md",
    "phd",
    "esq",
    "jr",
    "cpa",
    "realtor",
    "realty",
    "photography",
    "photo",
    "art",
    "music",
    "fitness",
    "writes",
    "author",
    "tv",
    "yt",
    "hq",
];

/// Further ornaments of handles, where separators surround them.
const OF_HANDLES: [&str; 9] = ["xo", "xx", "xoxo", "yt", "tv", "ig", "fb", "hq", "el"];

/// Digits and symbols that stand for letters.
const LEET: [(char, char); 8] = [
    ('0', 'o'),
    ('1', 'i'),
    ('3', 'e'),
    ('4', 'a'),
    ('5', 's'),
    ('7', 't'),
    ('@', 'a'),
    ('$', 's'),
];

/// Particles of surnames. People write them, join them or leave them out.
const PARTICLES: [&str; 25] = [
    "de", "da", "do", "dos", "das", "del", "della", "di", "du", "la", "le", "van", "von", "der", "den", "ter", "ten", "zu", "al",
    "el", "bin", "ibn", "y", "e", "af",
];

/// Letters that may begin a surname rather than be an initial: `O'Bryan`, `D'Angelo`, `L'Heureux`.
const ELIDED: [&str; 3] = ["o", "d", "l"];

/// For each name, the lines of the nickname list that contain it. A line is known by its first name.
static NICKNAMES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut lines_of: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in include_str!("nicknames.txt").lines().filter(|line| !line.starts_with('#')) {
        let first = line.split(' ').next().unwrap_or_default();
        for name in line.split(' ') {
            lines_of.entry(name).or_default().push(first);
        }
    }
    lines_of
});

/// A person's name as distinct words of plain letters `a` to `z`, in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonName {
    words: Vec<String>,
    /// Whether it was transliterated from a script other than Latin, so that letters may be missing or differ.
    is_transliterated: bool,
    /// The place of the first word that has particles before it, and the word with them: `delacruz`.
    with_particles: Option<(usize, String)>,
}

/// How well two words of names agree, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordAgreement {
    /// The same letters.
    Equal,
    /// Two spellings of the same sounds: `Moeller` and `Møller`, `Katherine` and `Catherine`.
    Spelled,
    /// Two forms of one given name.
    Nickname,
    /// Similar letters or sounds.
    Alike,
    /// One is the initial of the other.
    Initial,
}

impl PersonName {
    /// Reads a name. `None` if the text contains none.
    pub fn read(raw: &str) -> Option<Self> {
        let mut words = Vec::new();
        let mut particles = Vec::new();
        let mut titles = Vec::new();
        let mut before = String::new();
        let mut with_particles = None;
        let all: Vec<String> = plain_words(raw).into_iter().map(bounds::word).collect();
        let is_title = titles_in(raw);
        for (at, word) in all.iter().enumerate() {
            if PARTICLES.contains(&word.as_str()) && !is_initial_or_given(&all, at) {
                before.push_str(word);
                particles.push(word.clone());
            } else if is_title(word) {
                titles.push(word.clone());
            } else if !words.contains(word) && words.len() < MOST_WORDS {
                if !before.is_empty() && with_particles.is_none() {
                    with_particles = Some((words.len(), bounds::word(format!("{before}{word}"))));
                }
                before.clear();
                words.push(word.clone());
            }
        }
        // The given name of Don Bacon is a title elsewhere.
        if let ([_], Some(given)) = (words.as_slice(), titles.into_iter().find(|title| is_given_name(title))) {
            words.insert(0, given);
            with_particles = with_particles.map(|(at, word)| (at + 1, word));
        }
        // `Bin` and `Le` are particles, but `Bin Li` and `Le Van` are full names.
        if words.len() < 2 {
            words.extend(particles);
            words.truncate(MOST_WORDS);
            with_particles = None;
        }
        let is_transliterated = raw.chars().any(|letter| letter.is_alphabetic() && !is_latin(letter));
        (!words.is_empty()).then_some(Self {
            words,
            is_transliterated,
            with_particles,
        })
    }

    /// The name in a handle or a mailbox with separators: `ada_lovelace_15`.
    pub fn in_handle(handle: &str) -> Option<Self> {
        let words = Self::read(&handle.replace(|sign: char| !sign.is_alphabetic(), " "))?;
        let mut name = words.clone();
        name.with_particles = None;
        name.words = words.words.iter().map(|word| without_run_in(word).to_owned()).collect();
        name.words.retain(|word| !word.is_empty());
        Some(name).filter(Self::is_full)
    }

    /// Whether it has at least two words. One word does not identify anybody.
    pub fn is_full(&self) -> bool {
        self.words.len() > 1
    }

    /// Whether a word has particles before it.
    pub fn has_particles(&self) -> bool {
        self.with_particles.is_some()
    }

    /// Whether it was transliterated from a script other than Latin.
    pub fn is_transliterated(&self) -> bool {
        self.is_transliterated
    }

    /// How well a word of this name agrees with one of another; `None` if it does not.
    pub fn word_agreement(&self, word: &str, other: &Self, their_word: &str) -> Option<WordAgreement> {
        let across_scripts = self.is_transliterated != other.is_transliterated;
        word_agreement(word, their_word).or_else(|| {
            let alike = across_scripts && is_one_across_scripts(word, their_word);
            alike.then_some(WordAgreement::Spelled)
        })
    }

    /// Whether it has the same words as another name, in any order.
    pub fn has_words_of(&self, other: &Self) -> bool {
        self.words.len() == other.words.len() && self.words.iter().all(|word| other.words.contains(word))
    }

    /// The name with the word at this place joined to the one before it.
    #[must_use]
    pub fn joined_at(&self, second: usize) -> Self {
        let mut words = self.words.clone();
        let joined = words.remove(second);
        words[second - 1].push_str(&joined);
        Self {
            words,
            is_transliterated: self.is_transliterated,
            with_particles: None,
        }
    }

    /// The name with its particles, if it has some, joined to the next word: `Maria Delacruz` of `Maria de la Cruz`.
    pub fn with_particles(&self) -> Option<Self> {
        let (at, word) = self.with_particles.as_ref()?;
        let mut words = self.words.clone();
        words[*at].clone_from(word);
        Some(Self {
            words,
            is_transliterated: self.is_transliterated,
            with_particles: None,
        })
    }

    /// The name with its particles or a single letter such as that of `Pat O Bryan` joined to the next word.
    pub fn closed_up(&self) -> Option<Self> {
        let is_elided = |second: &usize| ELIDED.contains(&self.words[second - 1].as_str()) && self.words[*second].len() > 1;
        let elided = || (2..self.words.len()).find(is_elided).map(|second| self.joined_at(second));
        self.with_particles().or_else(elided)
    }

    /// Its words.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Its words in alphabetical order, so that the order in which people give them does not matter. `None` if it has
    /// one word only, which does not identify anybody.
    pub fn sorted(&self) -> Option<String> {
        let mut words = self.words.clone();
        words.sort_unstable();
        (words.len() > 1).then(|| words.join(" "))
    }

    /// The name as written, and every reading of it with two neighbouring words joined: `Xin Ting Cao` may be
    /// `Xinting Cao`, and `Pat O Bryan` may be `Pat OBryan`. The last is the one with particles joined.
    pub fn readings(&self) -> Vec<Self> {
        let mut readings = vec![self.clone()];
        if self.words.len() > 2 {
            let whole = |at: usize| self.words[at].len() > 1;
            let is_elided = |at: usize| ELIDED.contains(&self.words[at].as_str());
            let neighbours = (1..self.words.len()).filter(|&second| (whole(second - 1) || is_elided(second - 1)) && whole(second));
            readings.extend(neighbours.map(|second| self.joined_at(second)));
        }
        readings.extend(self.with_particles());
        readings
    }

    /// Every pair of its words that are not initials, in the order of the name.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let whole: Vec<&str> = self.words.iter().map(String::as_str).filter(|word| word.len() > 1).collect();
        let count = whole.len();
        (0..count).flat_map(move |one| {
            let whole = whole.clone();
            (one + 1..count).map(move |other| (whole[one], whole[other]))
        })
    }
}

/// Tells which words of a text are titles. Arabic and Hebrew leave out vowels, so Omar (عمر) would be read as `Mr`.
fn titles_in(raw: &str) -> impl Fn(&str) -> bool {
    let in_latin = raw.chars().any(is_of_abjad).then(|| fold(&plain(raw).collect::<String>()));
    move |word| ORNAMENTS.contains(&word) && in_latin.as_ref().is_none_or(|written| written.contains(word))
}

/// Whether a letter is Arabic or Hebrew.
fn is_of_abjad(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{77F}')
}

/// Whether a word that could be a particle is an initial or a given name: `E. J. Morgan`, `Al R. Novstrup`.
fn is_initial_or_given(words: &[String], at: usize) -> bool {
    let is_initial = |at: usize| words.get(at).is_some_and(|word| word.len() == 1);
    if at == 0 {
        words.len() > 1 && (is_initial(0) || is_initial(1))
    } else {
        is_initial(at) && (at + 1 == words.len() || is_initial(at + 1))
    }
}

/// Whether a text that is shown as a name looks like a handle: one word with digits or symbols, `vegan_chef43`.
pub fn is_handle_like(raw: &str) -> bool {
    let raw = raw.trim();
    let is_sign = |sign: char| sign.is_ascii_digit() || matches!(sign, '_' | '.' | '@');
    !raw.contains(char::is_whitespace) && raw.chars().any(is_sign) && raw.chars().filter(char::is_ascii_digit).count() != raw.len()
}

/// The words of a text in plain letters. A text without spaces is split where a capital follows a small letter:
/// `JaneDoe`.
fn plain_words(raw: &str) -> Vec<String> {
    let plain: String = plain(raw).collect();
    let said = before_a_remark(&plain);
    let closed = close_up(said);
    let letters: String = closed
        .split_whitespace()
        .filter(|word| !is_ordinal(word))
        .map(without_disguise)
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|character| !is_apostrophe(*character))
        .map(letter_or_space)
        .collect();
    let divided = if letters.trim().contains(char::is_whitespace) {
        letters
    } else {
        divide_at_capitals(&letters)
    };
    let folded = fold(&divided);
    let latin = folded.chars().filter(char::is_ascii_alphabetic).count() * 2
        > folded.chars().filter(|letter| letter.is_alphabetic()).count();
    // If ideographs are separated by spaces, the writer has divided the name.
    let is_divided = folded.split_whitespace().count() > 1 && folded.split_whitespace().all(is_ideographic);
    folded
        .split_whitespace()
        // A single ideograph beside Latin letters is an ornament.
        .filter(|word| !(latin && is_ideographic(word) && word.chars().count() == 1))
        .flat_map(|word| if is_divided { undivided(word) } else { in_plain_letters(word) })
        .collect()
}

/// The part before a vertical bar, a dot or a bracket. What follows is a profession or a mood.
fn before_a_remark(raw: &str) -> &str {
    let before = raw.split(['|', '•', '·']).next().unwrap_or_default();
    let in_full = before
        .split('(')
        .next()
        .filter(|before| before.split_whitespace().count() > 1);
    let before = in_full.unwrap_or(before);
    if before.chars().any(char::is_alphabetic) {
        before
    } else {
        raw
    }
}

/// Reads `J a n e  D o e` as `Jane Doe`.
fn close_up(raw: &str) -> String {
    let words: Vec<&str> = raw.split("  ").collect();
    let spaced = |word: &&str| word.split(' ').all(|letter| letter.chars().count() <= 1);
    if words.len() > 1 && words.iter().all(spaced) && words.iter().any(|word| word.len() > 3) {
        words.iter().map(|word| word.replace(' ', "")).collect::<Vec<_>>().join(" ")
    } else {
        raw.to_owned()
    }
}

/// Whether a word is an ordinal number, such as that of a district: `83rd`.
fn is_ordinal(word: &str) -> bool {
    let bare = word.trim_matches(|sign: char| !sign.is_alphanumeric());
    let ending = bare.trim_start_matches(|sign: char| sign.is_ascii_digit());
    ending.len() < bare.len() && ["st", "nd", "rd", "th"].iter().any(|one| ending.eq_ignore_ascii_case(one))
}

/// Replaces digits and symbols that stand for letters within a word: `J4n3`.
fn without_disguise(word: &str) -> String {
    let letters = word.chars().filter(|character| character.is_alphabetic()).count();
    if letters * 2 < word.chars().count() || !word.chars().any(|character| LEET.iter().any(|(sign, _)| *sign == character)) {
        return word.to_owned();
    }
    let plain = |character| {
        LEET.iter()
            .find(|(sign, _)| *sign == character)
            .map_or(character, |(_, letter)| *letter)
    };
    word.chars().map(plain).collect()
}

fn is_ideographic(word: &str) -> bool {
    word.chars()
        .all(|letter| matches!(letter, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{1100}'..='\u{11FF}'))
}

/// A word in plain letters. Names in ideographs and Hangul have no spaces: the surname comes first and has one
/// character, or two if there are four.
fn in_plain_letters(word: &str) -> Vec<String> {
    if word.is_ascii() {
        return undivided(word);
    }
    let composed: Vec<char> = word.nfc().collect();
    if is_ideographic(word) && (2..=4).contains(&composed.len()) && composed.iter().all(|sign| is_ideographic(&sign.to_string())) {
        let (surname, given) = composed.split_at(if composed.len() == 4 { 2 } else { 1 });
        let parts = [surname, given].map(|part| letters_of(&part.iter().collect::<String>()));
        // An iteration mark has no letters.
        return parts.into_iter().filter(|letters| !letters.is_empty()).collect();
    }
    undivided(word)
}

/// A word in plain letters, not divided.
fn undivided(word: &str) -> Vec<String> {
    let letters = letters_of(word);
    if letters.is_empty() { Vec::new() } else { vec![letters] }
}

/// Korean surnames that a transliteration writes with one letter, as if they were initials, in the spelling of Koreans.
const KOREAN_OF_ONE_LETTER: [(&str, &str); 3] = [("이", "yi"), ("오", "oh"), ("우", "woo")];

/// How Greeks write Greek in Latin letters, where it is not one letter for one.
const GREEK: [(&str, &str); 11] = [
    ("ευ", "ev"),
    ("αυ", "av"),
    ("ου", "ou"),
    ("γγ", "ng"),
    ("γκ", "gk"),
    ("μπ", "b"),
    ("ντ", "nt"),
    ("η", "i"),
    ("υ", "y"),
    ("ω", "o"),
    ("χ", "ch"),
];

fn letters_of(word: &str) -> String {
    if word.is_ascii() {
        let letters = word.chars().filter(char::is_ascii_alphabetic);
        return letters.map(|letter| letter.to_ascii_lowercase()).collect();
    }
    let composed: String = word.nfc().collect();
    if let Some((_, latin)) = KOREAN_OF_ONE_LETTER.iter().find(|(hangul, _)| *hangul == composed) {
        return (*latin).to_owned();
    }
    let greek = GREEK.iter().fold(composed, |word, (greek, latin)| word.replace(greek, latin));
    let ascii = any_ascii(&greek).to_lowercase();
    ascii.chars().filter(char::is_ascii_lowercase).collect()
}

/// Whether a letter is Latin, with or without diacritics.
pub fn is_latin(letter: char) -> bool {
    matches!(letter, '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
}

/// Replaces everything but letters with spaces. Otherwise emoji would be spelled out; digits are not part of names.
fn letter_or_space(character: char) -> char {
    if character.is_alphabetic() || is_combining_mark(character) {
        character
    } else {
        ' '
    }
}

fn divide_at_capitals(text: &str) -> String {
    let mut divided = String::with_capacity(text.len() + 4);
    let mut after_small = false;
    for character in text.chars() {
        if after_small && character.is_uppercase() {
            divided.push(' ');
        }
        after_small = character.is_lowercase();
        divided.push(character);
    }
    divided
}

/// The letters `a` to `z` of a handle or a mailbox, without ornaments at its ends.
pub fn plain_letters(raw: &str) -> String {
    let words: Vec<String> = any_ascii(&fold(raw))
        .to_lowercase()
        .split(|character: char| !character.is_ascii_lowercase())
        .filter(|word| !word.is_empty() && !ORNAMENTS.contains(word) && !OF_HANDLES.contains(word))
        .map(str::to_owned)
        .collect();
    let letters = words.concat();
    let bare = RUN_IN
        .iter()
        .find_map(|ornament| letters.strip_prefix(ornament).or_else(|| letters.strip_suffix(ornament)));
    bare.filter(|bare| bare.len() >= 4).unwrap_or(&letters).to_owned()
}

/// The text beside a name in a handle, without titles, professions and other additions: `rep`, `vote`, `forcongress`,
/// `thereal`.
pub fn without_run_in(piece: &str) -> &str {
    without_additions(piece, |_| false)
}

/// The same, except for additions that belong to a common surname: `repstewart` without `rep`, but with `art`.
pub fn without_run_in_of_surname(piece: &str) -> &str {
    without_additions(piece, is_surname)
}

fn without_additions(piece: &str, is_whole: impl Fn(&str) -> bool) -> &str {
    let mut piece = piece;
    while !is_whole(piece) {
        let begun = AROUND_NAMES.iter().find_map(|word| piece.strip_prefix(word));
        let Some(rest) = begun.or_else(|| AROUND_NAMES.iter().find_map(|word| piece.strip_suffix(word))) else {
            break;
        };
        piece = rest;
    }
    piece
}

/// The most formal names that one nickname stands for: `alex`, `chris`.
const MOST_CANONICAL: usize = 2;

/// The formal names that a word may stand for, or the word itself if the list does not have it.
pub fn canonical(word: &str) -> BTreeSet<String> {
    match NICKNAMES.get(word) {
        Some(lines) => lines.iter().take(MOST_CANONICAL).map(|&name| name.to_owned()).collect(),
        None => BTreeSet::from([word.to_owned()]),
    }
}

/// The formal names that a word may be a nickname of.
pub fn formal_names(word: &str) -> impl Iterator<Item = &'static str> {
    NICKNAMES.get(word).into_iter().flatten().copied()
}

/// Whether two words are forms of one given name.
pub fn is_nickname_of(one: &str, other: &str) -> bool {
    match (NICKNAMES.get(one), NICKNAMES.get(other)) {
        (Some(one), Some(other)) => one.iter().any(|line| other.contains(line)),
        _ => false,
    }
}

/// Roughly how a word sounds, in any European language: its consonants by class, and a vowel only at the beginning.
pub fn sound(word: &str) -> String {
    let simple = word
        .replace("sch", "s")
        .replace("tsch", "s")
        .replace("ch", "k")
        .replace("ph", "f")
        .replace("th", "t")
        .replace("ck", "k");
    let mut sound = String::new();
    let mut last = ' ';
    for (place, letter) in simple.chars().enumerate() {
        let kind = match letter {
            // It only modifies the letter before it.
            'h' if place > 0 => continue,
            'b' | 'p' | 'f' | 'v' | 'w' => '1',
            'c' | 'g' | 'k' | 'q' | 's' | 'x' | 'z' => '2',
            'd' | 't' => '3',
            'l' => '4',
            'm' | 'n' => '5',
            'r' => '6',
            'j' | 'y' | 'i' | 'a' | 'e' | 'o' | 'u' if place == 0 => 'a',
            _ => '0',
        };
        if kind != '0' && kind != last {
            sound.push(kind);
        }
        last = kind;
    }
    sound.truncate(5);
    sound
}

/// Letters that different languages and transliterations write for one sound, longest first. Capitals stand for
/// sounds without a letter.
const SPELLINGS: [(&str, &str); 38] = [
    ("shch", "S"),
    ("tsch", "C"),
    ("sch", "S"),
    ("tch", "C"),
    ("dzh", "J"),
    ("ch", "C"),
    ("kh", "h"),
    ("zh", "J"),
    ("sh", "S"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("bh", "b"),
    ("gh", "g"),
    ("ck", "k"),
    ("cz", "C"),
    ("sz", "S"),
    ("ts", "c"),
    ("tz", "c"),
    ("dj", "J"),
    ("qu", "k"),
    ("ks", "x"),
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("ei", "ai"),
    ("ij", "i"),
    ("yo", "e"),
    ("y", "i"),
    ("j", "i"),
    ("w", "v"),
    ("q", "k"),
    ("c", "k"),
    ("aa", "a"),
    ("ii", "i"),
];

/// A form that all spellings of a name share.
pub fn spelling(word: &str) -> String {
    let mut simple = word.to_owned();
    let mut letters = letters_in(word);
    for ((written, plain), needed) in SPELLINGS.iter().zip(LETTERS_OF_SPELLINGS) {
        if letters & needed == needed && simple.contains(written) {
            simple = simple.replace(written, plain);
            letters = letters_in(&simple);
        }
    }
    let mut last = None;
    simple.retain(|letter| last.replace(letter) != Some(letter));
    simple
}

/// The letters that each of the spellings consists of. A word without one of them is not searched for it.
const LETTERS_OF_SPELLINGS: [u128; SPELLINGS.len()] = {
    let mut sets = [0; SPELLINGS.len()];
    let mut at = 0;
    while at < sets.len() {
        sets[at] = letters_in(SPELLINGS[at].0);
        at += 1;
    }
    sets
};

/// The set of the letters of a text, a bit for each.
const fn letters_in(text: &str) -> u128 {
    let (bytes, mut set, mut at) = (text.as_bytes(), 0, 0);
    while at < bytes.len() {
        set |= 1 << (bytes[at] & 127);
        at += 1;
    }
    set
}

/// Whether two words agree by consonants. Some scripts omit vowels, and transliterations differ in them.
fn is_one_across_scripts(one: &str, other: &str) -> bool {
    let consonants = |word: &str| -> String {
        let simple = spelling(word).to_ascii_lowercase();
        let mut kept: Vec<char> = simple.chars().filter(|letter| !"aeiouh".contains(*letter)).collect();
        kept.dedup();
        kept.into_iter().collect()
    };
    let kept = consonants(one);
    kept.len() > 1 && kept == consonants(other) && is_alike(one, other, ALIKE_ACROSS_SCRIPTS)
}

/// Whether the name tables have the word.
pub fn is_listed(word: &str) -> bool {
    NICKNAMES.contains_key(word) || is_given_name(word) || is_surname(word)
}

/// How two words agree; `None` if they do not.
fn word_agreement(one: &str, other: &str) -> Option<WordAgreement> {
    if one == other {
        return Some(WordAgreement::Equal);
    }
    let (shorter, longer) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if shorter.len() >= SHORTEST_BEGINNING && spelling(one) == spelling(other) {
        return Some(WordAgreement::Spelled);
    }
    if is_nickname_of(one, other) {
        return Some(WordAgreement::Nickname);
    }
    if shorter.len() == 1 {
        return longer.starts_with(shorter).then_some(WordAgreement::Initial);
    }
    if (shorter.len() >= SHORTEST_BEGINNING && longer.starts_with(shorter)) || is_short_name_mistyped(shorter, longer) {
        return Some(WordAgreement::Alike);
    }
    let alike = shorter.len() >= SHORTEST_ALIKE && may_be_alike(one, other, LEAST_ALIKE) && {
        let likeness = jaro_winkler(one, other);
        likeness >= ALIKE || (likeness >= ALIKE_IN_SOUND && sound(one) == sound(other)) || is_mistyped(shorter, longer)
    };
    alike.then_some(WordAgreement::Alike)
}

/// Whether one of two short words is a given name and the other, which is no name, is one typing error away: `nec` for
/// Ned. Other short names are too similar to tell an error from another name.
fn is_short_name_mistyped(shorter: &str, longer: &str) -> bool {
    let is_error_for = |name: &str, error: &str| is_given_name(name) && !is_listed(error);
    shorter.len() < SHORTEST_MISTYPED
        && longer.len() == SHORTEST_ALIKE
        && shorter[..1] == longer[..1]
        && osa_distance(shorter, longer) <= 1
        && (is_error_for(shorter, longer) || is_error_for(longer, shorter))
}

/// Whether a word is another one with a typing error, or a long one with two.
fn is_mistyped(shorter: &str, longer: &str) -> bool {
    let same_beginning = shorter.as_bytes().first() == longer.as_bytes().first();
    let errors = match shorter.len() {
        length if length > LONG_WORD || (length == LONG_WORD && same_beginning) => 2,
        length if length >= SHORTEST_MISTYPED => 1,
        _ => return false,
    };
    longer.len() - shorter.len() <= errors && osa_distance(shorter, longer) <= errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, words: &[&str]) {
        let read = PersonName::read(raw).map(|name| name.words).unwrap_or_default();
        assert_eq!(read, words, "{raw}");
    }

    #[test]
    fn titles_ornaments_and_particles_are_no_words_of_a_name() {
        check("Dr. Jane ✨ Doe", &["jane", "doe"]);
        check("JaneDoe", &["jane", "doe"]);
        check("Doe, JANE", &["doe", "jane"]);
        check("𝓙𝓪𝓷𝓮 𝓓𝓸𝓮", &["jane", "doe"]);
        check("Дмитрий Иванов", &["dmitrii", "ivanov"]);
        check("이건우", &["yi", "geonu"]);
        check("우 영우", &["woo", "yeongu"]);
        check("María de la Cruz", &["maria", "cruz"]);
        check("Van Le", &["van", "le"]);
        check("O'Neill", &["oneill"]);
        check("✨🔥 42", &[]);
    }

    #[test]
    fn what_looks_like_a_particle_a_title_or_an_ending_may_be_a_name() {
        check("E.J. Morgan", &["e", "j", "morgan"]);
        check("Block, E. J.", &["block", "e", "j"]);
        check("Al R. Novstrup", &["al", "r", "novstrup"]);
        check("Al Rashid", &["rashid", "al"]);
        check("Ortega y Gasset", &["ortega", "gasset"]);
        check("عمر السامرائي", &["mr", "lsmryy"]);
        check("Mr السامرائي عماد", &["lsmryy", "md"]);
        check("WALKER, 20TH", &["walker"]);
        check("3rd Rock", &["rock"]);
    }

    #[test]
    fn additions_to_handles_that_belong_to_a_surname_stay() {
        for (letters, bare, of_surname) in [
            ("repmcclintock", "mcclintock", "mcclintock"),
            ("repstewart", "stew", "stewart"),
            ("repking", "", "king"),
            ("drsmithmd", "smith", "smith"),
            ("therealjanedoe", "janedoe", "janedoe"),
        ] {
            assert_eq!(without_run_in(letters), bare);
            assert_eq!(without_run_in_of_surname(letters), of_surname);
        }
    }

    #[test]
    fn a_character_without_letters_is_no_word() {
        for raw in ["々金", "々々", "a𐝀-々ￊ-ᪧ"] {
            let words = PersonName::read(raw).map(|name| name.words).unwrap_or_default();
            assert!(words.iter().all(|word| !word.is_empty()), "{raw}: {words:?}");
        }
    }

    #[test]
    fn a_name_in_ideographs_has_the_same_words_with_and_without_a_space() {
        for (undivided, divided) in [
            ("김민준", ["김 민준", "민준 김"]),
            ("王小明", ["王 小明", "小明 王"]),
            ("欧阳小明", ["欧阳 小明", "小明 欧阳"]),
        ] {
            let name = PersonName::read(undivided).unwrap();
            for divided in divided {
                assert!(name.has_words_of(&PersonName::read(divided).unwrap()), "{divided}");
            }
        }
    }

    #[test]
    fn words_agree_as_equal_spelled_nickname_alike_or_initial() {
        for (one, other, wanted) in [
            ("jane", "jane", Some(WordAgreement::Equal)),
            ("bob", "robert", Some(WordAgreement::Nickname)),
            ("j", "jane", Some(WordAgreement::Initial)),
            ("meier", "maier", Some(WordAgreement::Spelled)),
            ("dmitry", "dmitrii", Some(WordAgreement::Spelled)),
            ("moeller", "moller", Some(WordAgreement::Spelled)),
            ("khrushcheva", "hrushchyova", Some(WordAgreement::Spelled)),
            ("jane", "john", None),
            ("smith", "smythe", Some(WordAgreement::Alike)),
            ("kwok", "guo", Some(WordAgreement::Nickname)),
            ("yi", "lee", Some(WordAgreement::Nickname)),
            ("miller", "millar", Some(WordAgreement::Alike)),
            ("campbell", "cxmpvell", Some(WordAgreement::Alike)),
            ("wilson", "nelson", None),
            ("tara", "tana", Some(WordAgreement::Alike)),
            ("coby", "cboby", Some(WordAgreement::Alike)),
            ("tom", "max", None),
            ("nec", "ned", Some(WordAgreement::Alike)),
            ("sma", "sam", Some(WordAgreement::Alike)),
            ("tim", "tom", None),
            ("wei", "wen", None),
        ] {
            assert_eq!(word_agreement(one, other), wanted, "{one} {other}");
            assert_eq!(word_agreement(other, one), wanted, "{other} {one}");
        }
    }

    #[test]
    fn spellings_are_those_of_the_list_one_after_the_other() {
        for word in [
            "shchukin",
            "tschaikowsky",
            "schmitt",
            "aaiiyoue",
            "jackson",
            "st. gallen",
            "kkhh",
            "qu",
            "",
        ] {
            let simple = SPELLINGS
                .iter()
                .fold(word.to_owned(), |word, (written, plain)| word.replace(written, plain));
            let mut letters: Vec<char> = simple.chars().collect();
            letters.dedup();
            assert_eq!(spelling(word), letters.into_iter().collect::<String>(), "{word}");
        }
    }

    #[test]
    fn particles_may_be_joined_to_the_next_word() {
        for (raw, closed) in [
            ("María de la Cruz", Some("maria delacruz")),
            ("de la Cruz, María", Some("delacruz maria")),
            ("Ludwig van Beethoven", Some("ludwig vanbeethoven")),
            ("Pat O Bryan", Some("pat obryan")),
            ("Van Le", None),
            ("Jane Doe", None),
        ] {
            let name = PersonName::read(raw).unwrap();
            assert_eq!(name.closed_up().map(|name| name.words.join(" ")).as_deref(), closed, "{raw}");
        }
    }

    #[test]
    fn words_across_scripts_agree_by_consonants() {
        let (arabic, latin) = (PersonName::read("نصار").unwrap(), PersonName::read("Nasser").unwrap());
        let agreement = |one: &PersonName| one.word_agreement(&arabic.words[0], &latin, "nasser");
        assert_eq!(agreement(&arabic), Some(WordAgreement::Spelled), "{:?}", arabic.words);
        assert_ne!(agreement(&latin), Some(WordAgreement::Spelled));
    }

    #[test]
    fn a_handle_is_not_read_as_a_name() {
        for (raw, wanted) in [
            ("vegan_chef43", true),
            ("Jane Doe", false),
            ("J4n3 D03", false),
            ("1984", false),
            ("Jane", false),
        ] {
            assert_eq!(is_handle_like(raw), wanted, "{raw}");
        }
    }

    #[test]
    fn every_name_in_the_tables_is_in_plain_letters() {
        for name in NICKNAMES.keys() {
            assert!(name.chars().all(|letter| letter.is_ascii_lowercase()), "{name}");
        }
    }
}
