//! `PUT index`, `PUT item`, `updateCustomer`: cases 42 to 52.

use contract_tests::client::at_once;
use serde_json::json;

use crate::account::{account, ok, refused};

#[test]
fn case_42_and_44_a_customer_is_updated_by_number() {
    let account = account();
    let number = account.made("C-7", &[("firstname", "Ann"), ("lastname", "Janssen")]);
    let answer = account.put("", &[("customerID", &number.to_string()), ("firstname", "Eva")]);
    assert_eq!(ok(&answer)["message"], "Customer updated.");
    let item = account.item(number);
    assert_eq!((&item["firstname"], &item["lastname"]), (&json!("Eva"), &json!("Janssen")));
    refused(&account.put("", &[("customerID", "999999"), ("firstname", "Eva")]), 404);
    ok(&account.put("", &[("customerID", &number.to_string())]));
}

#[test]
fn case_43_identifiers_must_agree() {
    let account = account();
    let one = account.made("C-7", &[]);
    let other = account.made("D-8", &[]).to_string();
    ok(&account.put("", &[("primaryID", "C-7"), ("brandID", "1"), ("firstname", "Eva")]));
    assert_eq!(account.item(one)["firstname"], "Eva");
    let unidentified = "The customer could not be identified.";
    assert_eq!(refused(&account.put("", &[("brandID", "1")]), 400), unidentified);
    assert_eq!(refused(&account.put("", &[]), 400), unidentified);
    assert_eq!(
        refused(&account.put("", &[("customerID", &other), ("primaryID", "C-7")]), 400),
        unidentified
    );
    let other_brand = refused(&account.put("", &[("customerID", &other), ("brandID", "2")]), 400);
    assert_eq!(other_brand, "This customer does not belong to this brand.");
}

#[test]
fn case_45_the_result_is_the_documented_one() {
    let account = account();
    let number = account.made("C-7", &[]);
    let answer = account.put_raw(&format!("/{number}"), "lastname=de+Vries");
    assert_eq!(answer.expect(200), json!({"message": "Customer updated.", "type": "result"}));
    assert_eq!(account.item(number)["lastname"], "de Vries");
}

#[test]
fn case_46_empty_names_change_nothing_and_empty_fields_are_cleared() {
    let account = account();
    let number = account.made("C-7", &[("firstname", "Ann"), ("custom_tier", "gold")]);
    assert_eq!(account.item(number)["custom_tier"], "gold");
    ok(&account.put(&format!("/{number}"), &[("firstname", ""), ("custom_tier", "")]));
    let item = account.item(number);
    assert_eq!((&item["firstname"], item.get("custom_tier")), (&json!("Ann"), None));
}

#[test]
fn case_47_and_48_channel_pairs_add_addresses() {
    let account = account();
    let number = account.made("C-7", &[]);
    let path = format!("/{number}");
    let pairs = [
        ("customerChannelType_0", "1"),
        ("customerChannelValue_0", "a@x.nl"),
        ("customerChannelType_1", "2"),
        ("customerChannelValue_1", "+3161"),
    ];
    ok(&account.put(&path, &pairs));
    let channels = account.item(number)["channels"].clone();
    assert_eq!(channels.as_array().unwrap().len(), 2);
    ok(&account.put(&path, &pairs));
    assert_eq!(account.item(number)["channels"], channels);
    let gaps = [
        ("customerChannelType_0", "twitter"),
        ("customerChannelValue_0", "ann_j"),
        ("customerChannelType_5", "8"),
        ("customerChannelValue_5", "visitor #1"),
    ];
    ok(&account.put(&path, &gaps));
    let before = account.item(number);
    assert_eq!(before["channels"].as_array().unwrap().len(), 4);
    let half = [("customerChannelType_0", "1"), ("lastname", "Bos")];
    assert_eq!(
        refused(&account.put(&path, &half), 400),
        "Missing parameter 'customerChannelValue_0'."
    );
    let half = [("customerChannelValue_3", "a@x.nl")];
    assert_eq!(
        refused(&account.put(&path, &half), 400),
        "Missing parameter 'customerChannelType_3'."
    );
    assert_eq!(account.item(number), before, "nothing changed");
}

#[test]
fn case_49_the_brand_is_checked() {
    let account = account();
    let path = format!("/{}", account.made("C-7", &[]));
    assert_eq!(
        refused(&account.put(&path, &[("brandID", "2"), ("lastname", "Bos")]), 400),
        "This customer does not belong to this brand."
    );
    ok(&account.put(&path, &[("brandID", "1"), ("lastname", "Bos")]));
    refused(&account.put("/999999", &[("lastname", "Bos")]), 404);
}

#[test]
fn case_50_quotes_are_ordinary_characters() {
    let account = account();
    let number = account.made("C-7", &[]);
    ok(&account.put_raw(&format!("/{number}"), "firstname=''"));
    assert_eq!(account.item(number)["firstname"], "''");
}

#[test]
fn case_51_a_customer_is_updated_by_the_clients_id() {
    let account = account();
    let number = account.made("C-7", &[]);
    let answer = account.put(
        "/updateCustomer",
        &[("externalPrimaryID", "C-7"), ("brandID", "1"), ("lastname", "Bos")],
    );
    assert_eq!(ok(&answer)["message"], "Customer updated.");
    assert_eq!(account.item(number)["lastname"], "Bos");
    refused(
        &account.put("/updateCustomer", &[("externalPrimaryID", "C-8"), ("brandID", "1")]),
        404,
    );
    refused(&account.put("/updateCustomer", &[("lastname", "Bos")]), 400);
    assert_eq!(account.listed(""), [number]);
}

#[test]
fn case_52_concurrent_edits_of_different_fields_are_both_kept() {
    let account = account();
    let path = format!("/{}", account.made("C-7", &[]));
    let fields = [
        ("firstname", "Ann"),
        ("lastname", "Bos"),
        ("custom_a", "1"),
        ("custom_b", "2"),
    ];
    at_once(fields.len(), |n| ok(&account.put(&path, &fields[n..=n])));
    let item = &account.get(&path).expect(200)["item"];
    for (name, value) in fields {
        assert_eq!(item[name], value);
    }
}

/// Section 5: all parameters are checked before the records that they refer to.
#[test]
fn an_invalid_value_is_reported_before_an_unknown_brand() {
    let account = account();
    let number = account.made("C-7", &[]);
    let wrong = [
        ("firstname", "R2D2"),
        ("brandID", "99"),
        ("primaryID", "C-7"),
        ("externalPrimaryID", "C-7"),
    ];
    for path in ["", &format!("/{number}"), "/updateCustomer"] {
        let message = refused(&account.put(path, &wrong), 400);
        assert!(
            message.starts_with("Invalid value for parameter 'firstname'."),
            "{path}: {message}"
        );
        assert_eq!(
            refused(&account.put(path, &wrong[1..]), 400),
            "This brand does not exist.",
            "{path}"
        );
    }
    for (path, brand, wrong) in [
        ("", "brand_id", ("noSync", "perhaps")),
        ("", "brand_id", ("ticket_id", "x")),
        ("/createCustomerCRUD", "brandID", ("lastname", "R2D2")),
        ("/externalEvent", "brand_id", ("source_url", "javascript:x")),
        ("/syncWithCRM", "brandID", ("channel", "pigeon")),
    ] {
        let identity = [
            ("primary_id", "C-7"),
            ("primaryID", "C-7"),
            ("external_id", "C-7"),
            ("message", "x"),
            ("address", "ann@example.org"),
        ];
        let right = [&identity[..], &[(brand, "99"), ("channel", "email")]].concat();
        let message = refused(&account.post(path, &[&right[..], &[wrong]].concat()), 400);
        let wanted = format!("Invalid value for parameter '{}'.", wrong.0);
        assert!(message.starts_with(&wanted), "{path}: {message}");
        assert_eq!(
            refused(&account.post(path, &right), 400),
            "This brand does not exist.",
            "{path}"
        );
    }
}

#[test]
fn a_record_that_would_be_too_large_is_refused() {
    let account = account();
    let number = account.made("C-7", &[]);
    let (names, value) = (
        (0..100).map(|n| format!("custom_f{n}")).collect::<Vec<_>>(),
        "x".repeat(4_096),
    );
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), value.as_str())).collect();
    let path = format!("/{number}");
    let message = refused(&account.put(&path, &fields), 400);
    assert!(
        message.starts_with("Invalid value for parameter 'custom_f") && message.contains("300000"),
        "{message}"
    );
    let before = account.item(number);
    ok(&account.put(&path, &fields[..50]));
    refused(&account.put(&path, &fields[50..]), 400);
    assert_eq!(
        account.item(number).as_object().unwrap().len(),
        before.as_object().unwrap().len() + 50
    );
}

#[test]
fn parameters_without_a_final_number_are_no_pairs() {
    let account = account();
    let number = account.made("C-7", &[]);
    let huge = "9".repeat(30);
    let (kind, address) = (format!("customerChannelType_{huge}"), format!("customerChannelValue_{huge}"));
    ok(&account.put(
        &format!("/{number}"),
        &[
            ("customerChannelType_a", "1"),
            ("customerChannelType_", "1"),
            (&kind, "1"),
            (&address, "huge@x.nl"),
            ("customerChannelType_0", "1"),
            ("customerChannelValue_0", "zero@x.nl"),
            ("customerChannelType_00", "1"),
            ("customerChannelValue_00", "zeros@x.nl"),
        ],
    ));
    assert_eq!(account.item(number)["channels"].as_array().unwrap().len(), 3);
}
