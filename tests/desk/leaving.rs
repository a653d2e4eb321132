//! The export and the erasure of a person.

use contract_tests::client::{id_of, interaction};
use crm_domain::Permission;
use serde_json::{Value, json};

use crate::visitor::{PERSON, Visitor, expect_page};

fn jane(visitor: &Visitor) -> String {
    let jane = json!({"firstName": "Jane", "lastName": "\"Leaving\"", "email": "jane@leaving.example"});
    let jane = id_of(&visitor.tenant.create_customer(&jane));
    let said = json!({"title": "Parcel", "interactions": [interaction(1, json!({"body": "Where is it?"}))]});
    visitor.tenant.create_case(&jane, said);
    jane
}

#[test]
fn all_that_is_stored_of_a_person_is_one_file() {
    let mut visitor = Visitor::who_may(Permission::Admin);
    let jane = jane(&visitor);
    let page = expect_page(&visitor.get(&format!("/desk/people/{jane}")), 200);
    let path = format!("/desk/people/{jane}/export");
    assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
    let answer = visitor.get(&path);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.headers["content-disposition"],
        format!("attachment; filename=\"{jane}.json\"")
    );
    assert_eq!(answer.headers["cache-control"], "private, no-store");
    let document: Value = serde_json::from_str(&answer.text()).unwrap();
    assert_eq!(
        (&document["format"], &document["customer"]["id"]),
        (&json!("khoros-crm person"), &json!(jane))
    );
    assert_eq!(document["cases"][0]["interactions"][0]["body"], "Where is it?");
    assert_eq!(document["history"][0]["operation"], "createCustomer");
    expect_page(&visitor.get("/desk/people/C00000000001/export"), 404);
}

#[test]
fn a_person_is_erased_after_the_id_was_typed_and_there_is_a_receipt() {
    let mut visitor = Visitor::who_may(Permission::Admin);
    let jane = jane(&visitor);
    let path = format!("/desk/people/{jane}/erase");
    let page = expect_page(&visitor.get(&path), 200);
    for wanted in [
        "What would be gone",
        "<strong>1</strong> case<",
        "<strong>1</strong> interaction<",
    ] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    for typed in ["", "Jane", "C00000000001"] {
        let page = expect_page(&visitor.fill(&path, &[("confirm", typed)]), 422);
        assert!(page.contains("Nothing was erased."), "{page}");
    }
    assert_eq!(visitor.tenant.customer(&jane)["id"], json!(jane));

    let typed = format!(" {} ", jane.to_lowercase());
    let page = expect_page(&visitor.fill(&path, &[("confirm", &typed)]), 200);
    for wanted in ["Receipt", "<strong>1</strong> case<", "What stays", "keyed digests"] {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
    assert!(!page.contains("Leaving"), "{page}");
    visitor.tenant.get(&format!("/customer/{jane}")).error(404, "not_found");
    expect_page(&visitor.get(&format!("/desk/people/{jane}")), 404);
    let number = receipt_in(&page);
    for page in [
        expect_page(&visitor.get(&path), 200),
        expect_page(&visitor.fill(&path, &[("do", "complete")]), 200),
    ] {
        assert_eq!(receipt_in(&page), number, "{page}");
    }
    expect_page(&visitor.get("/desk/people/C00000000001/erase"), 404);
    expect_page(&visitor.get("/desk/people/nobody/erase"), 404);
}

/// The number of the receipt on a page.
#[track_caller]
fn receipt_in(page: &str) -> String {
    let (_, rest) = page.split_once("Receipt <span class=\"code\">").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

#[test]
fn only_an_administrator_takes_anybody_out() {
    let mut editor = Visitor::who_may(Permission::DeskEdit);
    let jane = jane(&editor);
    let page = expect_page(&editor.get(&format!("/desk/people/{jane}")), 200);
    assert!(page.contains(PERSON) && page.contains("/edit\""), "{page}");
    for what in ["export", "erase"] {
        assert!(!page.contains(&format!("/{what}\"")), "{page}");
        let page = expect_page(&editor.get(&format!("/desk/people/{jane}/{what}")), 403);
        assert!(page.contains("does not allow this"), "{page}");
    }
}
