//! The list: cases 12 to 21.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use contract_tests::{
    client::{id_of, members},
    stack::{shared_stack, wait},
};
use crm_domain::{Actor, Brand, Change, Customer, CustomerId, ObjectStructure, TenantId, Timestamp};
use crm_store::Database;
use local::stack::{TABLE, client};
use serde_json::{Value, json};

use crate::account::{Account, account, numbers, ok, opaque, refused};

#[test]
fn case_12_an_empty_account_has_an_empty_list() {
    let list = account().list("");
    assert_eq!(
        list,
        json!({"type": "items", "itemStart": 0, "itemTotal": 0, "itemLimit": 15, "items": []})
    );
}

#[test]
fn case_13_and_14_twenty_customers_are_shown_in_pages() {
    let account = account();
    let mut made: Vec<u64> = (0..20).map(|n| account.made(&format!("N{n}"), &[])).collect();
    made.sort_unstable();
    let first = account.list("");
    assert_eq!((&first["itemTotal"], numbers(&first)), (&json!(20), made[..15].to_vec()));
    assert_eq!(account.listed("?itemStart=15"), made[15..]);
    let past = account.list("?itemStart=20");
    assert_eq!((&past["itemTotal"], numbers(&past).len()), (&json!(20), 0));
    let none = account.list("?itemLimit=0");
    assert_eq!((&none["itemTotal"], numbers(&none).len()), (&json!(20), 0));
    assert_eq!(account.listed("?itemStart=3&itemLimit=2"), made[3..5]);
}

#[test]
fn case_15_and_16_limits_are_checked() {
    let account = account();
    account.list("?itemLimit=99");
    for query in [
        "?itemLimit=100",
        "?itemLimit=abc",
        "?itemStart=-1",
        "?itemLimit=1.5",
        "?itemLimit=1e1",
        "?itemStart=99999999999999999",
    ] {
        let message = refused(&account.get(query), 400);
        assert!(message.starts_with("Invalid value for parameter 'item"), "{message}");
    }
    account.list("?itemStart=&itemLimit=");
}

#[test]
fn case_17_and_18_every_word_must_begin_a_word_of_the_customer() {
    let account = account();
    let ann = account.made(
        "C-7",
        &[
            ("firstname", "Ann"),
            ("lastname", "Janssen"),
            ("customerChannelType_0", "email"),
            ("customerChannelValue_0", "boss@fiets.example"),
        ],
    );
    let andre = account.made("D-8", &[("firstname", "André")]);
    for (query, wanted) in [
        ("jans", vec![ann]),
        ("ann%20jans", vec![ann]),
        ("anssen", vec![]),
        ("andre", vec![andre]),
        ("AN", vec![ann, andre]),
        ("ann%20andre", vec![]),
        ("fiets", vec![ann]),
        ("boss%20jans%20c%207", vec![ann]),
        ("iets", vec![]),
        ("8", vec![andre]),
    ] {
        let mut wanted = wanted;
        wanted.sort_unstable();
        let list = account.list(&format!("?query={query}"));
        assert_eq!(numbers(&list), wanted, "{query}");
        assert_eq!(list["itemTotal"], wanted.len(), "{query}");
    }
}

#[test]
fn case_19_a_query_has_words_only() {
    let account = account();
    account.made("C-7", &[]);
    refused(&account.get("?query=a@b"), 400);
    refused(&account.get("?query=a%2Bb"), 400);
    assert_eq!(account.list("?query=")["itemTotal"], 1);
}

#[test]
fn case_20_an_item_has_the_six_documented_members() {
    let account = account();
    account.made("C-7", &[("firstname", "Ann"), ("lastname", "Janssen")]);
    let item = &account.list("")["items"][0];
    let names = ["brand_name", "channels", "external_primary_id", "firstname", "id", "lastname"];
    assert_eq!(members(item), names);
    assert!(item["id"].is_u64() && item["channels"].is_array());
    for (name, value) in [
        ("external_primary_id", "C-7"),
        ("brand_name", "Fietsen"),
        ("firstname", "Ann"),
        ("lastname", "Janssen"),
    ] {
        assert_eq!(item[name], Value::from(value));
    }
}

#[test]
fn case_21_a_new_customer_is_in_the_next_list() {
    let account = account();
    for n in 0..5 {
        let number = account.customer(&[("brand_id", "1"), ("primary_id", &format!("N{n}"))]);
        assert!(account.listed("").contains(&number));
    }
}

#[test]
fn after_a_backfill_customers_older_than_brands_are_found_by_their_addresses() {
    let account = Account::without_brands();
    let jane = account
        .khoros
        .create_customer(&json!({"firstName": "Jane", "email": "jane@zuiderzee.example"}));
    let jane = CustomerId::parse(&id_of(&jane)).unwrap().number();
    account.set(|tenant| {
        let fietsen = Brand {
            name: "Fietsen".to_owned(),
            ..Brand::default()
        };
        tenant.brands.insert("1".to_owned(), fietsen);
    });
    assert_eq!(account.listed("?query=jane"), [jane]);
    assert_eq!(account.listed("?query=zuiderzee"), Vec::<u64>::new());
    account.crm(&["model", "backfill", "--all"]);
    assert_eq!(account.listed("?query=zuiderzee"), [jane]);
    let channel = account.item(jane)["channels"][0]["id"].clone();
    ok(&account.delete(&format!("/channel/{channel}")));
}

/// Only the customer that is shown has a record. The others have index entries only.
#[test]
fn beyond_ten_thousand_the_list_says_so() {
    let account = account();
    let number = account.made("C-7", &[("firstname", "Ann")]);
    put_created(&account.tenant, 9_999);
    put_record(&account.tenant, 1);
    let exact = account.list("?itemLimit=1");
    assert_eq!((&exact["itemTotal"], exact.get("itemTotalIsExact")), (&json!(10_000), None));
    assert_eq!(
        numbers(&account.list("?itemStart=9999")),
        [number],
        "the newest number comes last"
    );
    assert_eq!(numbers(&account.list("?itemStart=10000")), Vec::<u64>::new());
    account.made("D-8", &[("firstname", "Bo")]);
    let least = account.list("?itemLimit=1");
    assert_eq!(
        (&least["itemTotal"], &least["itemTotalIsExact"]),
        (&json!(10_000), &json!(false))
    );
    assert_eq!(numbers(&account.list("?itemStart=9999")), [number]);
    let message = refused(&account.get("?itemStart=10000"), 400);
    assert!(message.contains("10000") && message.contains("query"), "{message}");
    assert_eq!(account.list("?query=an")["itemTotal"], 1, "a query finds every customer");
    assert_eq!(account.list("?query=bo")["itemTotal"], 1, "a query finds every customer");
}

#[test]
fn a_word_of_more_than_ten_thousand_customers_lists_the_first_ten_thousand() {
    let account = account();
    put_terms(&account.tenant, 10_001, |_| {
        ("directoryWord#z".to_owned(), "zuiderzee".to_owned())
    });
    let list = account.list("?query=zuider&itemStart=9950");
    assert_eq!(
        (&list["itemTotal"], &list["itemTotalIsExact"]),
        (&json!(10_000), &json!(false))
    );
    refused(&account.get("?query=zuider&itemStart=10000"), 400);
}

#[test]
fn a_query_may_have_any_number_of_words_and_all_are_required() {
    let account = account();
    let words: Vec<String> = (b'a'..=b'z').map(|letter| format!("w{}", char::from(letter))).collect();
    let name = |words: &[String]| words.join(" ");
    let [all, fewer] = [&words[..], &words[1..]].map(|words| account.made(&name(words), &[("firstname", "Ann")]));
    let query = |words: &[String]| format!("?query={}", words.join("%20"));
    assert_eq!(account.listed(&query(&words)), [all]);
    assert_eq!(account.listed(&query(&words[1..10])), [all, fewer], "nine words");
    let other = [&words[..], &["anna".to_owned()]].concat();
    assert_eq!(account.listed(&query(&other)), Vec::<u64>::new());
    let list = account.list(&query(&words[1..]));
    assert_eq!((&list["itemTotal"], list.get("itemTotalIsExact")), (&json!(2), None));
}

/// Writes the record of a customer with this number and no values.
fn put_record(tenant: &str, number: u64) {
    let at = Timestamp::from_milliseconds(0);
    let by = Actor::default();
    let customer = Customer::new(CustomerId::from_number(number).unwrap(), Change { at, by });
    wait(async {
        let client = client(shared_stack().endpoint()).await;
        let store = Database::new(client.clone(), TABLE.to_owned()).of(&TenantId::parse(tenant).unwrap());
        let items = store.customer_items(&customer, &ObjectStructure::default_customer());
        let record = items.unwrap_or_default().into_iter().next();
        client.put_item().table_name(TABLE).set_item(record).send().await.unwrap();
    });
}

/// Customers who no longer exist, or have another name now, are neither shown nor counted.
#[test]
fn a_list_compares_index_entries_with_the_records() {
    let account = account();
    let number = account.made("C-7", &[("firstname", "Zuiderzee")]);
    put_terms(&account.tenant, 3, |_| ("directoryWord#z".to_owned(), "zuiderzee".to_owned()));
    account.made("D-8", &[("firstname", "Other")]);
    for path in ["?query=zuider", "?query=zuider&itemLimit=1"] {
        let list = account.list(path);
        assert_eq!((&list["itemTotal"], numbers(&list)), (&json!(1), vec![number]), "{path}");
    }
    assert_eq!(account.list("?query=zuider&itemStart=1")["items"], json!([]));
    put_created(&account.tenant, 1);
    assert_eq!(account.list("")["itemTotal"], 2);
}

/// Writes entries of this many customers, older than any other, into the index of creation
/// times.
fn put_created(tenant: &str, count: u64) {
    put_terms(tenant, count, |number| {
        (format!("created#{}", number % 4), format!("{number:014}"))
    });
}

/// Writes entries of this many customers into the index of terms, by partition and token.
fn put_terms(tenant: &str, count: u64, place: impl Fn(u64) -> (String, String)) {
    let text = |text: String| AttributeValue::S(text);
    let entry = |number: u64| {
        let customer = format!("{tenant}#customer#{}", opaque(number));
        let (partition, token) = place(number);
        let item = HashMap::from([
            ("pk".to_owned(), text(customer)),
            ("sk".to_owned(), text(format!("term#{partition}#{token}"))),
            ("term".to_owned(), text(format!("{tenant}#{partition}"))),
            ("token".to_owned(), text(token)),
        ]);
        let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    };
    let entries: Vec<WriteRequest> = (1..=count).map(entry).collect();
    wait(async {
        let client = client(shared_stack().endpoint()).await;
        for batch in entries.chunks(25) {
            let put = client.batch_write_item().request_items(TABLE, batch.to_vec()).send().await;
            put.unwrap();
        }
    });
}
