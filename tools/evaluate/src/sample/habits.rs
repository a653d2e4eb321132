//! The habits of a company, which differ from one to the next: how many customers are related, what a record has, who
//! asks, and how.

use super::dice::Dice;

/// The shares and chances of one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Habits {
    /// The shares of customers who are relatives, namesakes, namesakes nearby, and colleagues of an earlier one.
    pub relations: [f64; 4],
    /// The probabilities that a record has an e-mail address, a second one, a telephone number.
    pub contacts: [f64; 3],
    /// The probabilities that a handle is in its network's field, in the field without a network, in the profile's
    /// address.
    pub handles: [f64; 3],
    /// The probabilities that a record has a whole address, or only a city.
    pub addresses: [f64; 2],
    /// The probabilities that a record has the number of the account, of an order.
    pub references: [f64; 2],
    /// How records have names: first and last, display only, all, a nickname or a word, an initial and the last, none.
    pub names: [f64; 6],
    /// The share of handles that are made of words instead of names.
    pub handles_of_words: f64,
    /// The probability that a question comes from a handle that says nothing new.
    pub unknown_profiles: f64,
    /// The probability that such a handle is on a network of which the record has a different handle.
    pub second_accounts: f64,
    /// The probability that a stranger happens to have the name of a customer, although the name is rare.
    pub rare_namesakes: f64,
    /// The number of people in a million who have a name that counts as common.
    pub common_name: f64,
    /// The share of people who live in one of many small towns.
    pub small_towns: f64,
    /// The probability that a contact is shown without a name.
    pub nameless: f64,
    /// The probability that a name is shown with something else.
    pub corroborated: f64,
    /// The weight of each scenario.
    pub scenarios: Vec<f64>,
}

/// The usual weight of a scenario.
#[derive(Debug, Clone, Copy)]
pub struct ScenarioShare {
    /// Its weight among all scenarios.
    pub weight: f64,
    /// Whether its questions are about strangers.
    pub is_about_stranger: bool,
}

impl Habits {
    /// The habits of the samples that best match is judged by, without shares of scenarios.
    pub fn usual() -> Self {
        Self {
            relations: [0.14, 0.03, 0.02, 0.04],
            contacts: [0.62, 0.2, 0.5],
            handles: [0.30, 0.12, 0.13],
            addresses: [0.42, 0.12],
            references: [0.4, 0.3],
            names: [0.42, 0.24, 0.24, 0.05, 0.03, 0.02],
            handles_of_words: 0.33,
            unknown_profiles: 1.0,
            second_accounts: 0.0,
            rare_namesakes: 1.0,
            common_name: 12.0,
            small_towns: 0.0,
            nameless: 0.0,
            corroborated: 0.55,
            scenarios: Vec::new(),
        }
    }

    /// The habits of a company, drawn from wide ranges for every sample, so that nothing can be learnt from them.
    pub fn drawn(scenarios: &[ScenarioShare], dice: &mut Dice) -> Self {
        let usual = Self::usual();
        // Fewer than half of the scenarios' weight, because most people who write to a company are its customers.
        let strangers = 0.6 * dice.times(2.0);
        let scenarios = scenarios.iter().map(|scenario| {
            let share = if scenario.is_about_stranger { strangers } else { 1.0 };
            scenario.weight * share * dice.times(3.0)
        });
        let scenarios = scenarios.collect();
        let mut between = |from: f64, to: f64| from + (to - from) * dice.fraction();
        Self {
            relations: [between(0.0, 0.2), between(0.0, 0.05), between(0.0, 0.03), between(0.0, 0.06)],
            contacts: [between(0.3, 0.95), between(0.05, 0.3), between(0.2, 0.9)],
            handles: [between(0.03, 0.4), between(0.02, 0.2), between(0.02, 0.3)],
            addresses: [between(0.1, 0.9), between(0.0, 0.15)],
            references: [between(0.1, 0.9), between(0.1, 0.9)],
            names: usual.names.map(|share| share * between(0.2, 3.0)),
            handles_of_words: between(0.15, 0.6),
            unknown_profiles: between(0.4, 1.0),
            second_accounts: between(0.0, 0.6),
            rare_namesakes: between(0.0, 0.02),
            common_name: between(15.0, 80.0),
            small_towns: between(0.2, 0.9),
            nameless: between(0.0, 0.3),
            corroborated: between(0.1, 0.7),
            scenarios,
        }
    }

    /// The index of the drawn share.
    pub fn place(shares: &[f64], dice: &mut Dice) -> usize {
        let places: Vec<usize> = (0..shares.len()).collect();
        dice.weighted(&places, |&place| shares[place]).copied().unwrap_or(0)
    }
}
