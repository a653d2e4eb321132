//! Measures how well duplicates are recognised. In a generated sample some people have two records, each written as
//! if by a different clerk on a different day. The product's own code judges them.

use std::{collections::BTreeSet, thread};

use anyhow::Result;
use crm_domain::{
    TenantSettings,
    matching::{Confidence, JudgedRecord, Judgement},
    normal::Region,
};
use serde_json::{Value, json};
use strum::VariantArray as _;

use crate::{
    extra,
    index::Index,
    load::customer,
    sample::{
        self, Customer, Purpose,
        dice::Dice,
        habits::Habits,
        names::Names,
        noise,
        people::People,
        person::{Person, Phone},
        record::{Record, record},
    },
};

/// The properties of a sample.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The same seed gives the same sample.
    pub seed: u64,
    /// The number of people.
    pub people: usize,
    /// The share of them that have two records.
    pub share: f64,
}

/// The probabilities that the second record has another e-mail address of the person, another telephone number,
/// another home, and a typing error in a name.
const CHANGES: [f64; 4] = [0.35, 0.2, 0.1, 0.1];

/// Two records of one person, by their places.
pub type Pair = (usize, usize);

/// Records of which it is known who has two.
#[derive(Debug)]
pub struct Known {
    /// The records, in the order in which they were created.
    pub records: Vec<Customer>,
    /// All pairs of records of one person.
    duplicates: BTreeSet<Pair>,
    /// Those of them that share something more specific than a name.
    tellable: BTreeSet<Pair>,
}

/// The same as the product finds them.
struct Sample {
    known: Known,
    index: Index,
}

/// The figures for one confidence and all higher ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// The least confidence.
    pub confidence: Confidence,
    /// The number of pairs that were reported.
    pub told: usize,
    /// The number of these that are one person.
    pub right: usize,
    /// The number of pairs that are one person.
    pub duplicates: usize,
    /// The number of these that share more than a name.
    pub tellable: usize,
    /// The number of the latter that were reported.
    pub found: usize,
}

impl Figures {
    /// The share of the reported pairs that are right.
    pub fn precision(&self) -> f64 {
        share(self.right, self.told)
    }

    /// The share of all duplicates that were reported.
    pub fn recall(&self) -> f64 {
        share(self.right, self.duplicates)
    }

    /// The share of the duplicates with more in common than a name that were reported.
    pub fn recall_of_tellable(&self) -> f64 {
        share(self.found, self.tellable)
    }

    /// The sum with the figures of another sample.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            confidence: self.confidence,
            told: self.told + other.told,
            right: self.right + other.right,
            duplicates: self.duplicates + other.duplicates,
            tellable: self.tellable + other.tellable,
            found: self.found + other.found,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a sample")]
fn share(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

/// Generates a sample, judges its records, and counts, the highest confidence first.
///
/// # Errors
/// When the data model would refuse a record.
pub fn figures(settings: &Settings) -> Result<Vec<Figures>> {
    let sample = Sample::new(Known::generate(settings))?;
    let judged = sample.judged().into_iter();
    let told = judged.filter_map(|(pair, judgement)| Some((pair, Confidence::of(judgement.score)?)));
    Ok(sample.known.figures(&told.collect::<Vec<_>>()))
}

/// The observations about the pairs of a sample of the kind that models are fitted to, one line of JSON per pair:
/// whether it is one person, the signals, and the value of each by best match's curves.
///
/// # Errors
/// When the data model would refuse a record.
pub fn observations(settings: &Settings) -> Result<Vec<String>> {
    let sample = Sample::new(Known::of(settings, Purpose::Training))?;
    let line = |(pair, judgement): (Pair, Judgement)| {
        let signals = judgement.comparison.signals.iter();
        let signals: Vec<Value> = signals
            .zip(judgement.comparison.worth())
            .map(|((signal, _), worth)| json!([format!("{signal:?}"), worth]))
            .collect();
        json!([u8::from(sample.known.duplicates.contains(&pair)), signals]).to_string()
    };
    Ok(sample.judged().into_iter().map(line).collect())
}

impl Known {
    /// The records of a sample with names and habits that training never saw.
    pub fn generate(settings: &Settings) -> Self {
        Self::of(settings, Purpose::Judging)
    }

    /// The place of the first of those records that are somebody's second one.
    pub fn first_second(&self) -> usize {
        self.records.len() - self.duplicates.len()
    }

    /// Counts the pairs that were reported, the highest confidence first.
    pub fn figures(&self, told: &[(Pair, Confidence)]) -> Vec<Figures> {
        let counted = Confidence::VARIANTS.iter().rev().map(|&confidence| {
            let told: BTreeSet<Pair> = told
                .iter()
                .filter(|(_, of)| *of >= confidence)
                .map(|(pair, _)| *pair)
                .collect();
            Figures {
                confidence,
                told: told.len(),
                right: told.intersection(&self.duplicates).count(),
                duplicates: self.duplicates.len(),
                tellable: self.tellable.len(),
                found: told.intersection(&self.tellable).count(),
            }
        });
        counted.collect()
    }

    fn of(settings: &Settings, purpose: Purpose) -> Self {
        let mut dice = Dice::new(settings.seed);
        let (names, habits) = match purpose {
            Purpose::Judging => (Names::read(), Habits::usual()),
            Purpose::Training => (Names::for_training(), Habits::drawn(&sample::usual_shares(), &mut dice)),
        };
        let people = People {
            names: &names,
            habits: &habits,
        };
        let everybody = people.make(settings.people, &mut dice);
        let again: Vec<(usize, Person)> = everybody
            .iter()
            .enumerate()
            .filter(|_| dice.chance(settings.share))
            .map(|(place, person)| (place, person.clone()))
            .collect();
        let mut records: Vec<Record> = everybody
            .into_iter()
            .map(|person| record(person, &people, &mut dice))
            .collect();
        let (mut duplicates, mut tellable) = (BTreeSet::new(), BTreeSet::new());
        for (place, person) in again {
            let pair = (place, records.len());
            let mut second = record(on_another_day(person, &people, &mut dice), &people, &mut dice);
            if dice.chance(CHANGES[3]) {
                mistype(&mut second, &mut dice);
            }
            duplicates.insert(pair);
            if share_more_than_a_name(&records[place], &second) {
                tellable.insert(pair);
            }
            records.push(second);
        }
        Self {
            records: records.into_iter().map(|record| record.fields).collect(),
            duplicates,
            tellable,
        }
    }
}

impl Sample {
    fn new(known: Known) -> Result<Self> {
        let settings = TenantSettings {
            customer_model: extra::model(),
            ..TenantSettings::default()
        };
        let records = known.records.iter().enumerate();
        let customers: Result<Vec<_>> = records.map(|(place, fields)| customer(fields, place, &settings)).collect();
        Ok(Self {
            index: Index::new(customers?, &settings.customer_model),
            known,
        })
    }

    /// All judgements of the product, each pair under the record that was created last.
    fn judged(&self) -> Vec<(Pair, Judgement)> {
        let customers = self.index.customers();
        let places: Vec<usize> = (0..customers.len()).collect();
        let half = places.len().div_ceil(2).max(1);
        thread::scope(|scope| {
            let parts: Vec<_> = places
                .chunks(half)
                .map(|part| scope.spawn(move || part.iter().flat_map(|&place| self.judged_at(place)).collect::<Vec<_>>()))
                .collect();
            let judged = parts.into_iter().map(|part| match part.join() {
                Ok(judged) => judged,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            judged.flatten().collect()
        })
    }

    fn judged_at(&self, place: usize) -> Vec<(Pair, Judgement)> {
        let customers = self.index.customers();
        let record = JudgedRecord::new(&customers[place], Region::US);
        let (proposed, frequencies) = self.index.proposed(record.lookups());
        let earlier = proposed.into_iter().filter(|&other| other < place);
        earlier
            .map(|other| ((other, place), record.judge(&customers[other], &frequencies)))
            .collect()
    }
}

/// The same person as recorded by somebody else.
fn on_another_day(mut person: Person, people: &People<'_>, dice: &mut Dice) -> Person {
    let [email, phone, home, _] = CHANGES;
    if dice.chance(email) && !person.emails.is_empty() {
        person.emails.rotate_left(1);
    }
    if dice.chance(phone) {
        person.phone = Phone::new(people.names.cultures[person.culture].phone_plan(dice), dice);
    }
    if dice.chance(home) {
        person.home = people.anybody(dice).home;
    }
    person
}

fn mistype(record: &mut Record, dice: &mut Dice) {
    for field in ["firstName", "lastName", "displayName"] {
        if let Some(Value::String(name)) = record.fields.get(field) {
            let wrong = noise::typo(name, dice);
            record.fields.insert(field.to_owned(), wrong.into());
            return;
        }
    }
}

/// Whether two records of one person have the same contact, account or number, or the same full name and place.
fn share_more_than_a_name(one: &Record, other: &Record) -> bool {
    let (ours, theirs) = (&one.shown, &other.shown);
    let emails = ours.emails.iter().any(|email| theirs.emails.contains(email));
    let phones = ours.phones.iter().any(|phone| theirs.phones.contains(phone));
    let handles = ours.handles.iter().any(|handle| theirs.handles.contains(handle));
    let orders = ours.orders.iter().any(|order| theirs.orders.contains(order));
    let account = ours.account.is_some() && ours.account == theirs.account;
    let is_named = ours.given && ours.surname && theirs.given && theirs.surname;
    let place = ours.city.is_some() && ours.city == theirs.city;
    emails || phones || handles || orders || account || (is_named && place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_pairs_are_right_and_most_recognisable_pairs_are_found() {
        let settings = Settings {
            seed: 1,
            people: 1_500,
            share: 0.2,
        };
        let figures = figures(&settings).unwrap();
        let [certain, likely, possible] = figures.as_slice() else {
            panic!("{figures:?}")
        };
        assert!(certain.duplicates > 250 && certain.tellable > 150, "{certain:?}");
        assert!(certain.precision() > 0.97, "{certain:?}");
        assert!(likely.precision() > 0.9 && likely.told > certain.told, "{likely:?}");
        assert!(possible.recall_of_tellable() > 0.8, "{possible:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_sample() {
        let settings = Settings {
            seed: 7,
            people: 100,
            share: 0.2,
        };
        assert_eq!(figures(&settings).unwrap(), figures(&settings).unwrap());
    }
}
