//! The customers of a sample. The questions are about some of them, and many others have one common name.

use evaluate::sample::{self, Customer};
use serde_json::Value;

/// The number of customers that the questions are about: the first ones.
pub const KNOWN: usize = 40;
/// One of this many customers has the common surname,
const SURNAME_OF_ONE_IN: usize = 20;
/// and one of this many has the common full name, whatever the size of the company.
const FULL_NAME_OF_ONE_IN: usize = 100;
/// The common name.
pub const COMMON: (&str, &str) = ("Jane", "Smith");

/// All customers, in the order in which they are loaded.
pub struct Population {
    pub customers: Vec<Customer>,
}

/// A customer that questions are about.
#[derive(Debug, Clone)]
pub struct Known {
    /// The id.
    pub id: String,
    /// A first name that hardly anybody else has.
    pub first: String,
    /// A last name that hardly anybody else has.
    pub last: String,
    /// The customer's own e-mail address. The following values are the customer's own, too.
    pub email: String,
    /// In the national spelling.
    pub phone: String,
    /// Without `@`.
    pub handle: String,
    /// The e-mail of the next customer with the common name.
    pub namesake_email: String,
    /// The id of that customer.
    pub namesake: String,
}

impl Population {
    /// This many customers.
    pub fn new(seed: u64, count: usize) -> Self {
        let mut customers = sample::customers(seed, count);
        for (place, customer) in customers.iter_mut().enumerate() {
            if place < KNOWN {
                *customer = if place % 2 == 0 { person(place) } else { namesake(place) };
            } else if place % FULL_NAME_OF_ONE_IN == 0 {
                rename(customer, Some(COMMON.0), COMMON.1);
            } else if place % SURNAME_OF_ONE_IN == 0 {
                rename(customer, None, COMMON.1);
            }
        }
        Self { customers }
    }

    /// The customers that questions are about. `ids` are those of the first customers.
    pub fn known(&self, ids: &[String]) -> Vec<Known> {
        let pair = |place: usize| {
            let text = |place: usize, field: &str| self.customers[place][field].as_str().unwrap_or_default().to_owned();
            Known {
                id: ids[place].clone(),
                first: text(place, "firstName"),
                last: text(place, "lastName"),
                email: text(place, "email"),
                phone: text(place, "phone"),
                handle: text(place, "twitterHandle"),
                namesake_email: text(place + 1, "email"),
                namesake: ids[place + 1].clone(),
            }
        };
        (0..KNOWN).step_by(2).map(pair).collect()
    }
}

fn person(place: usize) -> Customer {
    let first = rare("xo", place);
    let last = rare("qui", place + KNOWN);
    fields([
        ("email", format!("{first}.{last}@bench.example")),
        ("phone", format!("(415) 555-{:04}", 100 + place)),
        ("twitterHandle", format!("{last}{first}")),
        ("firstName", first),
        ("lastName", last),
    ])
}

fn namesake(place: usize) -> Customer {
    fields([
        ("firstName", COMMON.0.to_owned()),
        ("lastName", COMMON.1.to_owned()),
        ("email", format!("namesake{place}@bench.example")),
    ])
}

fn fields<const COUNT: usize>(fields: [(&str, String); COUNT]) -> Customer {
    let fields = fields.into_iter();
    fields.map(|(name, value)| (name.to_owned(), Value::String(value))).collect()
}

/// A word that is not a name, made of syllables that stand for the number.
fn rare(beginning: &str, number: usize) -> String {
    const SYLLABLES: [&str; 8] = ["zav", "mur", "tik", "bol", "wen", "gax", "lod", "fep"];
    let places = [number % 8, number / 8 % 8, number / 64 % 8];
    let syllables: String = places.iter().map(|&place| SYLLABLES[place]).collect();
    format!("{beginning}{syllables}")
}

/// Gives a customer another name, and removes the display name, which would still be the old one.
fn rename(customer: &mut Customer, first: Option<&str>, last: &str) {
    customer.remove("displayName");
    if let Some(first) = first {
        customer.insert("firstName".to_owned(), first.into());
    }
    customer.insert("lastName".to_owned(), last.into());
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn known_customers_are_distinct_and_the_common_name_is_common() {
        let population = Population::new(1, 1_000);
        let ids: Vec<String> = (0..1_000).map(|place| place.to_string()).collect();
        let known = population.known(&ids);
        assert_eq!(known.len(), KNOWN / 2);
        let values: [fn(&Known) -> &str; 3] = [|one| &one.first, |one| &one.last, |one| &one.phone];
        for value in values {
            assert_eq!(known.iter().map(value).collect::<BTreeSet<_>>().len(), known.len());
        }
        let smiths = population
            .customers
            .iter()
            .filter(|one| one.get("lastName") == Some(&COMMON.1.into()));
        assert!(smiths.count() >= 1_000 / SURNAME_OF_ONE_IN);
    }
}
