//! Explains why a customer is shown or not: every observation with its weight, and no
//! personal data.

use serde::Serialize;

use super::{Candidate, Comparison, Signal, Strictness, how_many_named, probabilities};

/// One candidate and its explanation.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The customer.
    pub id: String,
    /// The probability that this is the same person. It assumes that the identity is one of
    /// the candidates or none.
    pub probability: f64,
    /// The logarithm of the odds that it is the same person, against its being nobody.
    pub score: f64,
    /// Whether the answer shows it.
    pub shown: bool,
    /// What was observed, largest weight first.
    pub observations: Vec<Observation>,
}

/// One observation about a field.
#[derive(Debug, Clone, Serialize)]
pub struct Observation {
    /// What was observed.
    #[serde(skip)]
    pub signal: Signal,
    /// The field, as the contract calls it.
    pub field: &'static str,
    /// How it agrees.
    pub agreement: &'static str,
    /// The amount of the agreement: 1, unless the signal is counted.
    pub amount: f64,
    /// What it adds to the score.
    pub weight: f64,
}

/// Explains every candidate, in the order in which they were judged.
pub fn explain(judged: &[Candidate], strictness: Strictness) -> Vec<Explanation> {
    let named = how_many_named(judged, strictness);
    judged
        .iter()
        .zip(probabilities(judged))
        .enumerate()
        .map(|(place, (candidate, probability))| Explanation {
            id: candidate.customer.id.to_string(),
            probability: (probability * 1000.0).round() / 1000.0,
            score: rounded(candidate.score),
            shown: place < named,
            observations: observations(&candidate.comparison, candidate.comparison.worth()),
        })
        .collect()
}

pub(super) fn observations(comparison: &Comparison, worth: impl Iterator<Item = f64>) -> Vec<Observation> {
    let mut observations: Vec<Observation> = comparison
        .signals
        .iter()
        .zip(worth)
        .map(|(&(signal, amount), worth)| Observation {
            signal,
            field: signal.field(),
            agreement: signal.text(),
            amount: rounded(amount),
            weight: rounded(worth),
        })
        .collect();
    observations.sort_by(|one, other| other.weight.abs().total_cmp(&one.weight.abs()));
    observations
}

/// Two decimals are enough.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
