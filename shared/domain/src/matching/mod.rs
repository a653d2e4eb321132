//! Best match: which customer is this social identity? (contract section 4.1)
//!
//! It is the first call when an agent opens a new identity, and a wrong customer at the top shows one person's data to another.
//! `blocking` proposes customers from bounded index look-ups, `compare` says field by field how well each agrees, `weights`, which a
//! program makes, says what that is worth, and [`named`] answers nothing rather than a doubtful customer.

mod blocking;
mod bounds;
mod compare;
mod contacts;
mod described;
mod duplicate;
mod explanation;
mod frequency;
mod handles;
mod names;
mod person_name;
mod places;
mod record_weights;
mod signal;
mod states;
mod weights;
mod worth;

use std::{collections::BTreeMap, ops::RangeInclusive};

pub use blocking::{MOST_LOOKED_UP, MOST_LOOKUPS, most_proposed};
use bounds::LONGEST_ALIKE;
pub use compare::Comparison;
use contacts::Mailbox;
use described::Described;
pub use duplicate::{Confidence, JudgedRecord, Judgement};
pub use explanation::{Explanation, Observation, explain};
use handles::HandleText;
pub use person_name::PersonName;
use person_name::{is_handle_like, plain_letters};
use places::Place;
pub use signal::{Direction, Signal};

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumString, IntoStaticStr, VariantArray};

use super::{Customer, Role, Term, TermKind};
use crate::normal::{
    Region, digits, handle_as_written, handle_on, ignores_full_stops, is_email, possible_handles, profile, without_full_stops,
};

/// At most so many customers in an answer.
const MOST_ANSWERS: usize = 5;
/// At most so many handles, phones, addresses and references of a kind are looked at.
const MOST_OF_A_KIND: usize = 10;

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
    /// Its postal addresses.
    pub addresses: Vec<Address>,
    /// Its orders.
    pub order_numbers: Vec<String>,
    /// Its cases in other systems.
    pub case_numbers: Vec<String>,
    /// Its accounts.
    pub account_numbers: Vec<String>,
    /// What it says about itself.
    pub description: Option<String>,
}

/// A postal address. Every part may be missing.
#[derive(Debug, Clone, Default)]
pub struct Address {
    /// Street and number.
    pub street_one: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The postcode.
    pub zip: Option<String>,
    /// The state or province.
    pub state: Option<String>,
}

/// A handle that is asked for, with its network, where the profile's address tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AskedHandle {
    network: Option<&'static str>,
    text: HandleText,
}

impl AskedHandle {
    /// Whether it is a customer's handle on a network: full stops do not count on one that ignores them.
    fn is(&self, held: &HandleText, network: Option<&str>) -> bool {
        let has_other_stops = || network.is_some_and(ignores_full_stops) && self.network.is_none_or(ignores_full_stops);
        self.text.normal == held.normal || (has_other_stops() && without_full_stops(&self.text.normal) == held.normal)
    }
}

/// The evidence in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The name that is shown.
    shown: Option<PersonName>,
    /// Whether what is shown is a handle, or a mood, so that it speaks for somebody and never against anybody.
    shown_is_doubtful: bool,
    /// The full name that a handle spells out, where the name that is shown says less.
    in_handle: Option<PersonName>,
    handles: Vec<AskedHandle>,
    /// The e-mail address as its provider reads it.
    mailbox: Option<Mailbox>,
    /// What stands before the `@` of it, which may be made of a name.
    mailbox_text: Option<HandleText>,
    places: Vec<Place>,
    described: Described,
    /// Everything that can be looked up as it is: profile, handles, e-mail, references, phones.
    identifiers: Vec<Term>,
}

/// How many customers the indexes name under each term that was looked up; a long list is cut, and then this is its beginning.
pub type Frequencies = BTreeMap<Term, usize>;

/// A customer that may be the identity, and why.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who.
    pub customer: Customer,
    /// How each field agrees.
    pub comparison: Comparison,
    /// What that is worth in all: the logarithm of the odds that it is the same person, against its being nobody.
    pub score: f64,
}

impl Evidence {
    /// Normalises what is known, as far as it is looked at.
    pub fn new(identity: &Identity, region: Region) -> Self {
        let identity = &bounds::asked(identity);
        let (network, profile_handle) = identity.profile_url.as_deref().and_then(profile).unzip();
        let mut handles: Vec<AskedHandle> = Vec::new();
        for raw in profile_handle.iter().chain(&identity.screen_name) {
            let text = HandleText::new(&handle_on(raw, network));
            let is_new = handles.iter().all(|other| other.text.normal != text.normal);
            if (1..=LONGEST_ALIKE).contains(&text.normal.len()) && is_new {
                handles.push(AskedHandle { network, text });
            }
        }
        let written = identity.screen_name.as_deref().map(handle_as_written);
        let as_written: Vec<String> = written
            .into_iter()
            .chain(handles.iter().map(|handle| handle.text.normal.clone()))
            .collect();
        let described = identity.description.as_deref();
        let described = described.map(|said| Described::read(said, region)).unwrap_or_default();
        let of_role = |role: Role, values: &[String]| {
            let usable = values
                .iter()
                .map(move |raw| role.normal(raw, region))
                .filter(|value| is_usable(role, value));
            let terms = usable.map(move |value| Term::new(TermKind::Role(role), value));
            terms.take(MOST_OF_A_KIND).collect::<Vec<_>>()
        };
        let handle_terms = handles
            .iter()
            .flat_map(|handle| possible_handles(&handle.text.normal, handle.network))
            .map(|form| Term::new(TermKind::Role(Role::Handle), form));
        let known = [
            of_role(Role::ProfileUrl, identity.profile_url.as_slice()),
            handle_terms.collect(),
            of_role(Role::Email, identity.email.as_slice()),
            of_role(Role::AccountNumber, &identity.account_numbers),
            of_role(Role::OrderNumber, &identity.order_numbers),
            of_role(Role::CaseNumber, &identity.case_numbers),
            of_role(Role::Phone, &identity.phone_numbers),
        ];
        let mut identifiers: Vec<Term> = Vec::new();
        for term in one_of_each_in_turn(known) {
            if !identifiers.contains(&term) {
                identifiers.push(term);
            }
        }
        for term in described.terms() {
            if !identifiers.contains(&term) {
                identifiers.push(term);
            }
        }
        let shown = identity.display_name.as_deref().and_then(PersonName::read);
        let is_again = identity
            .display_name
            .as_deref()
            .is_some_and(|raw| is_handle_again(raw, &handles));
        let shown = shown.filter(|_| !is_again);
        let email = identity.email.as_deref().map(|raw| Role::Email.normal(raw, region));
        let email = email.filter(|email| is_usable(Role::Email, email));
        let mailbox = email.as_deref().map(Mailbox::new);
        Self {
            in_handle: name_in_handles(&as_written, shown.as_ref()),
            shown_is_doubtful: identity.display_name.as_deref().is_some_and(is_handle_like),
            shown,
            handles,
            mailbox_text: mailbox.as_ref().map(|mailbox| HandleText::new(&mailbox.local)),
            mailbox,
            places: identity.addresses.iter().take(MOST_OF_A_KIND).map(Place::new).collect(),
            described,
            identifiers,
        }
    }

    /// The fullest name that is known.
    fn name(&self) -> Option<&PersonName> {
        self.in_handle.as_ref().or(self.shown.as_ref())
    }

    fn identifiers_of(&self, role: Role) -> impl Iterator<Item = &str> {
        let of_role = self.identifiers.iter().filter(move |term| term.kind == TermKind::Role(role));
        of_role.map(|term| term.value.as_str())
    }

    /// Every customer proposed, judged and ranked.
    pub fn judge(&self, proposed: Vec<Customer>, frequencies: &Frequencies) -> Vec<Candidate> {
        ranked(
            proposed
                .into_iter()
                .map(|customer| self.judge_one(customer, frequencies))
                .collect(),
        )
    }

    /// One customer, judged.
    pub fn judge_one(&self, customer: Customer, frequencies: &Frequencies) -> Candidate {
        let comparison = self.compare(&self.seen(&customer), frequencies);
        let score = comparison.score();
        Candidate {
            customer,
            comparison,
            score,
        }
    }
}

/// Judged candidates, the best first; those that are equally good in the order of their numbers.
pub fn ranked(mut judged: Vec<Candidate>) -> Vec<Candidate> {
    judged.sort_by(|one, other| {
        other
            .score
            .total_cmp(&one.score)
            .then(one.customer.id.cmp(&other.customer.id))
    });
    judged
}

/// How sure best match must be before it names somebody.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, EnumCount, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum Strictness {
    /// Rather nobody than a stranger.
    Careful,
    /// What is right in most companies.
    #[default]
    Balanced,
    /// Rather a stranger now and then than nobody.
    Generous,
}

impl Strictness {
    /// How likely those whom an answer shows must be together.
    fn threshold(self) -> f64 {
        let [careful, balanced, generous] = weights::THRESHOLDS;
        match self {
            Self::Careful => careful,
            Self::Balanced => balanced,
            Self::Generous => generous,
        }
    }
}

/// Of judged candidates, those that the evidence names: whoever is not clearly worse than the best, if together they are likely enough.
/// Those it cannot tell apart are shown all; if they are too many for an answer, it names nobody.
pub fn named(mut judged: Vec<Candidate>, strictness: Strictness) -> Vec<Candidate> {
    judged.truncate(how_many_named(&judged, strictness));
    judged
}

/// How likely each of judged candidates is the identity, where it is one of them or none.
pub fn probabilities(judged: &[Candidate]) -> Vec<f64> {
    let odds: Vec<f64> = judged.iter().map(|one| one.score.min(MOST_SCORE).exp()).collect();
    let all = 1.0 + odds.iter().sum::<f64>();
    odds.into_iter().map(|odds| odds / all).collect()
}

/// More certainty than this makes no difference, and would leave the range of numbers.
const MOST_SCORE: f64 = 100.0;

/// How many of the first of judged candidates the answer shows.
fn how_many_named(judged: &[Candidate], strictness: Strictness) -> usize {
    let best = judged.first().map_or(f64::NEG_INFINITY, |one| one.score);
    let close = judged.iter().take_while(|one| one.score > best - weights::TOLD_APART).count();
    let together: f64 = probabilities(judged).iter().take(close).sum();
    if close > MOST_ANSWERS || together < strictness.threshold() {
        0
    } else {
        close
    }
}

/// Whether what is shown is one word that a handle has, too: it says nothing beside it.
fn is_handle_again(shown: &str, handles: &[AskedHandle]) -> bool {
    let letters = plain_letters(shown);
    let is_word = !letters.is_empty() && !shown.trim().contains(char::is_whitespace);
    is_word && handles.iter().any(|handle| handle.text.letters == letters)
}

/// The full name that a handle spells out, if it has the one word that is shown, or nothing is shown.
fn name_in_handles(handles: &[String], shown: Option<&PersonName>) -> Option<PersonName> {
    if shown.is_some_and(PersonName::is_full) {
        return None;
    }
    let fits = |name: &PersonName| shown.is_none_or(|shown| name.words().contains(&shown.words()[0]));
    handles.iter().filter_map(|handle| PersonName::in_handle(handle)).find(fits)
}

/// Whether a value in normal form can be what it is called: `n/a`, `?` and `12` are what people and forms put where they have nothing.
/// Such a value names nobody, and speaks against nobody.
fn is_usable(role: Role, normal: &str) -> bool {
    match role {
        Role::Email => is_email(normal),
        Role::Phone => DIGITS_OF_A_NUMBER.contains(&digits(normal).len()),
        _ => normal.chars().any(char::is_alphanumeric),
    }
}

/// Local numbers have so many digits at least, and international ones so many at most (E.164).
const DIGITS_OF_A_NUMBER: RangeInclusive<usize> = 6..=15;

/// The first of each list, then the second of each, and so on: the first of a kind is asked for before the third of another.
fn one_of_each_in_turn<T, const LISTS: usize>(lists: [Vec<T>; LISTS]) -> impl Iterator<Item = T> {
    let placed = lists.into_iter().flat_map(|list| list.into_iter().enumerate());
    let mut placed: Vec<(usize, T)> = placed.collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, one)| one)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{CustomerId, ObjectStructure, customer::tests::customer};

    fn ranked(identity: &Identity, candidates: &[&[(&str, &str)]]) -> Vec<usize> {
        let customers: Vec<Customer> = (1..)
            .zip(candidates)
            .map(|(number, fields)| Customer {
                id: CustomerId::parse(&format!("C{number:011}")).unwrap(),
                ..customer(fields)
            })
            .collect();
        let ids: Vec<_> = customers.iter().map(|customer| customer.id).collect();
        let evidence = Evidence::new(identity, Region::US);
        let model = ObjectStructure::default_customer();
        let count = |term: &Term| {
            customers
                .iter()
                .filter(|customer| customer.terms(&model).contains(term))
                .count()
        };
        let frequencies = evidence
            .lookups()
            .into_iter()
            .map(|term| (term.clone(), count(&term)))
            .collect();
        let best = named(evidence.judge(customers, &frequencies), Strictness::Balanced);
        best.iter()
            .map(|one| ids.iter().position(|&id| id == one.customer.id).unwrap())
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
        let john: &[(&str, &str)] = &[("displayName", "John Smith"), ("twitterHandle", "smithy")];
        let on_twitter = |handle: &str| Identity {
            profile_url: Some(format!("https://twitter.com/{handle}")),
            ..identity("John Smith", handle)
        };
        assert_eq!(ranked(&on_twitter("john_s"), &[john]), [] as [usize; 0]);
        assert_eq!(ranked(&on_twitter("smithy"), &[john]), [0]);
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
    fn what_is_no_name_speaks_against_nobody() {
        let ada: &[_] = &[("displayName", "Ada Lovelace"), ("screenName", "countess_1815")];
        assert_eq!(ranked(&identity("Thinking Aloud", "@countess_1815"), &[ada]), [0]);
        assert_eq!(ranked(&identity("John Smith", "@countess_1815"), &[ada]), [] as [usize; 0]);
        let with_phone: &[_] = &[("displayName", "Ada Lovelace"), ("phone", "+14155552671")];
        let mut asked = identity("Zyx Qwvut", "");
        asked.phone_numbers = vec!["+14155552671".to_owned()];
        assert_eq!(ranked(&asked, &[with_phone]), [] as [usize; 0], "numbers are handed on");
        let mut asked = identity("Thinking Aloud", "");
        asked.profile_url = Some("https://people.example/ada/".to_owned());
        let listed: &[_] = &[
            ("displayName", "Ada Lovelace"),
            ("profileUrl", "http://www.people.example/ada"),
        ];
        assert_eq!(ranked(&asked, &[listed]), [0]);
    }

    const ADA: &[(&str, &str)] = &[
        ("displayName", "Ada Lovelace"),
        ("email", "ada@engine.example"),
        ("phone", "+14155552671"),
        ("twitterHandle", "countess_1815"),
        ("accountNumber", "AC-1815"),
        ("orderNumber", "88-4411"),
        ("streetOne", "12 St James Square"),
        ("city", "London"),
        ("zip", "SW1Y 4LB"),
    ];

    /// Changes an identity in one way.
    type Addition = fn(&mut Identity);

    /// What is Ada's own, each by itself.
    const OWN: [Addition; 4] = [
        |asked| asked.email = Some("Ada@Engine.example".to_owned()),
        |asked| asked.profile_url = Some("https://twitter.com/countess_1815".to_owned()),
        |asked| asked.account_numbers = vec!["ac1815".to_owned()],
        |asked| asked.order_numbers = vec!["88 4411".to_owned()],
    ];

    fn elsewhere() -> Address {
        Address {
            street_one: Some("1 Infinite Loop".to_owned()),
            city: Some("Cupertino".to_owned()),
            zip: Some("95014".to_owned()),
            state: None,
        }
    }

    /// What agrees with Ada's record, each in a part of the identity that nothing else fills.
    const AGREES: [Addition; 9] = [
        |asked| asked.email = Some("ada+news@engine.example".to_owned()),
        |asked| asked.profile_url = Some("https://twitter.com/countess_1815".to_owned()),
        |asked| asked.screen_name = Some("@countess_1815".to_owned()),
        |asked| asked.display_name = Some("Ada Lovelace".to_owned()),
        |asked| asked.phone_numbers.push("(415) 555-2671".to_owned()),
        |asked| asked.account_numbers.push("ac1815".to_owned()),
        |asked| asked.order_numbers.push("88 4411".to_owned()),
        |asked| asked.description = Some("mail me: ada@engine.example".to_owned()),
        |asked| {
            asked.addresses.push(Address {
                city: Some("london".to_owned()),
                zip: Some("SW1Y4LB".to_owned()),
                ..Address::default()
            });
        },
    ];

    /// What does not, in parts that may have several.
    const DIFFERS: [Addition; 3] = [
        |asked| asked.phone_numbers.push("+1 212 555 0100".to_owned()),
        |asked| asked.addresses.push(elsewhere()),
        |asked| asked.order_numbers.push("99-0000".to_owned()),
    ];

    fn score_of_ada(asked: &Identity) -> f64 {
        let evidence = Evidence::new(asked, Region::US);
        let frequencies = evidence.lookups().into_iter().map(|term| (term, 1)).collect();
        evidence.judge_one(customer(ADA), &frequencies).score
    }

    proptest! {
        #[test]
        fn more_that_agrees_never_lowers_the_score(
            agrees in prop::collection::vec(any::<bool>(), AGREES.len()),
            differs in prop::collection::vec(any::<bool>(), DIFFERS.len()),
            one_more in 0..AGREES.len(),
        ) {
            let mut asked = Identity::default();
            let chosen = AGREES.iter().zip(&agrees).enumerate().filter(|(at, (_, is_in))| **is_in && *at != one_more);
            chosen.for_each(|(_, (add, _))| add(&mut asked));
            DIFFERS.iter().zip(&differs).filter(|(_, is_in)| **is_in).for_each(|(add, _)| add(&mut asked));
            let before = score_of_ada(&asked);
            AGREES[one_more](&mut asked);
            let after = score_of_ada(&asked);
            prop_assert!(after >= before - 1e-9, "{} became {} with {:?}", before, after, asked);
        }

        /// One word of a name that agrees is no less than none, and both are no less than one.
        #[test]
        fn more_of_a_name_never_lowers_the_score(beside in 0..AGREES.len(), initial in any::<bool>()) {
            let shown = ["", "Ada", if initial { "A. Lovelace" } else { "Ada Lovelace" }];
            let scores = shown.map(|name| {
                let mut asked = Identity::default();
                AGREES[beside](&mut asked);
                asked.display_name = Some(name.to_owned()).filter(|name| !name.is_empty());
                score_of_ada(&asked)
            });
            prop_assert!(scores.is_sorted(), "{:?} beside {}", scores, beside);
        }
    }

    #[test]
    fn what_is_ones_own_bears_what_differs() {
        let others: [Addition; 4] = [
            |asked| asked.phone_numbers = vec!["+1 212 555 0100".to_owned()],
            |asked| asked.addresses = vec![elsewhere()],
            |asked| asked.email = asked.email.take().or_else(|| Some("countess@court.example".to_owned())),
            |asked| asked.order_numbers.push("99-0000".to_owned()),
        ];
        for (own, add_own) in OWN.iter().enumerate() {
            let mut all = identity("", "");
            add_own(&mut all);
            for (other, add_other) in others.iter().enumerate() {
                let mut one = identity("", "");
                add_own(&mut one);
                add_other(&mut one);
                assert_eq!(ranked(&one, &[ADA]), [0], "{own} beside {other}: {one:?}");
                add_other(&mut all);
            }
            assert_eq!(ranked(&all, &[ADA]), [0], "{own} beside all: {all:?}");
        }
    }

    #[test]
    fn what_cannot_be_what_it_is_called_says_nothing() {
        let nothing: [Addition; 5] = [
            |asked| asked.phone_numbers = ["x", "none", "n/a", "12", "+999"].map(str::to_owned).into(),
            |asked| asked.email = Some("n/a".to_owned()),
            |asked| asked.order_numbers.push("-".to_owned()),
            |asked| asked.case_numbers.push("?".to_owned()),
            |asked| {
                asked.addresses = vec![Address {
                    city: Some("?".to_owned()),
                    ..Address::default()
                }];
            },
        ];
        let mut asked = identity("", "");
        for add in nothing {
            add(&mut asked);
        }
        assert!(Evidence::new(&asked, Region::US).lookups().is_empty(), "{asked:?}");
        let only_handle: Addition = |asked| asked.screen_name = Some("@countess_1815".to_owned());
        let only_phone: Addition = |asked| asked.phone_numbers.push("(415) 555-2671".to_owned());
        for add in OWN.iter().chain([&only_handle, &only_phone]) {
            let mut asked = asked.clone();
            add(&mut asked);
            assert_eq!(ranked(&asked, &[ADA]), [0], "{asked:?}");
        }
        let odd: &[_] = &[("displayName", "Bob"), ("phone", "12")];
        asked.email = Some("ada@engine.example".to_owned());
        assert_eq!(ranked(&asked, &[ADA, odd]), [0]);
    }

    #[test]
    fn the_right_number_is_found_behind_many_others() {
        let mut asked = identity("", "");
        asked.order_numbers = (0..6).map(|number| format!("77-000{number}")).collect();
        asked.order_numbers.push("88-4411".to_owned());
        assert_eq!(ranked(&asked, &[ADA]), [0]);
        asked.phone_numbers = (0..6).map(|number| format!("+1 212 555 010{number}")).collect();
        assert_eq!(ranked(&asked, &[ADA]), [0]);
    }

    #[test]
    fn a_profile_address_names_a_handle() {
        let mut asked = identity("", "");
        asked.profile_url = Some("https://twitter.com/JaneDoe".to_owned());
        assert_eq!(ranked(&asked, &[&[("twitterHandle", "@janedoe")]]), [0]);
    }

    #[test]
    fn what_many_share_names_nobody() {
        let namesake: &[_] = &[("displayName", "Zelda Quimbleton")];
        assert_eq!(ranked(&identity("Zelda Quimbleton", ""), &[namesake; 2]), [0, 1]);
        assert_eq!(ranked(&identity("Zelda Quimbleton", ""), &[namesake; 6]), [] as [usize; 0]);
    }

    #[test]
    fn a_name_that_hundreds_bear_does_not_outweigh_an_address() {
        let emails: Vec<String> = (0..60).map(|number| format!("jane{number}@x.example")).collect();
        let janes: Vec<Vec<(&str, &str)>> = emails
            .iter()
            .map(|email| vec![("displayName", "Jane Smith"), ("email", email.as_str())])
            .collect();
        let janes: Vec<&[(&str, &str)]> = janes.iter().map(Vec::as_slice).collect();
        let mut asked = identity("Jane Smith", "");
        asked.email = Some("jane7@x.example".to_owned());
        assert_eq!(ranked(&asked, &janes), [7]);
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
