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
        for word in raw.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | ';' | '|' | '(' | ')' | '•')) {
            let word = word.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '@' && sign != '+');
            kind = kind_told_by(word).unwrap_or(kind);
            found.note(word, kind);
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
        assert!(read("Fort Worth, TX").place.is_some());
        assert!(read("Mom | 📍 Austin").place.is_some());
        assert_eq!(read("Music. Food. Repeat.").place, None);
        assert_eq!(read("Music. Food. Repeat.").references, []);
    }
}
