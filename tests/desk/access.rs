//! Who sees what, and that forms come from our own pages.

use contract_tests::{client::id_of, stack::shared_stack};
use crm_domain::Permission;
use crm_lambda::routes::{self, Admission};
use serde_json::json;

use crate::visitor::{Visitor, code_of, expect_page};

/// Every page and form for people who have signed in.
fn doors(customer: &str, case: &str) -> Vec<(&'static str, String)> {
    let routes = routes::desk::ALL
        .iter()
        .filter(|route| matches!(route.admission, Admission::SignedIn(_)));
    let paths = routes.flat_map(|route| route.methods().iter().map(|method| (*method, route.paths[0])));
    paths
        .map(|(method, path)| {
            let id = if path.starts_with("/desk/cases") { case } else { customer };
            let path = path
                .replace("{id}", id)
                .replace("{other}", "C00000000001")
                .replace("{object}", "case");
            (method, path.replace("{receipt}", "MC00000000001000000FF"))
        })
        .collect()
}

#[test]
fn only_whoever_has_signed_in_with_the_permission_sees_anything() {
    let mut visitor = Visitor::new();
    let jane = id_of(&visitor.tenant.create_customer(&json!({"displayName": "Jane Secretive"})));
    let case = id_of(&visitor.tenant.create_case(&jane, json!({"title": "Secretive parcel"})));
    for (method, path) in doors(&jane, &case) {
        let answer = visitor.send(method, &path, &[]);
        assert!([303, 403].contains(&answer.status), "{method} {path}: {answer:?}");
        assert!(!answer.text().contains("Secretive"), "{method} {path}: {answer:?}");
    }
    for permission in Permission::ALL {
        let mut visitor = Visitor::with(|key| key.permissions = [permission].into());
        let opens = [Permission::DeskView, Permission::DeskEdit, Permission::Admin].contains(&permission);
        assert_eq!(visitor.sign_in().status, if opens { 303 } else { 403 }, "{permission:?}");
    }
}

#[test]
fn another_tenants_records_are_not_there() {
    let mut visitor = Visitor::signed_in();
    let other = Visitor::new();
    let jane = id_of(
        &other
            .tenant
            .create_customer(&json!({"displayName": "Jane Elsewhere", "email": "jane@elsewhere.example"})),
    );
    let case = id_of(&other.tenant.create_case(&jane, json!({})));
    for path in [format!("/desk/people/{jane}"), format!("/desk/cases/{case}")] {
        let page = expect_page(&visitor.get(&path), 404);
        assert!(page.contains("This record is not there"), "{page}");
    }
    for (path, field) in [("/desk", "email"), ("/desk/people", "email")] {
        let page = expect_page(&visitor.fill(path, &[(field, "jane@elsewhere.example")]), 200);
        assert!(!page.contains("Elsewhere") && !page.contains(&jane), "{page}");
    }
}

#[test]
fn a_form_from_elsewhere_does_nothing() {
    let mut visitor = Visitor::with(|key| key.permissions = [Permission::Admin].into());
    assert_eq!(visitor.sign_in().status, 303);
    let own = code_of(&visitor.get("/desk"));
    let others = code_of(&Visitor::signed_in().get("/desk"));
    let forms = doors("C00000000001", "K000000001")
        .into_iter()
        .filter(|(method, _)| *method == "POST");
    for (_, path) in forms {
        for code in ["", "guess", &others, &format!("{own}x")] {
            let page = expect_page(&visitor.post(&path, &[("form-code", code), ("displayName", "Jane")]), 403);
            assert!(page.contains("not from this sign-in"), "{path} {code}: {page}");
        }
    }
    // It still has signed in.
    expect_page(&visitor.post("/desk", &[("form-code", &own), ("displayName", "Jane")]), 200);
}

#[test]
fn a_form_after_the_end_says_that_nothing_was_done() {
    let mut visitor = Visitor::new();
    let page = expect_page(&visitor.post("/desk/people", &[("displayName", "Jane")]), 403);
    assert!(page.contains("Nothing was done") && page.contains("/desk/sign-in"), "{page}");
}

#[test]
fn a_key_alone_opens_no_page() {
    let visitor = Visitor::new();
    let origin = visitor.tenant.base.trim_end_matches("/api/v1").to_owned();
    let headers = [("authorization", visitor.tenant.authorization.as_str())];
    let answer = contract_tests::client::ask(&origin, "GET", "/desk", &headers, b"");
    assert_eq!(answer.status, 303, "{answer:?}");
}

#[test]
fn no_line_has_a_key_a_token_a_name_or_a_value() {
    let mut visitor = Visitor::signed_in();
    let jane = json!({"displayName": "Jane Logless", "email": "jane@logless.example"});
    let jane = id_of(&visitor.tenant.create_customer(&jane));
    expect_page(&visitor.fill("/desk", &[("email", "jane@logless.example")]), 200);
    expect_page(&visitor.fill("/desk/people", &[("displayName", "Logless")]), 200);
    expect_page(&visitor.get(&format!("/desk/people/{jane}")), 200);
    let lines: Vec<String> = shared_stack().log();
    let of_tenant = |line: &&String| line.contains(visitor.key.tenant.as_str());
    assert!(lines.iter().filter(of_tenant).count() >= 4, "{lines:?}");
    let code = code_of(&visitor.get("/desk"));
    let token = visitor.cookie("desk").unwrap();
    for line in &lines {
        for secret in [token, &visitor.tenant.authorization, "O’Neil", "ogless", &code] {
            assert!(!line.contains(secret), "{secret} in {line}");
        }
    }
}
