//! Marks of different people over HTTP (contract section 3).

use serde_json::json;

use crate::admin::Admin;

const NOBODY: &str = "C00000000001";

fn path(one: &str, other: &str) -> String {
    format!("/distinct/{one}/{other}")
}

#[test]
fn a_mark_holds_from_either_side_until_it_is_lifted() {
    let admin = Admin::new();
    let [one, other] = ["Ann", "Anne"].map(|name| admin.person(&json!({"firstName": name})));
    let marked = admin
        .ask("PUT", &path(&one, &other), Some(&json!({"reason": "twins"})))
        .expect(200);
    assert_eq!(marked, json!({"ids": [one, other], "distinct": true}));
    for (survivor, merged) in [(&one, &other), (&other, &one)] {
        admin.merging(survivor, merged, &json!({})).error(409, "conflict");
        let plan = admin.merging(survivor, merged, &json!({"dryRun": true})).expect(200);
        assert_eq!(
            (&plan["distinct"]["reason"], &plan["refused"]),
            (&json!("twins"), &json!(true))
        );
    }
    admin.ask("PUT", &path(&other, &one), None).expect(200);
    let plan = admin.merging(&one, &other, &json!({"dryRun": true})).expect(200);
    assert_eq!(plan["distinct"]["reason"], json!(null));
    let lifted = admin.ask("DELETE", &path(&other, &one), None).expect(200);
    assert_eq!(lifted, json!({"ids": [other, one], "distinct": false}));
    admin.ask("DELETE", &path(&one, &other), None).error(404, "not_found");
    admin.merge(&one, &other);
}

#[test]
fn ids_of_merged_records_mark_the_people_who_hold_them() {
    let admin = Admin::new();
    let [one, held, other, other_held] = ["Ann", "Anna", "Otto", "Otti"].map(|name| admin.person(&json!({"firstName": name})));
    // A mark of a record before it is merged into another.
    admin.ask("PUT", &path(&held, &other_held), None).expect(200);
    admin.merge(&one, &held);
    admin.merge(&other, &other_held);
    admin.merging(&one, &other, &json!({})).error(409, "conflict");
    let marked = admin.ask("PUT", &path(&held, &other), None).expect(200);
    assert_eq!(marked["ids"], json!([one, other]));
    admin.ask("PUT", &path(&one, &held), None).error(409, "conflict");
    // All marks between the two.
    let lifted = admin.ask("DELETE", &path(&one, &other_held), None).expect(200);
    assert_eq!(lifted["ids"], json!([one, other]));
    admin.merge(&one, &other);
}

#[test]
fn invalid_marks_are_refused() {
    let admin = Admin::new();
    let [one, other] = ["Ann", "Anne"].map(|name| admin.person(&json!({"firstName": name})));
    for (one, other) in [(one.as_str(), NOBODY), (NOBODY, one.as_str()), (&one, "x"), ("x", &one)] {
        for method in ["PUT", "DELETE"] {
            admin.ask(method, &path(one, other), None).error(404, "not_found");
        }
    }
    for method in ["PUT", "DELETE"] {
        admin.ask(method, &path(&one, &one), None).error(409, "conflict");
    }
    let mark = |body| admin.ask("PUT", &path(&one, &other), Some(&body));
    mark(json!({"reason": 7})).expect_fields(&["reason"]);
    mark(json!({"reason": "x".repeat(1_001)})).error(422, "validation_failed");
    mark(json!({"why": "twins"})).error(400, "invalid_field");
    admin.ask("DELETE", &path(&one, &other), None).error(404, "not_found");
    mark(json!({"reason": "x".repeat(1_000)})).expect(200);
}
