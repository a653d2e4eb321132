//! Timelines and events: cases 61 to 66.

use contract_tests::client::members;
use serde_json::{Value, json};

use crate::account::{Account, account, ok, opaque, refused};

const TIMELINE: &str = "/timelineByCustomerExternalID?brand_id=1&external_id=C-7";

fn tell(account: &Account, message: &str) -> Value {
    let fields = [
        ("external_id", "C-7"),
        ("brand_id", "1"),
        ("message", message),
        ("initiated_by", "shop"),
        ("source_url", "https://s.example/1"),
    ];
    ok(&account.post("/externalEvent", &fields))
}

fn timeline(account: &Account, path: &str) -> Vec<Value> {
    let answer = account.get(path).expect(200);
    assert_eq!(answer["type"], "item");
    answer["item"]["timeline"].as_array().unwrap().clone()
}

#[test]
fn case_61_and_62_an_event_is_added_to_the_timeline() {
    let account = account();
    let number = account.made("C-7", &[]);
    let told = tell(&account, "Order 1");
    assert_eq!(told["message"], "Event created.");
    let id = told["eventID"].as_u64().unwrap();
    let entries = timeline(&account, TIMELINE);
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    let names = [
        "created_at",
        "customer_id",
        "description",
        "id",
        "initiated_by",
        "item_type",
        "item_type_id",
        "message",
        "source_url",
        "ticket_id",
        "type",
    ];
    assert_eq!(members(entry), names);
    for (name, value) in [
        ("id", json!(id)),
        ("customer_id", json!(number)),
        ("type", json!("event")),
        ("description", json!("Order 1")),
        ("message", json!("Order 1")),
        ("initiated_by", json!("shop")),
        ("item_type", json!("external_event")),
        ("item_type_id", json!(id.to_string())),
        ("source_url", json!("https://s.example/1")),
    ] {
        assert_eq!(entry[name], value, "{name}");
    }
}

#[test]
fn case_63_events_are_shown_oldest_first_and_repeated_ones_twice() {
    let account = account();
    account.made("C-7", &[]);
    for message in ["one", "two", "two"] {
        tell(&account, message);
    }
    let entries = timeline(&account, TIMELINE);
    let told: Vec<&str> = entries.iter().map(|entry| entry["message"].as_str().unwrap()).collect();
    assert_eq!(told, ["one", "two", "two"]);
}

#[test]
fn case_64_an_event_needs_message_and_customer() {
    let account = account();
    let number = account.made("C-7", &[]).to_string();
    let send = |fields: &[(&str, &str)]| account.post("/externalEvent", fields);
    let by_number = ("customer_id", number.as_str());
    assert_eq!(refused(&send(&[by_number]), 400), "Missing parameter 'message'.");
    refused(&send(&[by_number, ("message", "x"), ("source_url", "javascript:x")]), 400);
    refused(&send(&[by_number, ("message", &"x".repeat(4_001))]), 400);
    refused(&send(&[("customer_id", "999999"), ("message", "x")]), 404);
    refused(&send(&[("message", "x")]), 400);
    ok(&send(&[by_number, ("message", " <b>x</b>\n")]));
    let entries = timeline(&account, TIMELINE);
    assert_eq!(
        (&entries[0]["message"], &entries[0]["initiated_by"]),
        (&json!(" <b>x</b>\n"), &json!("API"))
    );
}

#[test]
fn case_65_a_timeline_needs_an_existing_customer() {
    let account = account();
    account.made("C-7", &[]);
    refused(&account.get("/timelineByCustomerExternalID?brand_id=1"), 400);
    refused(&account.get("/timelineByCustomerExternalID?brand_id=9&external_id=C-7"), 400);
    refused(&account.get("/timelineByCustomerExternalID?brand_id=1&external_id=C-8"), 404);
    refused(&account.get("/timelineByCustomerExternalID?brand_id=1&external_id=%FF"), 400);
    account.get("/timelineByCustomerExternalID?external_id=C-7").expect(200);
    ok(&account.post("/createCustomerCRUD", &[("primaryID", "C-7"), ("brandID", "2")]));
    refused(&account.get("/timelineByCustomerExternalID?external_id=C-7"), 400);
}

#[test]
fn case_66_a_timeline_can_include_tickets() {
    let account = account();
    let number = account.made("C-7", &[]);
    let case = account.khoros.create_case(&opaque(number), json!({"title": "Late parcel"}));
    tell(&account, "Order 1");
    assert_eq!(timeline(&account, TIMELINE).len(), 1);
    for switch in ["getTicketHistory=0", "ticket_history=", "include_tickets=false"] {
        let entries = timeline(&account, &format!("{TIMELINE}&{switch}"));
        assert_eq!(entries.len(), 2, "{switch}");
        let ticket = entries.iter().find(|entry| entry["type"] == "ticket").unwrap();
        assert_eq!((&ticket["title"], &ticket["status"]), (&json!("Late parcel"), &json!("open")));
        let shown = crm_domain::CaseId::from_number(ticket["ticket_id"].as_u64().unwrap()).unwrap();
        assert_eq!(shown.to_string(), case["id"].as_str().unwrap());
    }
}
