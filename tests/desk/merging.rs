//! Duplicates, merges and their receipts, and marks of different people.

use contract_tests::client::{Answer, eventually, id_of};
use crm_domain::Permission;
use serde_json::json;

use crate::visitor::{PERSON, Visitor, expect_page};

/// Two records of one person, who has two cities.
fn twice(visitor: &Visitor) -> [String; 2] {
    ["Ulm", "Bonn"].map(|city| {
        let jane = json!({"firstName": "Jane", "lastName": "Dovzhenko", "email": "jane@dovzhenko.example", "city": city});
        id_of(&visitor.tenant.create_customer(&jane))
    })
}

#[track_caller]
fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.headers["location"].clone()
}

#[test]
fn duplicates_are_listed_with_the_reason_and_lead_to_the_comparison() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let page = expect_page(&visitor.get("/desk/duplicates"), 200);
    assert!(page.contains("There is no customer here."), "{page}");
    let [one, other] = twice(&visitor);
    let comparison = format!("href=\"/desk/merge/{one}/{other}\"");
    for path in ["/desk/duplicates".to_owned(), format!("/desk/people/{other}/duplicates")] {
        let found = eventually(|| expect_page(&visitor.get(&path), 200), |page| page.contains(&comparison));
        assert!(found.good, "{path}: {}", found.last);
        for wanted in ["next to no doubt", "The same address", "class=\"for\""] {
            assert!(found.last.contains(wanted), "{wanted} in {}", found.last);
        }
    }
    let alone = id_of(&visitor.tenant.create_customer(&json!({"firstName": "Otto"})));
    let page = expect_page(&visitor.get(&format!("/desk/people/{alone}/duplicates")), 200);
    assert!(page.contains("No other record may be of this person."), "{page}");
    expect_page(&visitor.get("/desk/duplicates?cursor=nonsense"), 400);
}

#[test]
fn two_records_are_compared_tried_merged_and_taken_apart_again() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let [one, other] = twice(&visitor);
    let path = format!("/desk/merge/{one}/{other}");
    let page = expect_page(&visitor.get(&path), 200);
    for wanted in ["Ulm", "Bonn", "aria-label=\"City: Bonn\"", "jane@dovzhenko.example"] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    let tried = expect_page(&visitor.fill(&path, &[("pick-city", "theirs"), ("do", "preview")]), 200);
    assert!(
        tried.contains("The result would be") && tried.contains("Nothing was changed."),
        "{tried}"
    );
    assert!(
        tried.contains("aria-label=\"City: Bonn\" checked"),
        "the choice is kept: {tried}"
    );
    assert_eq!(visitor.tenant.customer(&other)["id"], json!(other));

    let receipt = location(&visitor.fill(&path, &[("pick-city", "theirs"), ("do", "merge")]));
    assert_eq!(visitor.tenant.customer(&other)["id"], json!(one));
    assert_eq!(visitor.tenant.customer(&one)["city"], "Bonn");
    let page = expect_page(&visitor.get(&receipt), 200);
    for wanted in [
        &one,
        &other,
        PERSON,
        "Taken from the merged record: <bdi>City</bdi>",
        "Undo the merge",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    let record = expect_page(&visitor.get(&format!("/desk/people/{other}")), 200);
    assert!(
        record.contains(&format!("href=\"{receipt}\"")) && record.contains("<strong>Merged</strong>"),
        "{record}"
    );
    // Whoever comes back is led to the record.
    assert_eq!(location(&visitor.get(&path)), format!("/desk/people/{one}"));

    let undo = format!("{receipt}/undo");
    assert_eq!(location(&visitor.get(&undo)), receipt, "looking takes nothing back");
    assert_eq!(location(&visitor.fill_at(&receipt, &undo, &[])), receipt);
    assert_eq!(visitor.tenant.customer(&other)["id"], json!(other));
    assert_eq!(visitor.tenant.customer(&one)["city"], "Ulm");
    let page = expect_page(&visitor.get(&receipt), 200);
    assert!(
        page.contains("This merge was undone") && !page.contains("Undo the merge"),
        "{page}"
    );
}

#[test]
fn a_merge_of_what_may_be_two_people_is_refused_until_somebody_decides() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let [one, other] = ["A-1", "B-2"].map(|account| {
        let jane = json!({"firstName": "Jane", "email": "jane@x.example", "accountNumber": account});
        id_of(&visitor.tenant.create_customer(&jane))
    });
    let path = format!("/desk/merge/{one}/{other}");
    let refused = expect_page(&visitor.fill(&path, &[("do", "merge")]), 409);
    for wanted in [
        "please choose a value of each marked field",
        "they may be two people.",
        "name=\"force\"",
    ] {
        assert!(refused.contains(wanted), "{wanted} in {refused}");
    }
    assert_eq!(visitor.tenant.customer(&other)["id"], json!(other));
    let receipt = location(&visitor.fill(&path, &[("do", "merge"), ("force", "1")]));
    let page = expect_page(&visitor.get(&receipt), 200);
    assert!(page.contains("Overruled: <bdi>Account number</bdi>"), "{page}");
}

#[test]
fn different_people_are_marked_and_the_mark_is_lifted() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let [one, other] = twice(&visitor);
    let (path, mark) = (format!("/desk/merge/{one}/{other}"), format!("/desk/distinct/{one}/{other}"));
    assert_eq!(location(&visitor.fill_at(&path, &mark, &[("reason", "twins")])), path);
    let page = expect_page(&visitor.get(&path), 200);
    for wanted in ["They are marked as different people", "twins", PERSON] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    let refused = expect_page(&visitor.fill(&path, &[("do", "merge")]), 409);
    assert!(refused.contains("lift the mark first"), "{refused}");
    assert_eq!(location(&visitor.get(&mark)), path, "looking marks nobody");
    assert_eq!(location(&visitor.fill_at(&path, &mark, &[("lift", "1")])), path);
    location(&visitor.fill(&path, &[("do", "merge")]));
}

#[test]
fn merges_are_taken_back_in_reverse_order() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let [one, two] = twice(&visitor);
    let three = id_of(
        &visitor
            .tenant
            .create_customer(&json!({"firstName": "Jane", "lastName": "Dovzhenko"})),
    );
    let first = location(&visitor.fill(&format!("/desk/merge/{one}/{two}"), &[("do", "merge")]));
    let second = location(&visitor.fill(&format!("/desk/merge/{three}/{one}"), &[("do", "merge")]));
    let page = expect_page(&visitor.fill_at(&first, &format!("{first}/undo"), &[]), 409);
    assert!(
        page.contains("A later merge blocks this.") && page.contains(&format!("href=\"{second}\"")),
        "{page}"
    );
}

#[test]
fn whoever_may_only_look_changes_nothing() {
    let mut editor = Visitor::who_may(Permission::DeskEdit);
    let [one, other] = twice(&editor);
    let receipt = location(&editor.fill(&format!("/desk/merge/{one}/{other}"), &[("do", "merge")]));
    editor.change_key(|key| key.permissions = [Permission::Khoros, Permission::DeskView].into());
    // No function but these has read the key yet.
    let page = expect_page(&editor.get(&receipt), 200);
    assert!(!page.contains("Undo the merge"), "{page}");
    for path in [format!("/desk/distinct/{one}/{other}"), format!("{receipt}/undo")] {
        let page = expect_page(&editor.get(&path), 403);
        assert!(page.contains("does not allow this"), "{page}");
    }
}

#[test]
fn whoever_is_not_there_cannot_be_merged() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let [one, _] = twice(&visitor);
    for path in [
        format!("/desk/merge/{one}/C00000000001"),
        format!("/desk/merge/C00000000001/{one}"),
        format!("/desk/merge/{one}/nobody"),
        "/desk/merges/nothing".to_owned(),
        "/desk/merges/MC00000000001000000FF".to_owned(),
        "/desk/people/C00000000001/duplicates".to_owned(),
    ] {
        expect_page(&visitor.get(&path), 404);
    }
}
