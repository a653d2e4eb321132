//! Possible duplicates over HTTP (contract section 4).

use std::collections::BTreeSet;

use contract_tests::client::eventually;
use serde_json::{Value, json};

use crate::admin::Admin;

fn jane(more: &Value) -> Value {
    let jane = json!({"firstName": "Jane", "lastName": "Dovzhenko", "email": "jane.dovzhenko@x.example"});
    contract_tests::client::over(jane, more.clone())
}

fn ids(duplicates: &Value) -> Vec<&str> {
    let listed = duplicates["duplicates"].as_array().unwrap();
    listed.iter().map(|one| one["id"].as_str().unwrap()).collect()
}

/// One customer's duplicates, once the indexes know this many.
#[track_caller]
fn duplicates(admin: &Admin, id: &str, wanted: usize) -> Value {
    let ask = || admin.ask("GET", &format!("/customers/{id}/duplicates"), None).expect(200);
    let found = eventually(ask, |found| ids(found).len() == wanted);
    assert!(found.good, "{}", found.last);
    found.last
}

#[test]
fn two_records_of_one_person_are_duplicates_of_each_other_with_the_reason() {
    let admin = Admin::new();
    let one = admin.person(&jane(&json!({"phone": "+1 415-555-2671"})));
    let other = admin.person(&jane(&json!({"city": "Ulm"})));
    admin.person(&json!({"firstName": "Otto", "lastName": "Braun", "email": "otto@x.example"}));
    for (of, wanted) in [(&one, &other), (&other, &one)] {
        let found = duplicates(&admin, of, 1);
        assert_eq!((&found["id"], ids(&found)), (&json!(of), vec![wanted.as_str()]));
        let duplicate = &found["duplicates"][0];
        assert_eq!(
            (&duplicate["confidence"], &duplicate["conflicts"]),
            (&json!("certain"), &json!([]))
        );
        assert!(duplicate["url"].as_str().unwrap().contains(wanted.as_str()), "{duplicate}");
        let observations = duplicate["observations"].as_array().unwrap();
        let weights = observations.iter().map(|one| one["weight"].as_f64().unwrap().abs());
        assert!(weights.is_sorted_by(|one, other| one >= other), "{duplicate}");
        let fields: BTreeSet<&str> = observations.iter().map(|one| one["field"].as_str().unwrap()).collect();
        assert!(fields.contains("email") && fields.contains("displayName"), "{duplicate}");
        assert!(!found.to_string().contains("dovzhenko@"), "{found}");
    }
}

#[test]
fn conflicts_of_a_merge_are_named() {
    let admin = Admin::new();
    let [one, _] = ["A-1", "A-2"].map(|account| admin.person(&jane(&json!({"accountNumber": account}))));
    let found = duplicates(&admin, &one, 1);
    assert_eq!(found["duplicates"][0]["conflicts"], json!(["accountNumber"]));
}

#[test]
fn a_marked_pair_is_never_proposed_even_after_merges() {
    let admin = Admin::new();
    let [one, other, third] = ["Ulm", "Bonn", "Jena"].map(|city| admin.person(&jane(&json!({"city": city}))));
    duplicates(&admin, &one, 2);
    admin.ask("PUT", &format!("/distinct/{one}/{other}"), None).expect(200);
    assert_eq!(ids(&duplicates(&admin, &one, 1)), [third.as_str()]);
    assert_eq!(ids(&duplicates(&admin, &other, 1)), [third.as_str()]);
    // The mark also holds for records that are merged into one of them.
    let receipt = admin.merge(&third, &one);
    for id in [&one, &third, &other] {
        assert_eq!(ids(&duplicates(&admin, id, 0)), Vec::<&str>::new());
    }
    assert!(pairs(&admin).is_empty());
    admin.undo(&receipt).expect(200);
    admin.ask("DELETE", &format!("/distinct/{one}/{other}"), None).expect(200);
    duplicates(&admin, &one, 2);
}

#[test]
fn a_merged_records_id_returns_the_survivors_duplicates() {
    let admin = Admin::new();
    let [one, two, three] = ["Ulm", "Bonn", "Jena"].map(|city| admin.person(&jane(&json!({"city": city}))));
    admin.merge(&one, &two);
    let found = duplicates(&admin, &two, 1);
    assert_eq!((&found["id"], ids(&found)), (&json!(one), vec![three.as_str()]));
}

#[test]
fn an_unknown_customer_has_no_duplicates() {
    let admin = Admin::new();
    for id in ["x", "C00000000001"] {
        admin
            .ask("GET", &format!("/customers/{id}/duplicates"), None)
            .error(404, "not_found");
    }
    for cursor in ["x", "9", "0-0-C00000000001"] {
        let answer = admin.ask("GET", &format!("/duplicates?cursor={cursor}"), None);
        answer.error(422, "validation_failed");
        answer.expect_fields(&["cursor"]);
    }
}

/// All pairs of a complete list, read in pages that check a few customers each.
fn pairs(admin: &Admin) -> Vec<BTreeSet<String>> {
    let (mut pairs, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.ask("GET", &format!("/duplicates?cursor={cursor}"), None).expect(200);
        assert!(page["lookedAt"].as_u64().unwrap() <= 20, "{page}");
        for customer in page["customers"].as_array().unwrap() {
            let id = customer["id"].as_str().unwrap();
            pairs.extend(
                ids(customer)
                    .iter()
                    .map(|other| BTreeSet::from([id.to_owned(), (*other).to_owned()])),
            );
        }
        let Some(next) = page["cursor"].as_str() else { return pairs };
        assert_ne!(next, cursor);
        next.clone_into(&mut cursor);
    }
}

/// No two of them are similar.
const SURNAMES: [&str; 30] = [
    "Abendroth",
    "Bakerfield",
    "Czerny",
    "Delacroix",
    "Eriksen",
    "Fontane",
    "Grabowski",
    "Holloway",
    "Ivanchuk",
    "Jorgensen",
    "Kowalczyk",
    "Lindqvist",
    "Montoya",
    "Nakamura",
    "Okonkwo",
    "Petrakis",
    "Quinlan",
    "Rasmussen",
    "Szymanski",
    "Takahashi",
    "Urquhart",
    "Villanueva",
    "Whitmore",
    "Xanthos",
    "Yamamoto",
    "Zielinski",
    "Ostrander",
    "Pemberton",
    "Thackeray",
    "Vandermeer",
];

#[test]
fn a_list_contains_each_pair_once_whatever_the_pages() {
    let admin = Admin::new();
    let mut wanted = BTreeSet::new();
    for (n, surname) in SURNAMES.iter().enumerate() {
        let person = |more: Value| {
            let fields = json!({"lastName": surname, "email": format!("{}@x.example", surname.to_lowercase())});
            admin.person(&contract_tests::client::over(fields, more))
        };
        let one = person(json!({}));
        if n % 3 == 0 {
            wanted.insert(BTreeSet::from([one, person(json!({"orderNumber": format!("O-{n}")}))]));
        }
    }
    let as_sets = |pairs: &Vec<BTreeSet<String>>| pairs.iter().cloned().collect::<BTreeSet<_>>();
    let found = eventually(|| pairs(&admin), |found| as_sets(found) == wanted);
    assert!(found.good, "{:?}", found.last);
    assert_eq!(found.last.len(), wanted.len(), "told twice");
}
