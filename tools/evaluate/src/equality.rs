//! The plain baseline: the customers with equal fields, those with most of them first.

use std::{cmp::Reverse, collections::BTreeMap, collections::BTreeSet, collections::HashMap};

use crm_domain::normal::{Region, email, handle, name_words, phone, profile, reference, web_address};
use serde_json::Value;

use crate::{
    directory::Answer,
    sample::{Customer, Sample},
};

/// The most customers in an answer, as in best match.
const MOST_ANSWERS: usize = 5;

/// The answers of the method to all questions.
pub fn answers(sample: &Sample) -> Vec<Answer> {
    let mut index: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, customer) in sample.customers.iter().enumerate() {
        for value in values_of_customer(customer) {
            index.entry(value).or_default().push(place);
        }
    }
    let answer = |identity: &Value| {
        let mut equal: BTreeMap<usize, usize> = BTreeMap::new();
        for place in values_of_identity(identity)
            .iter()
            .filter_map(|value| index.get(value))
            .flatten()
        {
            *equal.entry(*place).or_default() += 1;
        }
        let mut ranked: Vec<(usize, usize)> = equal.into_iter().collect();
        ranked.sort_by_key(|&(place, fields)| (Reverse(fields), place));
        ranked.into_iter().map(|(place, _)| place).take(MOST_ANSWERS).collect()
    };
    sample.questions.iter().map(|question| answer(&question.identity)).collect()
}

fn values_of_customer(customer: &Customer) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    for (field, value) in customer {
        let text = value.as_str().unwrap_or_default();
        match field.as_str() {
            "email" | "email2" => add(&mut values, "email", &email(text)),
            "phone" | "phone2" => add(&mut values, "phone", &phone(text, Region::US)),
            "screenName" | "twitterHandle" | "facebookHandle" | "instagramHandle" => add(&mut values, "handle", &handle(text)),
            "profileUrl" | "profileUrl2" | "profileUrl3" | "profileUrl4" => add_profile(&mut values, text),
            "accountNumber" => add(&mut values, "account", &reference(text)),
            "orderNumber" | "orderNumber2" | "orderNumber3" => add(&mut values, "order", &reference(text)),
            "caseNumber" | "caseNumber2" => add(&mut values, "case", &reference(text)),
            "displayName" => add_name(&mut values, text),
            _ => {}
        }
    }
    let part = |field: &str| customer.get(field).and_then(Value::as_str).unwrap_or_default();
    add_name(&mut values, &format!("{} {}", part("firstName"), part("lastName")));
    values
}

fn values_of_identity(identity: &Value) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    let one = |member: &str| identity[member].as_str().unwrap_or_default();
    let many = |member: &str| -> Vec<&str> {
        identity[member]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    };
    add(&mut values, "email", &email(one("email")));
    add(&mut values, "handle", &handle(one("screenName")));
    add_profile(&mut values, one("profileUrl"));
    add_name(&mut values, one("displayName"));
    for number in many("phoneNumbers") {
        add(&mut values, "phone", &phone(number, Region::US));
    }
    for number in many("accountNumbers") {
        add(&mut values, "account", &reference(number));
    }
    for number in many("caseNumbers") {
        add(&mut values, "case", &reference(number));
    }
    for number in many("orderNumbers") {
        add(&mut values, "order", &reference(number));
    }
    values
}

fn add(values: &mut BTreeSet<String>, kind: &str, normal: &str) {
    if !normal.is_empty() {
        values.insert(format!("{kind} {normal}"));
    }
}

/// A profile's address counts as an address and, where it has a handle, as the handle.
fn add_profile(values: &mut BTreeSet<String>, address: &str) {
    if !address.is_empty() {
        add(values, "url", &web_address(address));
    }
    if let Some((_, name)) = profile(address) {
        add(values, "handle", &name);
    }
}

/// A full name is the set of its words. A single word is not a full name.
fn add_name(values: &mut BTreeSet<String>, name: &str) {
    let words: BTreeSet<String> = name_words(name).into_iter().collect();
    if words.len() > 1 {
        add(values, "name", &words.into_iter().collect::<Vec<_>>().join(" "));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::Question;

    fn answer(identity: Value, customers: &[Value]) -> Answer {
        let sample = Sample {
            customers: customers.iter().filter_map(|fields| fields.as_object().cloned()).collect(),
            questions: vec![Question {
                identity,
                answer: None,
                also: Vec::new(),
                scenario: String::new(),
                culture: String::new(),
                aside: false,
            }],
        };
        answers(&sample).remove(0)
    }

    #[test]
    fn the_customer_with_more_equal_fields_is_first() {
        let ann = json!({"displayName": "Ann Lee", "phone": "+1 415 555 2671"});
        let bob = json!({"displayName": "Bob Lee", "phone": "(415) 555-2671"});
        let identity = json!({"displayName": "Lee Bob", "phoneNumbers": ["415.555.2671"]});
        assert_eq!(answer(identity, &[ann.clone(), bob]), [1, 0]);
        assert_eq!(
            answer(json!({"displayName": "Ann", "email": "ann@x.example"}), &[ann]),
            [] as [usize; 0]
        );
    }

    #[test]
    fn a_handle_in_a_profile_address_counts_once() {
        let twitter = json!({"twitterHandle": "ann_l"});
        let identity = json!({"screenName": "@Ann_L", "profileUrl": "https://twitter.com/ann_l"});
        assert_eq!(answer(identity, &[json!({"email": "a@x.example"}), twitter]), [1]);
    }
}
