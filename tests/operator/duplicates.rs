//! `crm duplicates`, and the duplicates in `crm customer show`.

use std::collections::BTreeSet;

use contract_tests::client::{Tenant, eventually, id_of, over};
use serde_json::{Value, json};

use crate::customer::customer_tenant;
use crate::folder::Folder;
use crate::rig::{check_refused, crm, document};

fn jane(khoros: &Tenant, more: Value) -> String {
    let jane = json!({"firstName": "Jane", "lastName": "Dovzhenko", "email": "jane.dovzhenko@x.example"});
    id_of(&khoros.create_customer(&over(jane, more)))
}

/// The lines of the command's JSON.
fn lines(tenant: &str, more: &[&str]) -> Vec<Value> {
    let arguments = [&["--json", "duplicates"], more].concat();
    let ran = crm(tenant, &arguments);
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    let text = String::from_utf8(ran.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn pairs(lines: &[Value]) -> BTreeSet<(String, String)> {
    let customers = lines.iter().filter(|line| line.get("customer").is_some());
    let pairs = customers.flat_map(|line| {
        let others = line["duplicates"].as_array().unwrap().iter();
        others.map(|other| {
            (
                line["customer"].as_str().unwrap().to_owned(),
                other["id"].as_str().unwrap().to_owned(),
            )
        })
    });
    pairs.collect()
}

#[test]
fn pairs_are_listed_once_with_the_reason_unless_marked() {
    let (tenant, khoros) = customer_tenant();
    let [one, two, three] = ["Ulm", "Bonn", "Jena"].map(|city| jane(&khoros, json!({"city": city})));
    khoros.create_customer(&json!({"firstName": "Otto", "lastName": "Braun", "email": "otto@x.example"}));
    let wanted = BTreeSet::from([
        (two.clone(), one.clone()),
        (three.clone(), one.clone()),
        (three.clone(), two.clone()),
    ]);
    let found = eventually(|| lines(&tenant, &[]), |lines| pairs(lines) == wanted);
    assert!(found.good, "{:?}", found.last);
    let last = found.last.last().unwrap();
    assert_eq!(*last, json!({"lookedAt": 4, "pairs": 3}));
    let duplicate = &found.last[0]["duplicates"][0];
    assert_eq!(duplicate["confidence"], "certain", "{duplicate}");
    assert!(
        duplicate["observations"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["field"] == "email")
    );
    document(&tenant, &["customer", "distinct", &one, &two]);
    let left = BTreeSet::from([(three.clone(), one.clone()), (three.clone(), two.clone())]);
    assert_eq!(pairs(&lines(&tenant, &["--at-least", "likely"])), left);
    let shown = document(&tenant, &["customer", "show", &one]);
    let shown: Vec<&Value> = shown["duplicates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| &other["id"])
        .collect();
    assert_eq!(shown, [&json!(three)]);
}

#[test]
fn changes_since_a_time_are_compared_with_all_customers() {
    let (tenant, khoros) = customer_tenant();
    let [one, two] = ["Ulm", "Bonn"].map(|city| jane(&khoros, json!({"city": city})));
    let all = eventually(|| lines(&tenant, &[]), |lines| pairs(lines).len() == 1);
    assert!(all.good, "{:?}", all.last);
    assert!(pairs(&lines(&tenant, &["--since", "2100-01-01T00:00:00Z"])).is_empty());
    let since = lines(&tenant, &["--since", "2020-01-01T00:00:00Z"]);
    assert_eq!(pairs(&since), BTreeSet::from([(two, one)]));
    check_refused(&tenant, &["duplicates", "--since", "yesterday"], 2, "must be a time");
    check_refused(
        &tenant,
        &["duplicates", "--at-least", "sure"],
        2,
        "possible, likely or certain",
    );
}

#[test]
fn a_walk_continues_from_its_file_and_deletes_it_at_the_end() {
    let (tenant, khoros) = customer_tenant();
    let [_, _] = ["Ulm", "Bonn"].map(|city| jane(&khoros, json!({"city": city})));
    let folder = Folder::new();
    let state = folder.path("walk.txt").to_str().unwrap().to_owned();
    let all = eventually(|| lines(&tenant, &["--state", &state]), |lines| pairs(lines).len() == 1);
    assert!(all.good, "{:?}", all.last);
    assert!(!std::path::Path::new(&state).exists());
    // There is nobody after the last part.
    std::fs::write(&state, "3-99999999999999-C7ZZZZZZZZZZ\n").unwrap();
    let rest = lines(&tenant, &["--state", &state]);
    assert_eq!(rest, [json!({"lookedAt": 0, "pairs": 0})]);
    std::fs::write(&state, "somewhere\n").unwrap();
    check_refused(
        &tenant,
        &["duplicates", "--state", &state],
        2,
        "name another file with --state",
    );
}
