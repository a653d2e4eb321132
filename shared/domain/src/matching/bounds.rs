//! Upper bounds on the work of best match, whatever a request sends and whatever a record holds.
//!
//! Comparing two texts costs the product of their lengths, and comparing two records the product of their numbers of
//! values. So everything that is compared passes through here: the question ([`asked`]), the record
//! ([`Evidence::seen`]), the words of names ([`word`]), and the two functions with quadratic cost. Social networks
//! send whatever people typed, so a text that is too long is not an error: its beginning is used. An identifier that
//! is too long is dropped, because its beginning would be another identifier.

use std::{borrow::Cow, collections::BTreeMap};

use super::{Address, Evidence, Identity, MOST_OF_A_KIND};
use crate::{
    Customer, Identifier, Party, Role,
    model::{TEXT_LENGTH, check_length},
};

/// How many characters of a name, a street or a city are used: as many as a record's field can hold.
const LONGEST_TEXT: usize = TEXT_LENGTH;
/// The longest profile URL that is accepted, in characters. It leaves room for tracking parameters.
const LONGEST_LINK: usize = 4_096;
/// How many values of a list are used.
const MOST_LISTED: usize = 50;
/// How many letters of a word of a name are used.
const LONGEST_WORD: usize = 64;
/// How many bytes of two values are compared letter by letter. No e-mail address is longer, and other values are
/// shorter.
pub const LONGEST_ALIKE: usize = 320;
/// How many of a record's values of one role are compared, in addition to those that the question has.
const MOST_HELD: usize = 20;

/// The identity, cut to the limits above.
pub fn asked(identity: &Identity) -> Identity {
    let is_within = |text: &&String, most| check_length(text, most).is_ok();
    let begun = |text: &Option<String>| text.as_deref().map(|text| beginning(text, LONGEST_TEXT));
    let whole = |text: &Option<String>, most| text.as_ref().filter(|text| is_within(text, most)).cloned();
    let listed = |list: &[String]| {
        let some = list.iter().take(MOST_LISTED);
        some.filter(|text| is_within(text, LONGEST_TEXT)).cloned().collect()
    };
    let address = |address: &Address| Address {
        street_one: begun(&address.street_one),
        city: begun(&address.city),
        zip: whole(&address.zip, LONGEST_TEXT),
        state: begun(&address.state),
    };
    Identity {
        display_name: begun(&identity.display_name),
        screen_name: whole(&identity.screen_name, LONGEST_TEXT),
        profile_url: whole(&identity.profile_url, LONGEST_LINK),
        email: whole(&identity.email, LONGEST_TEXT),
        phone_numbers: listed(&identity.phone_numbers),
        addresses: identity.addresses.iter().take(MOST_OF_A_KIND).map(address).collect(),
        order_numbers: listed(&identity.order_numbers),
        case_numbers: listed(&identity.case_numbers),
        account_numbers: listed(&identity.account_numbers),
        description: begun(&identity.description),
    }
}

impl Evidence {
    /// The part of a record that is compared: all names, the contact points and references that the question has, and
    /// a few others. Most records are compared whole.
    pub(super) fn seen<'customer>(&self, customer: &'customer Customer) -> Cow<'customer, Customer> {
        if is_small(customer) {
            Cow::Borrowed(customer)
        } else {
            Cow::Owned(self.seen_of_large(customer))
        }
    }

    fn seen_of_large(&self, customer: &Customer) -> Customer {
        let mut others: BTreeMap<Role, usize> = BTreeMap::new();
        let mut is_seen = |one: &&Identifier| {
            let is_asked = self.identifiers_of(one.role).any(|asked| asked == one.normal);
            if is_asked || one.normal.len() > LONGEST_ALIKE || one.value.len() > LONGEST_LINK {
                return is_asked;
            }
            let others = others.entry(one.role).or_default();
            *others += 1;
            *others <= MOST_HELD
        };
        let profile = customer.profile.iter();
        Customer {
            id: customer.id,
            version: customer.version,
            external_id: None,
            profile: profile.map(|(role, value)| (*role, beginning(value, LONGEST_TEXT))).collect(),
            identifiers: customer.identifiers.iter().filter(&mut is_seen).cloned().collect(),
            custom: BTreeMap::new(),
            party: Party {
                contacts: customer.party.contacts.iter().take(MOST_HELD).cloned().collect(),
                ..Party::default()
            },
            merged: Vec::new(),
            learnt: customer.learnt.clone(),
            lessons: customer.lessons,
            created: customer.created.clone(),
            updated: customer.updated.clone(),
            unsettled: customer.unsettled,
        }
    }
}

/// Whether a record is within all limits.
fn is_small(customer: &Customer) -> bool {
    let is_short = |one: &Identifier| one.normal.len() <= LONGEST_ALIKE && one.value.len() <= LONGEST_LINK;
    customer.identifiers.len() <= MOST_HELD
        && customer.party.contacts.len() <= MOST_HELD
        && customer.identifiers.iter().all(is_short)
        && customer.profile.values().all(|value| value.len() <= LONGEST_TEXT)
}

/// A word of a name in plain letters, cut to the longest that is used.
pub fn word(mut word: String) -> String {
    word.truncate(LONGEST_WORD);
    word
}

/// Whether [`strsim::jaro_winkler`] of bounded texts is at least this much. The letters alone rule out most pairs.
pub fn is_alike(one: &str, other: &str, least: f64) -> bool {
    may_be_alike(one, other, least) && jaro_winkler(one, other) >= least
}

/// Whether the letters of two texts allow a [`jaro_winkler`] of at least this much.
pub fn may_be_alike(one: &str, other: &str, least: f64) -> bool {
    /// More than the error of the calculation.
    const MARGIN: f64 = 1e-9;
    most_alike(alike(one), alike(other)) >= least - MARGIN
}

/// An upper bound of [`strsim::jaro_winkler`]: its value if all letters that both texts have were in the same order.
fn most_alike(one: &str, other: &str) -> f64 {
    if one.is_empty() || other.is_empty() || !one.is_ascii() || !other.is_ascii() {
        return 1.0;
    }
    let mut letters = [0_u16; 128];
    for letter in one.bytes() {
        letters[usize::from(letter)] += 1;
    }
    let mut common = 0_u16;
    for letter in other.bytes() {
        let left = &mut letters[usize::from(letter)];
        if *left > 0 {
            *left -= 1;
            common += 1;
        }
    }
    if common == 0 {
        return 0.0;
    }
    let length = |text: &str| f64::from(u16::try_from(text.len()).unwrap_or(u16::MAX));
    let beginning = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let beginning = f64::from(u16::try_from(beginning).unwrap_or(u16::MAX));
    let common = f64::from(common);
    let jaro = (common / length(one) + common / length(other) + 1.0) / 3.0;
    (jaro + 0.1 * beginning * (1.0 - jaro)).min(1.0)
}

/// [`strsim::jaro_winkler`] of bounded texts.
pub fn jaro_winkler(one: &str, other: &str) -> f64 {
    let (one, other) = (alike(one), alike(other));
    work::count(one, other);
    strsim::jaro_winkler(one, other)
}

/// [`strsim::osa_distance`] of bounded texts.
pub fn osa_distance(one: &str, other: &str) -> usize {
    let (one, other) = (alike(one), alike(other));
    work::count(one, other);
    strsim::osa_distance(one, other)
}

fn alike(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_ALIKE)]
}

fn beginning(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}

/// Counts compared pairs of letters, so that tests can check the bounds.
mod work {
    #[cfg(not(test))]
    pub fn count(_: &str, _: &str) {}

    #[cfg(test)]
    pub use counted::{count, of};

    #[cfg(test)]
    mod counted {
        use std::cell::Cell;

        thread_local! {
            static LETTERS: Cell<usize> = const { Cell::new(0) };
        }

        pub fn count(one: &str, other: &str) {
            LETTERS.set(LETTERS.get() + one.len() * other.len());
        }

        /// How many pairs of letters some work compares.
        pub fn of(work: impl FnOnce()) -> usize {
            LETTERS.set(0);
            work();
            LETTERS.get()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Term, customer::tests::customer, matching::Frequencies, normal::Region};

    /// A name has at most five words. It is also read with each two neighbours joined, and with particles joined.
    const WORDS: usize = 5;
    const READINGS: usize = 6;
    /// The most that one candidate can cost: two names on either side in all their readings; the names in handles and
    /// mailboxes; two handles against those of the record and of its profiles; one e-mail address; ten telephone
    /// numbers; ten addresses.
    const MOST_WORK: usize = 2 * 2 * 2 * READINGS * READINGS * WORDS * WORDS * (2 * LONGEST_WORD).pow(2)
        + 3 * 2 * MOST_HELD * WORDS * WORDS * LONGEST_WORD.pow(2)
        + (2 * 2 * MOST_HELD + MOST_HELD + MOST_OF_A_KIND * MOST_HELD + 4 * MOST_OF_A_KIND) * LONGEST_ALIKE.pow(2);

    /// The cost of a candidate that has all of this, when everything is asked for.
    fn work(identity: &Identity, held: &Customer) -> usize {
        let evidence = Evidence::new(identity, Region::US);
        let frequencies: Frequencies = evidence.lookups().into_iter().map(|term: Term| (term, 1)).collect();
        work::of(|| drop(evidence.judge(vec![held.clone()], &frequencies)))
    }

    fn long_words(letters: &[String], length: usize) -> String {
        let words: Vec<String> = letters.iter().map(|letters| letters.repeat(length / letters.len())).collect();
        words.join(" ")
    }

    /// A customer with these names and streets, and many contact points made of these letters.
    fn crowd(name: &str, letters: &str, count: usize) -> Customer {
        let mut crowd = customer(&[
            ("displayName", name),
            ("firstName", name),
            ("city", name),
            ("streetOne", name),
        ]);
        for (role, point) in [
            (Role::Email, "@x.example"),
            (Role::Handle, ""),
            (Role::Phone, "123"),
            (Role::ProfileUrl, ""),
        ] {
            let value = |at: usize| match role {
                Role::Phone => format!("{}{at}", point.repeat(100)),
                Role::ProfileUrl => format!("x.com/{letters}{at}"),
                _ => format!("{letters}{at}{point}"),
            };
            let identifiers = (0..count).map(|at| Identifier {
                role,
                normal: role.normal(&value(at), Region::US),
                value: value(at),
                network: None,
                field: None,
                contact: None,
                attributes: BTreeMap::new(),
                added: crowd.created.at,
            });
            crowd.identifiers.extend(identifiers.collect::<Vec<_>>());
        }
        crowd
    }

    proptest! {
        #[test]
        fn the_bound_by_letters_rules_out_no_pair_that_is_alike(
            one in "[a-e]{0,14}|\\PC{0,6}", other in "[a-e]{0,14}|\\PC{0,6}", least in 0.5_f64..1.0,
        ) {
            prop_assert_eq!(is_alike(&one, &other, least), jaro_winkler(&one, &other) >= least);
        }

        #[test]
        fn a_record_that_is_compared_whole_is_judged_like_its_seen_part(count in 0_usize..30, asked in 0_usize..30) {
            let crowd = crowd("Jane Doe", "jane", count / 4);
            let evidence = Evidence::new(&Identity {
                display_name: Some("Jane Do".to_owned()),
                screen_name: Some(format!("jane{asked}")),
                ..Identity::default()
            }, Region::US);
            let part = evidence.seen_of_large(&crowd);
            let frequencies = Frequencies::new();
            prop_assert_eq!(evidence.compare(&crowd, &frequencies), evidence.compare(&part, &frequencies));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_work_of_a_comparison_is_bounded_whatever_is_sent_and_stored(
            letters in prop::collection::vec("[a-zäλя語]{1,3}", 1..8),
            length in prop_oneof![Just(10_usize), Just(300), Just(10_000)],
            count in prop_oneof![Just(1_usize), Just(30), Just(300)],
        ) {
            let name = long_words(&letters, length);
            let identity = Identity {
                display_name: Some(name.clone()),
                screen_name: Some(name.replace(' ', "")),
                profile_url: Some(format!("https://x.com/{}", letters[0])),
                email: Some(format!("{}@y.example", letters.concat())),
                phone_numbers: vec!["4155552671".repeat(1 + count % 2); count],
                addresses: vec![Address { street_one: Some(name.clone()), city: Some(name.clone()), ..Address::default() }; count],
                ..Identity::default()
            };
            let work = work(&identity, &crowd(&name, &letters.concat(), count));
            prop_assert!(work <= MOST_WORK, "{} letters, {} at most", work, MOST_WORK);
        }

        #[test]
        fn the_compared_part_of_a_record_is_bounded_and_includes_what_is_asked_for(count in 0_usize..100, asked in 0_usize..100) {
            let crowd = crowd("Jane Doe", "jane", count);
            let evidence = Evidence::new(&Identity { screen_name: Some(format!("jane{asked}")), ..Identity::default() }, Region::US);
            let seen = evidence.seen(&crowd);
            prop_assert!(seen.identifiers.len() <= 4 * MOST_HELD + 1);
            let has = |customer: &Customer| customer.identifiers_of(Role::Handle).any(|one| one.normal == format!("jane{asked}"));
            prop_assert_eq!(has(&seen), has(&crowd));
            if count <= MOST_HELD {
                prop_assert_eq!(&seen.identifiers, &crowd.identifiers);
            }
        }
    }

    #[test]
    fn five_names_of_ten_thousand_letters_cost_no_more_than_five_long_ones() {
        let name = |length: usize| {
            ["ab", "bc", "cd", "de", "ef"]
                .map(|letters| letters.repeat(length / 2))
                .join(" ")
        };
        let cost = |length: usize| {
            let identity = Identity {
                display_name: Some(name(length)),
                ..Identity::default()
            };
            work(&identity, &customer(&[("displayName", &name(length).to_uppercase())]))
        };
        assert!(cost(10_000) <= cost(LONGEST_WORD));
    }

    #[test]
    fn a_long_text_is_cut_and_a_long_identifier_is_dropped() {
        let long = Some("é".repeat(LONGEST_TEXT + 1));
        let asked = asked(&Identity {
            display_name: long.clone(),
            screen_name: long.clone(),
            email: long.clone(),
            profile_url: Some(format!("https://x.com/jane?fbclid={}", "x".repeat(2_000))),
            phone_numbers: ["1"].repeat(99).into_iter().map(str::to_owned).collect(),
            order_numbers: vec!["1".repeat(LONGEST_TEXT + 1), "2".to_owned()],
            ..Identity::default()
        });
        assert_eq!(asked.display_name, Some("é".repeat(LONGEST_TEXT)));
        assert_eq!((asked.screen_name, asked.email), (None, None));
        assert!(asked.profile_url.is_some(), "its normal form is short");
        assert_eq!(
            (asked.phone_numbers.len(), asked.order_numbers),
            (MOST_LISTED, vec!["2".to_owned()])
        );
    }
}
