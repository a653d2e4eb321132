//! Search and channels: cases 53 to 60.

use serde_json::json;

use crate::account::{Key, account, ok, refused};

#[test]
fn case_53_a_customer_is_found_by_the_clients_id() {
    let account = account();
    let number = account.made("C-7", &[]);
    let search = |fields: &[(&str, &str)]| account.post("/SearchByPrimaryExternalID", fields);
    let found = search(&[("primary_id", "C-7"), ("brand_id", "1")]).expect(200);
    assert_eq!((&found["type"], &found["item"]["id"]), (&json!("item"), &json!(number)));
    assert_eq!(search(&[("primary_id", "C-7")]).expect(200)["item"]["id"], number);
    refused(&search(&[("primary_id", "C-7"), ("brand_id", "2")]), 404);
    assert_eq!(refused(&search(&[("brand_id", "1")]), 400), "Missing parameter 'primary_id'.");
    refused(&search(&[("primary_id", "c-7"), ("brand_id", "1")]), 404);
    ok(&account.post("/createCustomerCRUD", &[("primaryID", "C-7"), ("brandID", "2")]));
    assert_eq!(
        refused(&search(&[("primary_id", "C-7")]), 400),
        "The customer could not be identified."
    );
}

#[test]
fn case_54_and_55_customers_are_found_by_address() {
    let account = account();
    let pair = [("customerChannelType_0", "1"), ("customerChannelValue_0", "ann@example.org")];
    let one = account.made("C-7", &pair);
    let list = account
        .post(
            "/SearchByCustomerChannelValue",
            &[("customerChannelValue", "ANN@Example.org"), ("brand_id", "1")],
        )
        .expect(200);
    assert_eq!(
        (&list["itemStart"], &list["itemTotal"], &list["itemLimit"]),
        (&json!(0), &json!(1), &json!(99))
    );
    assert_eq!(list["items"][0]["brand_id"], 1, "the long form");
    assert_eq!(account.holders("nobody@example.org", "1"), Vec::<u64>::new());
    assert_eq!(account.holders("ann@example.org", "2"), Vec::<u64>::new());
    let mut both = [one, account.made("D-8", &pair)];
    both.sort_unstable();
    assert_eq!(account.holders("ann@example.org", "1"), both);
    let search = |fields: &[(&str, &str)]| account.post("/SearchByCustomerChannelValue", fields);
    assert_eq!(
        refused(&search(&[("brand_id", "1")]), 400),
        "Missing parameter 'customerChannelValue'."
    );
    assert_eq!(
        refused(&search(&[("customerChannelValue", "x")]), 400),
        "Missing parameter 'brand_id'."
    );
}

#[test]
fn case_56_and_57_channels_can_be_added_alone() {
    let account = account();
    let number = account.made("C-7", &[]);
    let text = number.to_string();
    let add = |fields: &[(&str, &str)]| account.post("/addChannelOnly", fields);
    let added = ok(&add(&[("customer_id", &text), ("extra_twitter", "ann_j")]));
    assert_eq!(added, json!({"type": "result", "message": "Channel added."}));
    assert_eq!(account.holders("@ANN_J", "1"), [number]);
    refused(&add(&[("customer_id", &text)]), 400);
    refused(&add(&[("customer_id", &text), ("extra_twitter", "a-b")]), 400);
    ok(&add(&[
        ("primary_id", "C-7"),
        ("brand_id", "1"),
        ("extra_facebook", "100001"),
        ("extra_twitter", "ann_j"),
    ]));
    assert_eq!(account.item(number)["channels"].as_array().unwrap().len(), 2);
    refused(&add(&[("customer_id", "999999"), ("extra_twitter", "ann_j")]), 404);
}

#[test]
fn case_58_tickets_of_the_address_are_claimed() {
    let account = account();
    let number = account.made("C-7", &[]);
    let text = number.to_string();
    let tickets = ["1", "1"].map(|brand| account.ticket(brand, "ann@example.org"));
    let holders = || tickets.each_ref().map(|ticket| account.holder(ticket));
    let add = |no_sync: &str| {
        let fields = [
            ("customer_id", text.as_str()),
            ("extra_email", "ann@example.org"),
            ("noSync", no_sync),
        ];
        ok(&account.post("/addChannelOnly", &fields))
    };
    add("true");
    assert_eq!(holders(), [None, None]);
    add("false");
    assert_eq!(holders(), [Some(number), Some(number)]);
}

#[test]
fn case_59_a_raw_plus_is_restored() {
    let account = account();
    let number = account.made("C-7", &[]);
    let body = format!("customer_id={number}&extra_telephone=+31612345678");
    let answer = account.send_as(
        Key::Rc,
        "POST",
        "/addChannelOnly",
        "application/x-www-form-urlencoded",
        body.as_bytes(),
    );
    ok(&answer);
    assert_eq!(account.item(number)["channels"][0]["address"], "+31612345678");
}

#[test]
fn case_60_a_channel_can_be_deleted() {
    let account = account();
    let number = account.made(
        "C-7",
        &[("customerChannelType_0", "1"), ("customerChannelValue_0", "ann@example.org")],
    );
    let path = format!("/channel/{}", account.item(number)["channels"][0]["id"]);
    assert_eq!(ok(&account.delete(&path))["message"], "Channel deleted.");
    assert_eq!(account.item(number)["channels"], json!([]));
    assert_eq!(account.holders("ann@example.org", "1"), Vec::<u64>::new());
    assert_eq!(refused(&account.delete(&path), 404), "This channel does not exist.");
    assert_eq!(refused(&account.delete("/channel/x"), 404), "This endpoint does not exist.");
}

#[test]
fn a_tenant_corrects_the_numbers_of_channels() {
    let account = account();
    account.set(|tenant| {
        tenant.channels.insert("4".to_owned(), "telephone".to_owned());
        tenant.channels.insert("20".to_owned(), "instagram".to_owned());
    });
    let number = account.made(
        "C-7",
        &[("customerChannelType_0", "4"), ("customerChannelValue_0", "+31612345678")],
    );
    assert_eq!(account.item(number)["channels"][0]["channel_id"], 4);
    let path = format!("/{number}");
    let unusual = account.put(
        &path,
        &[("customerChannelType_0", "2"), ("customerChannelValue_0", "+31612345678")],
    );
    assert_eq!(refused(&unusual, 400), "This channel does not exist.");
    ok(&account.put(&path, &[("customerChannelType_0", "20"), ("customerChannelValue_0", "ann.j")]));
    assert_eq!(account.holders("ann.j", "1"), [number]);
}
