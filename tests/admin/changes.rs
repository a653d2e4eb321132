//! The feed of changes (contract section 6).

use std::time::{Duration, Instant};

use contract_tests::{
    client::{id_of, interaction},
    feed::told,
};
use crm_domain::{NoticeKind, Permission};
use serde_json::{Value, json};

use crate::admin::Admin;

/// Much longer than the feed is behind.
const PATIENCE: Duration = Duration::from_mins(2);

fn admin() -> Admin {
    Admin::with(&[Permission::Khoros, Permission::Admin, Permission::Changes])
}

fn page(admin: &Admin, query: &str) -> Value {
    admin.ask("GET", &format!("/changes?{query}"), None).expect(200)
}

fn changes(page: &Value) -> Vec<Value> {
    page["changes"].as_array().unwrap().clone()
}

/// Reads the feed after this cursor, so many at a time, until so many changes have come, waiting in the requests.
fn read(admin: &Admin, after: &str, limit: usize, count: usize) -> Vec<Value> {
    let begun = Instant::now();
    let (mut found, mut cursor) = (Vec::new(), after.to_owned());
    while found.len() < count {
        assert!(begun.elapsed() < PATIENCE, "{found:?}");
        let page = page(admin, &format!("after={cursor}&limit={limit}&wait=20"));
        let some = changes(&page);
        assert!(some.len() <= limit, "{page}");
        found.extend(some);
        page["cursor"].as_str().unwrap().clone_into(&mut cursor);
    }
    found
}

#[test]
fn every_change_is_told_once_in_order_with_who_made_it_and_without_values() {
    let admin = admin();
    let headers = [
        ("x-sf-user-email", "Ann@brand.example"),
        ("x-sf-initiative", "7"),
        ("x-sf-company-id", "12"),
    ];
    let jane = json!({"firstName": "Zenobia", "email": "zenobia@quux.example"});
    let made = admin.khoros.post_with("/customer", &headers, &jane).expect(201);
    let one = id_of(&made);
    // Sent again, it is no change.
    assert_eq!(id_of(&admin.khoros.post_with("/customer", &headers, &jane).expect(201)), one);
    admin
        .khoros
        .patch(
            &format!("/customer/{one}"),
            &json!({"city": "Palmyra", "phone": "+1 415 555 2671"}),
        )
        .expect(201);
    // Nothing of it differs.
    admin
        .khoros
        .patch(&format!("/customer/{one}"), &json!({"city": "Palmyra"}))
        .expect(201);
    let other = admin.person(&json!({"firstName": "Zenobia"}));
    let title = json!({"title": "Whisper", "interactions": [interaction(1, json!({}))]});
    let case = id_of(&admin.khoros.create_case(&other, title));
    let path = format!("/case/{case}");
    admin.khoros.patch(&path, &json!({"status": "closed"})).expect(201);
    admin
        .khoros
        .patch(
            &path,
            &json!({"interactions": [interaction(1, json!({})), interaction(2, json!({}))]}),
        )
        .expect(201);
    admin
        .khoros
        .patch(&path, &json!({"customerId": one, "title": "Murmur"}))
        .expect(201);
    admin.khoros.patch(&path, &json!({"customerId": other})).expect(201);
    let receipt = admin.merge(&one, &other);
    admin.undo(&receipt).expect(200);

    let found = read(&admin, "", 500, 12);
    let told: Vec<(&str, &Value, &Value)> = found
        .iter()
        .map(|change| (change["kind"].as_str().unwrap(), &change["customer"], &change["case"]))
        .collect();
    let (one, other, case, none) = (json!(one), json!(other), json!(case), Value::Null);
    assert_eq!(
        told,
        [
            ("customer.created", &one, &none),
            ("customer.updated", &one, &none),
            ("customer.created", &other, &none),
            ("case.created", &other, &case),
            ("case.updated", &other, &case),
            ("case.interactionsAdded", &other, &case),
            ("case.moved", &one, &case),
            ("case.moved", &other, &case),
            ("customer.merged", &one, &none),
            ("case.moved", &one, &case),
            ("case.moved", &other, &case),
            ("customer.unmerged", &one, &none),
        ]
    );
    let mut first = found[0].clone();
    for member in ["id", "at", "tenant"] {
        let value = first.as_object_mut().unwrap().shift_remove(member).unwrap();
        assert!(!value.as_str().unwrap().is_empty(), "{member}");
    }
    assert_eq!(
        first,
        json!({"kind": "customer.created", "operation": "createCustomer", "customer": one, "fields": ["firstName", "email"],
            "version": 1, "actor": "ann@brand.example", "initiative": 7, "company": 12})
    );
    assert_eq!(
        (&found[1]["fields"], &found[1]["version"]),
        (&json!(["phone", "city"]), &json!(2))
    );
    assert_eq!(found[3]["interactions"], json!(1));
    assert_eq!(
        (&found[5]["interactions"], &found[5]["fields"]),
        (&json!(1), &none),
        "one of two is new"
    );
    assert_eq!(
        (&found[6]["from"], &found[6]["fields"]),
        (&other, &json!(["customerId", "title"]))
    );
    for merge in [&found[8], &found[11]] {
        assert_eq!((&merge["merged"], &merge["receipt"]), (&json!([other]), &json!(receipt)));
    }
    let mut ids: Vec<&str> = found.iter().map(|change| change["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted());
    ids.dedup();
    assert_eq!(ids.len(), found.len());
    let text = json!(found).to_string().to_lowercase();
    for value in ["zenobia", "quux", "palmyra", "2671", "whisper", "murmur"] {
        assert!(!text.contains(value), "{value} in {text}");
    }
    // Nobody else's changes are there, and the feed ends.
    let last = page(&admin, &format!("after={}", found[11]["id"].as_str().unwrap()));
    assert_eq!((&last["changes"], &last["more"]), (&json!([]), &json!(false)));
}

#[test]
fn pages_of_any_size_have_the_same_changes_and_a_cursor_goes_on_where_it_was_given() {
    let admin = admin();
    let id = admin.person(&json!({"firstName": "Ann"}));
    let beginning = page(&admin, "after=latest")["cursor"].as_str().unwrap().to_owned();
    for number in 0..40 {
        admin
            .khoros
            .patch(&format!("/customer/{id}"), &json!({"city": format!("Ulm {number}")}))
            .expect(201);
    }
    let all = read(&admin, "", 1_000, 41);
    let versions: Vec<u64> = all.iter().map(|change| change["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, (1..=41).collect::<Vec<u64>>());
    for limit in [1, 2, 7, 40] {
        assert_eq!(read(&admin, "", limit, 41), all, "{limit}");
    }
    // `latest` was ten seconds before the first change.
    assert_eq!(read(&admin, &beginning, 100, 41), all);
    let from_the_middle = page(&admin, &format!("after={}&limit=20", all[4]["id"].as_str().unwrap()));
    assert_eq!(
        (changes(&from_the_middle), &from_the_middle["more"]),
        (all[5..25].to_vec(), &json!(true))
    );
    let rest = page(
        &admin,
        &format!("after={}&limit=100", from_the_middle["cursor"].as_str().unwrap()),
    );
    assert_eq!((changes(&rest), &rest["more"]), (all[25..].to_vec(), &json!(false)));
}

#[test]
fn a_request_that_may_wait_waits_for_a_change_and_not_longer() {
    let admin = admin();
    let cursor = page(&admin, "after=latest")["cursor"].as_str().unwrap().to_owned();
    let begun = Instant::now();
    let empty = page(&admin, &format!("after={cursor}&wait=3"));
    assert_eq!(empty["changes"], json!([]));
    assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
    let moved_on = empty["cursor"].as_str().unwrap().to_owned();
    assert!(moved_on > cursor, "where nothing happens, a cursor gets no older");
    admin.person(&json!({"firstName": "Ann"}));
    assert_eq!(read(&admin, &moved_on, 100, 1).len(), 1);
}

#[test]
fn every_mistake_of_a_question_is_named_and_an_expired_cursor_is_gone() {
    let admin = admin();
    let check = |query: &str, fields: &[&str]| {
        let answer = admin.ask("GET", &format!("/changes?{query}"), None);
        answer.error(422, "validation_failed");
        answer.expect_fields(fields);
    };
    check("after=x&limit=0&wait=21", &["after", "limit", "wait"]);
    check("limit=1001", &["limit"]);
    check("limit=many&wait=-1", &["limit", "wait"]);
    check("after=99999999999999-0000000000000000", &["after"]);
    let expired = admin.ask("GET", "/changes?after=01700000000000-ffffffffffffffff", None);
    expired.error(410, "gone");
    assert!(expired.text().contains("after=latest"), "{expired:?}");
    assert_eq!(page(&admin, "after=&limit=&wait=")["changes"], json!([]));
}

#[test]
fn a_case_of_many_interactions_is_told_of_once_when_it_can_be_seen() {
    let admin = admin();
    let customer = admin.person(&json!({"firstName": "Ann"}));
    let many: Vec<Value> = (0..150).map(|n| interaction(n, json!({}))).collect();
    let case = id_of(&admin.khoros.create_case(&customer, json!({"interactions": many})));
    let more: Vec<Value> = (100..300).map(|n| interaction(n, json!({}))).collect();
    admin
        .khoros
        .patch(&format!("/case/{case}"), &json!({"interactions": more}))
        .expect(201);
    let told = told(&admin.store);
    let of_case: Vec<(NoticeKind, usize, Option<u64>)> = told
        .iter()
        .filter(|told| told.notice.case.is_some())
        .map(|told| (told.notice.kind, told.notice.interactions, told.notice.version))
        .collect();
    assert_eq!(
        of_case,
        [
            (NoticeKind::CaseCreated, 150, Some(1)),
            (NoticeKind::CaseInteractionsAdded, 150, Some(2))
        ]
    );
}
