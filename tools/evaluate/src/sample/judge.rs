//! Decides which customers the evidence of a question points to, as a careful person would who knows the facts.
//!
//! A label is fair only if the evidence supports it. The judge knows what every spelling stands for, so noise does not
//! matter to it: it decides whether the facts point to one customer, to several, or to nobody. It shares no code with
//! the best match that is being evaluated, which sees spellings and not facts.

use std::collections::{BTreeSet, HashMap};

use super::{account::Handle, handle, names::Names, person::surname_key, record::Record};

/// A fact that a question states, in any spelling.
#[derive(Debug, Clone)]
pub enum Fact {
    /// A name, or what is left of it.
    Name {
        /// The given name.
        given: Given,
        /// Keys of the family names; none where they are missing.
        surnames: Vec<String>,
        /// How much certainty is lost by the spelling.
        loss: i32,
    },
    /// An e-mail address.
    Email(String),
    /// An address with a typing error, one edit away from this one.
    NearEmail(String),
    /// A telephone number, by its key.
    Phone(String),
    /// A number one digit away from this one.
    NearPhone(String),
    /// A handle on a network; the network may be unknown.
    Handle(Option<&'static str>, String),
    /// A number of an order or an account with one wrong digit; this is the right one.
    NearReference(String),
    /// A street with its number.
    Street(String),
    /// A city, by its key.
    City(String),
    /// A postcode.
    Postcode(String),
    /// The number of an order or an account.
    Reference(String),
}

/// The knowledge of a given name.
#[derive(Debug, Clone)]
pub enum Given {
    /// It is one of these, by their keys.
    OneOf(Vec<String>),
    /// It begins with this letter.
    Initial(String),
    /// Nothing.
    Unknown,
}

impl Given {
    fn fits(&self, key: &str) -> Option<bool> {
        match self {
            Self::OneOf(keys) => Some(keys.iter().any(|known| known == key)),
            Self::Initial(letter) => Some(key.starts_with(letter.as_str())),
            Self::Unknown => None,
        }
    }
}

/// The least weight of evidence that makes somebody the answer.
pub const ENOUGH: i32 = 7;
/// The highest weight of evidence for anybody with which the answer can be nobody.
pub const DOUBTFUL: i32 = 4;
/// The margin by which the evidence for all other customers must weigh less.
const CLEARLY: i32 = 3;

/// The judgement on the evidence.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These customers, whom it cannot tell apart.
    These(Vec<usize>),
    /// None of the customers.
    Nobody,
    /// A careful person would hesitate, so the question is not fair.
    Unclear,
}

/// Weighs facts against all customers.
pub struct Judge<'a> {
    names: &'a Names,
    records: &'a [Record],
    index: HashMap<String, Vec<usize>>,
}

impl<'a> Judge<'a> {
    /// A judge of these customers.
    pub fn new(names: &'a Names, records: &'a [Record]) -> Self {
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, record) in records.iter().enumerate() {
            for key in keys_of(record) {
                index.entry(key).or_default().push(place);
            }
        }
        Self { names, records, index }
    }

    /// The customers that the facts point to.
    pub fn verdict(&self, facts: &[Fact]) -> Verdict {
        let candidates: BTreeSet<usize> = facts
            .iter()
            .flat_map(keys_asked)
            .filter_map(|key| self.index.get(&key))
            .flatten()
            .copied()
            .collect();
        let weighed: Vec<(i32, usize)> = candidates
            .into_iter()
            .map(|place| (self.weight(facts, &self.records[place]), place))
            .collect();
        let best = weighed.iter().map(|(weight, _)| *weight).max().unwrap_or(0);
        if best <= DOUBTFUL {
            return Verdict::Nobody;
        }
        let near: Vec<&(i32, usize)> = weighed.iter().filter(|(weight, _)| *weight > best - CLEARLY).collect();
        if best < ENOUGH || near.len() > MOST_ALIKE || near.iter().any(|(weight, _)| *weight != best) {
            return Verdict::Unclear;
        }
        Verdict::These(near.into_iter().map(|(_, place)| *place).collect())
    }

    fn weight(&self, facts: &[Fact], record: &Record) -> i32 {
        // A handle often repeats the display name: names count once.
        let name = facts
            .iter()
            .filter_map(|fact| self.name(fact, record))
            .max_by_key(|weight| weight.abs());
        let others: i32 = facts.iter().map(|fact| of_fact(fact, record)).sum();
        name.unwrap_or(0) + others
    }

    fn name(&self, fact: &Fact, record: &Record) -> Option<i32> {
        let Fact::Name { given, surnames, loss } = fact else {
            return None;
        };
        let (person, shown) = (&record.person, &record.shown);
        let fits = shown.given.then(|| given.fits(&person.given.key())).flatten();
        if surnames.is_empty() || !shown.surname {
            return Some(match fits {
                Some(true) => 1,
                Some(false) => -5,
                None => 0,
            });
        }
        let borne: BTreeSet<String> = person
            .surnames
            .iter()
            .chain([&person.basic_surname])
            .map(surname_key)
            .collect();
        let shared = surnames.iter().filter(|key| borne.contains(*key)).count();
        Some(match (shared, fits) {
            (0, Some(true)) => -1,
            (0, _) => -7,
            (_, Some(false)) => -9,
            (_, None) => 2,
            (_, Some(true)) => {
                let both = if shared > 1 && person.surnames.len() > 1 { 2 } else { 0 };
                let initial = if matches!(given, Given::Initial(_)) { 2 } else { 0 };
                self.rarity(record) + both - initial - loss
            }
        })
    }

    /// The weight of the full name alone: a rare name weighs more.
    fn rarity(&self, record: &Record) -> i32 {
        let person = &record.person;
        let namesakes = self
            .names
            .namesakes_in_a_million(person.culture, &person.given, &person.basic_surname);
        match namesakes {
            rare if rare < 1.0 => 7,
            seldom if seldom < 12.0 => 5,
            _ => 3,
        }
    }
}

/// The largest number of customers that a question may fit equally well. Beyond that it is about nobody in
/// particular.
const MOST_ALIKE: usize = 3;

fn of_fact(fact: &Fact, record: &Record) -> i32 {
    let shown = &record.shown;
    match fact {
        Fact::Email(email) if shown.emails.contains(email) => 10,
        Fact::Email(email) if shown.emails.iter().any(|other| mailbox(other) == mailbox(email)) => 3,
        Fact::Email(_) if !shown.emails.is_empty() => -2,
        Fact::NearEmail(email) if shown.emails.contains(email) => 6,
        Fact::NearEmail(_) if !shown.emails.is_empty() => -1,
        Fact::Phone(key) if shown.phones.iter().any(|phone| phone.key() == *key) => 8,
        Fact::Phone(_) if !shown.phones.is_empty() => -1,
        Fact::NearPhone(key) if shown.phones.iter().any(|phone| phone.key() == *key) => 4,
        Fact::Handle(network, text) => of_handle(*network, text, record),
        Fact::City(key) => match &shown.city {
            Some(city) if city == key => 2,
            Some(_) => -2,
            None => 0,
        },
        Fact::NearReference(number) if shown.account.as_ref() == Some(number) => 4,
        Fact::Street(street) if shown.street.as_ref() == Some(street) => 3,
        Fact::Postcode(postcode) if shown.postcode.as_ref() == Some(postcode) => 3,
        Fact::Reference(number) if shown.orders.contains(number) || shown.account.as_ref() == Some(number) => 10,
        _ => 0,
    }
}

fn of_handle(network: Option<&'static str>, text: &str, record: &Record) -> i32 {
    let shown = &record.shown;
    let here = |other: &Handle| network.is_some_and(|network| other.network == network);
    if shown.handles.iter().any(|other| here(other) && other.text == text) {
        return 8;
    }
    let equal = shown
        .handles
        .iter()
        .map(|other| &other.text)
        .chain(&shown.screen_names)
        .any(|other| other == text);
    let contradicted = if shown.handles.iter().any(here) { -3 } else { 0 };
    if equal {
        let distinctive = text.len() >= 9 || text.contains(|letter: char| letter.is_ascii_digit());
        return contradicted + if distinctive { 6 } else { 4 };
    }
    let stem = handle::stem(text);
    let alike = |other: &str| stem.len() >= 6 && handle::stem(other) == stem;
    let elsewhere = shown
        .handles
        .iter()
        .filter(|other| !here(other))
        .map(|other| other.text.as_str());
    let varied = elsewhere.chain(shown.screen_names.iter().map(String::as_str)).any(alike);
    let of_mailbox = |email: &String| match mailbox(email) {
        local if local == text => 4,
        local if alike(local) => 2,
        _ => 0,
    };
    let mailbox = shown.emails.iter().map(of_mailbox).max().unwrap_or(0);
    contradicted + if varied { 3 } else { 0 } + mailbox
}

fn mailbox(email: &str) -> &str {
    email.split('@').next().unwrap_or_default()
}

fn keys_of(record: &Record) -> BTreeSet<String> {
    let (person, shown) = (&record.person, &record.shown);
    let mut keys = BTreeSet::new();
    if shown.surname {
        keys.extend(
            person
                .surnames
                .iter()
                .chain([&person.basic_surname])
                .map(|name| format!("name {}", surname_key(name))),
        );
    }
    for email in &shown.emails {
        keys.insert(format!("email {email}"));
        keys.insert(format!("word {}", mailbox(email)));
    }
    keys.extend(shown.street.iter().map(|street| format!("street {street}")));
    keys.extend(shown.phones.iter().map(|phone| format!("phone {}", phone.key())));
    for text in shown.handles.iter().map(|handle| &handle.text).chain(&shown.screen_names) {
        keys.insert(format!("word {text}"));
        keys.insert(format!("stem {}", handle::stem(text)));
    }
    keys.extend(
        shown
            .orders
            .iter()
            .chain(&shown.account)
            .map(|number| format!("number {number}")),
    );
    keys
}

fn keys_asked(fact: &Fact) -> Vec<String> {
    match fact {
        Fact::Name { surnames, .. } => surnames.iter().map(|key| format!("name {key}")).collect(),
        Fact::Email(email) => vec![format!("email {email}"), format!("word {}", mailbox(email))],
        Fact::NearEmail(email) => vec![format!("email {email}")],
        Fact::Phone(key) | Fact::NearPhone(key) => vec![format!("phone {key}")],
        Fact::Handle(_, text) => vec![format!("word {text}"), format!("stem {}", handle::stem(text))],
        Fact::Reference(number) => vec![format!("number {number}")],
        Fact::Street(street) => vec![format!("street {street}")],
        Fact::NearReference(_) | Fact::City(_) | Fact::Postcode(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{
        dice::Dice,
        habits::Habits,
        names::Name,
        people::{People, Relation},
        person::Person,
        record::Shown,
    };

    fn record(person: Person, shown: Shown) -> Record {
        Record {
            person,
            shown: Shown {
                given: true,
                surname: true,
                ..shown
            },
            fields: serde_json::Map::new(),
        }
    }

    fn name_of(person: &Person) -> Fact {
        Fact::Name {
            given: Given::OneOf(vec![person.given.key()]),
            surnames: person.surnames.iter().map(surname_key).collect(),
            loss: 0,
        }
    }

    fn person(names: &Names, given: &str, surname: &str) -> Person {
        let habits = Habits::usual();
        let people = People { names, habits: &habits };
        people.named(0, true, Name::new(given), Name::new(surname), &mut Dice::new(3))
    }

    #[test]
    fn an_unusual_name_suffices_but_a_common_one_does_not() {
        let names = Names::read();
        let records = ["Winifred Oglethorpe", "Mary Smith"].map(|name| {
            let (given, surname) = name.split_once(' ').unwrap();
            record(person(&names, given, surname), Shown::default())
        });
        let judge = Judge::new(&names, &records);
        assert_eq!(judge.verdict(&[name_of(&records[0].person)]), Verdict::These(vec![0]));
        assert_eq!(judge.verdict(&[name_of(&records[1].person)]), Verdict::Nobody);
    }

    #[test]
    fn a_shared_phone_needs_a_name_and_refuses_a_relative() {
        let names = Names::read();
        let habits = Habits::usual();
        let people = People {
            names: &names,
            habits: &habits,
        };
        let ann = person(&names, "Ann", "Oglethorpe");
        let (bob, eve) = (
            people.related(Relation::Relative, &ann, &mut Dice::new(4)),
            people.related(Relation::Relative, &ann, &mut Dice::new(5)),
        );
        let phones = vec![ann.phone.clone()];
        let shown = || Shown {
            phones: phones.clone(),
            ..Shown::default()
        };
        let records = [record(ann, shown()), record(bob, shown())];
        let judge = Judge::new(&names, &records);
        let phone = Fact::Phone(phones[0].key());
        assert_eq!(judge.verdict(std::slice::from_ref(&phone)), Verdict::These(vec![0, 1]));
        assert_eq!(
            judge.verdict(&[phone.clone(), name_of(&records[1].person)]),
            Verdict::These(vec![1])
        );
        assert_eq!(judge.verdict(&[phone, name_of(&eve)]), Verdict::Nobody);
    }
}
