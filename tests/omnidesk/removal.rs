//! Concurrent removals: deletions and purges in parallel, and purges of what a deletion has left.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use contract_tests::{
    client::{Answer, at_once, id_of, interaction},
    stack::{shared_stack, wait},
    table::items_of,
};
use crm_domain::digest::digest;
use local::stack::{TABLE, client};
use serde_json::json;

use crate::account::{Account, account, ok, opaque, refused};

/// How many requests run in parallel.
const AT_ONCE: usize = 6;
/// Longer than a removal waits for requests in progress.
const UNTIL_QUIET: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(200);
/// A word in Zenobia's ticket, in lower case. No other value of the tests contains it.
const WHISPER: &str = "whisper of palmyra";
const ADDRESS: &str = "zenobia@quux.example";
const TELEPHONE: &str = "+31655501420";

/// Zenobia and her ticket.
fn zenobia(account: &Account) -> (u64, String) {
    let number = account.made(
        "zenobia-1",
        &[
            ("customerChannelType_0", "email"),
            ("customerChannelValue_0", ADDRESS),
            ("customerChannelType_1", "telephone"),
            ("customerChannelValue_1", TELEPHONE),
        ],
    );
    (number, ticket(account, number))
}

fn ticket(account: &Account, number: u64) -> String {
    ticket_called(account, number, "Late parcel")
}

/// Two tickets of one customer need two titles. Otherwise the second would be a retry of the first.
fn ticket_called(account: &Account, number: u64, title: &str) -> String {
    let interactions = [interaction(1, json!({"body": WHISPER}))];
    id_of(
        &account
            .khoros
            .create_case(&opaque(number), json!({"title": title, "interactions": interactions})),
    )
}

fn left(account: &Account, word: &str) -> Vec<String> {
    let mut items = items_of(shared_stack().endpoint(), &account.tenant);
    items.retain(|item| item.contains(&word.to_lowercase()));
    items
}

/// Repeats the request until the item is gone.
#[track_caller]
fn until_gone(account: &Account, word: &str, again: impl Fn() -> Answer) {
    let begun = std::time::Instant::now();
    while !left(account, word).is_empty() {
        refused(&again(), 404);
        assert!(begun.elapsed() < UNTIL_QUIET, "{:?}", left(account, word));
        std::thread::sleep(POLL);
    }
}

/// How many of the answers have this status.
fn with(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|one| **one == status).count()
}

#[test]
fn of_concurrent_deletions_one_succeeds() {
    let account = account();
    for round in 0..3 {
        let number = account.made(&format!("C-{round}"), &[]);
        let case = ticket(&account, number);
        let path = format!("/{number}");
        let statuses = at_once(AT_ONCE, |_| account.delete(&path).status);
        assert_eq!((with(&statuses, 200), with(&statuses, 404)), (1, AT_ONCE - 1), "{statuses:?}");
        assert_eq!(account.khoros.case(&case)["customerId"], "C00000000000");
    }
}

#[test]
fn of_concurrent_purges_one_succeeds() {
    let account = account();
    for round in 0..3 {
        let number = account.made(&format!("C-{round}"), &[]);
        let case = ticket(&account, number);
        let path = format!("/purgeData/{number}");
        let statuses = at_once(AT_ONCE, |_| account.delete(&path).status);
        assert_eq!((with(&statuses, 200), with(&statuses, 404)), (1, AT_ONCE - 1), "{statuses:?}");
        account.khoros.get(&format!("/case/{case}")).error(404, "not_found");
    }
}

/// One purge always succeeds, since a deletion leaves something to purge. A deletion succeeds only if it came first.
#[test]
fn of_concurrent_deletions_and_purges_one_purge_succeeds_and_no_case_is_left() {
    let account = account();
    for round in 0..3 {
        let number = account.made(&format!("C-{round}"), &[]);
        let case = ticket(&account, number);
        let statuses = at_once(AT_ONCE, |at| {
            let path = if at % 2 == 0 { "/" } else { "/purgeData/" };
            account.delete(&format!("{path}{number}")).status
        });
        let (deletions, purges): (Vec<_>, Vec<_>) = statuses.iter().enumerate().partition(|(at, _)| at % 2 == 0);
        let of = |answers: Vec<(usize, &u16)>| answers.into_iter().map(|(_, status)| *status).collect::<Vec<_>>();
        let (deletions, purges) = (of(deletions), of(purges));
        assert_eq!((with(&purges, 200), with(&purges, 404)), (1, 2), "{statuses:?}");
        assert!(
            with(&deletions, 200) <= 1 && with(&deletions, 200) + with(&deletions, 404) == 3,
            "{statuses:?}"
        );
        account.khoros.get(&format!("/case/{case}")).error(404, "not_found");
    }
}

#[test]
fn a_purge_right_after_a_deletion_includes_its_tickets() {
    let account = account();
    let (number, case) = zenobia(&account);
    ok(&account.delete(&format!("/{number}")));
    account.khoros.case(&case);
    let path = format!("/purgeData/{number}");
    assert_eq!(ok(&account.delete(&path))["message"], "Customer data purged.");
    account.khoros.get(&format!("/case/{case}")).error(404, "not_found");
    assert_eq!(left(&account, WHISPER), Vec::<String>::new());
    assert_eq!(left(&account, "#unclaimed"), Vec::<String>::new());
    refused(&account.delete(&path), 404);
    refused(&account.delete(&format!("/{number}")), 404);
    until_gone(&account, &case, || account.delete(&path));
    assert_eq!(left(&account, &opaque(number)), Vec::<String>::new());
}

#[test]
fn whoever_gets_a_waiting_ticket_learns_the_account_of_its_author() {
    let account = account();
    let (first, _) = zenobia(&account);
    let author = json!({"service": "TWITTER", "serviceId": "9", "handle": "quietharbour42", "name": "Z", "brandOwned": false});
    let interactions = [interaction(2, json!({"author": author}))];
    let ticket = json!({"title": "Lost parcel", "interactions": interactions});
    account.khoros.create_case(&opaque(first), ticket);
    ok(&account.delete(&format!("/{first}")));
    let found = || account.khoros.search(&json!({"screenName": "quietharbour42"}));
    assert!(found().is_empty());
    let second = account.customer(&[
        ("brand_id", "1"),
        ("primary_id", "zenobia-2"),
        ("channel_id", "email"),
        ("customer_link_channel", ADDRESS),
    ]);
    assert_eq!(found(), [opaque(second)]);
}

#[test]
fn a_purge_long_after_a_deletion_includes_waiting_tickets() {
    let account = account();
    let (number, case) = zenobia(&account);
    let [claimed, moved] = ["one", "two"].map(|title| ticket_called(&account, number, title));
    ok(&account.delete(&format!("/{number}")));
    until_gone(&account, "#erasure", || account.delete(&format!("/{number}")));
    let id = opaque(number);
    assert_eq!(
        left(&account, &id),
        Vec::<String>::new(),
        "waiting tickets contain no clear text about their customer"
    );
    // Two of the three requests find a customer.
    let other = account.made("other", &[]);
    account
        .khoros
        .patch(&format!("/case/{moved}"), &json!({"customerId": opaque(other)}))
        .expect(201);
    let linked = account.customer(&[
        ("brand_id", "1"),
        ("primary_id", "linked"),
        ("ticket_id", &number_of(&claimed)),
    ]);
    for (case, whose) in [(&moved, other), (&claimed, linked)] {
        assert_eq!(account.khoros.case(case)["customerId"], opaque(whose));
        assert_eq!(
            left(&account, case).iter().filter(|item| item.contains("unclaimed")).count(),
            0
        );
    }
    let path = format!("/purgeData/{number}");
    let statuses = at_once(AT_ONCE, |_| account.delete(&path).status);
    assert_eq!((with(&statuses, 200), with(&statuses, 404)), (1, AT_ONCE - 1), "{statuses:?}");
    account.khoros.get(&format!("/case/{case}")).error(404, "not_found");
    for case in [&moved, &claimed] {
        assert_eq!(account.khoros.case(case)["interactions"][0]["body"], WHISPER);
    }
    until_gone(&account, &case, || account.delete(&path));
    assert_eq!(left(&account, "#unclaimed"), Vec::<String>::new());
    refused(&account.delete(&path), 404);
}

fn number_of(case: &str) -> String {
    crm_domain::CaseId::parse(case).unwrap().number().to_string()
}

/// A reader of the table who knows an address, or a customer's number, cannot find its tickets there.
#[test]
fn waiting_tickets_are_under_keyed_digests_only() {
    let account = account();
    let (number, case) = zenobia(&account);
    ok(&account.delete(&format!("/{number}")));
    let waiting = left(&account, "#unclaimed#");
    assert_eq!(
        waiting.len(),
        3,
        "places of address, telephone and former customer: {waiting:?}"
    );
    for parts in [
        vec!["1", "email", "", ADDRESS],
        vec!["1", "phone", "", TELEPHONE],
        vec!["former", &opaque(number)],
    ] {
        assert_eq!(left(&account, &digest(&parts)), Vec::<String>::new(), "{parts:?}");
    }
    assert_eq!(left(&account, "zenobia"), Vec::<String>::new());
    account.khoros.case(&case);
}

/// Changes tickets to the form of earlier versions: under digests without a key, and without one of the former
/// customer.
fn make_older(account: &Account, case: &str) {
    let partition = format!("{}#case#{case}", account.tenant);
    wait(async {
        let table = client(shared_stack().endpoint()).await;
        let listed = table
            .get_item()
            .table_name(TABLE)
            .key("pk", text(&partition))
            .key("sk", text("unclaimed"));
        let listed = listed.send().await.unwrap().item.unwrap();
        for place in listed["places"].as_l().unwrap() {
            let place = format!("{}#unclaimed#{}", account.tenant, place.as_s().unwrap());
            let delete = table.delete_item().table_name(TABLE);
            delete.key("pk", text(&place)).key("sk", text(case)).send().await.unwrap();
        }
        let older = AttributeValue::L(older_places().map(|place| text(&place)).to_vec());
        let put = table.put_item().table_name(TABLE).item("pk", text(&partition));
        put.item("sk", text("unclaimed")).item("places", older).send().await.unwrap();
    });
    put_at_older_places(account, case);
}

/// The places where earlier versions put Zenobia's tickets.
fn older_places() -> [String; 2] {
    [digest(&["1", "email", "", ADDRESS]), digest(&["1", "phone", "", TELEPHONE])]
}

fn put_at_older_places(account: &Account, case: &str) {
    wait(async {
        let table = client(shared_stack().endpoint()).await;
        for place in older_places() {
            let place = format!("{}#unclaimed#{place}", account.tenant);
            let put = table.put_item().table_name(TABLE).item("pk", text(&place));
            put.item("sk", text(case)).item("id", text(case)).send().await.unwrap();
        }
    });
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[test]
fn tickets_left_by_an_earlier_version_are_claimed() {
    let account = account();
    let (number, case) = zenobia(&account);
    ok(&account.delete(&format!("/{number}")));
    make_older(&account, &case);
    let heir = account.customer(&[
        ("brand_id", "1"),
        ("primary_id", "heir"),
        ("channel_id", "email"),
        ("customer_link_channel", "Zenobia@Quux.example"),
    ]);
    assert_eq!(account.khoros.case(&case)["customerId"], opaque(heir));
    assert_eq!(left(&account, "unclaimed"), Vec::<String>::new());
}

#[test]
fn tickets_left_recently_by_an_earlier_version_are_purged() {
    let account = account();
    let (number, case) = zenobia(&account);
    ok(&account.delete(&format!("/{number}")));
    make_older(&account, &case);
    ok(&account.delete(&format!("/purgeData/{number}")));
    account.khoros.get(&format!("/case/{case}")).error(404, "not_found");
    assert_eq!(left(&account, WHISPER), Vec::<String>::new());
    assert_eq!(left(&account, "unclaimed"), Vec::<String>::new());
}

/// An entry that the ticket does not list is ignored, whoever has its contact point.
#[test]
fn a_stale_place_assigns_no_ticket() {
    let account = account();
    let (number, case) = zenobia(&account);
    ok(&account.delete(&format!("/{number}")));
    let next = account.made(
        "next",
        &[("customerChannelType_0", "email"), ("customerChannelValue_0", "next@x.nl")],
    );
    account
        .khoros
        .patch(&format!("/case/{case}"), &json!({"customerId": opaque(next)}))
        .expect(201);
    ok(&account.delete(&format!("/{next}")));
    put_at_older_places(&account, &case);
    ok(&account.delete(&format!("/purgeData/{number}")));
    let come = |own_id: &str, address: &str| {
        account.customer(&[
            ("brand_id", "1"),
            ("primary_id", own_id),
            ("channel_id", "email"),
            ("customer_link_channel", address),
        ])
    };
    come("stranger", ADDRESS);
    assert_eq!(account.khoros.case(&case)["customerId"], "C00000000000");
    let heir = come("heir", "next@x.nl");
    assert_eq!(account.khoros.case(&case)["customerId"], opaque(heir));
}
