//! Extracts addresses, numbers, handles and places from what people write about themselves. They count for less than
//! a field does.

use super::{Address, Mailbox, Place, contacts::digits, states::is_state};
use crate::{
    Role, Term, TermKind,
    normal::{Region, email, handle, is_email, phone, profile, reference, text, web_address},
};

/// The most findings of a kind.
const MOST_OF_A_KIND: usize = 3;
/// An order number has at least this many digits.
const DIGITS_OF_REFERENCE: usize = 5;
/// A handle after the name of a network has at least this many signs.
const SHORTEST_HANDLE: usize = 5;
/// A telephone number has this many digits.
const DIGITS_OF_PHONE: std::ops::RangeInclusive<usize> = 9..=15;

/// What was found in a description, in normal form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Numbers of orders, accounts and cases, each with the kind that the words before it name.
    pub references: Vec<(Role, String)>,
    /// Handles.
    pub handles: Vec<String>,
    /// Addresses of profiles.
    pub profiles: Vec<String>,
    /// A city and its state.
    pub place: Option<Place>,
    /// All words; one of them may be a city.
    pub words: String,
}

impl Described {
    /// Reads a description.
    pub fn read(raw: &str, region: Region) -> Self {
        let mut found = Self {
            words: format!(" {} ", text(&raw.replace(|sign: char| !sign.is_alphanumeric(), " "))),
            place: place_in(raw),
            ..Self::default()
        };
        let mut kind = Role::OrderNumber;
        // Whether the word before named a network, and whether a sign shows that a handle follows.
        let mut after_network: Option<bool> = None;
        for written in raw.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ';' | '|' | '(' | ')' | '•')) {
            let word = written.trim_matches(|sign: char| !sign.is_alphanumeric() && !matches!(sign, '@' | '+' | '_'));
            kind = kind_told_by(word).unwrap_or(kind);
            found.note(word, kind);
            if after_network.is_some_and(|is_marked| may_be_handle(word, is_marked)) {
                found.handles.push(handle(word));
            }
            after_network = match after_network {
                // An arrow or a dash.
                Some(_) if word.is_empty() => Some(true),
                _ => is_network(word).then(|| written.ends_with(':')),
            };
        }
        found.phones.extend(phones_in(raw, region));
        found.emails.truncate(MOST_OF_A_KIND);
        found.references.truncate(MOST_OF_A_KIND);
        found.handles.truncate(MOST_OF_A_KIND);
        found.profiles.truncate(MOST_OF_A_KIND);
        found.phones.truncate(MOST_OF_A_KIND);
        found
    }

    fn note(&mut self, word: &str, kind: Role) {
        if let Some((_, name)) = profile(word) {
            self.handles.push(name);
            self.profiles.push(web_address(word));
        } else if is_email(word) {
            self.emails.push(email(word));
        } else if let Some(bare) = word.strip_prefix('@').filter(|bare| !bare.is_empty()) {
            self.handles.push(handle(bare));
        } else if digits(word).len() >= DIGITS_OF_REFERENCE && !word.contains(['@', '+', '/']) {
            self.references.push((kind, reference(word)));
        }
    }

    /// The terms that can be looked up.
    pub fn terms(&self) -> impl Iterator<Item = Term> {
        let of_role = |role: Role, values: &[String]| -> Vec<Term> {
            let terms = values.iter().map(|value| Term::new(TermKind::Role(role), value));
            terms.collect()
        };
        let numbers = self
            .references
            .iter()
            .map(|(role, number)| Term::new(TermKind::Role(*role), number));
        let mut terms = of_role(Role::Email, &self.emails);
        terms.extend(numbers);
        terms.extend(of_role(Role::Phone, &self.phones));
        terms.extend(of_role(Role::Handle, &self.handles));
        terms.extend(of_role(Role::ProfileUrl, &self.profiles));
        terms.into_iter()
    }

    /// The mailboxes of its e-mail addresses.
    pub fn mailboxes(&self) -> impl Iterator<Item = Mailbox> {
        self.emails.iter().map(|email| Mailbox::new(email))
    }
}

/// Whether a word names a network, as people do before a handle: `IG: janedoe`, `YT 👉 janedoe`.
fn is_network(word: &str) -> bool {
    const SHORT_NAMES: [&str; 13] = [
        "ig",
        "insta",
        "instagram",
        "yt",
        "youtube",
        "tt",
        "tiktok",
        "fb",
        "facebook",
        "twitter",
        "snap",
        "snapchat",
        "linkedin",
    ];
    SHORT_NAMES.contains(&word.to_lowercase().as_str())
}

/// Whether a word without an `@` after the name of a network can be a handle. Without a sign between them, it must have
/// something that words lack.
fn may_be_handle(word: &str, is_marked: bool) -> bool {
    let is_sign = |sign: char| sign.is_ascii_digit() || sign == '_';
    let is_possible = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | '-');
    word.len() >= SHORTEST_HANDLE && word.chars().all(is_possible) && (is_marked || word.contains(is_sign))
}

fn kind_told_by(word: &str) -> Option<Role> {
    match word.to_lowercase().as_str() {
        "order" | "parcel" | "po" => Some(Role::OrderNumber),
        "account" | "acct" | "customer" | "member" => Some(Role::AccountNumber),
        "case" | "ticket" | "incident" => Some(Role::CaseNumber),
        _ => None,
    }
}

/// Telephone numbers, whose digits may be divided by spaces, dots and hyphens.
fn phones_in(raw: &str, region: Region) -> Vec<String> {
    let is_part = |sign: char| sign.is_ascii_digit() || matches!(sign, '+' | ' ' | '-' | '.' | '(' | ')');
    raw.split(|sign| !is_part(sign))
        .map(str::trim)
        .filter(|run| DIGITS_OF_PHONE.contains(&digits(run).len()))
        .map(|run| phone(run, region))
        .collect()
}

/// `📍 Austin`, `based in Austin`, `Fort Worth, TX`.
fn place_in(raw: &str) -> Option<Place> {
    let parts: Vec<&str> = raw.split(['|', '•', '·', '\n', '/']).map(str::trim).collect();
    parts.iter().find_map(|part| {
        let marked = part.split_once('📍').map(|(_, rest)| rest).or_else(|| strip_words(part));
        let (city, state) = match marked.unwrap_or(part).trim().rsplit_once(',') {
            Some((city, state)) if is_state(&text(state)) => (city, Some(state.trim().to_owned())),
            _ => (marked?, None),
        };
        let city = city.trim().to_owned();
        (city.split_whitespace().count() <= 4).then(|| {
            Place::new(&Address {
                city: Some(city),
                state,
                ..Address::default()
            })
        })
    })
}

fn strip_words(part: &str) -> Option<&str> {
    ["based in ", "Based in ", "living in ", "Living in ", "from ", "From "]
        .iter()
        .find_map(|before| part.strip_prefix(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_references_and_places_are_found_in_a_description() {
        let read = |raw: &str| Described::read(raw, Region::US);
        assert_eq!(read("📧 Jane.Doe@x.example").emails, ["jane.doe@x.example"]);
        assert_eq!(
            read("still waiting for order ORD-2026-6001917 😡").references,
            [(Role::OrderNumber, "ord20266001917".to_owned())]
        );
        assert_eq!(read("my case CS-12345, please").references[0].0, Role::CaseNumber);
        assert_eq!(read("call (415) 555-2671").phones, ["+14155552671"]);
        assert_eq!(read("tiktok: @JaneDoe ✨").handles, ["janedoe"]);
        assert_eq!(read("IG: @minty_lemon_!").handles, ["minty_lemon_"]);
        assert_eq!(read("dog person 🐶 YT 👉 jacobbeck152").handles, ["jacobbeck152"]);
        assert!(read("on Instagram and YouTube every day").handles.is_empty());
        assert!(read("Fort Worth, TX").place.is_some());
        assert!(read("Mom | 📍 Austin").place.is_some());
        assert_eq!(read("Music. Food. Repeat.").place, None);
        assert_eq!(read("Music. Food. Repeat.").references, []);
    }
}
