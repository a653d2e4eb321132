//! createCustomerCRUD, deletion, ids: cases 71 to 78.

use contract_tests::client::at_once;
use serde_json::json;

use crate::account::{account, ok, opaque, refused};

#[test]
fn case_71_strict_creation_never_finds_an_existing_customer() {
    let account = account();
    let kim = |brand: &str| {
        account.post(
            "/createCustomerCRUD",
            &[
                ("primaryID", "N1"),
                ("brandID", brand),
                ("firstname", "Kim"),
                ("customerChannelType_0", "1"),
                ("customerChannelValue_0", "kim@x.nl"),
            ],
        )
    };
    let created = ok(&kim("1"));
    assert_eq!(created["message"], "Customer created.");
    assert_eq!(refused(&kim("1"), 400), "A customer with this primary ID already exists.");
    assert_ne!(ok(&kim("2"))["customerID"], created["customerID"]);
    assert_eq!(
        refused(&account.post("/createCustomerCRUD", &[("brandID", "1")]), 400),
        "Missing parameter 'primaryID'."
    );
}

#[test]
fn of_concurrent_strict_creations_one_succeeds() {
    let account = account();
    let statuses = at_once(6, |_| {
        account
            .post("/createCustomerCRUD", &[("primaryID", "N1"), ("brandID", "1")])
            .status
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 5, "{statuses:?}");
    assert_eq!(account.listed("").len(), 1);
}

#[test]
fn case_72_strict_creation_does_not_touch_tickets() {
    let account = account();
    let ticket = account.ticket("1", "ann@example.org");
    account.made(
        "C-7",
        &[("customerChannelType_0", "1"), ("customerChannelValue_0", "ann@example.org")],
    );
    assert_eq!(account.holder(&ticket), None);
}

#[test]
fn case_73_a_deleted_customer_does_not_exist() {
    let account = account();
    let number = account.made(
        "C-7",
        &[("customerChannelType_0", "1"), ("customerChannelValue_0", "ann@example.org")],
    );
    let other = account.made("D-8", &[]);
    let path = format!("/{number}");
    assert_eq!(ok(&account.delete(&path))["message"], "Customer deleted.");
    refused(&account.get(&path), 404);
    refused(
        &account.post("/SearchByPrimaryExternalID", &[("primary_id", "C-7"), ("brand_id", "1")]),
        404,
    );
    assert_eq!(refused(&account.delete(&path), 404), "This customer does not exist.");
    assert_eq!(account.holders("ann@example.org", "1"), Vec::<u64>::new());
    assert_eq!(account.listed(""), [other]);
    refused(&account.put(&path, &[("lastname", "Bos")]), 404);
    account
        .khoros
        .get(&format!("/customer/{}", opaque(number)))
        .error(404, "not_found");
}

#[test]
fn case_74_a_deleted_customers_id_is_free_but_its_number_is_not() {
    let account = account();
    let number = account.made("C-7", &[]);
    ok(&account.delete(&format!("/{number}")));
    let again = account.made("C-7", &[]);
    assert_ne!(again, number);
    assert_eq!(account.listed(""), [again]);
    let by_address = [
        ("brand_id", "2"),
        ("channel_id", "email"),
        ("customer_link_channel", "bo@x.nl"),
    ];
    let bo = account.customer(&by_address);
    ok(&account.delete(&format!("/{bo}")));
    assert_ne!(account.customer(&by_address), bo, "even right after it was found by address");
}

#[test]
fn case_75_tickets_stay_without_customer() {
    let account = account();
    let number = account.made("C-7", &[]);
    let case = account.khoros.create_case(&opaque(number), json!({"title": "Late parcel"}));
    let path = format!("/case/{}", case["id"].as_str().unwrap());
    ok(&account.delete(&format!("/{number}")));
    let case = account.khoros.get(&path).expect(200);
    assert_eq!(
        (&case["customerId"], &case["title"]),
        (&json!("C00000000000"), &json!("Late parcel"))
    );
    let next = account.made("D-8", &[]);
    let moved = account.khoros.patch(&path, &json!({"customerId": opaque(next)}));
    assert_eq!(moved.expect(201)["customerId"], opaque(next));
}

#[test]
fn case_77_customers_of_the_other_api_are_visible() {
    let account = account();
    let id = account.khoros.some_customer();
    let number = crm_domain::CustomerId::parse(&id).unwrap().number();
    assert_eq!(account.listed(""), [number]);
    let item = account.item(number);
    assert_eq!(
        (&item["firstname"], &item["external_primary_id"], &item["brand_name"]),
        (&json!("Jane"), &json!(""), &json!("Fietsen"))
    );
    refused(&account.get(&format!("/{id}")), 404);
}

#[test]
fn case_78_customers_of_another_account_do_not_exist() {
    let (account, stranger) = (account(), account());
    let number = account.made(
        "C-7",
        &[("customerChannelType_0", "1"), ("customerChannelValue_0", "ann@example.org")],
    );
    let channel = account.item(number)["channels"][0]["id"].clone();
    let path = format!("/{number}");
    refused(&stranger.get(&path), 404);
    refused(&stranger.put(&path, &[("lastname", "Bos")]), 404);
    refused(&stranger.delete(&path), 404);
    refused(&stranger.delete(&format!("/purgeData/{number}")), 404);
    refused(&stranger.delete(&format!("/channel/{channel}")), 404);
    refused(
        &stranger.post("/SearchByPrimaryExternalID", &[("primary_id", "C-7"), ("brand_id", "1")]),
        404,
    );
    refused(
        &stranger.post("/externalEvent", &[("customer_id", &number.to_string()), ("message", "x")]),
        404,
    );
    assert_eq!(stranger.holders("ann@example.org", "1"), Vec::<u64>::new());
    assert_eq!(stranger.listed(""), Vec::<u64>::new());
    assert_eq!(account.item(number)["lastname"], "");
}

#[test]
fn without_brands_a_request_says_what_is_missing() {
    let account = crate::account::Account::without_brands();
    let id = account.khoros.some_customer();
    let number = crm_domain::CustomerId::parse(&id).unwrap().number();
    let item = account.item(number);
    assert_eq!((&item["brand_id"], &item["brand_name"]), (&json!(null), &json!("")));
    assert_eq!(
        refused(&account.post("", &[("primary_id", "C-7")]), 400),
        "Missing parameter 'brand_id'."
    );
}
