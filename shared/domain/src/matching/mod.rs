//! Best match: which customer is this social identity? (contract section 4.1)
//!
//! It is the first call when an agent opens a new identity. A wrong customer at the top shows one person's data to
//! another.
//!
//! `blocking` proposes customers from a bounded number of index look-ups. `compare` says field by field how well each
//! agrees. `weights`, which is generated, says what that is worth. [`named`] prefers no answer to a doubtful one.

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

/// The most customers in an answer.
const MOST_ANSWERS: usize = 5;
/// The most handles, telephones, addresses and references of a kind that are used.
const MOST_OF_A_KIND: usize = 10;

/// What is known of a social identity. Every part is optional.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The name shown on the network.
    pub display_name: Option<String>,
    /// The handle.
    pub screen_name: Option<String>,
    /// The address of its profile.
    pub profile_url: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its telephone numbers.
    pub phone_numbers: Vec<String>,
    /// Its postal addresses.
    pub addresses: Vec<Address>,
    /// Its order numbers.
    pub order_numbers: Vec<String>,
    /// Its case numbers in other systems.
    pub case_numbers: Vec<String>,
    /// Its account numbers.
    pub account_numbers: Vec<String>,
    /// Its description of itself.
    pub description: Option<String>,
}

/// A postal address. Every part is optional.
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

/// A handle of the identity, with its network if a profile URL names it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AskedHandle {
    network: Option<&'static str>,
    text: HandleText,
}

impl AskedHandle {
    /// Whether it is a customer's handle on a network. Full stops are ignored where the network ignores them.
    fn is(&self, held: &HandleText, network: Option<&str>) -> bool {
        let has_other_stops = || network.is_some_and(ignores_full_stops) && self.network.is_none_or(ignores_full_stops);
        self.text.normal == held.normal || (has_other_stops() && without_full_stops(&self.text.normal) == held.normal)
    }
}

/// The evidence in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The name that the network shows.
    shown: Option<PersonName>,
    /// Whether the shown name may be a handle or a mood. It then counts for a customer, never against one.
    shown_is_doubtful: bool,
    /// The full name in a handle, if the shown name is less than full.
    in_handle: Option<PersonName>,
    handles: Vec<AskedHandle>,
    /// The e-mail address as its provider reads it.
    mailbox: Option<Mailbox>,
    /// The part before the `@`, which may contain a name.
    mailbox_text: Option<HandleText>,
    places: Vec<Place>,
    described: Described,
    /// Everything that can be looked up directly: profile, handles, e-mail address, references, telephones.
    identifiers: Vec<Term>,
}

/// How many customers the indexes hold under each term that was looked up. A long list is cut, so the number is then
/// a minimum.
pub type Frequencies = BTreeMap<Term, usize>;

/// A customer that may be the identity, with the comparison.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The customer.
    pub customer: Customer,
    /// How each field agrees.
    pub comparison: Comparison,
    /// The logarithm of the odds that it is the same person, against its being nobody.
    pub score: f64,
}

impl Evidence {
    /// Normalises what is known, within the limits of best match.
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

    /// The fullest known name.
    fn name(&self) -> Option<&PersonName> {
        self.in_handle.as_ref().or(self.shown.as_ref())
    }

    fn identifiers_of(&self, role: Role) -> impl Iterator<Item = &str> {
        let of_role = self.identifiers.iter().filter(move |term| term.kind == TermKind::Role(role));
        of_role.map(|term| term.value.as_str())
    }

    /// Judges and ranks all proposed customers.
    pub fn judge(&self, proposed: Vec<Customer>, frequencies: &Frequencies) -> Vec<Candidate> {
        ranked(
            proposed
                .into_iter()
                .map(|customer| self.judge_one(customer, frequencies))
                .collect(),
        )
    }

    /// Judges one customer.
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

/// Sorts candidates, best first. Equal scores are ordered by the customers' numbers.
pub fn ranked(mut judged: Vec<Candidate>) -> Vec<Candidate> {
    judged.sort_by(|one, other| {
        other
            .score
            .total_cmp(&one.score)
            .then(one.customer.id.cmp(&other.customer.id))
    });
    judged
}

/// How certain best match must be before it shows a customer.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, EnumCount, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum Strictness {
    /// Prefers no answer to a wrong one.
    Careful,
    /// Right for most companies.
    #[default]
    Balanced,
    /// Accepts a wrong answer now and then rather than none.
    Generous,
}

impl Strictness {
    /// How likely the shown candidates must be together.
    fn threshold(self) -> f64 {
        let [careful, balanced, generous] = weights::THRESHOLDS;
        match self {
            Self::Careful => careful,
            Self::Balanced => balanced,
            Self::Generous => generous,
        }
    }
}

/// The candidates that the answer shows: the best and those not clearly worse, if together they are likely enough.
/// All that cannot be told apart are shown. The more they are, the likelier they must be; if they are too many for an
/// answer, nobody is shown.
pub fn named(mut judged: Vec<Candidate>, strictness: Strictness) -> Vec<Candidate> {
    judged.truncate(how_many_named(&judged, strictness));
    judged
}

/// The probability of each candidate. It assumes that the identity is one of them or none.
pub fn probabilities(judged: &[Candidate]) -> Vec<f64> {
    let odds: Vec<f64> = judged.iter().map(|one| one.score.min(MOST_SCORE).exp()).collect();
    let all = 1.0 + odds.iter().sum::<f64>();
    odds.into_iter().map(|odds| odds / all).collect()
}

/// Larger scores make no difference to probabilities, and would overflow.
const MOST_SCORE: f64 = 100.0;

/// How many of the best candidates the answer shows.
fn how_many_named(judged: &[Candidate], strictness: Strictness) -> usize {
    let best = judged.first().map_or(f64::NEG_INFINITY, |one| one.score);
    let close = judged.iter().take_while(|one| one.score > best - weights::TOLD_APART).count();
    let together: f64 = probabilities(judged).iter().take(close).sum();
    if close > MOST_ANSWERS || together < least_together(strictness, close) {
        0
    } else {
        close
    }
}

/// How likely so many candidates must be together. Only one of several can be right, so the doubt that the threshold
/// allows is shared out among them.
fn least_together(strictness: Strictness, candidates: usize) -> f64 {
    let candidates = f64::from(u32::try_from(candidates.max(1)).unwrap_or(u32::MAX));
    1.0 - (1.0 - strictness.threshold()) / candidates
}

/// Whether the shown name is a single word that a handle also has. It then adds nothing.
fn is_handle_again(shown: &str, handles: &[AskedHandle]) -> bool {
    let letters = plain_letters(shown);
    let is_word = !letters.is_empty() && !shown.trim().contains(char::is_whitespace);
    is_word && handles.iter().any(|handle| handle.text.letters == letters)
}

/// The full name in a handle, if nothing is shown or the handle has the one word that is.
fn name_in_handles(handles: &[String], shown: Option<&PersonName>) -> Option<PersonName> {
    if shown.is_some_and(PersonName::is_full) {
        return None;
    }
    let fits = |name: &PersonName| shown.is_none_or(|shown| name.words().contains(&shown.words()[0]));
    handles.iter().filter_map(|handle| PersonName::in_handle(handle)).find(fits)
}

/// Whether a value can be what its field says. People and forms write `n/a`, `?` or `12` where they have nothing.
/// Such a value counts neither for nor against anybody.
fn is_usable(role: Role, normal: &str) -> bool {
    match role {
        Role::Email => is_email(normal),
        Role::Phone => DIGITS_OF_A_NUMBER.contains(&digits(normal).len()),
        _ => normal.chars().any(char::is_alphanumeric),
    }
}

/// The fewest digits of a local number, and the most of an international one (E.164).
const DIGITS_OF_A_NUMBER: RangeInclusive<usize> = 6..=15;

/// Takes the first of each list, then the second of each, and so on, so that no kind crowds out another.
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
    fn a_handle_or_a_full_name_is_enough() {
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
    fn candidates_that_cannot_be_told_apart_are_shown_together() {
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
    fn an_equal_handle_on_another_network_is_no_match_until_more_agrees() {
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
    fn a_shown_text_that_is_no_name_counts_against_nobody() {
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

    /// Changes an identity in one respect.
    type Addition = fn(&mut Identity);

    /// Each of these is enough to identify Ada.
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

    /// Values that agree with Ada's record, each in a different part of the identity.
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
                street_one: Some("12 St. James Square".to_owned()),
                city: Some("london".to_owned()),
                zip: Some("SW1Y4LB".to_owned()),
                state: None,
            });
        },
    ];

    /// Names beside which the values above may stand: none, that of a relative, the one before a marriage, a mood.
    const BESIDE: [Option<&str>; 5] = [
        None,
        Some("Grace Lovelace"),
        Some("Ada Byron"),
        Some("A. Lovelace"),
        Some("Thinking Aloud"),
    ];

    /// Values that differ from it, in parts that can have several.
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
            name in 0..BESIDE.len(),
        ) {
            let mut asked = Identity { display_name: BESIDE[name].map(str::to_owned), ..Identity::default() };
            let chosen = AGREES.iter().zip(&agrees).enumerate().filter(|(at, (_, is_in))| **is_in && *at != one_more);
            chosen.for_each(|(_, (add, _))| add(&mut asked));
            DIFFERS.iter().zip(&differs).filter(|(_, is_in)| **is_in).for_each(|(add, _)| add(&mut asked));
            let before = score_of_ada(&asked);
            AGREES[one_more](&mut asked);
            let after = score_of_ada(&asked);
            prop_assert!(after >= before - 1e-9, "{} became {} with {:?}", before, after, asked);
        }

        /// One agreeing word of a name never scores lower than none, and both never lower than one.
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
    fn a_unique_value_that_agrees_outweighs_differences() {
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
    fn placeholders_count_neither_for_nor_against_anybody() {
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
    fn the_right_number_is_found_among_many_others() {
        let mut asked = identity("", "");
        asked.order_numbers = (0..6).map(|number| format!("77-000{number}")).collect();
        asked.order_numbers.push("88-4411".to_owned());
        assert_eq!(ranked(&asked, &[ADA]), [0]);
        asked.phone_numbers = (0..6).map(|number| format!("+1 212 555 010{number}")).collect();
        assert_eq!(ranked(&asked, &[ADA]), [0]);
    }

    /// What is observed about a customer with these fields.
    fn observed(asked: &Identity, fields: &[(&str, &str)]) -> Vec<Signal> {
        let candidate = Evidence::new(asked, Region::US).judge_one(customer(fields), &Frequencies::new());
        candidate.comparison.signals.into_iter().map(|(signal, _)| signal).collect()
    }

    #[test]
    fn a_name_that_agrees_by_an_initial_may_be_that_of_somebody_else() {
        let named = |given, surname| [("firstName", given), ("lastName", surname)];
        for (shown, held, wanted) in [
            ("T. Morgan", named("Morgan", "Thiel"), Signal::NameSurnameOther),
            ("Mary K. Smith", named("Mary", "King"), Signal::NameSurnameOther),
            ("S. Reeves", named("Jane", "Reeves"), Signal::NameGivenOther),
            ("T. Morgan", named("Todd", "Morgan"), Signal::NameFull),
            ("W. Reeves", named("Bill", "Reeves"), Signal::NameFull),
            ("Mary K.", named("Mary", "King"), Signal::NameFull),
            ("S. Ramesh", named("Ramesh", "Subramanian"), Signal::NameFull),
            ("E.J. Morgan", named("Elaine", "Morgan"), Signal::NameFull),
        ] {
            let observed = observed(&identity(shown, ""), &held);
            assert!(observed.contains(&wanted), "{shown} {held:?}: {observed:?}");
            let is_full = observed.contains(&Signal::NameFull);
            assert_eq!(is_full, wanted == Signal::NameFull, "{shown} {held:?}: {observed:?}");
        }
    }

    #[test]
    fn a_comma_in_a_record_shows_which_name_is_the_surname() {
        let umut = &[("displayName", "Keskin, Umut")];
        let of_umut = |shown| observed(&identity(shown, ""), umut);
        assert!(of_umut("Tolga Keskin").contains(&Signal::NameGivenOther));
        assert!(of_umut("Umut Keskin").contains(&Signal::NameFull));
        let jane = &[("displayName", "Jane Doe, MD")];
        assert!(observed(&identity("Jane Doe", ""), jane).contains(&Signal::NameFull));
    }

    #[test]
    fn a_colleague_with_another_initial_in_the_address_made_no_typing_error() {
        let glen = &[("firstName", "Glen"), ("lastName", "Meyer"), ("email", "gmeyer@leg.example")];
        for (email, wanted) in [
            ("fmeyer@leg.example", Signal::EmailOther),
            ("gmeyre@leg.example", Signal::EmailSlip),
        ] {
            let mut asked = identity("", "");
            asked.email = Some(email.to_owned());
            assert!(observed(&asked, glen).contains(&wanted), "{email}");
        }
    }

    #[test]
    fn a_handle_of_the_shown_name_is_no_evidence_for_a_relative() {
        let john = &[("firstName", "John"), ("lastName", "Doe")];
        let says_name = |shown, handle| observed(&identity(shown, handle), john).contains(&Signal::NameInHandle);
        assert!(!says_name("Julia Doe", "jdoe"));
        assert!(says_name("Julia Doe", "johndoe"));
        assert!(says_name("J Doe", "johndoe"));
    }

    #[test]
    fn several_candidates_must_be_likelier_together_than_one_alone() {
        let of_scores = |scores: &[f64]| -> Vec<Candidate> {
            let candidate = |&score: &f64| Candidate {
                customer: customer(&[("displayName", "Ann Lee")]),
                comparison: Comparison::default(),
                score,
            };
            scores.iter().map(candidate).collect()
        };
        // 0.82 of 1 each time.
        assert_eq!(how_many_named(&of_scores(&[1.5]), Strictness::Balanced), 1);
        assert_eq!(how_many_named(&of_scores(&[0.81, 0.81]), Strictness::Balanced), 0);
        assert_eq!(how_many_named(&of_scores(&[0.81, 0.81]), Strictness::Generous), 0);
        assert_eq!(how_many_named(&of_scores(&[2.0, 2.0]), Strictness::Balanced), 2);
    }

    #[test]
    fn a_profile_address_names_a_handle() {
        let mut asked = identity("", "");
        asked.profile_url = Some("https://twitter.com/JaneDoe".to_owned());
        assert_eq!(ranked(&asked, &[&[("twitterHandle", "@janedoe")]]), [0]);
    }

    #[test]
    fn values_that_many_customers_share_match_nobody() {
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
    fn a_name_alone_matches_nobody_if_everything_else_differs() {
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
    fn an_empty_identity_matches_nobody() {
        assert!(Evidence::new(&Identity::default(), Region::US).lookups().is_empty());
        assert_eq!(
            ranked(&identity("", "other"), &[&[("screenName", "janedoe")]]),
            [] as [usize; 0]
        );
    }
}
