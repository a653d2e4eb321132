//! The promise of search: a customer is found by every accepted spelling of each of its values, and never by a former
//! value. One test checks terms and comparison directly, with very many values; the other asks over HTTP, with a few
//! customers.

use contract_tests::{client::id_of, stack::tenant};
use crm_domain::{
    Actor, Change, Criterion, Customer, CustomerId, FieldChange, FieldValue, ObjectStructure, Term, Timestamp, normal::Region,
};
use crm_store::clock;
use proptest::{
    prelude::*,
    sample::subsequence,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};

use crate::spelling::{FIELDS, Generation, Spelled, spelled};

/// The number of customers that are searched for over HTTP.
const CUSTOMERS: usize = 6;
const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);
/// The environment variable that repeats a failed run over HTTP: `SPELLING_SEED=… cargo test …`.
const SEED: &str = "SPELLING_SEED";

/// The value of a field, and its next value.
type Changed = (Spelled, Spelled);

/// Some fields of a customer.
fn fields() -> impl Strategy<Value = Vec<Changed>> {
    let changed = |field| (spelled(field, Generation::First), spelled(field, Generation::Second));
    subsequence(FIELDS.to_vec(), 1..6).prop_flat_map(move |fields| fields.into_iter().map(changed).collect::<Vec<_>>())
}

fn set(customer: &mut Customer, model: &ObjectStructure, value: &Spelled) {
    let field = model.field(value.field).unwrap();
    let read = field.read(&json!(value.stored), Region::US);
    let value = read.unwrap_or_else(|wrong| panic!("{value:?} is not an accepted value: {wrong}"));
    customer.apply(&[FieldChange { field, value }], Region::US, NOW);
}

fn criterion(model: &ObjectStructure, field: &str, asked: &str) -> Criterion {
    Criterion::new(model.field(field).unwrap(), &FieldValue::Text(asked.to_owned()), Region::US)
}

/// Whether a look-up in the index finds a customer with these terms.
fn is_under(terms: &std::collections::BTreeSet<Term>, lookup: &Term) -> bool {
    terms.iter().any(|term| {
        let same = if term.kind.is_by_prefix() {
            term.value.starts_with(&lookup.value)
        } else {
            term.value == lookup.value
        };
        term.kind == lookup.kind && same
    })
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::with_cases(400) })]

    #[test]
    fn terms_and_records_agree_about_every_spelling(changes in fields()) {
        let model = ObjectStructure::default_customer();
        let mut customer = Customer::new(CustomerId::draw(NOW, 1), Change { at: NOW, by: Actor::default() });
        for (before, _) in &changes {
            set(&mut customer, &model, before);
        }
        for (before, _) in &changes {
            let terms = customer.terms(&model);
            for asked in &before.asked {
                let criterion = criterion(&model, before.field, asked);
                prop_assert!(criterion.is_met_by(&customer), "{asked:?} of {before:?}");
                for lookups in criterion.lookups() {
                    prop_assert!(lookups.iter().any(|lookup| is_under(&terms, lookup)), "{lookups:?} of {asked:?} of {before:?}");
                }
            }
        }
        for (_, after) in &changes {
            set(&mut customer, &model, after);
        }
        let terms = customer.terms(&model);
        // A name is found in whichever field it is, so all names are changed before an old one is searched for.
        for (before, after) in &changes {
            for asked in &before.asked {
                let criterion = criterion(&model, before.field, asked);
                prop_assert!(!criterion.is_met_by(&customer), "{asked:?} of {before:?} after {after:?}");
                let still: Vec<Term> = criterion.lookups().into_iter().flatten().filter(|lookup| is_under(&terms, lookup)).collect();
                prop_assert!(still.is_empty(), "{still:?} of {asked:?} of {before:?} after {after:?}");
            }
        }
    }
}

/// An object of these fields.
fn object<'a>(values: impl IntoIterator<Item = (&'a Spelled, &'a String)>) -> Value {
    let members = values.into_iter().map(|(value, text)| (value.field.to_owned(), json!(text)));
    Value::Object(members.collect::<Map<_, _>>())
}

#[test]
fn a_customer_is_found_by_its_values_and_not_by_former_ones() {
    let seed: u64 = match std::env::var(SEED) {
        Ok(seed) => seed.parse().expect("a seed is a number"),
        Err(_) => u64::try_from(clock::now().milliseconds()).unwrap(),
    };
    // Printed only if the test fails.
    println!("{SEED}={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let tenant = tenant();
    let customers: Vec<(String, Vec<Changed>)> = (0..CUSTOMERS)
        .map(|_| {
            let changes = fields().new_tree(&mut runner).unwrap().current();
            let fields = object(changes.iter().map(|(before, _)| (before, &before.stored)));
            (id_of(&tenant.create_customer(&fields)), changes)
        })
        .collect();
    let finds = |criteria: &Value, id: &String| tenant.search(criteria).contains(id);
    for (id, changes) in &customers {
        for (before, _) in changes {
            for asked in &before.asked {
                let criteria = object([(before, asked)]);
                assert!(finds(&criteria, id), "{criteria} of {before:?}");
            }
        }
        let everything = object(changes.iter().rev().map(|(before, _)| (before, &before.asked[0])));
        assert!(finds(&everything, id), "{everything}");
        let after = object(changes.iter().map(|(_, after)| (after, &after.stored)));
        tenant.patch(&format!("/customer/{id}"), &after).expect(201);
        for (before, after) in changes {
            let (old, new) = (object([(before, &before.asked[0])]), object([(after, &after.asked[0])]));
            assert!(!finds(&old, id), "{old} of {before:?} after {after:?}");
            assert!(finds(&new, id), "{new} of {after:?}");
        }
        assert!(!finds(&everything, id), "{everything} of before");
    }
}
