//! Blocking keys: the few index look-ups that propose candidates for an identity (docs/matching.md).
//!
//! A customer is stored under all of its keys. An identity looks up at most [`MOST_LOOKUPS`]. If one word of a name
//! is misspelled, the key of the other word with an initial still matches. If both are, the key of their sounds may.

use std::collections::{BTreeSet, HashMap};

use super::{
    Evidence,
    person_name::{PersonName, canonical, plain_letters, sound},
    places::Place,
};
use crate::{Customer, CustomerId, Role, Term, TermKind, normal::profile};

/// The most index look-ups per question.
pub const MOST_LOOKUPS: usize = 16;
/// The most of them that are spent on identifiers.
const MOST_IDENTIFIERS: usize = 10;
/// The most customers read from one index look-up: enough to tell a rare name from a common one.
pub const MOST_LOOKED_UP: i32 = 100;
/// The most records that are read and compared.
const MOST_CANDIDATES: usize = 40;
/// Handles with fewer letters are too common to be worth a look-up.
const SHORTEST_ALIAS: usize = 4;
/// The most keys of one kind that are stored for a customer.
const MOST_OF_A_KIND: usize = 6;

impl Customer {
    /// The keys under which best match finds this customer, in addition to its identifiers.
    pub(crate) fn blocking_keys(&self) -> BTreeSet<Term> {
        let names = self.person_names();
        let readings: Vec<PersonName> = names.iter().flat_map(PersonName::readings).collect();
        let words = names
            .iter()
            .flat_map(|name| name.words().iter().filter(|word| word.len() > 1));
        let keys: [(TermKind, BTreeSet<String>); 5] = [
            (TermKind::NameWord, words.cloned().collect()),
            (TermKind::NamePair, readings.iter().flat_map(pair_keys).collect()),
            (TermKind::NameInitial, names.iter().flat_map(initial_keys).collect()),
            (TermKind::NameSound, names.iter().flat_map(sound_keys).collect()),
            (TermKind::NamePlace, self.place_keys(&names)),
        ];
        let keys = keys.into_iter().flat_map(|(kind, values)| {
            let some = values.into_iter().take(MOST_OF_A_KIND);
            some.map(move |value| Term::new(kind.clone(), value)).collect::<Vec<_>>()
        });
        let aliases = self.aliases(&names).into_iter();
        keys.chain(aliases.map(|alias| Term::new(TermKind::Alias, alias))).collect()
    }

    /// The customer's names: first and last name together, and the display name if it differs.
    pub(crate) fn person_names(&self) -> Vec<PersonName> {
        let part = |role| self.profile.get(&role).map_or("", String::as_str);
        let legal = format!("{} {}", part(Role::FirstName), part(Role::LastName));
        let mut names: Vec<PersonName> = [&legal, part(Role::DisplayName)]
            .into_iter()
            .filter_map(PersonName::read)
            .collect();
        names.dedup();
        names
    }

    /// Its handles, those in its profile URLs and those that were learnt, each with its network.
    pub(super) fn handles(&self) -> impl Iterator<Item = (Option<String>, String)> {
        let learnt = self.learnt_handles().map(|(network, handle)| (Some(network), handle));
        self.entered_handles().chain(learnt)
    }

    /// The handles that people entered, and those in profile URLs, each with its network.
    pub(crate) fn entered_handles(&self) -> impl Iterator<Item = (Option<String>, String)> {
        let entered = self
            .identifiers_of(Role::Handle)
            .map(|handle| (handle.network.clone(), handle.normal.clone()));
        let of_profiles = self.identifiers_of(Role::ProfileUrl).filter_map(|url| {
            let (network, handle) = profile(&url.value)?;
            Some((Some(network.to_owned()), handle))
        });
        entered.chain(of_profiles)
    }

    /// The handles that people entered, and the mailboxes of its e-mail addresses.
    pub(super) fn handles_and_mailboxes(&self) -> impl Iterator<Item = String> {
        let mailboxes = self
            .identifiers_of(Role::Email)
            .map(|email| mailbox(&email.normal).to_owned());
        self.entered_handles().map(|(_, handle)| handle).chain(mailboxes)
    }

    /// What a handle of this person may consist of: the letters of its handles and mailboxes, and its names without
    /// spaces. Learnt handles come last, so that they take no place from these.
    fn aliases(&self, names: &[PersonName]) -> Vec<String> {
        let is_long = |alias: &String| alias.len() >= SHORTEST_ALIAS;
        let entered = self.handles_and_mailboxes().map(|raw| plain_letters(&raw));
        let entered: BTreeSet<String> = entered.chain(names.iter().flat_map(run_together)).filter(is_long).collect();
        let learnt = self
            .learnt_handles()
            .map(|(_, handle)| plain_letters(&handle))
            .filter(is_long);
        let mut aliases: Vec<String> = entered.into_iter().collect();
        aliases.extend(learnt);
        aliases.truncate(MOST_OF_A_KIND);
        aliases
    }

    fn place_keys(&self, names: &[PersonName]) -> BTreeSet<String> {
        let place = Place::of(self);
        let words = names.iter().flat_map(|name| name.words().iter().take(3));
        words
            .flat_map(|word| place.keys_with(word))
            .take(MOST_OF_A_KIND - 1)
            .chain(place.house_key())
            .collect()
    }
}

impl Place {
    fn keys_with(&self, word: &str) -> Vec<String> {
        let city = self.city.as_ref().map(|city| &city.letters);
        let parts = self.zip.iter().chain(city);
        parts.map(|part| format!("{word} {part}")).collect()
    }
}

impl Evidence {
    /// The look-ups for this identity, the most selective first.
    pub fn lookups(&self) -> Vec<Term> {
        let mut lookups: Vec<Term> = self.identifiers.iter().take(MOST_IDENTIFIERS).cloned().collect();
        let mut ask = |kind: &TermKind, values: Vec<String>, most: usize| {
            let fresh = values.into_iter().map(|value| Term::new(kind.clone(), value)).take(most);
            lookups.extend(fresh);
        };
        if let Some(name) = self.name() {
            ask(&TermKind::NamePair, pair_keys(name), 2);
            let closed_up = name.closed_up().map(|name| pair_keys(&name)).unwrap_or_default();
            ask(&TermKind::NamePair, closed_up, 1);
            ask(&TermKind::NameWord, ends(name), 2);
            ask(&TermKind::NameInitial, initial_keys(name), 2);
        }
        if !self.name().is_some_and(PersonName::is_full) {
            let names = || self.handles.iter().flat_map(|handle| handle.text.possible_names());
            ask(&TermKind::NamePair, names().flat_map(|name| pair_keys(&name)).collect(), 3);
            let cores = self.handles.iter().map(|handle| handle.text.core.clone());
            let words = cores.chain(names().filter_map(|name| ends(&name).pop()));
            ask(
                &TermKind::NameWord,
                words.filter(|word| word.len() >= SHORTEST_ALIAS).collect(),
                2,
            );
        }
        ask(&TermKind::Alias, self.alias_keys(), 3);
        ask(&TermKind::NamePlace, self.place_keys(), 3);
        let houses = self.places.iter().filter_map(Place::house_key);
        ask(&TermKind::NamePlace, houses.collect(), 1);
        if let Some(name) = self.name() {
            ask(&TermKind::NameSound, sound_keys(name), 1);
        }
        lookups.truncate(MOST_LOOKUPS);
        lookups
    }

    fn alias_keys(&self) -> Vec<String> {
        let letters = self
            .handles
            .iter()
            .flat_map(|handle| [handle.text.letters.clone(), handle.text.core.clone()]);
        let mailbox = self.mailbox_text.as_ref().map(|text| text.letters.clone());
        let name = self
            .name()
            .into_iter()
            .flat_map(|name| run_together(name).into_iter().take(1));
        let mut keys: Vec<String> = Vec::new();
        for key in letters.chain(mailbox).chain(name) {
            if key.len() >= SHORTEST_ALIAS && !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    fn place_keys(&self) -> Vec<String> {
        let words = || self.name().into_iter().flat_map(|name| name.words().iter().take(2));
        self.places
            .iter()
            .flat_map(|place| words().flat_map(|word| place.keys_with(word)))
            .collect()
    }
}

/// The candidates to compare: customers that the shortest lists and the most lists name.
pub fn most_proposed(lists: &[BTreeSet<CustomerId>]) -> Vec<CustomerId> {
    let mut worth: HashMap<CustomerId, f64> = HashMap::new();
    for list in lists {
        let rarity = 1.0 / (1.0 + f64::from(u32::try_from(list.len()).unwrap_or(u32::MAX)));
        for id in list {
            *worth.entry(*id).or_default() += rarity;
        }
    }
    let mut proposed: Vec<(CustomerId, f64)> = worth.into_iter().collect();
    proposed.sort_by(|(one, worth), (other, others)| others.total_cmp(worth).then(other.cmp(one)));
    proposed.into_iter().take(MOST_CANDIDATES).map(|(id, _)| id).collect()
}

/// The part before the `@`.
pub(super) fn mailbox(email: &str) -> &str {
    email.rsplit_once('@').map_or(email, |(local, _)| local)
}

/// The first and the last word: given name and surname, in either order.
fn ends(name: &PersonName) -> Vec<String> {
    let whole: Vec<&String> = name.words().iter().filter(|word| word.len() > 1).collect();
    let mut ends: Vec<String> = [whole.first(), whole.last()]
        .into_iter()
        .flatten()
        .map(|&word| word.clone())
        .collect();
    ends.dedup();
    ends
}

/// Every pair of words of a name in canonical form, sorted, so that their order does not matter.
fn pair_keys(name: &PersonName) -> Vec<String> {
    let of_pair = |(one, other): (&str, &str)| {
        let others = canonical(other);
        canonical(one)
            .into_iter()
            .flat_map(|one| others.iter().map(|other| sorted(&one, other)).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    name.pairs().flat_map(of_pair).collect()
}

/// Every word with the initial of every other word.
fn initial_keys(name: &PersonName) -> Vec<String> {
    let words = name.words();
    let whole = words.iter().filter(|word| word.len() > 1);
    whole
        .flat_map(|word| {
            let others = words.iter().filter(move |other| *other != word);
            others.map(move |other| format!("{} {word}", &other[..1]))
        })
        .collect()
}

fn sound_keys(name: &PersonName) -> Vec<String> {
    name.pairs().map(|(one, other)| sorted(&sound(one), &sound(other))).collect()
}

/// A name as it appears in handles: `janedoe`, `doejane`, `jdoe`.
fn run_together(name: &PersonName) -> Vec<String> {
    name.pairs()
        .flat_map(|(one, other)| {
            [
                format!("{one}{other}"),
                format!("{other}{one}"),
                format!("{}{other}", &one[..1]),
            ]
        })
        .collect()
}

fn sorted(one: &str, other: &str) -> String {
    if one <= other {
        format!("{one} {other}")
    } else {
        format!("{other} {one}")
    }
}
