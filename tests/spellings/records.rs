//! Very many spellings, tested directly on the terms of the indexes and on the records that dialects compare.

use std::collections::BTreeSet;

use crm_domain::{
    Actor, AskedIdentifier, Change, Criterion, Customer, CustomerId, FieldChange, FieldDefinition, FieldValue, ObjectStructure,
    Question, Role, Term, Timestamp,
    matching::{Evidence, Frequencies, Identity, PersonName, Strictness, named},
    normal::{self, Region},
};
use serde_json::json;

use crate::{
    collected::{ONE, ONE_IN_SEARCHES, TWO},
    dice::Dice,
    values::{KINDS, ValueKind},
};

const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);
/// How many values of each kind, and how many spellings of each value.
const VALUES: usize = 36;
const SPELLINGS: usize = 8;

const BEST_MATCH: &str = "best match";

/// The counts for the spellings of a kind.
#[derive(Debug, Default)]
struct Count {
    generated: usize,
    refused: usize,
    stored: usize,
    asked: usize,
    missed: Vec<String>,
}

#[test]
fn every_value_is_either_found_by_its_spellings_or_refused() {
    let mut dice = Dice::new();
    let mut missed = Vec::new();
    for kind in &KINDS {
        let count = count(kind, &mut dice);
        println!(
            "{:<32} {} generated = {} refused + {} stored; asked {} times, missed {}",
            kind.name,
            count.generated,
            count.refused,
            count.stored,
            count.asked,
            count.missed.len()
        );
        assert_eq!(count.generated, count.refused + count.stored);
        missed.extend(count.missed);
    }
    assert!(
        missed.is_empty(),
        "{} missed, the first: {:#?}",
        missed.len(),
        &missed[..missed.len().min(20)]
    );
}

#[test]
fn collected_spellings_find_each_other_or_are_refused() {
    let groups = ONE.iter().map(|group| (group, true));
    let groups = groups.chain(ONE_IN_SEARCHES.iter().map(|group| (group, false)));
    let missed: Vec<String> = groups
        .flat_map(|((field, spellings), is_for_best_match)| missed(field, spellings, is_for_best_match))
        .collect();
    assert!(missed.is_empty(), "{} missed: {missed:#?}", missed.len());
}

/// The spellings of one value that are stored and do not find each other.
fn missed(field: &str, spellings: &[&str], is_for_best_match: bool) -> Vec<String> {
    let model = ObjectStructure::default_customer();
    let field = model.field(field).unwrap();
    let is_stored = |spelling: &&&str| field.read(&json!(spelling), Region::US).is_ok();
    let stored: Vec<&&str> = spellings.iter().filter(is_stored).collect();
    assert!(stored.len() > 1, "hardly any of {spellings:?} can be stored");
    let mut missed = Vec::new();
    for one in &stored {
        let customer = customer(&model, field, one);
        let terms = customer.terms(&model);
        for asked in &stored {
            let ways = asks(field, asked, &customer, &terms).into_iter();
            let not = ways.filter(|(way, is_found)| !is_found && (is_for_best_match || *way != BEST_MATCH));
            missed.extend(not.map(|(way, _)| format!("{}: {one:?} by {asked:?} in {way}", field.name)));
        }
    }
    missed
}

#[test]
fn different_values_are_not_found() {
    let model = ObjectStructure::default_customer();
    for (field, one, other) in TWO {
        let field = model.field(field).unwrap();
        for (stored, asked) in [(one, other), (other, one)] {
            let customer = customer(&model, field, stored);
            let criterion = Criterion::new(field, &FieldValue::Text((*asked).to_owned()), Region::US);
            assert!(!criterion.is_met_by(&customer), "{stored} by {asked}");
        }
    }
}

fn count(kind: &ValueKind, dice: &mut Dice) -> Count {
    let model = ObjectStructure::default_customer();
    let mut count = Count::default();
    for _ in 0..VALUES {
        let spelled = (kind.make)(dice, SPELLINGS);
        let field = model.field(spelled.field).unwrap();
        count.generated += spelled.spellings.len();
        let (good, bad): (Vec<&String>, Vec<&String>) = spelled
            .spellings
            .iter()
            .partition(|spelling| field.read(&json!(spelling), Region::US).is_ok());
        count.refused += bad.len();
        count.stored += good.len();
        for stored in &good {
            let customer = customer(&model, field, stored);
            let terms = customer.terms(&model);
            for asked in &good {
                count.asked += 1;
                for (dialect, is_found) in asks(field, asked, &customer, &terms) {
                    if !is_found {
                        count
                            .missed
                            .push(format!("{}: {stored:?} by {asked:?} in {dialect}", kind.name));
                    }
                }
            }
        }
    }
    count
}

fn customer(model: &ObjectStructure, field: &FieldDefinition, value: &str) -> Customer {
    let mut customer = Customer::new(
        CustomerId::draw(NOW, 1),
        Change {
            at: NOW,
            by: Actor::default(),
        },
    );
    let value = field.read(&json!(value), Region::US).unwrap();
    customer.apply(&[FieldChange { field, value }], Region::US, NOW);
    assert_eq!(model.field(&field.name), Some(field));
    customer
}

fn is_under(terms: &BTreeSet<Term>, lookup: &Term) -> bool {
    let is_it = |value: &str| {
        if lookup.kind.is_by_prefix() {
            value.starts_with(&lookup.value)
        } else {
            value == lookup.value
        }
    };
    terms.iter().any(|term| term.kind == lookup.kind && is_it(&term.value))
}

/// Whether each way to search finds the customer.
fn asks(field: &FieldDefinition, asked: &str, customer: &Customer, terms: &BTreeSet<Term>) -> Vec<(&'static str, bool)> {
    let role = field.role.unwrap();
    let criterion = Criterion::new(field, &FieldValue::Text(asked.to_owned()), Region::US);
    let of_khoros = criterion.is_met_by(customer)
        && criterion
            .lookups()
            .iter()
            .all(|list| list.iter().any(|lookup| is_under(terms, lookup)));
    let mut found = vec![("Khoros' search", of_khoros)];
    let question = match (role, field.network.as_deref()) {
        // eGain's search asks for digits, in which a prefix for an outside line cannot be recognised.
        (Role::Phone, _) if !asked.starts_with("*9") && !asked.starts_with("9-") => {
            Some(Question::Phone(normal::dialled_digits(asked)))
        }
        (Role::Email, _) => Some(Question::Email(asked.to_owned())),
        (Role::DisplayName, _) => Some(Question::Name(asked.to_owned())),
        _ => None,
    };
    if let Some(question) = question {
        let lookups = question.lookups(Region::US);
        let of_egain = question.is_met_by(customer, Region::US) && lookups.iter().any(|lookup| is_under(terms, lookup));
        found.push(("eGain's search", of_egain));
    }
    if matches!(role, Role::Phone | Role::Email | Role::Handle) {
        let address = AskedIdentifier::new(role, asked, None, Region::US);
        let is_proposed = address.terms().iter().any(|term| terms.contains(term));
        let is_it = customer.identifiers.iter().any(|held| address.is(held));
        found.push(("Omnidesk's search", is_proposed && is_it));
    }
    // Best match does not accept a single word as a name (docs/matching.md), such as a name in kana without a space.
    let is_full = |name: &str| PersonName::read(name).is_some_and(|name| name.is_full());
    if role == Role::DisplayName && !(is_full(asked) && is_full(&customer.profile[&role])) {
        return found;
    }
    let some = |of: Role| (role == of).then(|| asked.to_owned());
    let identity = Identity {
        display_name: some(Role::DisplayName),
        screen_name: some(Role::Handle),
        profile_url: some(Role::ProfileUrl),
        email: some(Role::Email),
        phone_numbers: some(Role::Phone).into_iter().collect(),
        account_numbers: some(Role::AccountNumber).into_iter().collect(),
        order_numbers: some(Role::OrderNumber).into_iter().collect(),
        ..Identity::default()
    };
    let evidence = Evidence::new(&identity, Region::US);
    let lookups = evidence.lookups();
    let is_proposed = lookups.iter().any(|lookup| is_under(terms, lookup));
    let frequencies: Frequencies = lookups
        .into_iter()
        .map(|term| {
            let count = usize::from(is_under(terms, &term));
            (term, count)
        })
        .collect();
    let best = named(evidence.judge(vec![customer.clone()], &frequencies), Strictness::Balanced);
    found.push((BEST_MATCH, is_proposed && !best.is_empty()));
    found
}
