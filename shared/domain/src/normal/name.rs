//! Names. Their words are compared by prefix.
//!
//! A name is stored under every word of every spelling of it. A searcher's words are read in every way in which they may be meant. These
//! spellings are one name:
//!
//! - Letter case, accents and width; letters that a language writes in several ways (`fold`).
//! - `ä ö ü å ø` as they are, spelled out (`Mueller`), and without their marks (`Muller`): ICAO Doc 9303, part 3, chapter 6.
//! - Apostrophes of all kinds, hyphens and the zero-width non-joiner: `O'Bryan`, `OBryan` and `O Bryan`, `Anne-Marie` and `Annemarie`.
//! - Particles of surnames joined to what follows or not: `Mc Donald` and `McDonald`, `de la Cruz` and `Delacruz`.
//! - Traditional and simplified Chinese characters (`simplified`).
//! - Names in ideographs, kana and Hangul with and without blanks, the given name alone, and in either order: those scripts write no
//!   blanks (Unicode Standard Annex 29, chapter 4), so that a word of them is found by any part of it.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::{
    character::{is_blank_character, plain},
    fold::{contracted, fold, spelled_out, text},
};

/// The readings of one word that a searcher typed. All words of one reading must be met.
pub type Readings = Vec<Vec<String>>;

/// Particles of surnames. People may join them to the next word. Single letters are treated in the same way.
const PARTICLES: [&str; 33] = [
    "abd", "abu", "al", "bin", "ben", "da", "de", "del", "dela", "della", "delos", "der", "di", "do", "dos", "du", "el", "fitz",
    "la", "le", "mac", "mc", "saint", "san", "st", "ter", "van", "von", "ابو", "ابن", "ال", "بن", "عبد",
];

/// The largest number of parts of a word without blanks under which it is stored. A longer word is found by its beginning and by the parts
/// at its first characters.
const MOST_PARTS: usize = 12;
/// The longest word, in characters, that may be two names typed without a blank.
const LONGEST_OF_TWO: usize = 6;

/// The words of a name as a searcher types them: folded, split at whatever is neither letter, digit nor a letter's mark.
/// A name of emoji or punctuation alone is one word, so that it can be found.
pub fn name_words(raw: &str) -> Vec<String> {
    let words = words_of(&fold(raw));
    if words.is_empty() {
        Some(text(raw)).filter(|word| !word.is_empty()).into_iter().collect()
    } else {
        words
    }
}

/// The tokens under which a name is found. Sorted, each once.
pub fn name_tokens(raw: &str) -> Vec<String> {
    let mut tokens = BTreeSet::new();
    let chunks = chunks(raw);
    for spelled in SPELLINGS {
        let spelled: Vec<Option<String>> = chunks.iter().map(|chunk| spelled(chunk)).collect();
        for (at, chunk) in spelled.iter().enumerate() {
            let Some(chunk) = chunk else { continue };
            tokens.extend(words_of(chunk));
            tokens.insert(joined(chunk));
            tokens.extend(words_by_script(chunk));
            tokens.extend(with_particles(&chunks[at..], chunk, &spelled[at + 1..]));
        }
    }
    tokens.extend(parts_without_blanks(&chunks));
    let short: Vec<String> = tokens.iter().filter_map(|token| contracted(token)).collect();
    tokens.extend(short);
    tokens.remove("");
    if tokens.is_empty() {
        return name_words(raw);
    }
    tokens.into_iter().collect()
}

/// The words that a searcher asks for. A name must meet every entry, in one of its readings.
pub fn name_readings(raw: &str) -> Vec<Readings> {
    let chunks = chunks(raw);
    let mut asked: Vec<Readings> = Vec::new();
    let mut at = 0;
    while at < chunks.len() {
        let particles = chunks[at..].iter().take_while(|chunk| is_particle(chunk)).count();
        // A particle is one only before another word.
        let together = if at + particles < chunks.len() { particles + 1 } else { 1 };
        let readings = readings_of(&chunks[at..at + together]);
        at += together;
        if !readings.is_empty() && !asked.contains(&readings) {
            asked.push(readings);
        }
    }
    if asked.is_empty() {
        asked.extend(name_words(raw).into_iter().map(|word| vec![vec![word]]));
    }
    asked
}

/// Whether sorted tokens meet every entry, in one of its readings.
pub fn meets(tokens: &BTreeSet<String>, asked: &[Readings]) -> bool {
    let begins_one = |word: &String| {
        let mut from_there = tokens.range::<String, _>(word..);
        from_there.next().is_some_and(|token| token.starts_with(word.as_str()))
    };
    asked
        .iter()
        .all(|readings| readings.iter().any(|words| words.iter().all(begins_one)))
}

/// The forms of a whole name. A search finds it by the beginning of any of them.
pub fn whole_name_forms(raw: &str) -> BTreeSet<String> {
    let run = run_without_blanks(raw);
    match run {
        Some(run) => parts(&run).into_iter().collect(),
        None => spaced_forms_in_order(raw),
    }
}

/// The possible forms of the beginning of a whole name in a search.
pub fn whole_name_beginnings(raw: &str) -> BTreeSet<String> {
    let Some(run) = run_without_blanks(raw) else {
        return spaced_forms_in_order(raw);
    };
    let signs: Vec<char> = run.chars().collect();
    let turned = (1..signs.len()).filter(|_| signs.len() <= LONGEST_OF_TWO).map(|at| {
        let (first, last) = signs.split_at(at);
        last.iter().chain(first).collect::<String>()
    });
    turned.chain([run.clone()]).map(|run| run.nfkd().collect()).collect()
}

/// [`spaced_forms`] as the name stands and, where a comma divides it, also with the surname last: `Doe, Jane` is `Jane Doe`.
fn spaced_forms_in_order(raw: &str) -> BTreeSet<String> {
    let turned = raw
        .split_once([',', '\u{60C}', '\u{FF0C}'])
        .map(|(last, first)| format!("{first} {last}"));
    let forms = turned.iter().map(String::as_str).chain([raw]).map(spaced_forms);
    forms.flatten().collect()
}

/// The words with one blank between them: as written, and with particles joined to the next word.
fn spaced_forms(raw: &str) -> BTreeSet<String> {
    let chunks = chunks(raw);
    let mut forms = BTreeSet::new();
    for spelled in SPELLINGS {
        let spelled: Vec<String> = chunks
            .iter()
            .map(|chunk| spelled(chunk).unwrap_or_else(|| fold(chunk)).replace('\'', ""))
            .collect();
        let apart: Vec<String> = spelled.iter().flat_map(|chunk| words_of(chunk)).collect();
        let mut together = String::new();
        for (chunk, spelled) in chunks.iter().zip(&spelled) {
            together.push_str(&joined(spelled));
            if !is_particle(chunk) && !together.ends_with(' ') {
                together.push(' ');
            }
        }
        for form in [apart.join(" "), together.trim().to_owned()] {
            let short = form
                .split(' ')
                .map(|word| contracted(word).unwrap_or_else(|| word.to_owned()));
            forms.insert(short.collect::<Vec<_>>().join(" "));
            forms.insert(form);
        }
    }
    forms.remove("");
    if forms.is_empty() {
        forms.extend(Some(text(raw)).filter(|form| !form.is_empty()));
    }
    forms
}

/// The parts between blanks, in plain characters. A zero-width non-joiner divides a word as a hyphen does.
fn chunks(raw: &str) -> Vec<String> {
    let divided = raw.replace('\u{200C}', "-");
    let plain: String = plain(&divided).collect();
    plain
        .split(is_blank_character)
        .filter(|chunk| !chunk.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The spellings of a word: as it is, and with German and Nordic letters spelled out, if it has any.
const SPELLINGS: [fn(&str) -> Option<String>; 2] = [|chunk| Some(fold(chunk)), spelled_out];

fn words_of(folded: &str) -> Vec<String> {
    let words = folded.split(|character| !is_word(character)).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn joined(folded: &str) -> String {
    folded.chars().filter(|&character| is_word(character)).collect()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || is_combining_mark(character)
}

fn is_particle(chunk: &str) -> bool {
    let folded = joined(&fold(chunk));
    let is_letter = folded.len() == 1 && folded.bytes().all(|letter| letter.is_ascii_alphabetic());
    is_letter || PARTICLES.contains(&folded.as_str())
}

/// A particle together with what follows, as far as particles do: `de la Cruz` is `dela` and `delacruz`.
fn with_particles(chunks: &[String], first: &str, following: &[Option<String>]) -> Vec<String> {
    let mut together = joined(first);
    let mut compounds = Vec::new();
    for (chunk, next) in chunks.iter().zip(following) {
        if !is_particle(chunk) {
            break;
        }
        let Some(next) = next.as_ref() else { break };
        together.push_str(&joined(next));
        compounds.push(together.clone());
    }
    compounds
}

/// Ways to read a word with the particles before it.
fn readings_of(chunks: &[String]) -> Readings {
    let Some((last, particles)) = chunks.split_last() else {
        return Vec::new();
    };
    let particles: Vec<String> = particles.iter().map(|chunk| joined(&fold(chunk))).collect();
    let before = particles.concat();
    let mut readings: Readings = Vec::new();
    for words in readings_of_word(last) {
        let mut ways = vec![[particles.clone(), words.clone()].concat()];
        if !particles.is_empty() {
            ways.push(vec![format!("{before}{}", words.concat())]);
            ways.push([vec![before.clone()], words.clone()].concat());
        }
        if let [first, rest @ ..] = particles.as_slice()
            && !rest.is_empty()
        {
            ways.push(vec![first.clone(), format!("{}{}", rest.concat(), words.concat())]);
        }
        for way in ways {
            if !readings.contains(&way) {
                readings.push(way);
            }
        }
    }
    readings
}

fn readings_of_word(chunk: &str) -> Readings {
    let mut readings: Readings = Vec::new();
    let mut add = |words: Vec<String>| {
        let short: Vec<String> = words
            .iter()
            .map(|word| contracted(word).unwrap_or_else(|| word.clone()))
            .collect();
        for words in [words, short] {
            if !words.is_empty() && !readings.contains(&words) {
                readings.push(words);
            }
        }
    };
    for spelled in SPELLINGS.iter().filter_map(|spelled| spelled(chunk)) {
        let words = words_of(&spelled);
        if words.len() > 1 {
            add(vec![joined(&spelled)]);
        }
        add(words);
        let by_script = words_by_script(&spelled);
        if by_script.len() > 1 {
            add(by_script);
        }
    }
    if let Some(run) = run_without_blanks(chunk) {
        let signs: Vec<char> = run.chars().collect();
        for at in (1..signs.len()).filter(|_| signs.len() <= LONGEST_OF_TWO) {
            let two = [&signs[..at], &signs[at..]];
            add(two.map(|name| name.iter().collect::<String>().nfkd().collect()).to_vec());
        }
    }
    readings
}

/// Whether a character belongs to a script that writes names without blanks: ideographs, kana and Hangul.
fn is_without_blanks(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}'
        | '\u{3041}'..='\u{30FF}' | '\u{3105}'..='\u{318F}' | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{9FFF}'
        | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A name that is written without blanks, as one word, composed; `None` if any of it is in another script.
fn run_without_blanks(raw: &str) -> Option<String> {
    let run: String = joined(&fold(raw)).nfc().collect();
    (!run.is_empty() && run.chars().all(is_without_blanks)).then_some(run)
}

/// The rest of a word without blanks from each of its first characters on, as tokens.
fn parts(run: &str) -> Vec<String> {
    let starts = run
        .char_indices()
        .take(MOST_PARTS)
        .filter(|(_, sign)| !is_combining_mark(*sign));
    starts.map(|(at, _)| run[at..].nfkd().collect()).collect()
}

/// The parts of a name's words in scripts without blanks. Neighbouring words count as one.
fn parts_without_blanks(chunks: &[String]) -> Vec<String> {
    let mut parts_of_all = Vec::new();
    let mut run = String::new();
    for word in chunks.iter().map(|chunk| joined(&fold(chunk))) {
        let composed: String = word.nfc().collect();
        for sign in composed.chars() {
            if is_without_blanks(sign) || (is_combining_mark(sign) && !run.is_empty()) {
                run.push(sign);
            } else if !run.is_empty() {
                parts_of_all.extend(parts(&std::mem::take(&mut run)));
            }
        }
    }
    parts_of_all.extend(parts(&run));
    parts_of_all
}

/// The pieces of a word that mixes scripts with and without blanks, such as `王小明Jack`.
fn words_by_script(folded: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in words_of(folded) {
        let mut before = None;
        for sign in word.nfc() {
            let kind = is_without_blanks(sign);
            if before == Some(kind) || is_combining_mark(sign) && before.is_some() {
                if let Some(piece) = pieces.last_mut() {
                    piece.push(sign);
                }
            } else {
                pieces.push(sign.to_string());
                before = Some(kind);
            }
        }
    }
    pieces.into_iter().map(|piece| piece.nfkd().collect()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(raw: &str, tokens: &[&str]) {
        assert_eq!(name_tokens(raw), tokens, "{raw}");
    }

    #[test]
    fn a_name_has_tokens_of_its_words_and_compounds() {
        check("Jane Doe", &["doe", "jane"]);
        check("O'Neill", &["neill", "o", "oneill"]);
        check("Anne-Marie", &["anne", "annemarie", "marie"]);
        check("Dr. Jane ✨ Doe", &["doe", "dr", "jane"]);
        check("प्रिया शर्मा", &["प्रिया", "शर्मा"]);
        check("✨🔥", &["✨🔥"]);
        check("  ", &[]);
        check("Müller", &["mueller", "muller"]);
        check("Mueller", &["mueller", "muller"]);
        check("O Bryan", &["bryan", "o", "obryan"]);
        check("王小明", &["小明", "明", "王小明"]);
        check("de la Cruz", &["cruz", "de", "dela", "delacruz", "la", "lacruz"]);
    }

    #[test]
    fn search_words_are_split_and_folded() {
        assert_eq!(name_words("Anne-Marie D'Angelo"), ["anne", "marie", "d", "angelo"]);
    }

    fn is_found(stored: &str, asked: &str) -> bool {
        meets(&name_tokens(stored).into_iter().collect(), &name_readings(asked))
    }

    fn is_begun(stored: &str, asked: &str) -> bool {
        let forms = whole_name_forms(stored);
        whole_name_beginnings(asked)
            .iter()
            .any(|asked| forms.iter().any(|form| form.starts_with(asked)))
    }

    /// Every spelling finds every other, word by word and as the beginning of the whole name.
    #[track_caller]
    fn check_one_name(spellings: &[&str]) {
        for stored in spellings {
            for asked in spellings {
                assert!(is_found(stored, asked), "{asked} of {stored}");
                assert!(is_begun(stored, asked), "{asked} of {stored}");
            }
        }
    }

    #[test]
    fn spellings_of_one_name() {
        check_one_name(&[
            "O'Bryan",
            "O’Bryan",
            "OʼBryan",
            "OBryan",
            "O Bryan",
            "O`BRYAN",
            "o´bryan",
            "O\u{200B}'Bryan",
        ]);
        check_one_name(&["Pat O'Bryan", "Pat O Bryan", "pat obryan"]);
        check_one_name(&["Müller", "Mueller", "MU\u{308}LLER", "Muller"]);
        check_one_name(&["Sørensen", "Soerensen", "Sorensen"]);
        check_one_name(&["Ångström", "Aangstroem", "Angstrom", "Angstroem"]);
        check_one_name(&["Weiß", "Weiss"]);
        check_one_name(&["Þórður", "Thordur"]);
        check_one_name(&["فاطمة", "فاطمه"]);
        check_one_name(&["مصطفى", "مصطفي", "مصطفی", "مصطـــفى"]);
        check_one_name(&["أحمد كريم", "احمد کریم"]);
        check_one_name(&["علی\u{200C}رضا", "علیرضا"]);
        check_one_name(&["عبد الله", "عبدالله"]);
        check_one_name(&["王小明", "王 小明", "小明 王", "小明王", "王　小明"]);
        check_one_name(&["김민준", "김 민준", "민준 김", "김\u{200B}민준"]);
        check_one_name(&["やまだたろう", "やまだ たろう", "ヤマダタロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"]);
        check_one_name(&["McDonald", "Mc Donald", "mcdonald"]);
        check_one_name(&["de la Cruz", "Delacruz", "dela cruz", "De La Cruz"]);
        check_one_name(&["Anne-Marie", "Annemarie", "Anne‑Marie"]);
        assert!(is_found("Anne-Marie", "Anne Marie") && is_found("علی\u{200C}رضا", "علی رضا"));
        assert!(is_found("王小明", "小明") && is_begun("王小明", "小明"));
    }

    #[test]
    fn different_names_do_not_match() {
        for (stored, asked) in [
            ("Johanna", "anna"),
            ("Jane Doe", "Jane Dow"),
            ("Jolene", "Joel"),
            ("John", "Joe"),
            ("Susan", "Sue"),
            ("王小明", "王大明"),
            ("Jane", "J D"),
        ] {
            assert!(!is_found(stored, asked), "{asked} of {stored}");
        }
        assert!(is_found("Oliver Smith", "O Smith"), "an initial is not a particle");
    }

    proptest! {
        /// A name is found by itself, its words in any order, and the beginning of each word.
        #[test]
        fn a_name_is_found_by_itself(words in prop::collection::vec("[a-zäöüåøß]{2,6}|[가-힣]{2,3}|[一-十]{2,3}|[ア-ン]{2,4}|[ا-ي]{2,5}", 1..4), joint in "[ '’-]") {
            let name = words.join(&joint);
            prop_assert!(is_found(&name, &name), "{name}");
            prop_assert!(is_begun(&name, &name), "{name}");
            let mut turned = words.clone();
            turned.reverse();
            prop_assert!(is_found(&words.join(" "), &turned.join(" ")), "{turned:?}");
        }

        #[test]
        fn any_text_is_found_by_itself(name in "\\PC{1,30}") {
            if !name_tokens(&name).is_empty() {
                prop_assert!(is_found(&name, &name), "{name}");
                prop_assert!(is_begun(&name, &name), "{name}");
            }
        }
    }
}
