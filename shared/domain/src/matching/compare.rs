//! How an identity and a customer agree, field by field.

use std::collections::BTreeSet;

use super::{
    City, Evidence, Frequencies, Place, Signal,
    blocking::mailbox,
    bounds::{jaro_winkler, osa_distance},
    person_name::{PersonName, WordAgreement, is_common_surname, is_listed, plain_letters, sound, spelling},
    weights::{THRESHOLD, weight},
};
use crate::{Customer, Role, Term, TermKind};

/// Letters of handles that are as alike as this are variants of one.
const ALIKE: f64 = 0.93;
/// Streets that are as alike as this, and have the same number, are spellings of one.
const ALIKE_STREETS: f64 = 0.85;
/// Cities that are as alike as this are spellings of one.
const ALIKE_CITIES: f64 = 0.9;
/// Handles that differ by separators only say something from this many letters and digits on.
const SHORTEST_ORNAMENTED: usize = 4;
/// Shorter handles are too many to be alike by anything but chance.
const SHORTEST_VARIANT: usize = 5;

/// What was observed about one customer: each signal with its amount, which is 1 but for logarithms.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// The signals.
    pub signals: Vec<(Signal, f64)>,
}

impl Comparison {
    fn note(&mut self, signal: Option<Signal>) {
        self.signals.extend(signal.map(|signal| (signal, 1.0)));
    }

    /// People move, and have several telephones and addresses: beside what is one's own and agrees, all that differs counts once.
    fn note_details(&mut self, mut details: Vec<Signal>) {
        if details.iter().any(|signal| signal.is_of_ones_own()) {
            let given = details.len();
            details.retain(|signal| !signal.is_difference_of_details());
            if details.len() < given {
                details.push(Signal::DetailsOther);
            }
        }
        self.signals.extend(details.into_iter().map(|signal| (signal, 1.0)));
    }

    fn note_amount(&mut self, signal: Signal, amount: f64) {
        if amount > 0.0 {
            self.signals.push((signal, amount));
        }
    }

    /// The logarithm of the odds that it is the same person, above the threshold if positive.
    pub fn score(&self) -> f64 {
        self.worth().iter().sum::<f64>() - THRESHOLD
    }

    /// What each signal adds. How common a name is takes away at most what its agreement gave: a name that agrees counts against
    /// nobody, however many bear it.
    pub(super) fn worth(&self) -> Vec<f64> {
        let mut left: f64 = 0.0;
        let worth = self.signals.iter().map(|&(signal, amount)| {
            let full = weight(signal) * amount;
            let worth = if signal.is_commonness_of_names() {
                full.max(-left)
            } else {
                full
            };
            if signal.is_about_names() {
                left = (left + worth).max(0.0);
            }
            worth
        });
        worth.collect()
    }
}

/// The names of a customer.
struct HeldNames {
    /// The names it is known by.
    known: Vec<PersonName>,
    /// Full names that its handles and mailboxes spell out, where no full name is known.
    hidden: Vec<PersonName>,
    /// The letters of its handles and mailboxes, where no full name is known.
    letters: Vec<String>,
}

impl HeldNames {
    fn of(customer: &Customer) -> Self {
        let known = customer.known_names();
        let spelled: Vec<String> = if known.iter().any(PersonName::is_full) {
            Vec::new()
        } else {
            customer.handles_and_mailboxes().collect()
        };
        Self {
            known,
            hidden: spelled.iter().filter_map(|raw| PersonName::in_handle(raw)).collect(),
            letters: spelled.iter().map(|raw| plain_letters(raw)).collect(),
        }
    }
}

impl Evidence {
    /// What is to be observed about one customer.
    pub(super) fn compare(&self, customer: &Customer, frequencies: &Frequencies) -> Comparison {
        let mut comparison = Comparison::default();
        let held = HeldNames::of(customer);
        let handle = self.compare_handles(customer);
        let profile = self.compare_profile(customer, handle);
        let [email, phone, reference] = [
            self.compare_email(customer, &held),
            self.compare_phones(customer),
            self.compare_references(customer),
        ];
        let identified = |by: &[Option<Signal>]| by.iter().flatten().any(|signal| signal.identifies());
        let handle_agrees = identified(&[handle, profile]);
        let beside = handle_agrees || identified(&[email, phone, reference]);
        let name = self.compare_names(&held, handle_agrees, frequencies);
        let name_agrees = name.is_some_and(Signal::is_agreement_of_names);
        comparison.note(if beside { name.map(Signal::beside_identifier) } else { name });
        if name_agrees {
            self.note_frequency(customer, &held, frequencies, &mut comparison);
        }
        // Relatives live together: where the given names differ, the address speaks for nobody.
        let is_relative = name == Some(Signal::NameOtherGiven);
        let places = self.compare_places(customer).into_iter().filter(|_| !is_relative);
        let handle = self.handle_beside_name(handle, &held, name);
        let details = [handle, profile, email, phone, reference];
        comparison.note_details(details.into_iter().chain(places).flatten().collect());
        self.note_sharers(customer, frequencies, &mut comparison);
        comparison
    }

    /// How the names agree. What is shown may be a mood, and what a handle spells out may be anything: neither speaks against anybody.
    /// The name in a handle that agrees anyway is no second observation.
    fn compare_names(&self, held: &HeldNames, handle_agrees: bool, frequencies: &Frequencies) -> Option<Signal> {
        let shown = self.shown.as_ref().and_then(|shown| best_agreement(shown, &held.known));
        let doubtful = || self.shown_is_doubtful || (handle_agrees && !self.is_shown_a_name(frequencies));
        let shown = shown.filter(|signal| !(signal.speaks_against() && doubtful()));
        let in_handle = self.in_handle.as_ref().filter(|_| !handle_agrees);
        let spelled_out = in_handle
            .and_then(|name| best_agreement(name, &held.known))
            .filter(|signal| !signal.speaks_against());
        let run_together = || {
            let shown_is_full = self.shown.as_ref().is_some_and(PersonName::is_full) && !self.shown_is_doubtful;
            let whole = |(_, handle): &(_, String)| is_made_whole_of(&plain_letters(handle), &held.known);
            (!shown_is_full && !handle_agrees && self.handles.iter().any(whole)).then_some(Signal::NameRunTogether)
        };
        let best = shown.into_iter().chain(spelled_out).chain(run_together()).min();
        let asked = self.name().filter(|name| name.is_full());
        let hidden = asked
            .filter(|_| best.is_none_or(Signal::speaks_against))
            .and_then(|name| held.hide(name));
        hidden.or(best)
    }

    /// Whether the lists, or any customer, have a word of what is shown. People who write under one handle show moods and mottos as their
    /// names; beside a telephone or an address, which people share and hand on, a strange name stays one.
    fn is_shown_a_name(&self, frequencies: &Frequencies) -> bool {
        let borne = |word: &String| {
            let customers = frequencies.get(&Term::new(TermKind::NameWord, word.clone()));
            is_listed(word) || customers.is_some_and(|count| *count > 0)
        };
        let words = self.shown.as_ref().map_or(&[][..], PersonName::words);
        words.iter().any(borne)
    }

    fn handle_beside_name(&self, handle: Option<Signal>, held: &HeldNames, name: Option<Signal>) -> Option<Signal> {
        let name_agrees = name.is_some_and(Signal::is_agreement_of_names);
        let made_of = |names: &[PersonName]| self.handles.iter().any(|(_, handle)| is_made_of(handle, names));
        match handle {
            Some(signal) if signal.is_likeness_of_handles() => {
                let of_name = name_agrees && (made_of(&held.known) || made_of(self.shown.as_slice()) || self.in_handle.is_some());
                Some(if of_name { signal.beside_its_name() } else { signal })
            }
            // Where the names agree, a handle that is made of them says nothing new; where they do not, it is a relative's.
            _ if name.is_none_or(|name| name == Signal::NameSingle) && made_of(&held.known) => Some(Signal::HandleOfName),
            other => other,
        }
    }

    fn compare_handles(&self, customer: &Customer) -> Option<Signal> {
        if self.handles.is_empty() {
            return None;
        }
        let held: Vec<(Option<String>, String)> = customer.handles().collect();
        let pairs = self
            .handles
            .iter()
            .flat_map(|asked| held.iter().map(move |held| (asked, held)));
        let alike = pairs.filter_map(|(asked, held)| compare_handles(asked, held));
        let mailboxes = customer.identifiers_of(Role::Email).map(|email| mailbox(&email.normal));
        let mailboxes = mailboxes.flat_map(|mailbox| {
            let compared = self
                .handles
                .iter()
                .map(move |(_, handle)| compare_with_mailbox(handle, mailbox));
            compared.flatten()
        });
        let same_network = || {
            self.handles
                .iter()
                .any(|(network, _)| network.is_some() && held.iter().any(|(theirs, _)| theirs.as_deref() == *network))
        };
        match alike.chain(mailboxes).min() {
            Some(signal) if signal > Signal::HandleElsewhereEqual && same_network() => Some(Signal::HandleOtherAlike),
            Some(signal) => Some(signal),
            None if held.is_empty() => None,
            None if same_network() => Some(Signal::HandleOther),
            None => Some(Signal::HandleUnlike),
        }
    }

    fn compare_profile(&self, customer: &Customer, handle: Option<Signal>) -> Option<Signal> {
        let equal = self
            .identifiers_of(Role::ProfileUrl)
            .any(|asked| customer.identifiers_of(Role::ProfileUrl).any(|held| held.normal == asked));
        // The address of a profile and the handle in it are one source.
        let counted = handle.is_some_and(|signal| signal <= Signal::HandleEqualSomewhere);
        (equal && !counted).then_some(Signal::ProfileEqual)
    }

    fn compare_email(&self, customer: &Customer, held: &HeldNames) -> Option<Signal> {
        let asked = self.email()?;
        let emails = customer.identifiers_of(Role::Email);
        let best = emails.map(|held| compare_emails(asked, &held.normal)).min()?;
        let of_name = || is_made_of(mailbox(asked), &held.known) || is_made_of(mailbox(asked), self.shown.as_slice());
        Some(match best {
            Signal::EmailOtherProvider if of_name() => Signal::EmailOtherProviderOfName,
            other => other,
        })
    }

    fn compare_phones(&self, customer: &Customer) -> Option<Signal> {
        let pairs = self.identifiers_of(Role::Phone).flat_map(|asked| {
            customer
                .identifiers_of(Role::Phone)
                .map(move |held| (asked, held.normal.as_str()))
        });
        pairs
            .map(|(asked, held)| match osa_distance(asked, held) {
                0 => Signal::PhoneEqual,
                1 if asked.len() == held.len() => Signal::PhoneSlip,
                _ => Signal::PhoneOther,
            })
            .min()
    }

    fn compare_references(&self, customer: &Customer) -> Option<Signal> {
        let roles = [Role::AccountNumber, Role::OrderNumber, Role::CaseNumber];
        let pairs = roles.into_iter().flat_map(|role| {
            self.identifiers_of(role)
                .flat_map(move |asked| customer.identifiers_of(role).map(move |held| (asked, held.normal.as_str())))
        });
        pairs
            .map(|(asked, held)| {
                if asked == held {
                    Signal::ReferenceEqual
                } else {
                    Signal::ReferenceOther
                }
            })
            .min()
    }

    fn compare_places(&self, customer: &Customer) -> [Option<Signal>; 2] {
        let held = Place::of(customer);
        let street = self.places.iter().any(|asked| is_same_street(asked, &held));
        let place = self.places.iter().filter_map(|asked| compare_places(asked, &held)).min();
        [place, street.then_some(Signal::PlaceStreet)]
    }

    fn note_sharers(&self, customer: &Customer, frequencies: &Frequencies, comparison: &mut Comparison) {
        let held = |term: &Term| match &term.kind {
            TermKind::Role(role) => customer
                .identifiers_of(*role)
                .any(|identifier| identifier.normal == term.value),
            _ => false,
        };
        let agreeing = self.identifiers.iter().filter(|term| held(term));
        let fewest = agreeing.filter_map(|term| frequencies.get(term)).min();
        comparison.note_amount(Signal::Shared, fewest.map_or(0.0, |count| logarithm(*count)));
    }

    /// How common the name is, by the customers whom the indexes name under the keys that both have.
    fn note_frequency(&self, customer: &Customer, held: &HeldNames, frequencies: &Frequencies, comparison: &mut Comparison) {
        let Some(asked) = self.name() else { return };
        let words = held.known.iter().map(|name| align(asked, name).len()).max().unwrap_or(0);
        comparison.note_amount(Signal::NameMoreWords, amount(words.saturating_sub(2)));
        let keys = customer.blocking_keys();
        let counts = |kind: &TermKind| -> Vec<f64> {
            let agreeing = frequencies
                .iter()
                .filter(|(term, _)| term.kind == *kind && keys.contains(term));
            agreeing.map(|(_, count)| logarithm(*count)).collect()
        };
        let fewest = counts(&TermKind::NamePair).into_iter().reduce(f64::min);
        comparison.note_amount(Signal::NameNamesakes, fewest.unwrap_or(0.0));
        let initials = counts(&TermKind::NameInitial);
        let of_sound = || counts(&TermKind::NameSound).into_iter().reduce(f64::min).unwrap_or(0.0);
        let common = if initials.is_empty() {
            of_sound()
        } else {
            initials.iter().sum::<f64>() / amount(initials.len())
        };
        comparison.note_amount(Signal::NameCommon, common);
        let words = frequencies.iter().filter(|(term, _)| term.kind == TermKind::NameWord);
        comparison.note_amount(Signal::NameWords, words.map(|(_, count)| logarithm(*count)).sum());
        if asked.words().iter().any(|word| is_common_surname(word)) {
            comparison.note(Some(Signal::NameCommonSurname));
        }
        let borne = |word: &str| frequencies.get(&Term::new(TermKind::NameWord, word.to_owned()));
        let alike = held.known.iter().flat_map(|name| alike_only(asked, name));
        let most = alike.filter_map(borne).max().copied().unwrap_or(0);
        comparison.note_amount(Signal::NameAlikeKnown, logarithm(most + 1));
    }
}

fn amount(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn logarithm(count: usize) -> f64 {
    amount(count.max(1)).log2()
}

impl HeldNames {
    /// Whether a name is in a handle or a mailbox of somebody whose name is not known.
    fn hide(&self, name: &PersonName) -> Option<Signal> {
        let spelled_out = self.hidden.iter().filter_map(|hidden| compare_names(name, hidden)).min();
        let names = [name.clone()];
        let made_of = |made: fn(&str, &[PersonName]) -> bool| self.letters.iter().any(|letters| made(letters, &names));
        if spelled_out.is_some_and(|signal| signal <= Signal::NameAlike) || made_of(is_made_whole_of) {
            Some(Signal::NameInHandle)
        } else if spelled_out.is_some_and(|signal| signal <= Signal::NameInitial) || made_of(is_made_with_initial_of) {
            Some(Signal::NameInitialInHandle)
        } else {
            None
        }
    }
}

fn best_agreement(asked: &PersonName, held: &[PersonName]) -> Option<Signal> {
    let asked = asked.readings();
    let pairs = asked
        .iter()
        .flat_map(|asked| held.iter().flat_map(PersonName::readings).map(move |held| (asked, held)));
    pairs.filter_map(|(asked, held)| compare_names(asked, &held)).min()
}

fn compare_names(asked: &PersonName, held: &PersonName) -> Option<Signal> {
    let aligned = align(asked, held);
    let (asked, held) = (asked.words(), held.words());
    let count = |wanted: &[WordAgreement]| aligned.iter().filter(|(_, _, agreement)| wanted.contains(agreement)).count();
    let same = count(&[WordAgreement::Equal, WordAgreement::Spelled]);
    let sure = same + count(&[WordAgreement::Nickname]);
    let whole = sure + count(&[WordAgreement::Alike]);
    let all = aligned.len();
    let (shorter, longer) = (asked.len().min(held.len()), asked.len().max(held.len()));
    if shorter == 1 {
        return (sure == 1).then_some(if longer == 1 { Signal::NameHalf } else { Signal::NameSingle });
    }
    if all < shorter {
        return Some(match all {
            0 => Signal::NameOther,
            _ if is_other_given(&aligned, asked, held) => Signal::NameOtherGiven,
            _ => Signal::NameHalf,
        });
    }
    let first = aligned.iter().find(|(one, other, _)| (*one, *other) == (0, 0));
    let first = first.map(|(_, _, agreement)| *agreement);
    Some(match (whole, sure) {
        (0, _) => Signal::NameHalf,
        (1, _) => Signal::NameInitial,
        (_, ..2) if whole < all => Signal::NameInitial,
        (_, ..2) => Signal::NameAlike,
        _ if first == Some(WordAgreement::Alike) => Signal::NameAlike,
        _ if first == Some(WordAgreement::Initial) => Signal::NameInitials,
        _ if same < 2 => Signal::NameNickname,
        _ if all < longer || sure < all => Signal::NameContained,
        _ => Signal::NameEqual,
    })
}

/// Given names come first where people write them, and records say which is which.
fn is_other_given(aligned: &[(usize, usize, WordAgreement)], asked: &[String], held: &[String]) -> bool {
    let first = aligned.iter().any(|(one, other, _)| *one == 0 || *other == 0);
    let last = |(one, other, _): &(usize, usize, WordAgreement)| *one + 1 == asked.len() && *other + 1 == held.len();
    !first && aligned.iter().any(last)
}

/// The words asked for that agree by likeness only.
fn alike_only<'n>(asked: &'n PersonName, held: &PersonName) -> impl Iterator<Item = &'n str> {
    let in_one_script = !asked.is_transliterated() && !held.is_transliterated();
    let alike = align(asked, held)
        .into_iter()
        .filter(move |(_, _, agreement)| in_one_script && *agreement == WordAgreement::Alike);
    alike.map(|(one, _, _)| asked.words()[one].as_str())
}

/// Which words agree with which, each with one at most, the best agreements first.
fn align(asked: &PersonName, held: &PersonName) -> Vec<(usize, usize, WordAgreement)> {
    let mut possible: Vec<(WordAgreement, usize, usize)> = Vec::new();
    for (one, word) in asked.words().iter().enumerate() {
        for (other, theirs) in held.words().iter().enumerate() {
            possible.extend(
                asked
                    .word_agreement(word, held, theirs)
                    .map(|agreement| (agreement, one, other)),
            );
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
    aligned
}

fn compare_handles(asked: &(Option<&'static str>, String), held: &(Option<String>, String)) -> Option<Signal> {
    let ((our_network, ours), (their_network, theirs)) = (asked, held);
    if ours == theirs {
        return Some(match (our_network, their_network) {
            (Some(one), Some(other)) if one == other => Signal::HandleEqual,
            (Some(_), Some(_)) => Signal::HandleElsewhereEqual,
            _ => Signal::HandleEqualSomewhere,
        });
    }
    if letters_and_digits(ours).len() >= SHORTEST_ORNAMENTED && letters_and_digits(ours) == letters_and_digits(theirs) {
        return Some(Signal::HandleOrnaments);
    }
    let (our_letters, their_letters) = (plain_letters(ours), plain_letters(theirs));
    if our_letters.len().min(their_letters.len()) < SHORTEST_VARIANT {
        return None;
    }
    let (our_digits, their_digits) = (digits(ours), digits(theirs));
    if our_letters == their_letters {
        return Some(compare_numbers(&our_digits, &their_digits));
    }
    (our_digits == their_digits && jaro_winkler(&our_letters, &their_letters) >= ALIKE).then_some(Signal::HandleAlike)
}

fn compare_numbers(ours: &str, theirs: &str) -> Signal {
    let (shorter, longer) = if ours.len() <= theirs.len() {
        (ours, theirs)
    } else {
        (theirs, ours)
    };
    if shorter == longer {
        Signal::HandleOrnaments
    } else if longer.starts_with(shorter) || longer.ends_with(shorter) {
        Signal::HandleNumber
    } else {
        Signal::HandleOtherNumber
    }
}

fn compare_with_mailbox(handle: &str, mailbox: &str) -> Option<Signal> {
    if handle.len() < SHORTEST_VARIANT {
        return None;
    }
    if letters_and_digits(handle) == letters_and_digits(mailbox) {
        return Some(Signal::HandleMailbox);
    }
    let letters = plain_letters(handle);
    (letters.len() >= SHORTEST_VARIANT && letters == plain_letters(mailbox)).then_some(Signal::HandleMailboxLetters)
}

fn digits(handle: &str) -> String {
    handle.chars().filter(char::is_ascii_digit).collect()
}

fn letters_and_digits(handle: &str) -> String {
    handle.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Whether a handle consists of two words of one of the names, of a word and an initial, or of one word.
fn is_made_of(handle: &str, names: &[PersonName]) -> bool {
    let letters = plain_letters(handle);
    let is_word = || names.iter().flat_map(PersonName::words).any(|word| *word == letters);
    is_made_whole_of(&letters, names) || is_made_with_initial_of(&letters, names) || is_word()
}

/// Whether letters are a word of one of the names and the initial of another.
fn is_made_with_initial_of(letters: &str, names: &[PersonName]) -> bool {
    names.iter().flat_map(PersonName::pairs).any(|(one, other)| {
        let ends_in_initial = |word: &str, next: &str| {
            let rest = letters.strip_prefix(word);
            rest.is_some_and(|rest| rest.len() == 1 && next.starts_with(rest))
        };
        ends_in_initial(one, other) || ends_in_initial(other, one) || letters == format!("{}{other}", &one[..1])
    })
}

/// Whether letters are two words of one of the names.
fn is_made_whole_of(letters: &str, names: &[PersonName]) -> bool {
    names
        .iter()
        .flat_map(PersonName::pairs)
        .any(|(one, other)| letters.strip_prefix(one) == Some(other) || letters.strip_prefix(other) == Some(one))
}

fn compare_emails(asked: &str, held: &str) -> Signal {
    if asked == held {
        return Signal::EmailEqual;
    }
    let (ours, theirs) = (mailbox(asked), mailbox(held));
    if ours.len() >= SHORTEST_VARIANT && letters_and_digits(ours) == letters_and_digits(theirs) {
        return Signal::EmailOtherProvider;
    }
    if ours.len() >= SHORTEST_VARIANT && osa_distance(asked, held) <= 1 && digits(ours) == digits(theirs) {
        return Signal::EmailSlip;
    }
    Signal::EmailOther
}

fn compare_places(asked: &Place, held: &Place) -> Option<Signal> {
    let zip = both(asked.zip.as_ref(), held.zip.as_ref()).map(|(ours, theirs)| ours == theirs);
    let city = both(asked.city.as_ref(), held.city.as_ref()).and_then(|(ours, theirs)| compare_cities(ours, theirs));
    match (zip, city) {
        (Some(true), _) => Some(Signal::PlaceZip),
        (_, Some(true)) => Some(Signal::PlaceCity),
        (None, None) => None,
        _ => Some(Signal::PlaceOther),
    }
}

/// Whether two cities are one. Nothing is known of names in two scripts that do not sound alike: `Wuhan` and `武汉` may be one.
fn compare_cities(ours: &City, theirs: &City) -> Option<bool> {
    let alike = ours.letters == theirs.letters
        || jaro_winkler(&ours.letters, &theirs.letters) >= ALIKE_CITIES
        || spelling(&ours.letters) == spelling(&theirs.letters)
        || (ours.is_latin != theirs.is_latin && sound(&ours.letters) == sound(&theirs.letters));
    (alike || ours.is_latin == theirs.is_latin).then_some(alike)
}

/// Whether street and number agree, in the same place.
fn is_same_street(asked: &Place, held: &Place) -> bool {
    let alike = match (&asked.street, &held.street) {
        (Some(ours), Some(theirs)) => digits(ours) == digits(theirs) && jaro_winkler(ours, theirs) >= ALIKE_STREETS,
        _ => false,
    };
    alike && compare_places(asked, held).is_some_and(|place| place != Signal::PlaceOther)
}

fn both<T>(one: Option<T>, other: Option<T>) -> Option<(T, T)> {
    Some((one?, other?))
}
