//! One customer: cases 22 to 24.

use contract_tests::client::is_time;
use serde_json::json;

use crate::account::{account, refused};

#[test]
fn case_22_a_created_customer_is_shown() {
    let account = account();
    let number = account.made("C-7", &[]);
    let item = account.item(number);
    assert_eq!((&item["id"], &item["brand_id"]), (&json!(number), &json!(1)));
    assert_eq!((&item["firstname"], &item["lastname"]), (&json!(""), &json!("")));
}

#[test]
fn case_23_unknown_numbers_are_404() {
    let account = account();
    assert_eq!(refused(&account.get("/999999"), 404), "This customer does not exist.");
    refused(&account.get("/abc"), 404);
    refused(&account.get("/0"), 404);
    refused(&account.get("/9007199254740992"), 404);
    refused(&account.get("/99999999999999999999999"), 404);
}

#[test]
fn case_24_times_have_the_documented_form() {
    let account = account();
    let item = account.item(account.made("C-7", &[]));
    for name in ["created_at", "last_update"] {
        let text = item[name].as_str().unwrap();
        assert!(is_time(&json!(format!("{}Z", text.replacen(' ', "T", 1)))), "{text}");
    }
}
