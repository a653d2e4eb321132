//! Comparison of the shown name with a customer's names.

use std::collections::BTreeSet;

use super::{
    bounds::osa_distance,
    frequency::{given_bits, is_given_name, is_surname, surname_bits},
    person_name::{PersonName, WordAgreement, formal_names, is_handle_like},
};
use crate::{Customer, Role};

/// The bits of an initial.
pub const INITIAL_BITS: f64 = 4.0;
/// The share of a word's bits that a merely similar word gets.
const SHARE_OF_ALIKE: f64 = 0.6;
/// The bits lost by another spelling or a nickname.
const LOSS_OF_VARIANT: f64 = 1.0;

/// The bits lost by a typing error: about this many names are one letter away.
const LOSS_OF_SLIP: f64 = 2.5;

/// Which part of a name a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A given name.
    Given,
    /// A surname.
    Surname,
}

/// A customer's name, with the part that each of its words belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldName {
    /// The words.
    pub name: PersonName,
    /// The part of each word.
    pub parts: Vec<Part>,
}

impl HeldName {
    /// A name whose parts are guessed from the order of its words.
    pub fn guessed(name: PersonName) -> Self {
        let words = name.words();
        let is_swapped = match (words.first(), words.last()) {
            (Some(first), Some(last)) => !is_given_name(first) && is_given_name(last) && (is_surname(first) || !is_surname(last)),
            _ => false,
        };
        let last = words.len().saturating_sub(1);
        let part = |at: usize| match (words.len(), at) {
            (1, _) if is_given_name(&words[0]) || !is_surname(&words[0]) => Part::Given,
            (1, _) => Part::Surname,
            (_, 0) if is_swapped => Part::Surname,
            (_, _) if is_swapped => Part::Given,
            (_, at) if at == last => Part::Surname,
            (_, 0) => Part::Given,
            (_, at) if is_given_name(&words[at]) => Part::Given,
            _ => Part::Surname,
        };
        let parts = (0..words.len()).map(part).collect();
        Self { name, parts }
    }

    /// A name from a record's field of the whole name. `Keskin, Umut` begins with the surname.
    fn of_display(raw: &str) -> Option<Self> {
        let parted = raw.split_once(',').and_then(|(surname, given)| {
            let is_surname = PersonName::read(surname).is_some_and(|surname| !surname.is_full());
            PersonName::read(given).filter(|_| is_surname)?;
            Self::of_fields(given, surname)
        });
        parted.or_else(|| PersonName::read(raw).map(Self::guessed))
    }

    /// A name from a record's fields of given names and surnames.
    fn of_fields(given: &str, surname: &str) -> Option<Self> {
        let name = PersonName::read(&format!("{given} {surname}"))?;
        // The surname is given twice so that one such as McElroy is read as it is beside
        // another word.
        let surnames = PersonName::read(&format!("{surname} {surname}"));
        let is_surname = |word: &String| surnames.as_ref().is_some_and(|surnames| surnames.words().contains(word));
        let part = |word: &String| if is_surname(word) { Part::Surname } else { Part::Given };
        let parts = name.words().iter().map(part).collect();
        Some(Self { name, parts })
    }

    /// The words of one part.
    pub fn words_of(&self, part: Part) -> impl Iterator<Item = &str> {
        let placed = self.name.words().iter().zip(&self.parts);
        placed.filter(move |(_, its)| **its == part).map(|(word, _)| word.as_str())
    }

    /// The bits of one of its words.
    fn bits(&self, at: usize) -> f64 {
        part_bits(self.parts[at], &self.name.words()[at])
    }
}

/// The bits of a word as this part of a name.
pub fn part_bits(part: Part, word: &str) -> f64 {
    match part {
        _ if word.len() == 1 => INITIAL_BITS,
        Part::Given => given_bits(word),
        Part::Surname => surname_bits(word),
    }
}

impl Customer {
    /// The customer's names, without those that are handles.
    pub(super) fn held_names(&self) -> Vec<HeldName> {
        let part = |role| self.profile.get(&role).map_or("", String::as_str);
        let legal = HeldName::of_fields(part(Role::FirstName), part(Role::LastName));
        let display = Some(part(Role::DisplayName)).filter(|name| !is_handle_like(name));
        let display = display.and_then(HeldName::of_display);
        let is_new = |held: &HeldName| legal.as_ref().is_none_or(|legal| !legal.name.has_words_of(&held.name));
        let display = display.filter(is_new);
        legal.into_iter().chain(display).collect()
    }
}

/// How two names contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The surname agrees and the given name does not.
    Given,
    /// The given name agrees and the surname does not.
    Surname,
    /// Nothing agrees.
    All,
}

/// How two names agree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NameAgreement {
    /// The bits of the given names that agree.
    pub given: f64,
    /// The bits of the surnames that agree.
    pub surname: f64,
    /// How many words agree in another spelling.
    pub spelled: usize,
    /// How many words agree as nicknames.
    pub nicknames: usize,
    /// How many words agree but for one letter.
    pub slips: usize,
    /// How many words are merely similar.
    pub alike: usize,
    /// How many words agree by their initial only.
    pub initials: usize,
    /// How many words only one of the names has.
    pub more: usize,
    /// How they contradict each other.
    pub conflict: Option<Conflict>,
    /// The given name that agrees by more than its initial, as the question spells it.
    pub given_word: Option<String>,
    /// The surname that agrees by more than its initial, as the question spells it.
    pub surname_word: Option<String>,
}

impl NameAgreement {
    /// The bits of everything that agrees.
    pub fn bits(&self) -> f64 {
        self.given + self.surname
    }

    /// Whether both parts agree.
    pub fn is_full(&self) -> bool {
        self.given > 0.0 && self.surname > 0.0
    }

    /// Whether no word agrees and none contradicts.
    pub fn says_nothing(&self) -> bool {
        self.bits() <= 0.0 && self.conflict.is_none()
    }

    /// What this reading is worth compared with other readings of the same names.
    fn rank(&self) -> f64 {
        let against = if self.conflict.is_some() { 12.0 } else { 0.0 };
        let losses = self.alike * 2 + self.slips + self.nicknames + self.spelled + self.more;
        self.bits() - against - f64::from(u32::try_from(losses).unwrap_or(u32::MAX))
    }

    fn of_part(&mut self, part: Part) -> &mut f64 {
        match part {
            Part::Given => &mut self.given,
            Part::Surname => &mut self.surname,
        }
    }

    fn word_of_part(&mut self, part: Part) -> &mut Option<String> {
        match part {
            Part::Given => &mut self.given_word,
            Part::Surname => &mut self.surname_word,
        }
    }
}

/// The best agreement of a name with any of a customer's names.
pub fn best_agreement(asked: &PersonName, held: &[HeldName]) -> Option<NameAgreement> {
    let each = held.iter().map(|held| agreement_of(asked, held));
    each.max_by(|one, other| one.rank().total_cmp(&other.rank()))
}

/// If the names do not agree as written, tries each two neighbouring words as one.
fn agreement_of(asked: &PersonName, held: &HeldName) -> NameAgreement {
    let as_written = agreement(asked, held);
    let is_joined = asked.words().len().max(held.name.words().len()) > 2 || asked.has_particles() || held.name.has_particles();
    if !is_joined || (as_written.conflict.is_none() && as_written.more == 0) {
        return as_written;
    }
    let of_asked = asked.readings().into_iter().skip(1).map(|asked| agreement(&asked, held));
    let of_held = held.joined().into_iter().map(|held| agreement(asked, &held));
    let all = of_asked.chain(of_held).chain([as_written]);
    all.max_by(|one, other| one.rank().total_cmp(&other.rank()))
        .unwrap_or_default()
}

impl HeldName {
    /// Every reading of the name with two neighbouring words of one part joined, and the one with particles joined.
    fn joined(&self) -> Vec<Self> {
        let words = self.name.words().len();
        let second = (1..words).filter(|&second| self.parts[second - 1] == self.parts[second]);
        let joined = second.map(|second| {
            let mut parts = self.parts.clone();
            parts.remove(second);
            Self {
                name: self.name.joined_at(second),
                parts,
            }
        });
        let with_particles = self.name.with_particles().map(|name| Self {
            name,
            parts: self.parts.clone(),
        });
        joined.chain(with_particles).collect()
    }
}

fn agreement(asked: &PersonName, held: &HeldName) -> NameAgreement {
    let mut aligned = align(asked, held);
    let mut agreement = NameAgreement::default();
    for &(one, other, how) in &aligned {
        agreement.note(&asked.words()[one], held, other, how);
    }
    agreement.note_initials_of_nicknames(asked, held, &mut aligned);
    let left_over = |count: usize, is_aligned: &dyn Fn(usize) -> bool| (0..count).filter(|&at| !is_aligned(at)).collect::<Vec<_>>();
    let ours = left_over(asked.words().len(), &|at| aligned.iter().any(|(one, ..)| *one == at));
    let theirs = left_over(held.name.words().len(), &|at| {
        aligned.iter().any(|(_, other, _)| *other == at)
    });
    let whole = |word: &String| usize::from(word.len() > 1);
    let more_of = |left: &[usize], words: &[String]| left.iter().map(|&at| whole(&words[at])).sum::<usize>();
    // Somebody who shows one word only has left out the others.
    let left_out = if asked.is_full() {
        more_of(&theirs, held.name.words())
    } else {
        0
    };
    agreement.more = more_of(&ours, asked.words()) + left_out;
    if !ours.is_empty() {
        agreement.conflict = conflict(&agreement, held, &theirs, aligned.is_empty());
    }
    agreement
}

/// The contradiction, if the shown name has other words for one of the parts.
fn conflict(agreement: &NameAgreement, held: &HeldName, left_over: &[usize], nothing_agrees: bool) -> Option<Conflict> {
    let is_other = |part| left_over.iter().any(|&at| held.parts[at] == part);
    match (agreement.given > 0.0, agreement.surname > 0.0) {
        _ if nothing_agrees => Some(Conflict::All),
        (false, true) if is_other(Part::Given) => Some(Conflict::Given),
        (true, false) if is_other(Part::Surname) => Some(Conflict::Surname),
        _ => None,
    }
}

impl NameAgreement {
    /// `W. Stanley` agrees with Bill, whose formal name is William.
    fn note_initials_of_nicknames(
        &mut self,
        asked: &PersonName,
        held: &HeldName,
        aligned: &mut Vec<(usize, usize, WordAgreement)>,
    ) {
        for (other, theirs) in held.name.words().iter().enumerate() {
            let is_free = held.parts[other] == Part::Given && aligned.iter().all(|(_, aligned, _)| *aligned != other);
            if !is_free || theirs.len() == 1 {
                continue;
            }
            let ours = asked.words().iter().enumerate().find(|(one, word)| {
                let is_free = word.len() == 1 && aligned.iter().all(|(aligned, ..)| aligned != one);
                is_free && formal_names(theirs).any(|formal| formal.starts_with(word.as_str()))
            });
            if let Some((one, _)) = ours {
                aligned.push((one, other, WordAgreement::Initial));
                self.note(&asked.words()[one], held, other, WordAgreement::Initial);
            }
        }
    }

    fn note(&mut self, asked: &str, held: &HeldName, at: usize, how: WordAgreement) {
        let part = held.parts[at];
        let (full, theirs) = (held.bits(at), &held.name.words()[at]);
        let is_short_form = part == Part::Given && (theirs.starts_with(asked) || asked.starts_with(theirs.as_str()));
        let bits = match how {
            WordAgreement::Equal => full,
            WordAgreement::Spelled => {
                self.spelled += 1;
                full - LOSS_OF_VARIANT
            }
            WordAgreement::Nickname => {
                self.nicknames += 1;
                full.min(part_bits(part, asked)) - LOSS_OF_VARIANT
            }
            WordAgreement::Alike if is_short_form => {
                self.nicknames += 1;
                full.min(part_bits(part, asked)) - LOSS_OF_VARIANT
            }
            WordAgreement::Alike if osa_distance(asked, theirs) <= 1 => {
                self.slips += 1;
                (full - LOSS_OF_SLIP).max(full * SHARE_OF_ALIKE)
            }
            WordAgreement::Alike => {
                self.alike += 1;
                full * SHARE_OF_ALIKE
            }
            WordAgreement::Initial => {
                self.initials += 1;
                INITIAL_BITS
            }
        };
        *self.of_part(part) += bits;
        if how < WordAgreement::Initial {
            *self.word_of_part(part) = Some(asked.to_owned());
        }
    }
}

/// Whether a name is the initial of a given name and a common surname.
fn begins_with_initial(name: &PersonName) -> bool {
    let words = name.words();
    let last = words.last().filter(|last| last.len() > 1);
    words.first().is_some_and(|first| first.len() == 1) && last.is_some_and(|last| is_surname(last))
}

/// Pairs the words of two names, best agreements first. Each word is used at most once.
fn align(asked: &PersonName, held: &HeldName) -> Vec<(usize, usize, WordAgreement)> {
    let mut possible: Vec<(WordAgreement, usize, usize)> = Vec::new();
    let begins_with_initial = begins_with_initial(asked);
    for (one, word) in asked.words().iter().enumerate() {
        for (other, theirs) in held.name.words().iter().enumerate() {
            // The T of `T. Morgan` is not that of Morgan Thiel.
            if one == 0 && begins_with_initial && held.parts[other] == Part::Surname {
                continue;
            }
            let agreement = asked.word_agreement(word, &held.name, theirs);
            possible.extend(agreement.map(|agreement| (agreement, one, other)));
        }
    }
    possible.sort_unstable();
    let (mut ours, mut theirs) = (BTreeSet::new(), BTreeSet::new());
    let mut aligned = Vec::new();
    for (agreement, one, other) in possible {
        if !ours.contains(&one) && !theirs.contains(&other) {
            ours.insert(one);
            theirs.insert(other);
            aligned.push((one, other, agreement));
        }
    }
    // The K of `Mary K. Smith` is not that of Mary King.
    let last = asked.words().len().saturating_sub(1);
    if asked.words().get(last).is_some_and(|word| word.len() > 1) && !ours.contains(&last) {
        aligned.retain(|(_, other, how)| *how != WordAgreement::Initial || held.parts[*other] == Part::Given);
    }
    aligned
}
