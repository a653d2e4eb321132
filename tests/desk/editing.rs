//! Creating and editing customers and cases.

use contract_tests::client::{Answer, id_of, interaction};
use crm_domain::Permission;
use serde_json::json;

use crate::visitor::{PERSON, Visitor, expect_page};

/// The record to which a stored form leads, whose page says that it was stored.
#[track_caller]
fn saved(visitor: &mut Visitor, answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{answer:?}");
    let location = &answer.headers["location"];
    let page = expect_page(&visitor.get(location), 200);
    assert!(page.contains("Saved."), "{page}");
    let path = location.strip_suffix("?saved=1").unwrap();
    path.rsplit_once('/').unwrap().1.to_owned()
}

#[test]
fn a_customer_is_created_once_however_often_the_form_is_sent() {
    const NEW: &str = "/desk/people/new";
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let page = expect_page(&visitor.get(NEW), 200);
    for wanted in [
        "name=\"form-once\" value=\"",
        "name=\"email2\"",
        "<textarea id=\"f-description\"",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    assert!(!page.contains("name=\"before-"), "there is nothing before: {page}");
    let form = [("firstName", "Zoë"), ("email", " zoe@new.example "), ("form-once", "first")];
    let one = visitor.fill(NEW, &form);
    let one = saved(&mut visitor, &one);
    let again = visitor.fill(NEW, &form);
    assert_eq!(saved(&mut visitor, &again), one);
    let other = visitor.fill(
        NEW,
        &[("firstName", "Zoë"), ("email", "zoe@new.example"), ("form-once", "second")],
    );
    assert_ne!(saved(&mut visitor, &other), one, "two forms create two records");
    assert_eq!(visitor.tenant.customer(&one)["email"], "zoe@new.example");
    let page = expect_page(&visitor.get(&format!("/desk/people/{one}")), 200);
    assert!(page.contains("<strong>Added</strong>") && page.contains(PERSON), "{page}");
}

#[test]
fn what_is_refused_stays_as_it_was_typed_and_khoros_would_be_told_the_same() {
    const NEW: &str = "/desk/people/new";
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let page = expect_page(&visitor.fill(NEW, &[("firstName", " ")]), 422);
    assert!(page.contains("please fill in at least one"), "{page}");
    let form = [("firstName", "Zoë"), ("email", "zoe"), ("form-once", "kept")];
    let page = expect_page(&visitor.fill(NEW, &form), 422);
    for wanted in [
        "value=\"Zoë\"",
        "value=\"zoe\"",
        "aria-describedby=\"m-email\"",
        "name=\"form-once\" value=\"kept\"",
        "422 Unprocessable Content",
        "validation_failed",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    let shown = [("form-do", "show"), ("firstName", "Zoë"), ("email", "zoe@shown.example")];
    let page = expect_page(&visitor.fill(NEW, &shown), 200);
    assert!(
        page.contains("/api/v1/customer -d") && page.contains("Nothing was sent"),
        "{page}"
    );
    // Looking at the request creates nobody.
    visitor
        .tenant
        .post("/customers", &json!({"email": "zoe@shown.example"}))
        .expect_empty(204);
}

#[test]
fn an_edit_changes_what_somebody_touched_and_keeps_what_others_wrote() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let jane = json!({"firstName": "Jane", "city": "Ulm", "zip": "89073", "description": "one\ntwo"});
    let jane = id_of(&visitor.tenant.create_customer(&jane));
    let path = format!("/desk/people/{jane}/edit");
    let page = expect_page(&visitor.get(&path), 200);
    for wanted in ["name=\"before-city\" value=\"Ulm\"", "value=\"89073\"", "one\ntwo</textarea>"] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    // Somebody else moves her while the form is open.
    visitor
        .tenant
        .patch(&format!("/customer/{jane}"), &json!({"city": "Bonn"}))
        .expect(201);
    let form = [
        ("firstName", "Joan"),
        ("before-firstName", "Jane"),
        ("city", "Ulm"),
        ("before-city", "Ulm"),
        ("zip", ""),
        ("before-zip", "89073"),
        ("description", "one\r\ntwo"),
        ("before-description", "one\r\ntwo"),
    ];
    let shown = expect_page(&visitor.fill(&path, &[&form[..], &[("form-do", "show")]].concat()), 200);
    assert!(
        shown.contains("-X PATCH") && shown.contains("{&#34;firstName&#34;:&#34;Joan&#34;,&#34;zip&#34;:null}"),
        "{shown}"
    );
    let answer = visitor.fill(&path, &form);
    assert_eq!(saved(&mut visitor, &answer), jane);
    let stored = visitor.tenant.customer(&jane);
    assert_eq!(
        (&stored["firstName"], &stored["city"], &stored["zip"], &stored["description"]),
        (&json!("Joan"), &json!("Bonn"), &json!(null), &json!("one\ntwo"))
    );
    let wrong = [
        ("email", "jane"),
        ("before-email", ""),
        ("city", "Köln"),
        ("before-city", "Bonn"),
    ];
    let page = expect_page(&visitor.fill(&path, &wrong), 422);
    for wanted in ["value=\"Köln\"", "name=\"before-city\" value=\"Bonn\"", "id=\"m-email\""] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    assert_eq!(visitor.tenant.customer(&jane)["city"], "Bonn");
}

#[test]
fn a_case_is_created_edited_and_moved() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let [jane, joan] = ["Jane", "Joan"].map(|name| id_of(&visitor.tenant.create_customer(&json!({"firstName": name}))));
    let new = format!("/desk/people/{jane}/new-case");
    let page = expect_page(&visitor.get(&new), 200);
    let owner = format!("name=\"customerId\" value=\"{jane}\"");
    for wanted in [
        owner.as_str(),
        "<option value=\"open\" selected>Open</option>",
        "name=\"escalated\"",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    let page = expect_page(&visitor.fill(&new, &[("customerId", &jane), ("product", "Parcel")]), 422);
    assert!(page.contains("id=\"m-title\"") && page.contains("value=\"Parcel\""), "{page}");
    let form = [
        ("title", "Late"),
        ("customerId", jane.as_str()),
        ("escalated", "true"),
        ("status", "open"),
    ];
    let answer = visitor.fill(&new, &form);
    let case = saved(&mut visitor, &answer);
    let said = json!({"interactions": [interaction(1, json!({"body": "Where is it?"}))]});
    visitor.tenant.patch(&format!("/case/{case}"), &said).expect(201);

    let edit = format!("/desk/cases/{case}/edit");
    let page = expect_page(&visitor.get(&edit), 200);
    for wanted in [
        "value=\"Late\"",
        "Where is it?",
        "<option value=\"true\" selected>Yes</option>",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    let nobody = [("customerId", "C00000000001"), ("before-customerId", jane.as_str())];
    let page = expect_page(&visitor.fill(&edit, &nobody), 422);
    assert!(page.contains("must be the id of a customer that exists"), "{page}");
    let form = [
        ("status", "closed"),
        ("before-status", "open"),
        ("customerId", joan.as_str()),
        ("before-customerId", jane.as_str()),
    ];
    let answer = visitor.fill(&edit, &form);
    saved(&mut visitor, &answer);
    let page = expect_page(&visitor.get(&format!("/desk/cases/{case}")), 200);
    for wanted in ["<strong>Changed</strong> <bdi>Customer, Status</bdi>", "1 message", PERSON] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    let stored = visitor.tenant.get(&format!("/case/{case}")).expect(200);
    assert_eq!(
        (
            &stored["status"],
            &stored["customerId"],
            &stored["title"],
            &stored["escalated"]
        ),
        (&json!("closed"), &json!(joan), &json!("Late"), &json!(true))
    );
}

#[test]
fn whoever_may_only_look_is_led_to_no_form() {
    let mut visitor = Visitor::who_may(Permission::DeskView);
    let jane = id_of(&visitor.tenant.create_customer(&json!({"firstName": "Jane"})));
    let case = id_of(&visitor.tenant.create_case(&jane, json!({})));
    for (path, form) in [
        (format!("/desk/people/{jane}"), "/edit\""),
        (format!("/desk/cases/{case}"), "/edit\""),
        ("/desk/people".to_owned(), "/desk/people/new"),
    ] {
        let page = expect_page(&visitor.get(&path), 200);
        assert!(!page.contains(form), "{page}");
    }
    for path in [
        format!("/desk/people/{jane}/edit"),
        format!("/desk/people/{jane}/new-case"),
        format!("/desk/cases/{case}/edit"),
        "/desk/people/new".to_owned(),
    ] {
        let page = expect_page(&visitor.get(&path), 403);
        assert!(page.contains("does not allow this"), "{page}");
    }
}

#[test]
fn a_path_that_the_desk_does_not_have_is_answered_by_the_desk() {
    let mut signed_in = Visitor::who_may(Permission::DeskView);
    let mut stranger = Visitor::new();
    for visitor in [&mut signed_in, &mut stranger] {
        for (method, path) in [
            ("GET", "/desk/nowhere"),
            ("GET", "/desk/"),
            ("GET", "/desk/people/C1/nothing"),
            ("POST", "/desk/nowhere"),
            ("DELETE", "/desk/people"),
        ] {
            let page = expect_page(&visitor.send(method, path, &[]), 404);
            assert!(page.contains("There is no such page"), "{method} {path}: {page}");
        }
    }
}
