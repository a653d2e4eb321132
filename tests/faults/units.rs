//! How many DynamoDB capacity units one call of each operation consumes: the measured half of `make costs`.
//!
//! A tenant of 40 customers with 8 first and 5 last names, about ten fields each, and a case of five interactions for everyone. The
//! customers write under accounts of their own, which they have learnt. What learning one takes is counted apart.

use contract_tests::client::{Tenant, id_of, interaction};
use local::stack::root;
use serde_json::{Value, json};

use crate::rig::Rig;

/// The tolerance: smaller than the effect of a changed operation, and larger than that of numbers of different
/// lengths.
const TOLERANCE: f64 = 0.15;

fn person(n: usize) -> Value {
    let first = ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hugo"][n % 8];
    let last = ["Archer", "Baker", "Cooper", "Dyer", "Ellis"][n % 5];
    json!({
        "displayName": format!("{first} {last}"), "firstName": first, "lastName": last,
        "email": format!("{first}.{last}{n}@example.com"), "phone": format!("+1 415 555 {:04}", 2_000 + n),
        "twitterHandle": format!("{first}{last}{n}"), "profileUrl": format!("https://x.com/{first}{last}{n}"),
        "streetOne": "1 High Street", "city": "Springfield", "zip": "12345",
    })
}

/// Messages of one author, under the account and the handle of this number.
fn conversation(from: usize, to: usize, account: usize) -> Value {
    let text = "My parcel has not come, and the page of the carrier says that it has. What can I do?";
    let (id, handle) = (format!("10067334{account}"), format!("quietharbour{account}"));
    let author = json!({"service": "TWITTER", "serviceId": id, "handle": handle, "name": "Quiet Harbour", "brandOwned": false});
    (from..to)
        .map(|n| interaction(n, json!({"body": text, "author": author})))
        .collect()
}

/// The account that nobody has learnt yet.
const NEW_ACCOUNT: usize = 1_000;

/// Every operation once, with one person's customer and case.
fn calls(n: usize, customer: &str, case: &str) -> Vec<(&'static str, &'static str, String, Option<Value>)> {
    let one = person(n);
    let named = json!({"displayName": one["displayName"], "screenName": one["twitterHandle"], "profileUrl": one["profileUrl"]});
    let new_case = json!({"customerId": customer, "title": "Another", "interactions": conversation(0, 5, n)});
    vec![
        (
            "khoros-define-object-structures",
            "GET",
            "/meta/object/customer".to_owned(),
            None,
        ),
        (
            "khoros-search-customers",
            "POST",
            "/customers".to_owned(),
            Some(json!({"lastName": one["lastName"]})),
        ),
        (
            "khoros-bestmatch-customers",
            "POST",
            "/customer/bestmatch".to_owned(),
            Some(named),
        ),
        ("khoros-find-customer", "GET", format!("/customer/{customer}"), None),
        ("khoros-find-cases", "GET", format!("/customer/{customer}/cases"), None),
        (
            "khoros-create-customer",
            "POST",
            "/customer".to_owned(),
            Some(person(100 + n)),
        ),
        (
            "khoros-update-customer",
            "PATCH",
            format!("/customer/{customer}"),
            Some(json!({"city": "Shelbyville"})),
        ),
        ("khoros-create-case", "POST", "/case".to_owned(), Some(new_case)),
        ("khoros-lookup-case", "GET", format!("/case/{case}"), None),
        (
            "khoros-update-case",
            "PATCH",
            format!("/case/{case}"),
            Some(json!({"status": "closed", "interactions": conversation(5, 7, n)})),
        ),
    ]
}

fn populate(tenant: &Tenant) -> Vec<(String, String)> {
    (0..40)
        .map(|n| {
            let customer = id_of(&tenant.create_customer(&person(n)));
            let case = id_of(&tenant.create_case(&customer, json!({"interactions": conversation(0, 5, n)})));
            (customer, case)
        })
        .collect()
}

const CREATE_CASE: &str = "khoros-create-case";
/// What the file calls an account that a customer learns: its units come beside those of the call.
const LEARNT: &str = "learntAccount";

/// Rounded to tenths, for a file that people read.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[test]
fn the_cost_page_has_the_units_that_calls_consume() {
    let rig = Rig::start();
    // Without a scope, because calls within a scope are not metered.
    let tenant = rig.stack.tenant();
    let people = populate(&tenant);
    let text = std::fs::read_to_string(root().join("infra/costs/units.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let ask_all = |n: usize| {
        let (customer, case) = &people[n];
        for (_, method, path, body) in calls(n, customer, case) {
            let body = body.as_ref().map(Value::to_string).unwrap_or_default();
            let answer = tenant.send(method, &path, &[], body.as_bytes());
            assert!(answer.status < 300, "{answer:?}");
        }
    };
    // Most calls on a bill are made to functions that have seen the key.
    ask_all(1);
    let functions = calls(0, "", "").into_iter().map(|(function, ..)| function);
    functions.clone().for_each(|function| rig.proxy.meter(function));
    let rounds = [7, 18, 29, 30];
    rounds.into_iter().for_each(ask_all);
    let per_call = |function: &'static str| {
        let units = rig.proxy.units_of(function);
        (function, units.read / 4.0, units.written / 4.0)
    };
    let mut found: Vec<(&str, f64, f64)> = functions.map(per_call).collect();
    // The same calls with an author whom the customer learns.
    let before = per_call(CREATE_CASE);
    for n in rounds {
        let conversation = conversation(0, 5, NEW_ACCOUNT + n);
        tenant.create_case(&people[n].0, json!({"title": "Learnt", "interactions": conversation}));
    }
    let after = per_call(CREATE_CASE);
    found.push((LEARNT, after.1 - 2.0 * before.1, after.2 - 2.0 * before.2));
    let wanted = |name: &str, unit: &str| {
        let one = if name == LEARNT {
            &file[name]
        } else {
            &file["functions"][name]
        };
        one[unit].as_f64().unwrap_or(f64::NAN)
    };
    let near = |found: f64, wanted: f64| (found - wanted).abs() <= TOLERANCE.mul_add(wanted, 0.5);
    let same = found.iter().all(|&(function, read, written)| {
        near(read, wanted(function, "readUnits")) && near(written, wanted(function, "writeUnits"))
    });
    let lines = found.iter().map(|&(function, read, written)| {
        let (read, written) = (tenths(read), tenths(written));
        format!("{function}: readUnits {read}, writeUnits {written}")
    });
    assert!(
        same,
        "infra/costs/units.json should say\n{}",
        lines.collect::<Vec<_>>().join("\n")
    );
}
