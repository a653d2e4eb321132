//! Judges whether two records belong to one person. It is best match's model with one record in the place of the
//! identity and with weights of its own.
//!
//! An identity is one account, but a record may have several handles and addresses; those that agree best count. Each
//! record is judged against the other and the lower score counts, so the result is the same whichever is asked for.

use serde::Serialize;
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{
    Address, AskedHandle, Comparison, Evidence, Frequencies, HandleText, Identity, MOST_OF_A_KIND, Observation,
    bounds::LONGEST_ALIKE, contacts::Mailbox, explanation::observations, is_usable, one_of_each_in_turn, record_weights,
};
use crate::{
    Customer, Identifier, Role, Term, TermKind,
    normal::{Region, networks},
};

/// How certain it is that two records belong to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum Confidence {
    /// More likely than not.
    Possible,
    /// At least nine of ten such pairs are one person.
    Likely,
    /// Hardly any doubt remains.
    Certain,
}

impl Confidence {
    /// The lowest score of each, highest confidence first. `evaluate duplicates` prints how often each is right.
    const LEAST: [(Self, f64); 3] = [(Self::Certain, 3.5), (Self::Likely, 1.5), (Self::Possible, 0.0)];

    /// The confidence of a score; `None` if two people are more likely.
    pub fn of(score: f64) -> Option<Self> {
        let mut fitting = Self::LEAST.iter().filter(|(_, least)| score >= *least);
        fitting.next().map(|(confidence, _)| *confidence)
    }
}

/// How two records agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// How each field agrees.
    pub comparison: Comparison,
    /// The logarithm of the odds that both records belong to one person.
    pub score: f64,
}

impl Judgement {
    /// Every observation with its weight, largest first. It contains no personal data.
    pub fn observations(&self) -> Vec<Observation> {
        observations(&self.comparison, weights(&self.comparison))
    }

    fn new(comparison: Comparison) -> Self {
        let score = weights(&comparison).sum::<f64>() + record_weights::BIAS;
        Self { comparison, score }
    }
}

/// What each signal adds between two records.
fn weights(comparison: &Comparison) -> impl Iterator<Item = f64> {
    let signals = comparison.signals.iter().zip(comparison.worth());
    signals.map(|((signal, _), worth)| record_weights::SCALE * worth + record_weights::correction(*signal))
}

/// A record whose duplicates are searched for.
#[derive(Debug)]
pub struct JudgedRecord<'record> {
    record: &'record Customer,
    evidence: Evidence,
    region: Region,
}

impl<'record> JudgedRecord<'record> {
    /// Prepares a record for comparison.
    pub fn new(record: &'record Customer, region: Region) -> Self {
        Self {
            evidence: Evidence::of_record(record, region),
            record,
            region,
        }
    }

    /// The look-ups for this record, the most selective first.
    pub fn lookups(&self) -> Vec<Term> {
        self.evidence.lookups()
    }

    /// Compares another record with this one. As in best match, a value that many customers share counts less.
    pub fn judge(&self, other: &Customer, frequencies: &Frequencies) -> Judgement {
        let theirs = Evidence::of_record(other, self.region);
        let judged = [(&self.evidence, other), (&theirs, self.record)].map(|(evidence, record)| {
            let evidence = evidence.beside(record);
            Judgement::new(evidence.compare(&evidence.seen(record), frequencies))
        });
        let [one, another] = judged;
        if another.score < one.score { another } else { one }
    }
}

impl Evidence {
    /// The evidence that a record gives about its person.
    fn of_record(record: &Customer, region: Region) -> Self {
        let record = &bounded(record);
        let mut evidence = Self::new(&identity(record), region);
        let handles = record.handles().map(|(network, handle)| AskedHandle {
            network: network.and_then(|network| networks().find(|known| *known == network)),
            text: HandleText::new(&handle),
        });
        evidence.handles = handles.filter(|handle| !handle.text.normal.is_empty()).collect();
        evidence.identifiers = identifiers(record);
        evidence
    }

    /// This evidence with the one address of the record that agrees best with another record.
    fn beside(&self, other: &Customer) -> Self {
        let emails = |record: &Customer| -> Vec<Mailbox> {
            let emails = record.identifiers_of(Role::Email).take(MOST_OF_A_KIND);
            emails.map(|one| Mailbox::new(&one.normal)).collect()
        };
        let theirs = emails(other);
        let ours = self.identifiers_of(Role::Email).map(Mailbox::new);
        let agreement = |mailbox: &Mailbox| theirs.iter().map(|other| mailbox.agreement(other)).min();
        let Some(best) = ours.min_by_key(|mailbox| agreement(mailbox)) else {
            return self.clone();
        };
        Self {
            mailbox_text: Some(HandleText::new(&best.local)),
            mailbox: Some(best),
            ..self.clone()
        }
    }
}

/// A record, cut to the number of values of a kind that are compared.
fn bounded(record: &Customer) -> Customer {
    let mut counts = std::collections::BTreeMap::new();
    let is_seen = |one: &&Identifier| {
        let count: &mut usize = counts.entry(one.role).or_default();
        *count += 1;
        *count <= MOST_OF_A_KIND && one.normal.len() <= LONGEST_ALIKE
    };
    Customer {
        identifiers: record.identifiers.iter().filter(is_seen).cloned().collect(),
        ..record.clone()
    }
}

/// A record's names and places as an identity, with the names in its handles and mailboxes.
fn identity(record: &Customer) -> Identity {
    let part = |role| record.profile.get(&role).cloned();
    let legal: Vec<String> = [Role::FirstName, Role::LastName].into_iter().filter_map(part).collect();
    let display = part(Role::DisplayName);
    let name = if legal.len() == 2 || display.is_none() {
        (!legal.is_empty()).then(|| legal.join(" "))
    } else {
        display
    };
    Identity {
        display_name: name,
        screen_name: record.handles().next().map(|(_, handle)| handle),
        email: record.identifiers_of(Role::Email).next().map(|one| one.value.clone()),
        addresses: vec![Address {
            street_one: part(Role::StreetOne),
            city: part(Role::City),
            zip: part(Role::Zip),
            state: part(Role::State),
        }],
        ..Identity::default()
    }
}

/// Every value of a record that can be looked up directly.
fn identifiers(record: &Customer) -> Vec<Term> {
    const KINDS: [Role; 7] = [
        Role::ProfileUrl,
        Role::Handle,
        Role::Email,
        Role::AccountNumber,
        Role::OrderNumber,
        Role::CaseNumber,
        Role::Phone,
    ];
    let of_role = |role: Role| {
        let usable = record.identifiers_of(role).filter(|one| is_usable(role, &one.normal));
        let learnt = record.learnt_handles().map(|(_, handle)| handle).take(MOST_OF_A_KIND);
        let learnt = learnt.filter(|handle| role == Role::Handle && is_usable(role, handle));
        usable
            .map(|one| one.normal.clone())
            .chain(learnt)
            .map(|normal| Term::new(TermKind::Role(role), normal))
            .collect::<Vec<Term>>()
    };
    let mut terms: Vec<Term> = Vec::new();
    for term in one_of_each_in_turn(KINDS.map(of_role)) {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::tests::customer;

    type Fields<'a> = &'a [(&'a str, &'a str)];

    fn judged(one: Fields<'_>, other: Fields<'_>) -> Option<Confidence> {
        let (one, other) = (customer(one), customer(other));
        let region = Region::US;
        let judgement = JudgedRecord::new(&one, region).judge(&other, &Frequencies::new());
        let back = JudgedRecord::new(&other, region).judge(&one, &Frequencies::new());
        assert!((judgement.score - back.score).abs() < 1e-9, "{one:?} {other:?}");
        Confidence::of(judgement.score)
    }

    #[track_caller]
    fn check(one: Fields<'_>, other: Fields<'_>, wanted: Option<Confidence>) {
        assert_eq!(judged(one, other), wanted);
    }

    #[test]
    fn an_equal_address_and_name_mean_one_person_and_a_name_alone_does_not() {
        let jane = [("firstName", "Jane"), ("lastName", "Doe"), ("email", "jane.doe@x.example")];
        let jane_again = [
            ("displayName", "Jane Doe"),
            ("email", "Jane.Doe@x.example"),
            ("phone", "415 555 2671"),
        ];
        check(&jane, &jane_again, Some(Confidence::Certain));
        // The score depends on how many customers share what was looked up.
        let (anna, namesake) = (
            customer(&[("displayName", "Anna Lee")]),
            customer(&[("displayName", "Anna Lee"), ("email", "anna@x.example")]),
        );
        let record = JudgedRecord::new(&anna, Region::US);
        let frequencies: Frequencies = record.lookups().into_iter().map(|term| (term, 20)).collect();
        let name_alone = Confidence::of(record.judge(&namesake, &frequencies).score);
        assert!(name_alone < Some(Confidence::Likely), "{name_alone:?}");
        check(&jane, &[("displayName", "Otto Braun"), ("email", "otto@x.example")], None);
    }

    #[test]
    fn the_addresses_and_handles_that_agree_best_count() {
        let many = [
            ("displayName", "Jane Doe"),
            ("email", "jane@old.example"),
            ("email2", "jane.doe@x.example"),
            ("twitterHandle", "@janed"),
        ];
        check(
            &many,
            &[("displayName", "Jane Doe"), ("email", "jane.doe@x.example")],
            Some(Confidence::Certain),
        );
        check(
            &many,
            &[("displayName", "J. Doe"), ("twitterHandle", "janed")],
            Some(Confidence::Certain),
        );
    }

    #[test]
    fn relatives_at_one_telephone_are_two_people() {
        let jane = [("firstName", "Jane"), ("lastName", "Dovzhenko"), ("phone", "415 555 2671")];
        let john = [("firstName", "John"), ("lastName", "Dovzhenko"), ("phone", "415 555 2671")];
        assert!(judged(&jane, &john) < Some(Confidence::Likely));
    }

    #[test]
    fn a_person_may_have_two_accounts() {
        let jane = |account| {
            [
                ("firstName", "Jane"),
                ("lastName", "Dovzhenko"),
                ("email", "jane.dovzhenko@x.example"),
                ("accountNumber", account),
            ]
        };
        let (one, other) = (customer(&jane("A-1")), customer(&jane("A-2")));
        let record = JudgedRecord::new(&one, Region::US);
        // Both are on every list that they share.
        let frequencies: Frequencies = record.lookups().into_iter().map(|term| (term, 2)).collect();
        let confidence = Confidence::of(record.judge(&other, &frequencies).score);
        assert!(
            confidence.is_some() && confidence < Some(Confidence::Certain),
            "{confidence:?}"
        );
        let otto = [("displayName", "Otto Dovzhenko"), ("accountNumber", "A-2")];
        check(&jane("A-1"), &otto, None);
    }

    #[test]
    fn confidence_grows_with_the_score() {
        let scores = [-20.0, 0.0, 2.0, 5.0, 9.0, 40.0];
        let confidences = scores.map(Confidence::of);
        assert!(confidences.is_sorted());
        assert_eq!(confidences[0], None);
        assert_eq!(confidences[5], Some(Confidence::Certain));
    }
}
