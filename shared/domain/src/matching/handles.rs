//! Comparison of handles and mailboxes: how rare one is, which names it contains, and how alike two are.

use super::{
    bounds::is_alike,
    frequency::{given_bits, is_given_name, is_surname, surname_bits},
    names::{HeldName, INITIAL_BITS, Part, part_bits},
    person_name::{PersonName, is_nickname_of, plain_letters, without_run_in, without_run_in_of_surname},
};

/// Handles whose letters are at least this similar are variants of one.
const ALIKE: f64 = 0.93;
/// Shorter handles are so many that two can be alike by chance.
const SHORTEST_VARIANT: usize = 5;
/// Handles that differ in separators only are compared from this many letters and digits on.
const SHORTEST_ORNAMENTED: usize = 4;
/// The bits of a letter that belongs to no known name. Letters of words are easier to guess than random ones.
const BITS_PER_LETTER: f64 = 2.5;
/// The bits of a digit.
const BITS_PER_DIGIT: f64 = 3.3;
/// The bits that tell how a handle is made of a name: there are several ways.
const BITS_OF_FORM: f64 = 2.5;
/// The bits lost for each letter that a name does not explain.
const LOSS_PER_LETTER: f64 = 2.0;

/// A handle or a mailbox, prepared for comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandleText {
    /// In normal form.
    pub normal: String,
    /// Its letters without separators, digits and ornaments.
    pub letters: String,
    /// Its letters without titles and professions and what follows them: `hafen` of `RepHafen4Nevada`.
    pub core: String,
    digits: String,
    compact: String,
}

impl HandleText {
    /// Reads a handle in normal form.
    pub fn new(normal: &str) -> Self {
        let letters = plain_letters(normal);
        Self {
            normal: normal.to_owned(),
            core: core(normal, &letters),
            letters,
            digits: normal.chars().filter(char::is_ascii_digit).collect(),
            compact: normal.chars().filter(char::is_ascii_alphanumeric).collect(),
        }
    }

    /// How rare it is in bits, not counting a name in it that agrees anyway.
    pub fn bits_beside(&self, name: Option<&Cover>) -> f64 {
        let letters = count(self.letters.len());
        let of_letters = match name {
            Some(cover) => BITS_OF_FORM + BITS_PER_LETTER * count(cover.rest),
            None => BITS_PER_LETTER * letters,
        };
        of_letters.min(BITS_PER_LETTER * letters) + BITS_PER_DIGIT * count(self.digits.len())
    }
}

fn core(normal: &str, letters: &str) -> String {
    let bare = without_run_in_of_surname(letters);
    if is_surname(bare) {
        return bare.to_owned();
    }
    let before_purpose = normal.split_once('4').map(|(before, _)| plain_letters(before));
    let before_purpose = before_purpose.or_else(|| bare.split_once("for").map(|(before, _)| before.to_owned()));
    let core = before_purpose.filter(|before| before.len() >= SHORTEST_ORNAMENTED);
    without_run_in_of_surname(core.as_deref().unwrap_or(bare)).to_owned()
}

impl HandleText {
    /// The names that it may contain without separators: a given name of the tables at its beginning or its end.
    pub fn possible_names(&self) -> impl Iterator<Item = PersonName> {
        let core = &self.core;
        let parted = (SHORTEST_PART..core.len().saturating_sub(SHORTEST_PART - 1)).filter(|at| core.is_char_boundary(*at));
        let parts = parted.map(|at| core.split_at(at));
        let likely = parts.filter_map(|(first, second)| {
            let bits = match (is_given_name(first), is_given_name(second)) {
                (true, _) => given_bits(first) + surname_bits(second),
                (false, true) => given_bits(second) + surname_bits(first),
                _ => return None,
            };
            Some((bits, format!("{first} {second}")))
        });
        let mut likely: Vec<(f64, String)> = likely.collect();
        likely.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        likely
            .into_iter()
            .filter_map(|(_, name)| PersonName::read(&name))
            .take(MOST_READINGS)
    }
}

/// The fewest letters of a name in a handle.
const SHORTEST_PART: usize = 3;
/// The most ways to divide a handle that are tried.
const MOST_READINGS: usize = 2;

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// The parts of a name that a handle is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cover {
    /// The bits of the given name in it.
    pub given: f64,
    /// The bits of the surname in it.
    pub surname: f64,
    /// How many letters belong to neither.
    pub rest: usize,
}

impl Cover {
    /// The bits that it adds to what is known to agree.
    pub fn bits_beyond(&self, given: f64, surname: f64) -> f64 {
        let more = (self.given - given).max(0.0) + (self.surname - surname).max(0.0);
        (more - LOSS_PER_LETTER * count(self.rest)).max(0.0)
    }

    /// Whether both parts are in it.
    pub fn is_full(&self) -> bool {
        self.given > 0.0 && self.surname > 0.0
    }

    /// Whether the name accounts for the handle.
    pub fn explains(&self) -> bool {
        self.rest <= 3 && self.given + self.surname > INITIAL_BITS
    }

    fn worth(&self) -> f64 {
        self.given + self.surname - LOSS_PER_LETTER * count(self.rest)
    }
}

/// How a handle is made of a name: a surname, joined surnames or none, with a given name, a nickname, an initial or
/// none beside it.
pub fn cover(letters: &str, held: &HeldName) -> Option<Cover> {
    let mut best: Option<Cover> = None;
    let mut consider = |cover: Cover| {
        if best.is_none_or(|best| cover.worth() > best.worth()) {
            best = Some(cover);
        }
    };
    let surnames: Vec<&str> = held.words_of(Part::Surname).collect();
    let joined = surnames.concat();
    let several = (surnames.len() > 1).then_some(joined.as_str());
    for surname in surnames.iter().copied().chain(several).filter(|surname| surname.len() > 1) {
        for (at, _) in letters.match_indices(surname) {
            let (before, after) = (&letters[..at], &letters[at + surname.len()..]);
            let given = given_around(before, after, held);
            let surname = part_bits(Part::Surname, surname);
            consider(Cover { surname, ..given });
        }
    }
    for given in held.words_of(Part::Given).filter(|given| given.len() > 1) {
        if let Some(at) = letters.find(given) {
            consider(with_initial(&letters[..at], given, &letters[at + given.len()..], &surnames));
        }
    }
    best.filter(|cover| cover.given + cover.surname > 0.0)
}

/// What stands beside a surname: a given name, a nickname or initials.
fn given_around(before: &str, after: &str, held: &HeldName) -> Cover {
    let (before, after) = (without_run_in(before), without_run_in(after));
    let all = before.len() + after.len();
    let mut best = Cover {
        rest: all,
        ..Cover::default()
    };
    let given_names: Vec<&str> = held.words_of(Part::Given).collect();
    let joined = given_names.concat();
    for given in given_names
        .iter()
        .copied()
        .chain([joined.as_str()])
        .filter(|given| !given.is_empty())
    {
        let full = part_bits(Part::Given, given);
        for (piece, other) in [(before, after), (after, before)] {
            let is_whole = given.len() > 1 && (piece == given || piece.ends_with(given) || piece.starts_with(given));
            let found = if is_whole {
                Some((full, piece.len() - given.len()))
            } else if (piece.len() > 1 && is_nickname_of(piece, given)) || (piece.len() > 2 && given.starts_with(piece)) {
                Some((full.min(part_bits(Part::Given, piece)), 0))
            } else if (1..=2).contains(&piece.len()) && piece.starts_with(&given[..1]) {
                Some((INITIAL_BITS, piece.len() - 1))
            } else {
                None
            };
            if let Some((bits, left)) = found {
                let cover = Cover {
                    given: bits,
                    surname: 0.0,
                    rest: left + other.len(),
                };
                if cover.worth() > best.worth() {
                    best = cover;
                }
            }
        }
    }
    best
}

/// A given name, alone or with the first letter of a surname.
fn with_initial(before: &str, given: &str, after: &str, surnames: &[&str]) -> Cover {
    let (before, after) = (without_run_in(before), without_run_in(after));
    let all = before.len() + after.len();
    let is_initial = |piece: &str| piece.len() == 1 && surnames.iter().any(|surname| surname.starts_with(piece));
    let surname = if is_initial(after) || is_initial(before) {
        INITIAL_BITS
    } else {
        0.0
    };
    Cover {
        given: part_bits(Part::Given, given),
        surname,
        rest: if surname > 0.0 { all - 1 } else { all },
    }
}

/// The best cover by any of these names.
pub fn best_cover(letters: &str, held: &[HeldName]) -> Option<Cover> {
    let covers = held.iter().filter_map(|held| cover(letters, held));
    covers.max_by(|one, other| one.worth().total_cmp(&other.worth()))
}

/// How two different handles resemble each other, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// They differ in separators and ornaments only.
    Ornaments,
    /// One has a number that the other lacks.
    Number,
    /// Their letters are alike.
    Alike,
}

/// How two different handles resemble each other.
pub fn likeness(ours: &HandleText, theirs: &HandleText) -> Option<Likeness> {
    if ours.compact.len() >= SHORTEST_ORNAMENTED && ours.compact == theirs.compact {
        return Some(Likeness::Ornaments);
    }
    if ours.letters.len().min(theirs.letters.len()) < SHORTEST_VARIANT {
        return None;
    }
    if ours.letters == theirs.letters {
        return likeness_of_numbers(&ours.digits, &theirs.digits);
    }
    let near = ours.letters.len().abs_diff(theirs.letters.len()) <= 3 && ours.digits == theirs.digits;
    (near && is_alike(&ours.letters, &theirs.letters, ALIKE)).then_some(Likeness::Alike)
}

fn likeness_of_numbers(ours: &str, theirs: &str) -> Option<Likeness> {
    let (shorter, longer) = if ours.len() <= theirs.len() {
        (ours, theirs)
    } else {
        (theirs, ours)
    };
    if shorter == longer {
        Some(Likeness::Ornaments)
    } else {
        (longer.starts_with(shorter) || longer.ends_with(shorter)).then_some(Likeness::Number)
    }
}
