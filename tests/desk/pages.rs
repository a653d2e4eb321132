//! What the pages say.

use contract_tests::{
    client::{Answer, eventually, id_of, interaction},
    stack::wait,
};
use crm_domain::{DataModel, FieldDefinition, FieldType, ListValue, ObjectStructure};
use serde_json::{Value, json};

use crate::visitor::{Visitor, expect_page};

const MARKUP: &str = "\"><script>alert(1)</script>";

/// Sends a form until its answer has this text: an index may lag behind a write.
#[track_caller]
fn until(visitor: &mut Visitor, path: &str, fields: &[(&str, &str)], wanted: &str) -> String {
    let found = eventually(|| expect_page(&visitor.fill(path, fields), 200), |page| page.contains(wanted));
    assert!(found.good, "no {wanted} in {}", found.last);
    found.last
}

fn jane() -> Value {
    json!({"displayName": "Dr. Jane ✨", "firstName": "Jane", "lastName": "Okonkwo-Bell", "twitterHandle": "drjanesparkles",
        "email": "drjane@example.net", "phone": "(415) 555-0123"})
}

#[test]
fn a_match_is_shown_with_its_reasons_and_as_khoros_gets_it() {
    let mut visitor = Visitor::signed_in();
    let id = id_of(&visitor.tenant.create_customer(&jane()));
    let other = id_of(
        &visitor
            .tenant
            .create_customer(&json!({"firstName": "Jane", "lastName": "Roe", "twitterHandle": "janeroe"})),
    );
    let identity = [
        ("displayName", "Dr. Jane ✨"),
        ("profileUrl", "https://x.com/DrJaneSparkles"),
        ("description", "It's me"),
    ];
    let page = until(&mut visitor, "/desk", &identity, "Khoros would show one customer.");
    for wanted in [
        format!("href=\"/desk/people/{id}\""),
        "The same handle on the same network".to_owned(),
        "class=\"for\"".to_owned(),
        "over 99 %".to_owned(),
        // The form keeps what was typed, and the line for a shell has it as JSON.
        "value=\"https://x.com/DrJaneSparkles\"".to_owned(),
        "/api/v1/customer/bestmatch -d".to_owned(),
        "It&#39;\\&#39;&#39;s me".to_owned(),
        "drjane@example.net".to_owned(),
    ] {
        assert!(page.contains(&wanted), "{wanted} in {page}");
    }
    let rival = page.find(&format!("href=\"/desk/people/{other}\""));
    let first = page.find(&format!("href=\"/desk/people/{id}\"")).unwrap();
    assert!(rival.is_none_or(|rival| rival > first), "{page}");
}

#[test]
fn nobody_is_better_than_a_stranger_and_the_page_says_why() {
    let mut visitor = Visitor::signed_in();
    let page = expect_page(&visitor.fill("/desk", &[("displayName", "Ada Lovelace")]), 200);
    assert!(
        page.contains("Khoros would show nobody.") && page.contains("No customer has anything of this"),
        "{page}"
    );
    let twins = ["Leeds", "York"].map(|city| json!({"firstName": "Ada", "lastName": "Lovelace", "city": city}));
    for twin in &twins {
        visitor.tenant.create_customer(twin);
    }
    let page = until(
        &mut visitor,
        "/desk",
        &[("displayName", "Ada Lovelace")],
        "Khoros would show 2 customers.",
    );
    assert!(page.contains("cannot be told apart"), "{page}");
    let page = until(
        &mut visitor,
        "/desk",
        &[("displayName", "Ada Byron")],
        "Khoros would show nobody: the likeliest has",
    );
    assert!(page.contains("class=\"against\"") && page.contains("The likeliest"), "{page}");
}

#[test]
fn an_empty_form_says_what_to_fill_in() {
    let mut visitor = Visitor::signed_in();
    let page = expect_page(&visitor.fill("/desk", &[("displayName", "  ")]), 422);
    assert!(page.contains("Please fill in what you know of the person."), "{page}");
    let page = expect_page(&visitor.fill("/desk/people", &[("email", "")]), 422);
    assert!(page.contains("please fill in at least one field"), "{page}");
}

#[test]
fn the_search_form_is_that_of_the_tenants_model() {
    let mut visitor = Visitor::signed_in();
    let field = |name: &str, field_type, searchable| FieldDefinition {
        searchable,
        ..FieldDefinition::new(name, &format!("Label of {name}"), field_type)
    };
    let mut model = ObjectStructure::default_customer();
    let gold = ListValue {
        name: "Gold <3".to_owned(),
        value: "gold".to_owned(),
    };
    model.fields.extend([
        FieldDefinition {
            list_values: vec![gold],
            ..field("tier", FieldType::SingleSelList, true)
        },
        field("vip", FieldType::Checkbox, true),
        field("notes", FieldType::Textarea, false),
    ]);
    let model = DataModel {
        customer: model,
        case: ObjectStructure::default_case(),
    };
    wait(visitor.store.model_put(&model, None)).unwrap();
    // This function has not read the settings before.
    let page = expect_page(&visitor.get("/desk/people"), 200);
    for wanted in [
        "Label of tier",
        "<option value=\"gold\">Gold &#60;3</option>",
        "Label of vip",
        "<option value=\"false\">No</option>",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    assert!(!page.contains("Label of notes"), "{page}");
    let page = expect_page(
        &visitor.fill("/desk/people", &[("vip", "perhaps"), ("displayName", &"x".repeat(1_001))]),
        422,
    );
    for wanted in [
        "aria-describedby=\"m-vip\"",
        "must be true or false",
        "must be at most 1000 characters long",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
}

#[test]
fn people_are_found_by_what_they_have() {
    let mut visitor = Visitor::signed_in();
    let id = id_of(&visitor.tenant.create_customer(&jane()));
    visitor
        .tenant
        .create_customer(&json!({"firstName": "Jane", "lastName": "Roe"}));
    let page = until(
        &mut visitor,
        "/desk/people",
        &[("phone", "+1 415-555-0123"), ("lastName", "ok")],
        "One customer",
    );
    for wanted in [
        &format!("href=\"/desk/people/{id}\""),
        "Dr. Jane ✨",
        "drjane@example.net",
        "/api/v1/customers -d",
        "200 OK",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    until(&mut visitor, "/desk/people", &[("firstName", "jane")], "2 customers");
    let page = expect_page(&visitor.fill("/desk/people", &[("firstName", "nobody")]), 200);
    assert!(
        page.contains("Nobody matches all of this") && page.contains("204 No Content"),
        "{page}"
    );
}

#[test]
fn a_record_has_contact_points_cases_conversation_and_history() {
    let mut visitor = Visitor::signed_in();
    let agent = [("x-sf-user-email", "ann@brand.example")];
    let made = visitor.tenant.post_with("/customer", &agent, &jane()).expect(201);
    let id = id_of(&made);
    let change = json!({"city": "Leeds"});
    visitor.tenant.patch(&format!("/customer/{id}"), &change).expect(201);
    let case = json!({"title": "Parcel is late", "interactions": [interaction(1, json!({"body": "Where is it?"}))]});
    let case = id_of(&visitor.tenant.create_case(&id, case));
    let page = expect_page(&visitor.get(&format!("/desk/people/{id}")), 200);
    for wanted in [
        "drjane@example.net",
        "Okonkwo-Bell",
        "Parcel is late",
        "Where is it?",
        &format!("href=\"/desk/cases/{case}\""),
        "<strong>Added</strong>",
        "<strong>Changed</strong> <bdi>City</bdi>",
        "by <bdi>ann@brand.example</bdi>",
        "without a name",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    assert!(!page.contains("access="), "its links need no signature: {page}");
    let page = expect_page(&visitor.get(&format!("/desk/cases/{case}")), 200);
    assert!(
        page.contains("Where is it?") && page.contains(&format!("href=\"/desk/people/{id}\"")),
        "{page}"
    );
}

#[test]
fn nothing_that_strangers_wrote_is_markup() {
    let mut visitor = Visitor::signed_in();
    let hostile = json!({"displayName": MARKUP, "firstName": MARKUP, "email": "x@hostile.example", "screenName": MARKUP});
    let id = id_of(&visitor.tenant.create_customer(&hostile));
    let case = id_of(&visitor.tenant.create_case(&id, json!({"title": MARKUP})));
    let check = |page: &str| assert!(!page.contains("<script>alert") && page.contains("&#60;script"), "{page}");
    check(&until(
        &mut visitor,
        "/desk",
        &[("email", "x@hostile.example"), ("displayName", MARKUP)],
        &id,
    ));
    check(&until(
        &mut visitor,
        "/desk/people",
        &[("email", "x@hostile.example"), ("city", "")],
        &id,
    ));
    for path in [format!("/desk/people/{id}"), format!("/desk/cases/{case}")] {
        check(&expect_page(&visitor.get(&path), 200));
    }
    let named: Answer = {
        let mut other = Visitor::new();
        let key = other.tenant.authorization.clone();
        other.sign_in_as(&key, MARKUP);
        other.get("/desk")
    };
    check(&expect_page(&named, 200));
}
