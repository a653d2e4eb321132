//! Purging a person: case 76, and a test that the purge is complete.

use std::time::{Duration, Instant};

use contract_tests::{
    client::{id_of, interaction},
    stack::shared_stack,
    table::items_of,
};
use crm_domain::CustomerId;
use serde_json::json;

use crate::account::{Account, account, ok, opaque, refused};

/// The words that the test stores about Zenobia, in lower case. No other value of the tests contains any of
/// them.
const ZENOBIAS: [&str; 6] = ["zenobia", "quux", "31655501420", "zeno_q", "whisper", "palmyra"];

/// Zenobia with channels, an event, a ticket and a history in every dialect.
fn zenobia(account: &Account) -> (u64, String) {
    let number = account.made(
        "zenobia-1",
        &[
            ("firstname", "Zenobia"),
            ("lastname", "Quux"),
            ("custom_origin", "Palmyra"),
            ("customerChannelType_0", "email"),
            ("customerChannelValue_0", "zenobia@quux.example"),
            ("customerChannelType_1", "telephone"),
            ("customerChannelValue_1", "+31655501420"),
            ("customerChannelType_2", "twitter"),
            ("customerChannelValue_2", "zeno_q"),
        ],
    );
    ok(&account.post(
        "/externalEvent",
        &[("customer_id", &number.to_string()), ("message", "whisper")],
    ));
    let interactions = [interaction(1, json!({"body": "whisper"}))];
    let case = json!({"title": "Zenobia's parcel", "interactions": interactions});
    let case = id_of(&account.khoros.create_case(&opaque(number), case));
    account
        .khoros
        .patch(&format!("/customer/{}", opaque(number)), &json!({"city": "Palmyra"}))
        .expect(201);
    let before = items_of(shared_stack().endpoint(), &account.tenant).concat();
    for word in ZENOBIAS {
        assert!(
            before.contains(word),
            "{word} was never there, so its absence would prove nothing"
        );
    }
    (number, case)
}

/// The items of the tenant that contain any word about Zenobia, or the customer's or the case's id.
fn left(account: &Account, ids: &[&str]) -> Vec<String> {
    let mut items = items_of(shared_stack().endpoint(), &account.tenant);
    let ids: Vec<String> = ids.iter().map(|id| id.to_lowercase()).collect();
    items.retain(|item| ZENOBIAS.iter().any(|word| item.contains(word)) || ids.iter().any(|id| item.contains(id.as_str())));
    items
}

#[test]
fn case_76_everything_about_a_person_is_purged() {
    let account = account();
    let (number, case) = zenobia(&account);
    let path = format!("/purgeData/{number}");
    assert_eq!(ok(&account.delete(&path))["message"], "Customer data purged.");
    assert_eq!(left(&account, &[]), Vec::<String>::new(), "no word of the person's is left");
    refused(&account.get(&format!("/{number}")), 404);
    refused(
        &account.get("/timelineByCustomerExternalID?brand_id=1&external_id=zenobia-1"),
        404,
    );
    account.khoros.get(&format!("/case/{case}")).error(404, "not_found");
    assert_eq!(account.listed(""), Vec::<u64>::new());
    assert_eq!(account.listed("?query=zenobia"), Vec::<u64>::new());
    // What requests in progress may have written is removed once all of them must have ended.
    let begun = Instant::now();
    while !left(&account, &[&opaque(number), &case]).is_empty() {
        assert_eq!(refused(&account.delete(&path), 404), "This customer does not exist.");
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "{:?}",
            left(&account, &[&opaque(number), &case])
        );
    }
}

#[test]
fn case_76_a_purge_may_lack_the_number_in_the_path() {
    let account = account();
    let (one, two, three) = (account.made("A", &[]), account.made("B", &[]), account.made("C", &[]));
    for path in [
        format!("/purgedata?customer_id={one}"),
        format!("/purgedata?id={two}"),
        "/purgeData?primary_id=C&brand_id=1".to_owned(),
    ] {
        ok(&account.delete(&path));
        refused(&account.delete(&path), 404);
    }
    refused(&account.delete("/purgedata"), 400);
    let (four, five) = (account.made("D", &[]), account.made("E", &[]));
    let contradictory = account.delete(&format!("/purgedata?customer_id={four}&id={five}"));
    assert_eq!(refused(&contradictory, 400), "The customer could not be identified.");
    ok(&account.delete(&format!("/purgedata?customer_id={four}&id={four}")));
    account.item(five);
    ok(&account.delete(&format!("/purgedata?id={five}")));
    refused(&account.get(&format!("/{three}")), 404);
    assert_eq!(account.listed(""), Vec::<u64>::new());
}

/// Without the purge the record would be kept for a week, for restoring.
#[test]
fn a_purge_includes_a_customer_whom_an_operator_deleted() {
    let account = account();
    let email = [
        ("customerChannelType_0", "email"),
        ("customerChannelValue_0", "zenobia@quux.example"),
    ];
    let number = account.made("zenobia-1", &email);
    account.crm(&["customer", "delete", &opaque(number), "--yes"]);
    assert!(!left(&account, &[]).is_empty(), "her address is still stored");
    refused(&account.delete(&format!("/{number}")), 404);
    ok(&account.delete(&format!("/purgeData/{number}")));
    assert_eq!(left(&account, &[]), Vec::<String>::new());
    refused(&account.delete(&format!("/purgeData/{number}")), 404);
}

/// However long the rest of the purge takes.
#[test]
fn no_case_can_be_read_after_the_answer_to_a_purge_of_hundreds() {
    const CASES: usize = 300;
    let account = account();
    let number = account.made("C-7", &[]);
    let cases: Vec<String> = (0..CASES)
        .map(|n| {
            id_of(
                &account
                    .khoros
                    .create_case(&opaque(number), json!({"title": format!("Parcel {n}")})),
            )
        })
        .collect();
    let timeline = account.get("/timelineByCustomerExternalID?external_id=C-7&brand_id=1&getTicketHistory=");
    assert_eq!(timeline.expect(200)["item"]["timeline"].as_array().unwrap().len(), CASES);
    ok(&account.delete(&format!("/purgeData/{number}")));
    for case in &cases {
        account.khoros.get(&format!("/case/{case}")).error(404, "not_found");
    }
}

#[test]
fn a_customer_with_one_address_in_two_fields_can_be_deleted() {
    let account = account();
    let twice = json!({"firstName": "Ann", "email": "ann@fiets.example", "email2": "ANN@Fiets.example",
        "phone": "0612345678", "phone2": "+31 6 12345678"});
    let ann = CustomerId::parse(&id_of(&account.khoros.create_customer(&twice))).unwrap();
    let case = id_of(&account.khoros.create_case(&ann.to_string(), json!({"title": "Parcel"})));
    ok(&account.delete(&format!("/{}", ann.number())));
    assert_eq!(account.khoros.case(&case)["customerId"], "C00000000000");
    refused(&account.delete(&format!("/{}", ann.number())), 404);
    // The next customer with the address gets the ticket.
    let heir = account.customer(&[
        ("brand_id", "1"),
        ("primary_id", "heir"),
        ("channel_id", "email"),
        ("customer_link_channel", "ann@fiets.example"),
    ]);
    assert_eq!(account.khoros.case(&case)["customerId"], opaque(heir));
    let purged = json!({"firstName": "Bo", "email": "bo@fiets.example", "email2": "Bo@fiets.example"});
    let bo = CustomerId::parse(&id_of(&account.khoros.create_customer(&purged))).unwrap();
    ok(&account.delete(&format!("/purgeData/{}", bo.number())));
}
