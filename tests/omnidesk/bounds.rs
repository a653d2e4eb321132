//! Long texts, long lists and large records: every request is answered, and everything stored can be shown.

use contract_tests::{client::Answer, stack::wait};
use crm_domain::{Actor, Change, Event, EventId, Happening, Timestamp, event::External};
use crm_store::Audit;
use serde_json::Value;

use crate::account::{Account, account, numbers, ok, refused};

/// The body of an answer within Lambda's limit.
#[track_caller]
fn within(answer: &Answer) -> Value {
    answer.expect_within_lambdas_limit();
    answer.expect(200)
}

/// A customer with this many custom fields of 4,096 quotation marks.
#[track_caller]
fn large(account: &Account, own_id: &str, count: usize) -> u64 {
    let (names, value): (Vec<String>, _) = ((0..count).map(|n| format!("custom_f{n}")).collect(), "\"".repeat(4_096));
    let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), value.as_str())).collect();
    fields.extend([("customerChannelType_0", "email"), ("customerChannelValue_0", "shared@x.nl")]);
    account.made(own_id, &fields)
}

#[test]
fn a_list_holds_as_many_large_customers_as_fit_and_says_how_many() {
    let account = account();
    let all: Vec<u64> = (0..12).map(|n| large(&account, &format!("L-{n}"), 60)).collect();
    let fields = [("customerChannelValue", "shared@x.nl"), ("brand_id", "1")];
    let list = within(&account.post("/SearchByCustomerChannelValue", &fields));
    let shown = numbers(&list);
    assert!((4..12).contains(&shown.len()), "{} customers", shown.len());
    assert_eq!(list["itemLimit"], shown.len());
    assert_eq!(list["itemTotal"], 12);
    let mut first = all.clone();
    first.sort_unstable();
    first.truncate(shown.len());
    assert_eq!(shown, first);
    let short = within(&account.get("?itemLimit=99"));
    assert_eq!(
        (&short["itemLimit"], numbers(&short).len()),
        (&99.into(), 12),
        "the short form fits"
    );
}

#[test]
fn a_timeline_shows_the_newest_events_that_fit() {
    let account = account();
    let number = account.made("C-7", &[]);
    let customer = crm_domain::CustomerId::from_number(number).unwrap();
    let audit = Audit {
        operation: "externalEvent",
        fields: Vec::new(),
        interactions: 0,
    };
    let at = |second: i64| Timestamp::from_milliseconds(1_790_000_000_000).plus_seconds(second);
    for second in 0..250 {
        let event = Event {
            id: EventId::draw(at(second), 1),
            at: at(second),
            what: Happening::External(External {
                message: format!("{second:03}{}", "\"".repeat(3_997)),
                initiated_by: "shop".to_owned(),
                source_url: None,
            }),
        };
        let change = Change {
            at: at(second),
            by: Actor::default(),
        };
        assert!(wait(account.store.event_put(customer, &event, &change, &audit)).unwrap());
    }
    let path = "/timelineByCustomerExternalID?brand_id=1&external_id=C-7";
    for path in [path.to_owned(), format!("{path}&getTicketHistory=1")] {
        let item = within(&account.get(&path))["item"].clone();
        let entries = item["timeline"].as_array().unwrap();
        assert!((100..250).contains(&entries.len()), "{} entries", entries.len());
        for (entry, second) in entries.iter().rev().zip((0..250).rev()) {
            assert!(entry["message"].as_str().unwrap().starts_with(&format!("{second:03}")));
        }
    }
}

#[test]
fn the_number_of_parameters_is_limited() {
    let account = account();
    let number = account.made("C-7", &[]);
    let path = format!("/{number}");
    // Each one clears a field that does not exist, and would be listed in the history.
    let body: Vec<String> = (0..60_000).map(|n| format!("custom_f{n}=")).collect();
    let message = refused(&account.put_raw(&path, &body.join("&")), 400);
    assert!(message.contains("500"), "{message}");
    ok(&account.put_raw(&path, &body[..400].join("&")));
}

#[test]
fn the_length_of_a_query_is_limited() {
    let account = account();
    let message = refused(&account.get(&format!("?query={}", "a".repeat(1_001))), 400);
    assert!(
        message.starts_with("Invalid value for parameter 'query'") && message.contains("1000"),
        "{message}"
    );
    assert_eq!(account.listed(&format!("?query={}", "a".repeat(1_000))), Vec::<u64>::new());
}

#[test]
fn an_error_shows_the_beginning_of_a_long_name() {
    let account = account();
    let number = account.made("C-7", &[]);
    let name = format!("custom_{}", "\u{1}".repeat(900_000));
    let answer = account.put_raw(&format!("/{number}"), &format!("{name}=x"));
    let message = refused(&answer, 400);
    assert!(message.chars().count() < 500, "{} characters", message.chars().count());
}

#[test]
fn a_name_is_judged_by_its_beginning_however_long_it_is() {
    let account = account();
    let number = account.made("C-7", &[]);
    let body = format!("firstname=Zoe{}", "%CC%88".repeat(150_000));
    let message = refused(&account.put_raw(&format!("/{number}"), &body), 400);
    assert!(message.starts_with("Invalid value for parameter 'firstname'"), "{message}");
}
