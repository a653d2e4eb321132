//! How an identity and a customer agree, field by field.

use std::collections::BTreeSet;

use strsim::{jaro_winkler, osa_distance};

use super::{
    Evidence, Frequencies, Place, Signal,
    blocking::mailbox,
    person_name::{PersonName, WordAgreement, plain_letters, word_agreement},
    weights::{THRESHOLD, weight},
};
use crate::{
    domain::{Customer, Role, Term, TermKind},
    normal::profile,
};

/// Letters of handles that are as alike as this are variants of one.
const ALIKE: f64 = 0.93;
/// Streets that are as alike as this, and have the same number, are spellings of one.
const ALIKE_STREETS: f64 = 0.85;
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

    fn note_amount(&mut self, signal: Signal, amount: f64) {
        if amount > 0.0 {
            self.signals.push((signal, amount));
        }
    }

    fn has(&self, signal: Signal) -> bool {
        self.signals.iter().any(|(noted, _)| *noted == signal)
    }

    /// The logarithm of the odds that it is the same person, above the threshold if positive.
    pub fn score(&self) -> f64 {
        let worth: f64 = self.signals.iter().map(|(signal, amount)| weight(*signal) * amount).sum();
        worth - THRESHOLD
    }
}

impl Evidence {
    /// What is to be observed about one customer.
    pub(super) fn compare(&self, customer: &Customer, frequencies: &Frequencies) -> Comparison {
        let mut comparison = Comparison::default();
        let names = customer.person_names();
        let name = self.compare_names(&names);
        let name_agrees = name.is_some_and(Signal::is_agreement_of_names);
        let handle = self.compare_handles(customer, &names, name_agrees);
        let same_source = self.name_is_in_handle && name_agrees && handle.is_some_and(Signal::is_agreement_of_handles);
        if !same_source {
            comparison.note(name);
            if name_agrees {
                note_frequency(customer, frequencies, &mut comparison);
            }
        }
        comparison.note(handle);
        comparison.note(self.compare_profile(customer, &comparison));
        comparison.note(self.compare_email(customer));
        comparison.note(self.compare_phones(customer));
        comparison.note(self.compare_references(customer));
        for place in self.compare_places(customer) {
            comparison.note(place);
        }
        self.note_sharers(customer, frequencies, &mut comparison);
        comparison
    }

    fn compare_names(&self, names: &[PersonName]) -> Option<Signal> {
        let asked = self.name.as_ref()?;
        let asked = asked.readings();
        let pairs = asked
            .iter()
            .flat_map(|asked| names.iter().flat_map(PersonName::readings).map(move |held| (asked, held)));
        pairs.map(|(asked, held)| compare_names(asked, &held)).min()
    }

    fn compare_handles(&self, customer: &Customer, names: &[PersonName], name_agrees: bool) -> Option<Signal> {
        if self.handles.is_empty() {
            return None;
        }
        let held = handles_of(customer);
        let pairs = self
            .handles
            .iter()
            .flat_map(|asked| held.iter().map(move |held| (asked, held)));
        let alike = pairs.filter_map(|(asked, held)| compare_handles(asked, held)).min();
        if alike.is_some() {
            return alike;
        }
        let mailboxes: Vec<&str> = customer
            .identifiers_of(Role::Email)
            .map(|email| mailbox(&email.normal))
            .collect();
        let any = |agree: &dyn Fn(&str, &str) -> bool| {
            let long = self.handles.iter().filter(|(_, handle)| handle.len() >= SHORTEST_VARIANT);
            long.into_iter()
                .any(|(_, handle)| mailboxes.iter().any(|mailbox| agree(handle, mailbox)))
        };
        if any(&|handle, mailbox| letters_and_digits(handle) == letters_and_digits(mailbox)) {
            return Some(Signal::HandleMailbox);
        }
        if any(&|handle, mailbox| {
            let letters = plain_letters(handle);
            letters.len() >= SHORTEST_VARIANT && letters == plain_letters(mailbox)
        }) {
            return Some(Signal::HandleMailboxLetters);
        }
        // Where the names agree, a handle that is made of them says nothing new.
        if !name_agrees && self.handles.iter().any(|(_, handle)| is_made_of(handle, names)) {
            return Some(Signal::HandleOfName);
        }
        let same_network = self
            .handles
            .iter()
            .any(|(network, _)| network.is_some() && held.iter().any(|(theirs, _)| theirs.as_deref() == *network));
        match (same_network, held.is_empty()) {
            (true, _) => Some(Signal::HandleOther),
            (false, false) => Some(Signal::HandleUnlike),
            (false, true) => None,
        }
    }

    fn compare_profile(&self, customer: &Customer, comparison: &Comparison) -> Option<Signal> {
        let equal = self
            .identifiers_of(Role::ProfileUrl)
            .any(|asked| customer.identifiers_of(Role::ProfileUrl).any(|held| held.normal == asked));
        // The address of a profile and the handle in it are one source.
        let counted = [Signal::HandleEqual, Signal::HandleEqualSomewhere]
            .into_iter()
            .any(|signal| comparison.has(signal));
        (equal && !counted).then_some(Signal::ProfileEqual)
    }

    fn compare_email(&self, customer: &Customer) -> Option<Signal> {
        let asked = self.email()?;
        customer
            .identifiers_of(Role::Email)
            .map(|held| compare_emails(asked, &held.normal))
            .min()
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
}

/// How common the name is, by the customers whom the indexes name under the keys that both have.
fn note_frequency(customer: &Customer, frequencies: &Frequencies, comparison: &mut Comparison) {
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
        initials.iter().sum::<f64>() / f64::from(u32::try_from(initials.len()).unwrap_or(u32::MAX))
    };
    comparison.note_amount(Signal::NameCommon, common);
    let words = frequencies.iter().filter(|(term, _)| term.kind == TermKind::NameWord);
    comparison.note_amount(Signal::NameWords, words.map(|(_, count)| logarithm(*count)).sum());
}

fn logarithm(count: usize) -> f64 {
    f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX)).log2()
}

fn compare_names(asked: &PersonName, held: &PersonName) -> Signal {
    let (asked, held) = (asked.words(), held.words());
    let agreements = align(asked, held);
    let by = |wanted: WordAgreement| agreements.iter().filter(|(_, _, agreement)| *agreement == wanted).count();
    let exact = by(WordAgreement::Equal) + by(WordAgreement::Nickname);
    let whole = exact + by(WordAgreement::Alike);
    let all = agreements.len();
    let (shorter, longer) = (asked.len().min(held.len()), asked.len().max(held.len()));
    if all == 0 {
        return Signal::NameOther;
    }
    if all < shorter {
        // Given names come first where people write them, and records say which is which.
        let only_last = agreements
            .iter()
            .all(|(one, other, _)| *one + 1 == asked.len() && *other + 1 == held.len());
        return if only_last { Signal::NameOtherGiven } else { Signal::NameHalf };
    }
    match (whole, exact) {
        (0, _) => Signal::NameHalf,
        (1, _) if shorter == 1 => Signal::NameSingle,
        (1, _) => Signal::NameInitial,
        _ if whole < all => Signal::NameInitial,
        _ if exact < whole => Signal::NameAlike,
        _ if longer > shorter => Signal::NameContained,
        _ => Signal::NameEqual,
    }
}

/// Which words agree with which, each with one at most, the best agreements first.
fn align(asked: &[String], held: &[String]) -> Vec<(usize, usize, WordAgreement)> {
    let mut possible: Vec<(WordAgreement, usize, usize)> = Vec::new();
    for (one, word) in asked.iter().enumerate() {
        for (other, theirs) in held.iter().enumerate() {
            possible.extend(word_agreement(word, theirs).map(|agreement| (agreement, one, other)));
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

fn handles_of(customer: &Customer) -> Vec<(Option<String>, String)> {
    let entered = customer
        .identifiers_of(Role::Handle)
        .map(|handle| (handle.network.clone(), handle.normal.clone()));
    let of_profiles = customer.identifiers_of(Role::ProfileUrl).filter_map(|url| {
        let (network, handle) = profile(&url.value)?;
        Some((Some(network.to_owned()), handle))
    });
    entered.chain(of_profiles).collect()
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
    let (our_letters, their_letters) = (plain_letters(ours), plain_letters(theirs));
    if our_letters.len().min(their_letters.len()) < SHORTEST_VARIANT {
        return None;
    }
    let (our_digits, their_digits) = (digits(ours), digits(theirs));
    if our_letters == their_letters {
        return Some(if our_digits == their_digits {
            Signal::HandleOrnaments
        } else if our_digits.is_empty() || their_digits.is_empty() {
            Signal::HandleNumber
        } else {
            Signal::HandleOtherNumber
        });
    }
    (our_digits == their_digits && jaro_winkler(&our_letters, &their_letters) >= ALIKE).then_some(Signal::HandleAlike)
}

fn digits(handle: &str) -> String {
    handle.chars().filter(char::is_ascii_digit).collect()
}

fn letters_and_digits(handle: &str) -> String {
    handle.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Whether a handle consists of two words of one of the names, or of a word and an initial.
fn is_made_of(handle: &str, names: &[PersonName]) -> bool {
    let letters = plain_letters(handle);
    names.iter().flat_map(PersonName::pairs).any(|(one, other)| {
        let rest = |word: &str, next: &str| {
            let rest = letters.strip_prefix(word)?;
            Some(rest == next || (rest.len() == 1 && next.starts_with(rest)))
        };
        rest(one, other) == Some(true) || rest(other, one) == Some(true) || letters == format!("{}{other}", &one[..1])
    })
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
    let zip = equal(asked.zip.as_ref(), held.zip.as_ref());
    let city = equal(asked.city.as_ref(), held.city.as_ref());
    match (zip, city) {
        (Some(true), _) => Some(Signal::PlaceZip),
        (_, Some(true)) => Some(Signal::PlaceCity),
        (None, None) => None,
        _ => Some(Signal::PlaceOther),
    }
}

/// Whether street and number agree, in the same place.
fn is_same_street(asked: &Place, held: &Place) -> bool {
    let alike = match (&asked.street, &held.street) {
        (Some(ours), Some(theirs)) => digits(ours) == digits(theirs) && jaro_winkler(ours, theirs) >= ALIKE_STREETS,
        _ => false,
    };
    alike && compare_places(asked, held).is_some_and(|place| place != Signal::PlaceOther)
}

fn equal(one: Option<&String>, other: Option<&String>) -> Option<bool> {
    Some(one? == other?)
}
