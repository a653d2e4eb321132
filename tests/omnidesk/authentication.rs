//! Authentication, permissions, routing: cases 1 to 11. `account` checks case 11 with every answer.

use crate::account::{Key, account, ok, refused};

#[test]
fn case_1_and_2_a_missing_or_invalid_key_is_refused() {
    let account = account();
    assert_eq!(refused(&account.send("GET", "", &[], b""), 401), "Invalid API key.");
    assert_eq!(
        refused(&account.send("GET", "", &[("apiKey", "wrong")], b""), 401),
        "Invalid API key."
    );
}

#[test]
fn case_3_the_headers_name_is_case_insensitive() {
    let account = account();
    let key = account.value(Key::R);
    account.send("GET", "", &[("APIKEY", &key)], b"").expect(200);
}

#[test]
fn case_4_and_5_the_key_may_be_in_the_query() {
    let account = account();
    let query = format!("?apiKey={}", account.value(Key::R));
    account.send("GET", &query, &[], b"").expect(200);
    refused(&account.send("GET", &query, &[("apiKey", "wrong")], b""), 401);
    let key = account.value(Key::R);
    account.send("GET", &query, &[("apiKey", &key)], b"").expect(200);
    account.send("GET", &format!("{query}&apiKey={key}"), &[], b"").expect(200);
    refused(&account.send("GET", &format!("{query}&apiKey=wrong"), &[], b""), 401);
}

#[test]
fn the_scheme_of_an_older_edition_is_accepted() {
    let account = account();
    let value = format!("apikey {}", account.value(Key::R));
    account.send("GET", "", &[("authorization", &value)], b"").expect(200);
    let bearer = format!("Bearer {}", account.value(Key::R));
    refused(&account.send("GET", "", &[("authorization", &bearer)], b""), 401);
}

#[test]
fn case_6_reading_and_writing_need_different_permissions() {
    let account = account();
    let read = "This API key does not have the CUSTOMER_READ permission.";
    let write = "This API key does not have the CUSTOMER_CUD permission.";
    assert_eq!(refused(&account.send_as(Key::Z, "GET", "", "", b""), 403), read);
    assert_eq!(refused(&account.send_as(Key::C, "GET", "", "", b""), 403), read);
    assert_eq!(refused(&account.post_as(Key::R, "", &[]), 403), write);
    assert_eq!(refused(&account.send_as(Key::R, "DELETE", "/101", "", b""), 403), write);
    assert_eq!(refused(&account.post_as(Key::R, "/ADDCHANNELONLY", &[]), 403), write);
}

#[test]
fn case_7_searches_need_the_permission_to_read() {
    let account = account();
    for path in ["/SearchByPrimaryExternalID", "/SearchByCustomerChannelValue"] {
        refused(&account.post_as(Key::R, path, &[]), 400);
        refused(&account.post_as(Key::C, path, &[]), 403);
    }
}

#[test]
fn case_8_an_unknown_action_is_404_once_the_key_is_checked() {
    let account = account();
    assert_eq!(refused(&account.get("/nosuchaction"), 404), "This endpoint does not exist.");
    refused(&account.post("/nosuchaction", &[]), 404);
    for path in ["/1/2/3", "//", "//5", "/5//", "/channel//5"] {
        assert_eq!(refused(&account.get(path), 404), "This endpoint does not exist.", "{path}");
    }
    refused(&account.send("GET", "/nosuchaction", &[], b""), 401);
    refused(&account.send("POST", "/no/such/action", &[], b""), 401);
}

/// Section 5: unknown paths and methods are reported before missing permissions, whichever function answers.
#[test]
fn unknown_paths_are_reported_before_missing_permissions() {
    let account = account();
    for (method, path) in [
        ("GET", "/nosuchaction"),
        ("DELETE", "/abc"),
        ("DELETE", "/channel/x"),
        ("DELETE", "/purgeData/x"),
    ] {
        let answer = account.send_as(Key::Z, method, path, "", b"");
        assert_eq!(refused(&answer, 404), "This endpoint does not exist.", "{method} {path}");
    }
    let answer = account.send_as(Key::Z, "GET", "/ADDCHANNELONLY", "", b"");
    refused(&answer, 405);
    assert_eq!(answer.headers.get("allow").map(String::as_str), Some("POST"));
}

#[test]
fn case_9_another_method_is_405() {
    let account = account();
    let allowed = |method: &str, path: &str, methods: &str| {
        let answer = account.send_as(Key::Rc, method, path, "", b"");
        refused(&answer, 405);
        assert_eq!(
            answer.headers.get("allow").map(String::as_str),
            Some(methods),
            "{method} {path}"
        );
    };
    allowed("PATCH", "/101", "GET, PUT, DELETE");
    allowed("DELETE", "", "GET, POST, PUT");
    allowed("GET", "/addChannelOnly", "POST");
    allowed("PUT", "/syncwithcrm", "POST");
    allowed("GET", "/channel/7", "DELETE");
    allowed("POST", "/purgedata", "DELETE");
}

#[test]
fn case_10_actions_are_accepted_in_any_letter_case() {
    let account = account();
    let number = account.made("C-7", &[]).to_string();
    for (path, handle) in [
        ("/ADDCHANNELONLY", "one"),
        ("/addchannelonly", "two"),
        ("/addChannelOnly/", "three"),
    ] {
        ok(&account.post(path, &[("customer_id", &number), ("extra_twitter", handle)]));
    }
    assert_eq!(account.item(number.parse().unwrap())["channels"].as_array().unwrap().len(), 3);
    let of = [("primary_id", "C-7"), ("brand_id", "1")];
    account.post("/searchByPrimaryExternalId", &of).expect(200);
    ok(&account.put(
        "/UPDATECUSTOMER",
        &[("externalPrimaryID", "C-7"), ("brandID", "1"), ("lastname", "Bos")],
    ));
    account
        .get("/timelinebycustomerexternalid?brand_id=1&external_id=C-7")
        .expect(200);
    let channel = account.item(number.parse().unwrap())["channels"][0]["id"].to_string();
    ok(&account.delete(&format!("/itemChannel/{channel}")));
    account.get("/").expect(200);
    account.get(&format!("/{number}/")).expect(200);
}
