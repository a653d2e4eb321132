//! syncWithCRM: cases 67 to 70, and a CRM that misbehaves in every way.

use std::time::{Duration, Instant};

use contract_tests::{
    client::Answer,
    stand_in::{Manner, StandIn, answer, json as stand_in_json},
};
use serde_json::json;

use crate::account::{Account, Key, account, ok, refused};

const CY: &str = r#"[{"primaryID":"K-9","firstname":"Cy","lastname":"Twombly","custom_tier":"silver"}]"#;

fn sync(account: &Account, kind: &str, address: &str) -> Answer {
    account.post("/syncWithCRM", &[("brandID", "2"), ("channel", kind), ("address", address)])
}

fn rig() -> (Account, StandIn) {
    let crm = StandIn::start();
    (Account::new(Some(&crm.url())), crm)
}

#[test]
fn case_67_the_only_element_updates_the_customer() {
    let (account, crm) = rig();
    crm.answers(stand_in_json(CY));
    for _ in 0..2 {
        assert_eq!(ok(&sync(&account, "email", "cy@x.nl"))["message"], "Customer synchronized.");
        let asked = crm.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        let line = asked[0].lines().next().unwrap();
        assert_eq!(
            line,
            "GET /lookup?key=xyzzy&channelAddressType=email&address=cy%40x.nl HTTP/1.1"
        );
        assert!(
            !asked[0].to_lowercase().contains(&account.value(Key::Rc).to_lowercase()),
            "no header of the client is sent"
        );
    }
    let found = account.holders("cy@x.nl", "2");
    assert_eq!(found.len(), 1, "run twice, one customer");
    let item = account.item(found[0]);
    for (name, value) in [
        ("external_primary_id", "K-9"),
        ("firstname", "Cy"),
        ("lastname", "Twombly"),
        ("custom_tier", "silver"),
    ] {
        assert_eq!(item[name], value, "{name}");
    }
    assert_eq!(account.listed(""), found);
}

#[test]
fn tickets_of_an_address_from_the_crm_are_claimed() {
    let (account, crm) = rig();
    let ticket = account.ticket("2", "cy@x.nl");
    crm.answers(stand_in_json(CY));
    ok(&sync(&account, "email", "cy@x.nl"));
    assert_eq!(account.holder(&ticket), account.holders("cy@x.nl", "2").first().copied());
}

#[test]
fn case_68_an_empty_answer_changes_nothing() {
    let (account, crm) = rig();
    assert_eq!(
        ok(&sync(&account, "email", "cy@x.nl"))["message"],
        "No customer found in the CRM."
    );
    assert_eq!(account.listed(""), Vec::<u64>::new());
    crm.asked();
    ok(&sync(&account, "phoneNumber", "+3161"));
    let asked = crm.asked();
    assert!(
        asked[0].contains("&channelAddressType=phoneNumber&address=%2B3161 HTTP"),
        "{asked:?}"
    );
}

#[test]
fn case_69_a_lookup_needs_a_url_and_valid_parameters() {
    let (account, crm) = rig();
    let send = |fields: &[(&str, &str)]| account.post("/syncWithCRM", fields);
    let address = ("address", "cy@x.nl");
    let no_url = send(&[("brandID", "1"), ("channel", "email"), address]);
    assert_eq!(refused(&no_url, 400), "No CRM lookup URL is configured for this brand.");
    refused(&send(&[("brandID", "2"), ("channel", "fax"), address]), 400);
    refused(&send(&[("brandID", "2"), ("channel", "email")]), 400);
    refused(&send(&[("brandID", "2"), ("channel", "email"), ("address", "nobody")]), 400);
    refused(&send(&[("channel", "email"), address]), 400);
    assert_eq!(crm.asked(), Vec::<String>::new());
}

#[test]
fn case_70_a_crm_that_misbehaves_is_502() {
    let (account, crm) = rig();
    let moved = format!("location: {}\r\n", crm.url());
    for manner in [
        answer("500 Internal Server Error", "", "[]"),
        answer("400 Bad Request", "", "[]"),
        answer("204 No Content", "", ""),
        answer("302 Found", &moved, CY),
        answer("307 Temporary Redirect", "location: http://169.254.169.254/\r\n", "[]"),
        stand_in_json("not JSON"),
        stand_in_json("{\"primaryID\": \"K-9\"}"),
        stand_in_json(""),
        stand_in_json(&"[".repeat(100_000)),
        stand_in_json(&format!("[{}1]", "1,".repeat(500))),
        stand_in_json(&format!("[\"{}\"]", "x".repeat(1 << 20))),
        Manner::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[".to_vec()),
        Manner::Raw(b"SSH-2.0-crm\r\n".to_vec()),
        Manner::Dropped,
        Manner::Endless,
        Manner::Silent,
    ] {
        crm.answers(manner.clone());
        let message = refused(&sync(&account, "email", "cy@x.nl"), 502);
        assert!(message.starts_with("The CRM lookup failed."), "{message}");
        let asked = crm.asked().len();
        assert!((1..=2).contains(&asked), "{asked} requests for {manner:?}");
    }
    assert_eq!(account.listed(""), Vec::<u64>::new(), "nothing changed");
}

#[test]
fn private_addresses_are_refused_unless_allowed() {
    let crm = StandIn::start();
    let port = crm.url().replace("http://127.0.0.1", "");
    for url in [
        format!("https://127.0.0.1{port}"),
        format!("https://localhost{port}"),
        format!("https://[::1]{port}"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
    ] {
        let account = account();
        account.set(|tenant| tenant.brands.get_mut("2").unwrap().sync_url = Some(url.clone()));
        refused(&sync(&account, "email", "cy@x.nl"), 502);
        assert_eq!(crm.asked(), Vec::<String>::new(), "{url}");
    }
}

/// Addresses outside private networks, such as the function's own link-local ones, are refused in every spelling.
#[test]
fn allowing_private_addresses_allows_no_special_ones() {
    let crm = StandIn::start();
    let port = crm.url().replace("http://127.0.0.1", "");
    for host in [
        "0.0.0.0",
        "0",
        "[::]",
        "169.254.169.254",
        "0xa9fea9fe",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::169.254.169.254]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "224.0.0.1",
    ] {
        let account = Account::new(Some(&format!("http://{host}{port}")));
        let message = refused(&sync(&account, "email", "cy@x.nl"), 502);
        assert!(message.starts_with("The CRM lookup failed."), "{message}");
        assert_eq!(crm.asked(), Vec::<String>::new(), "{host}");
    }
}

#[test]
fn a_crm_has_five_seconds_for_its_answer() {
    let (account, crm) = rig();
    let Manner::Raw(told) = stand_in_json(CY) else {
        panic!("an answer is bytes");
    };
    crm.answers(Manner::Late(Duration::from_secs(4), told.clone()));
    assert_eq!(ok(&sync(&account, "email", "cy@x.nl"))["message"], "Customer synchronized.");
    crm.answers(Manner::Late(Duration::from_secs(10), told));
    let begun = Instant::now();
    refused(&sync(&account, "email", "cy@x.nl"), 502);
    let took = begun.elapsed();
    assert!((Duration::from_secs(5)..Duration::from_secs(7)).contains(&took), "{took:?}");
}

#[test]
fn the_secret_in_the_url_is_not_logged() {
    let (account, crm) = rig();
    crm.answers(Manner::Dropped);
    refused(&sync(&account, "email", "secretive@x.nl"), 502);
    let log = contract_tests::stack::shared_stack().log().concat();
    for secret in ["xyzzy", "secretive"] {
        assert!(!log.contains(secret), "{secret}");
    }
    assert!(log.contains("the lookup in a client's CRM failed"));
}

#[test]
fn elements_are_read_leniently_and_missing_members_change_nothing() {
    let (account, crm) = rig();
    let number = account.customer(&[
        ("brand_id", "2"),
        ("primary_id", "7"),
        ("lastname", "Bos"),
        ("custom_keep", "1"),
        ("custom_drop", "1"),
    ]);
    let elements = json!([
        {"id": 7, "firstName": "Łukasz", "lastName": "", "custom_drop": null, "custom_fields": {"level": 3}, "email": ["l@x.nl", "broken"],
            "phoneNumber": "+31612345678", "channels": [{"channel_id": 5, "address": "luk"}, {"channel_id": "fax", "address": "1"}], "unknown": {}},
        {"primary_id": "8", "firstname": "Eva"},
        {"firstname": "Nobody"},
        17,
    ]);
    crm.answers(stand_in_json(&elements.to_string()));
    ok(&sync(&account, "email", "cy@x.nl"));
    let item = account.item(number);
    for (name, value) in [
        ("firstname", json!("Łukasz")),
        ("lastname", json!("Bos")),
        ("custom_keep", json!("1")),
        ("custom_level", json!("3")),
    ] {
        assert_eq!(item[name], value, "{name}");
    }
    assert_eq!(item.get("custom_drop"), None);
    for address in ["l@x.nl", "+31612345678", "luk"] {
        assert_eq!(account.holders(address, "2"), [number], "{address}");
    }
    assert_eq!(
        account.holders("cy@x.nl", "2"),
        Vec::<u64>::new(),
        "several elements, none of which lists it"
    );
    assert_eq!(account.listed("").len(), 2);
    ok(&account.put(&format!("/{number}"), &[("lastname", "Vos")]));
    assert_eq!(
        account.item(number)["firstname"],
        "Łukasz",
        "existing values of a record are not checked"
    );
}

#[test]
fn without_an_id_the_only_holder_of_the_address_is_updated() {
    let (account, crm) = rig();
    crm.answers(stand_in_json(r#"[{"firstname": "Bo"}]"#));
    let holder = |own_id: &str| {
        account.customer(&[
            ("brand_id", "2"),
            ("primary_id", own_id),
            ("channel_id", "email"),
            ("customer_link_channel", "bo@x.nl"),
        ])
    };
    let bo = holder("A");
    ok(&sync(&account, "email", "bo@x.nl"));
    assert_eq!(account.item(bo)["firstname"], "Bo");
    let second = holder("B");
    ok(&sync(&account, "email", "bo@x.nl"));
    assert_eq!(account.item(second)["firstname"], "", "two have it, so neither is updated");
}
