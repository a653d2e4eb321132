//! A generated sample with labels: customers like those of companies, and questions like those from networks.
//!
//! The parts, in reading order: [`people`] makes a [`person`] after the other with [`names`], [`handle`] and
//! [`account`]. [`mod@record`] writes down what a company knows of them. [`scenarios`] drafts questions with [`look`]
//! and [`noise`], and the [`judge`] keeps those that are fair.

pub mod account;
pub mod dice;
pub mod habits;
pub mod handle;
pub mod judge;
pub mod look;
pub mod names;
pub mod noise;
pub mod people;
pub mod person;
pub mod question;
pub mod record;
pub mod scenarios;
pub mod spelling;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::{
    dice::Dice,
    habits::{Habits, ScenarioShare},
    judge::{Fact, Judge, Verdict},
    names::Names,
    people::People,
    record::{Record, record},
    scenarios::{About, Pool, SCENARIOS, Scenario},
};

/// The properties of a sample.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The same seed gives the same sample.
    pub seed: u64,
    /// How many customers.
    pub customers: usize,
    /// How many questions.
    pub questions: usize,
    /// What it is for.
    pub purpose: Purpose,
}

/// The purpose of a sample. Samples for training best match have other names, nicknames and habits than those for
/// judging it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To judge best match: the same habits in every sample.
    Judging,
    /// To train it: habits drawn anew for every sample.
    Training,
}

/// A customer, by the field names of the default model.
pub type Customer = Map<String, Value>;

/// A question and its right answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The body of a best match request.
    pub identity: Value,
    /// The place of the customer in the list of customers; `None` if it is about a stranger.
    pub answer: Option<usize>,
    /// Other customers whom the evidence cannot tell from the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<usize>,
    /// The kind of question.
    pub scenario: String,
    /// The culture of the customer that it started from, if the sample knows it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub culture: String,
    /// Whether it is left out of the totals, because several customers share its name and it has nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub aside: bool,
}

/// Customers and questions about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The customers.
    pub customers: Vec<Customer>,
    /// The questions.
    pub questions: Vec<Question>,
}

/// Customers alone: those of the sample of this seed.
pub fn customers(seed: u64, count: usize) -> Vec<Customer> {
    let (names, habits) = (Names::read(), judged_habits());
    let people = People {
        names: &names,
        habits: &habits,
    };
    let records = records(&people, count, &mut Dice::new(seed));
    records.into_iter().map(|record| record.fields).collect()
}

fn records(people: &People<'_>, count: usize, dice: &mut Dice) -> Vec<Record> {
    let everybody = people.make(count, dice).into_iter();
    everybody.map(|person| record(person, people, dice)).collect()
}

impl Sample {
    /// Makes a sample.
    pub fn generate(settings: &Settings) -> Self {
        let mut dice = Dice::new(settings.seed);
        let (names, habits) = match settings.purpose {
            Purpose::Judging => (Names::read(), judged_habits()),
            Purpose::Training => (Names::for_training(), Habits::drawn(&usual_shares(), &mut dice)),
        };
        let people = People {
            names: &names,
            habits: &habits,
        };
        let records = records(&people, settings.customers, &mut dice);
        let interview = Interview {
            people,
            judge: Judge::new(&names, &records),
            pools: Pools::of(&records),
            owners: owners(&records),
            records: &records,
        };
        let questions = (0..settings.questions)
            .filter_map(|_| interview.question(&mut dice))
            .collect();
        Self {
            customers: records.into_iter().map(|record| record.fields).collect(),
            questions,
        }
    }
}

/// Makes fair questions about records.
struct Interview<'a> {
    people: People<'a>,
    judge: Judge<'a>,
    pools: Pools,
    owners: HashMap<String, usize>,
    records: &'a [Record],
}

/// The number of customers that a scenario tries before another one gets its turn.
const TRIES: usize = 400;

impl Interview<'_> {
    fn question(&self, dice: &mut Dice) -> Option<Question> {
        (0..SCENARIOS.len()).find_map(|_| {
            let scenario = &SCENARIOS[Habits::place(&self.people.habits.scenarios, dice)];
            (0..TRIES).find_map(|_| self.attempt(scenario, dice))
        })
    }

    fn attempt(&self, scenario: &Scenario, dice: &mut Dice) -> Option<Question> {
        let place = match scenario.pool {
            Pool::All => dice.below(self.records.len()),
            Pool::Namesakes => *dice.one_of(&self.pools.namesakes)?,
            Pool::Households => *dice.one_of(&self.pools.households)?,
        };
        let draft = scenario.draft(self.records.get(place)?, &self.people, dice)?;
        let (answer, also) = match (scenario.about, self.judge.verdict(&draft.facts)) {
            (About::Customer, Verdict::These(these)) if these == [place] => (Some(place), Vec::new()),
            (About::Several, Verdict::These(these)) if these.len() > 1 && these.contains(&place) => {
                (Some(place), these.into_iter().filter(|&other| other != place).collect())
            }
            (About::Stranger, Verdict::Nobody) => (None, Vec::new()),
            _ => return None,
        };
        if self.is_of_somebody_else(&draft.facts, answer) {
            return None;
        }
        Some(Question {
            identity: draft.into_body(),
            answer,
            also,
            scenario: scenario.name.to_owned(),
            culture: self.people.names.cultures[self.records[place].person.culture].name.to_owned(),
            aside: false,
        })
    }
}

impl Interview<'_> {
    /// Whether an account or an address belongs to another customer, recorded or not.
    fn is_of_somebody_else(&self, facts: &[Fact], answer: Option<usize>) -> bool {
        let owner = |fact: &Fact| match fact {
            Fact::Handle(Some(network), text) => self.owners.get(&account::key(network, text)),
            Fact::Email(email) => self.owners.get(email),
            _ => None,
        };
        facts.iter().filter_map(owner).any(|&owner| answer != Some(owner))
    }
}

/// The owner of each account and each address.
fn owners(records: &[Record]) -> HashMap<String, usize> {
    let mut owners = HashMap::new();
    for (place, record) in records.iter().enumerate() {
        let person = &record.person;
        let keys = person
            .handles
            .iter()
            .map(account::Handle::key)
            .chain(person.emails.iter().cloned());
        owners.extend(keys.map(|key| (key, place)));
    }
    owners
}

/// Customers who share something with others.
struct Pools {
    namesakes: Vec<usize>,
    households: Vec<usize>,
}

impl Pools {
    fn of(records: &[Record]) -> Self {
        let name = |record: &Record| {
            let person = &record.person;
            vec![format!("{} {}", person.given.key(), person.basic_surname.key())]
        };
        let contacts = |record: &Record| {
            let shown = &record.shown;
            let phones = shown.phones.iter().map(person::Phone::key);
            phones.chain(shown.emails.iter().cloned()).collect()
        };
        Self {
            namesakes: sharing(records, name),
            households: sharing(records, contacts),
        }
    }
}

/// The places of records that share a value with another.
fn sharing(records: &[Record], values: impl Fn(&Record) -> Vec<String>) -> Vec<usize> {
    let mut bearers: HashMap<String, usize> = HashMap::new();
    for record in records {
        for value in values(record) {
            *bearers.entry(value).or_default() += 1;
        }
    }
    let shares = |record: &Record| values(record).iter().any(|value| bearers[value] > 1);
    (0..records.len()).filter(|&place| shares(&records[place])).collect()
}

/// The usual shares of all scenarios.
pub(crate) fn usual_shares() -> Vec<ScenarioShare> {
    let share = |scenario: &Scenario| ScenarioShare {
        weight: scenario.weight,
        is_about_stranger: scenario.is_about_stranger(),
    };
    SCENARIOS.iter().map(share).collect()
}

/// The habits of the samples for judging best match.
fn judged_habits() -> Habits {
    Habits {
        scenarios: usual_shares().iter().map(|share| share.weight).collect(),
        ..Habits::usual()
    }
}

#[cfg(test)]
mod tests {
    use crm_domain::{ObjectStructure, normal::Region};

    use super::*;

    fn sample(seed: u64) -> Sample {
        Sample::generate(&Settings {
            seed,
            customers: 1_500,
            questions: 1_500,
            purpose: Purpose::Judging,
        })
    }

    #[test]
    fn a_seed_determines_the_sample() {
        assert!(sample(1) == sample(1), "an equal seed gives another sample");
        assert!(sample(1) != sample(2), "another seed gives the same sample");
    }

    #[test]
    fn all_scenarios_occur_and_a_third_is_about_strangers() {
        let questions = sample(3).questions;
        assert_eq!(questions.len(), 1_500);
        let strangers = questions.iter().filter(|question| question.answer.is_none()).count();
        assert!((450..=600).contains(&strangers), "{strangers} of 1500 are about strangers");
        for scenario in &SCENARIOS {
            assert!(
                questions.iter().any(|question| question.scenario == scenario.name),
                "no question is about: {}",
                scenario.name
            );
        }
    }

    #[test]
    fn labels_agree_with_their_scenarios() {
        let sample = sample(4);
        for question in &sample.questions {
            let scenario = SCENARIOS.iter().find(|scenario| scenario.name == question.scenario).unwrap();
            let (answered, several) = (question.answer.is_some(), !question.also.is_empty());
            let promised = match scenario.about {
                About::Customer => (true, false),
                About::Several => (true, true),
                About::Stranger => (false, false),
            };
            assert_eq!((answered, several), promised, "{question:?}");
            let named = question.answer.iter().chain(&question.also);
            assert!(named.into_iter().all(|&place| place < sample.customers.len()), "{question:?}");
            assert!(
                question.also.iter().all(|&place| question.answer != Some(place)),
                "{question:?}"
            );
        }
    }

    /// A sample must not have two right answers to one question.
    #[test]
    fn equal_questions_have_equal_answers() {
        let mut answers = HashMap::new();
        for question in sample(5).questions {
            let mut right: Vec<usize> = question.answer.into_iter().chain(question.also).collect();
            right.sort_unstable();
            let known = answers.entry(question.identity.to_string()).or_insert_with(|| right.clone());
            assert_eq!(*known, right, "{}", question.identity);
        }
    }

    #[test]
    fn every_customer_is_valid_in_the_default_model() {
        let model = ObjectStructure::default_customer();
        for customer in sample(6).customers {
            assert!(!customer.is_empty());
            for (name, value) in &customer {
                let field = model.field(name).unwrap_or_else(|| panic!("the model has no field {name}"));
                let read = field.read(value, Region::US);
                assert!(matches!(read, Ok(Some(_))), "{name} {value}: {read:?}");
            }
        }
    }

    #[test]
    fn every_name_can_be_spelled() {
        let names = Names::read();
        assert_eq!(names.cultures.len(), 19);
        let mut dice = Dice::new(7);
        for culture in &names.cultures {
            for woman in [true, false] {
                for name in [
                    culture.given(woman, &mut dice),
                    culture.surname(&mut dice),
                    culture.city(&mut dice).name,
                ] {
                    assert!(!name.key().is_empty(), "{}: {name:?} has no Latin spelling", culture.name);
                }
            }
        }
        assert!(!names.nicknames(&names::Name::new("Elizabeth")).is_empty());
    }
}
