//! Why best match shows somebody, or does not: views of its explanations.

use crm_domain::{
    ObjectStructure,
    matching::{Candidate, Explanation, Observation, Strictness, explain},
};

use crate::{reason, record::Record};

/// How many candidates are shown beside those that Khoros would show.
const MOST_OTHERS: usize = 5;
/// How many fields say what tells a candidate from the first one.
const MOST_APART: usize = 3;
/// A smaller difference tells nobody apart.
const LEAST_APART: f64 = 0.5;
/// Bars of weaker evidence do not fill their place.
pub const LEAST_SCALE: f64 = 4.0;
/// Less says nothing, and would be shown as 0.
const LEAST_SHOWN: f64 = 0.05;
/// Half of a bar's width, in its own units.
const HALF: f64 = 50.0;

/// The answer to "who is this?".
#[derive(Debug)]
pub struct Verdict {
    /// One sentence.
    pub sentence: String,
    /// What it means.
    pub meaning: &'static str,
    /// Those that Khoros would show.
    pub shown: Vec<Person>,
    /// Those that come next.
    pub others: Vec<Person>,
    /// How many more were looked at.
    pub rest: usize,
}

/// A candidate and what speaks for and against it.
#[derive(Debug)]
pub struct Person {
    /// Who it is.
    pub record: Record,
    /// How likely it is this person, in percent.
    pub percent: String,
    /// What was observed, the weightiest first.
    pub reasons: Vec<Reason>,
    /// The fields that tell it from the first one.
    pub apart: Option<String>,
}

/// One observation.
#[derive(Debug)]
pub struct Reason {
    /// The field.
    pub field: &'static str,
    /// What was observed.
    pub text: &'static str,
    /// What that is worth: above 0 it speaks for the candidate.
    pub worth: String,
    /// Whether it speaks for the candidate.
    pub is_for: bool,
    /// Where the bar begins, and how wide it is, of 100.
    pub bar: (String, String),
}

impl Verdict {
    /// Explains judged candidates.
    pub fn new(judged: &[Candidate], strictness: Strictness, model: &ObjectStructure) -> Self {
        let explained = explain(judged, strictness);
        let count = explained.iter().filter(|one| one.shown).count();
        let listed = &explained[..explained.len().min(count + MOST_OTHERS)];
        let weights = listed.iter().flat_map(|one| &one.observations).map(|one| one.weight.abs());
        let scale = weights.fold(LEAST_SCALE, f64::max);
        let first = explained.first();
        let mut people = listed.iter().zip(judged).map(|(explanation, candidate)| Person {
            record: Record::new(&candidate.customer, model),
            percent: percent(explanation.probability),
            reasons: Reason::all(&explanation.observations, scale),
            apart: first
                .filter(|first| first.id != explanation.id)
                .and_then(|first| apart(first, explanation)),
        });
        let shown: Vec<Person> = people.by_ref().take(count).collect();
        let others: Vec<Person> = people.collect();
        let (sentence, meaning) = told(&shown, &others);
        Self {
            sentence,
            meaning,
            rest: explained.len() - shown.len() - others.len(),
            shown,
            others,
        }
    }
}

fn told(shown: &[Person], others: &[Person]) -> (String, &'static str) {
    match (shown, others) {
        ([], []) => (
            "Khoros would show nobody.".to_owned(),
            "No customer has anything of this. The agent would search, or create a customer.",
        ),
        ([], [first, ..]) => (
            format!("Khoros would show nobody: the likeliest has {}.", first.percent),
            "That is not sure enough. A wrong customer at the top shows one person’s data to another, so nobody is better.",
        ),
        ([_], _) => (
            "Khoros would show one customer.".to_owned(),
            "Everybody else is clearly less likely, or there is nobody else.",
        ),
        (several, _) => (
            format!("Khoros would show {} customers.", several.len()),
            "They cannot be told apart by what is known. The agent chooses.",
        ),
    }
}

/// In whole percent, where that says enough.
fn percent(probability: f64) -> String {
    match probability * 100.0 {
        percent if percent > 99.0 => "over 99 %".to_owned(),
        percent if percent < 1.0 => "under 1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

/// The fields by which a candidate has less than the first one.
fn apart(first: &Explanation, other: &Explanation) -> Option<String> {
    let sum = |of: &Explanation, field: &str| -> f64 {
        let own = of.observations.iter().filter(|one| one.field == field);
        own.map(|one| one.weight).sum()
    };
    let mut fields: Vec<&str> = [first, other]
        .iter()
        .flat_map(|one| &one.observations)
        .map(|one| one.field)
        .collect();
    fields.sort_unstable();
    fields.dedup();
    let less = |field: &str| sum(first, field) - sum(other, field);
    fields.retain(|field| less(field) >= LEAST_APART);
    fields.sort_by(|one, another| less(another).total_cmp(&less(one)));
    let words: Vec<&str> = fields.into_iter().take(MOST_APART).map(label).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

impl Reason {
    /// The views of observations that say anything. A bar of the weight `scale` fills its place.
    pub fn all(observations: &[Observation], scale: f64) -> Vec<Self> {
        let telling = observations.iter().filter(|one| one.weight.abs() >= LEAST_SHOWN);
        telling.map(|one| Self::new(one, scale)).collect()
    }

    fn new(one: &Observation, scale: f64) -> Self {
        let width = (one.weight.abs() / scale * HALF).min(HALF);
        let is_for = one.weight >= 0.0;
        let start = if is_for { HALF } else { HALF - width };
        Self {
            field: label(one.field),
            text: reason::words(one.signal),
            worth: format!("{:+.1}", one.weight).replace('-', "−"),
            is_for,
            bar: (format!("{start:.1}"), format!("{width:.1}")),
        }
    }
}

/// A field of a social identity, as people call it.
fn label(field: &'static str) -> &'static str {
    match field {
        "displayName" => "Name",
        "screenName" => "Handle",
        "profileUrl" => "Profile",
        "email" => "E-mail",
        "phoneNumbers" => "Telephone",
        "addresses" => "Address",
        "description" => "Description",
        "orderNumbers, caseNumbers, accountNumbers" => "Order, case or account",
        _ => "All together",
    }
}

#[cfg(test)]
mod tests {
    use crm_domain::matching::Signal;

    use super::*;

    fn observation(field: &'static str, weight: f64) -> Observation {
        Observation {
            signal: Signal::EmailEqual,
            field,
            agreement: "agrees",
            amount: 1.0,
            weight,
        }
    }

    #[test]
    fn every_field_that_is_observed_has_a_name_of_its_own() {
        for signal in Signal::ALL {
            let field = signal.field();
            assert_eq!(label(field) == "All together", field == "all", "{field}");
        }
    }

    #[test]
    fn a_bar_begins_in_the_middle_and_stays_in_its_place() {
        let bar = |weight| Reason::new(&observation("email", weight), 8.0).bar;
        let of = |start: &str, width: &str| (start.to_owned(), width.to_owned());
        assert_eq!(bar(4.0), of("50.0", "25.0"));
        assert_eq!(bar(-8.0), of("0.0", "50.0"));
        assert_eq!(bar(80.0), of("50.0", "50.0"));
        assert_eq!(Reason::new(&observation("email", -1.25), 8.0).worth, "−1.2");
    }

    #[test]
    fn what_tells_two_apart_comes_first_where_it_differs_most() {
        let of = |observations| Explanation {
            id: String::new(),
            probability: 0.5,
            score: 0.0,
            shown: false,
            observations,
        };
        let first = of(vec![
            observation("email", 5.0),
            observation("displayName", 2.0),
            observation("addresses", 0.1),
        ]);
        let other = of(vec![observation("displayName", 2.0), observation("screenName", -6.0)]);
        assert_eq!(apart(&first, &other).as_deref(), Some("Handle, E-mail"));
        assert_eq!(apart(&other, &other), None);
    }

    #[test]
    fn no_percentage_claims_certainty() {
        assert_eq!(percent(1.0), "over 99 %");
        assert_eq!(percent(0.0), "under 1 %");
        assert_eq!(percent(0.424), "42 %");
    }
}
