//! Best match: which customer is this social identity? (contract section 4.1)
//!
//! It is the first call when an agent opens a new identity, and a wrong customer at the top shows one person's data to another.
//! So it looks for exact evidence only, and answers nothing rather than a doubtful customer.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{Criterion, Customer, Role, Term, TermKind, term::full_name};
use crate::normal::{Region, profile, text};

/// At most so many index look-ups per question.
const MOST_LOOKUPS: usize = 16;
/// At most so many customers in an answer.
const MOST_ANSWERS: usize = 5;
/// What a customer must score to be shown at all: one strong identifier, or the full name with nothing against it.
const THRESHOLD: i32 = 5;
/// Who scores this much less than the best is told apart by the evidence, and is not shown beside it.
const TOLD_APART: i32 = 3;
/// What more customers than this share tells nobody apart.
const MOST_SHARERS: usize = 5;
/// What an equal handle is worth where it is known to be on another network.
const OTHER_NETWORK: i32 = 3;

/// What is known of a social identity. Every part may be missing.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The name shown on the network.
    pub display_name: Option<String>,
    /// The handle.
    pub screen_name: Option<String>,
    /// Where its profile is.
    pub profile_url: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its telephone numbers.
    pub phone_numbers: Vec<String>,
    /// The postcodes of its addresses.
    pub postcodes: Vec<String>,
    /// Its orders.
    pub order_numbers: Vec<String>,
    /// Its cases in other systems.
    pub case_numbers: Vec<String>,
    /// Its accounts.
    pub account_numbers: Vec<String>,
}

/// The evidence in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What the index is asked, the name first.
    terms: Vec<Term>,
    /// The network that the identity is on, where its profile tells.
    network: Option<&'static str>,
    postcodes: BTreeSet<String>,
}

/// What agreement on a kind of evidence is worth, and what it costs when the customer has only other values of that kind.
fn weights(kind: &TermKind) -> (i32, i32) {
    match kind {
        TermKind::Role(Role::ProfileUrl | Role::AccountNumber | Role::OrderNumber | Role::CaseNumber) => (10, 0),
        TermKind::Role(Role::Email) => (9, -1),
        TermKind::Role(Role::Phone) => (7, -1),
        // People have several handles, but one who shares a mere name and has another handle is likely somebody else.
        TermKind::Role(Role::Handle) => (6, -2),
        // Display names are moods: a different one speaks only lightly against a customer.
        TermKind::FullName => (5, -1),
        _ => (0, 0),
    }
}

/// What evidence is worth that several customers share: a family's phone, an `info@` address, a common name.
fn shared(worth: i32, sharers: usize) -> i32 {
    match sharers {
        0 | 1 => worth,
        2..=MOST_SHARERS => worth.min(THRESHOLD),
        _ => 0,
    }
}

impl Evidence {
    /// Normalises what is known.
    pub fn new(identity: &Identity, region: Region) -> Self {
        let (network, profile_handle) = identity.profile_url.as_deref().and_then(profile).unzip();
        let values = [
            (Role::ProfileUrl, identity.profile_url.as_slice()),
            (Role::Email, identity.email.as_slice()),
            (Role::Handle, identity.screen_name.as_slice()),
            (Role::Handle, profile_handle.as_slice()),
            (Role::AccountNumber, &identity.account_numbers),
            (Role::OrderNumber, &identity.order_numbers),
            (Role::CaseNumber, &identity.case_numbers),
            (Role::Phone, &identity.phone_numbers),
        ];
        let name = identity.display_name.as_deref().and_then(full_name);
        let mut terms: Vec<Term> = name.into_iter().map(|name| Term::new(TermKind::FullName, name)).collect();
        for (role, values) in values {
            for raw in values {
                let term = Term::new(TermKind::Role(role), role.normal(raw, region));
                if !term.value.is_empty() && !terms.contains(&term) {
                    terms.push(term);
                }
            }
        }
        let postcodes = identity.postcodes.iter().map(|raw| text(raw));
        Self {
            terms,
            network,
            postcodes: postcodes.filter(|postcode| !postcode.is_empty()).collect(),
        }
    }

    /// What to ask the index.
    pub fn lookups(&self) -> &[Term] {
        &self.terms[..self.terms.len().min(MOST_LOOKUPS)]
    }

    fn kinds(&self) -> BTreeSet<&TermKind> {
        self.terms.iter().map(|term| &term.kind).collect()
    }

    /// What a customer's agreement on a kind of evidence is worth: once, however many values agree. `None` if none does.
    fn agreement(&self, kind: &TermKind, customer: &Customer) -> Option<i32> {
        let (worth, _) = weights(kind);
        let agreeing = self.terms.iter().filter(|term| &term.kind == kind);
        agreeing.filter_map(|term| self.agreement_on(term, worth, customer)).max()
    }

    fn agreement_on(&self, term: &Term, worth: i32, customer: &Customer) -> Option<i32> {
        if term.kind != TermKind::Role(Role::Handle) {
            return Criterion::Exactly(term.clone()).is_met_by(customer).then_some(worth);
        }
        let equal = customer
            .identifiers_of(Role::Handle)
            .filter(|handle| handle.normal == term.value);
        let on = equal.map(|handle| match (handle.network.as_deref(), self.network) {
            (Some(theirs), Some(ours)) if theirs != ours => OTHER_NETWORK,
            _ => worth,
        });
        on.max()
    }

    /// How well a customer fits, given how many of the candidates agree on each kind of evidence.
    fn score(&self, customer: &Customer, sharers: &BTreeMap<&TermKind, usize>) -> i32 {
        let of_kind = |kind: &TermKind| match (self.agreement(kind, customer), weights(kind)) {
            (Some(worth), _) => shared(worth, sharers.get(kind).copied().unwrap_or(0)),
            (None, (_, cost)) if has_any(customer, kind) => cost,
            (None, _) => 0,
        };
        let evidence: i32 = self.kinds().into_iter().map(of_kind).sum();
        let same_postcode = customer
            .profile
            .get(&Role::Zip)
            .is_some_and(|zip| self.postcodes.contains(&text(zip)));
        evidence + i32::from(same_postcode)
    }

    /// The customers that the evidence names, best first. Those it cannot tell apart all are, in a stable order; if they are too
    /// many for an answer, the evidence names nobody.
    pub fn rank(&self, candidates: Vec<Customer>) -> Vec<Customer> {
        let sharers_of = |kind| {
            candidates
                .iter()
                .filter(|customer| self.agreement(kind, customer).is_some())
                .count()
        };
        let sharers: BTreeMap<&TermKind, usize> = self.kinds().into_iter().map(|kind| (kind, sharers_of(kind))).collect();
        let mut scored: Vec<(i32, Customer)> = candidates
            .into_iter()
            .map(|customer| (self.score(&customer, &sharers), customer))
            .filter(|(score, _)| *score >= THRESHOLD)
            .collect();
        scored.sort_by_key(|(score, customer)| (Reverse(*score), customer.id));
        let best = scored.first().map_or(0, |(score, _)| *score);
        if scored.iter().filter(|(score, _)| *score == best).count() > MOST_ANSWERS {
            return Vec::new();
        }
        scored
            .into_iter()
            .take_while(|(score, _)| *score > best - TOLD_APART)
            .map(|(_, customer)| customer)
            .take(MOST_ANSWERS)
            .collect()
    }
}

fn has_any(customer: &Customer, kind: &TermKind) -> bool {
    match kind {
        TermKind::Role(role) => customer.identifiers_of(*role).next().is_some(),
        TermKind::FullName => !customer.full_names().is_empty(),
        TermKind::Custom(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CustomerId, customer::tests::customer};

    fn ranked(identity: &Identity, candidates: &[&[(&str, &str)]]) -> Vec<usize> {
        let customers: Vec<Customer> = (1..)
            .zip(candidates)
            .map(|(number, fields)| Customer {
                id: CustomerId::parse(&format!("C{number:011}")).unwrap(),
                ..customer(fields)
            })
            .collect();
        let ids: Vec<_> = customers.iter().map(|customer| customer.id).collect();
        let best = Evidence::new(identity, Region::US).rank(customers);
        best.iter()
            .map(|customer| ids.iter().position(|&id| id == customer.id).unwrap())
            .collect()
    }

    fn identity(display_name: &str, screen_name: &str) -> Identity {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Identity {
            display_name: some(display_name),
            screen_name: some(screen_name),
            ..Identity::default()
        }
    }

    #[test]
    fn a_handle_or_a_full_name_suffices() {
        assert_eq!(ranked(&identity("", "@JaneDoe"), &[&[("twitterHandle", "janedoe")]]), [0]);
        assert_eq!(
            ranked(&identity("Doe Jane", ""), &[&[("firstName", "Jane"), ("lastName", "Doe")]]),
            [0]
        );
        assert_eq!(
            ranked(&identity("Jane", ""), &[&[("displayName", "Jane")]]),
            [] as [usize; 0],
            "one word names nobody"
        );
    }

    #[test]
    fn a_namesake_with_another_handle_is_not_shown() {
        let john: &[(&str, &str)] = &[("displayName", "John Smith"), ("screenName", "smithy")];
        assert_eq!(ranked(&identity("John Smith", "john_s"), &[john]), [] as [usize; 0]);
        assert_eq!(ranked(&identity("John Smith", "smithy"), &[john]), [0]);
    }

    #[test]
    fn who_cannot_be_told_apart_is_shown_together() {
        let (ann, bob): (&[_], &[_]) = (
            &[("displayName", "Ann Lee"), ("phone", "+14155552671")],
            &[("displayName", "Bob Lee"), ("phone", "+14155552671")],
        );
        let mut asked = identity("", "");
        asked.phone_numbers = vec!["(415) 555-2671".to_owned()];
        assert_eq!(ranked(&asked, &[ann, bob]), [0, 1]);
        asked.display_name = Some("Bob Lee".to_owned());
        assert_eq!(ranked(&asked, &[ann, bob]), [1]);
    }

    #[test]
    fn an_equal_handle_on_another_network_is_somebody_else_until_more_agrees() {
        let (eve, mallory): (&[_], &[_]) = (&[("twitterHandle", "sharedh")], &[("instagramHandle", "sharedh")]);
        let mut asked = identity("", "sharedh");
        assert_eq!(
            ranked(&asked, &[eve, mallory]),
            [0, 1],
            "without a network nothing tells them apart"
        );
        asked.profile_url = Some("https://www.instagram.com/sharedh/".to_owned());
        assert_eq!(ranked(&asked, &[eve, mallory]), [1]);
        assert_eq!(ranked(&asked, &[eve]), [] as [usize; 0]);
        asked.display_name = Some("Eve Adams".to_owned());
        assert_eq!(
            ranked(&asked, &[&[("twitterHandle", "sharedh"), ("displayName", "Eve Adams")]]),
            [0]
        );
    }

    #[test]
    fn a_profile_address_names_a_handle() {
        let mut asked = identity("", "");
        asked.profile_url = Some("https://twitter.com/JaneDoe".to_owned());
        assert_eq!(ranked(&asked, &[&[("twitterHandle", "@janedoe")]]), [0]);
    }

    #[test]
    fn what_many_share_names_nobody() {
        let namesake: &[_] = &[("displayName", "John Smith")];
        assert_eq!(ranked(&identity("John Smith", ""), &[namesake; 2]), [0, 1]);
        assert_eq!(ranked(&identity("John Smith", ""), &[namesake; 6]), [] as [usize; 0]);
    }

    #[test]
    fn a_name_with_everything_else_against_it_names_nobody() {
        let ann: &[_] = &[
            ("displayName", "Ann Lee"),
            ("email", "ann@x.example"),
            ("phone", "+14155552671"),
        ];
        let mut asked = identity("Ann Lee", "");
        asked.email = Some("other@y.example".to_owned());
        assert_eq!(ranked(&asked, &[ann]), [] as [usize; 0]);
        asked.email = Some("ANN@x.example".to_owned());
        assert_eq!(ranked(&asked, &[ann]), [0]);
    }

    #[test]
    fn no_evidence_finds_nobody() {
        assert!(Evidence::new(&Identity::default(), Region::US).lookups().is_empty());
        assert_eq!(
            ranked(&identity("", "other"), &[&[("screenName", "janedoe")]]),
            [] as [usize; 0]
        );
    }
}
