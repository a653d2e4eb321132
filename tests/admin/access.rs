//! Who may call the dialect, and for which tenant.

use contract_tests::client::interaction;
use crm_domain::Permission;
use serde_json::{Value, json};

use crate::admin::{Admin, request};

const NOBODY: &str = "C00000000001";
const NO_RECEIPT: &str = "MC00000000001000000FF";

/// Every operation, for two customers and a receipt.
fn operations(one: &str, other: &str, receipt: &str) -> Vec<(&'static str, String, Option<Value>)> {
    vec![
        ("POST", "/merges".to_owned(), Some(request(one, other, &json!({})))),
        ("GET", format!("/merges/{receipt}"), None),
        ("DELETE", format!("/merges/{receipt}"), None),
        ("PUT", format!("/distinct/{one}/{other}"), None),
        ("DELETE", format!("/distinct/{one}/{other}"), None),
        ("GET", format!("/customers/{one}/duplicates"), None),
        ("GET", "/duplicates".to_owned(), None),
    ]
}

#[test]
fn only_a_key_with_the_permission_is_accepted() {
    let others = [
        Permission::Khoros,
        Permission::EgainClient,
        Permission::CustomerRead,
        Permission::CustomerCud,
    ];
    let khoros = Admin::with(&others);
    for (method, path, body) in operations(NOBODY, NOBODY, NO_RECEIPT) {
        khoros.ask(method, &path, body.as_ref()).error(401, "unauthorized");
    }
    let admin = Admin::with(&[Permission::Admin]);
    admin.khoros.get("/customer/C00000000001").error(401, "unauthorized");
    admin.ask("GET", "/duplicates", None).expect(200);
    // The feed is for other systems, which may do nothing else.
    admin.ask("GET", "/changes", None).error(401, "unauthorized");
    let reader = Admin::with(&[Permission::Changes]);
    reader.ask("GET", "/changes", None).expect(200);
    for (method, path, body) in operations(NOBODY, NOBODY, NO_RECEIPT) {
        reader.ask(method, &path, body.as_ref()).error(401, "unauthorized");
    }
    reader.khoros.get("/customer/C00000000001").error(401, "unauthorized");
}

#[test]
fn other_paths_and_methods_are_refused_as_anywhere_else() {
    let admin = Admin::new();
    admin.ask("GET", "/merges", None).error(405, "method_not_allowed");
    admin.ask("POST", "/duplicates", None).error(405, "method_not_allowed");
    admin.ask("GET", "/nothing", None).error(404, "not_found");
    admin.ask("GET", "", None).error(404, "not_found");
}

#[test]
fn another_tenants_customers_receipts_and_marks_do_not_exist() {
    let (acme, other) = (Admin::new(), Admin::new());
    let jane = json!({"firstName": "Jane", "lastName": "Dovzhenko", "email": "jane@x.example"});
    let [one, two, three] =
        [(); 3].map(|()| acme.person(&json!({"firstName": "Jane", "email": "jane@x.example", "phone": rank()})));
    let receipt = acme.merge(&one, &two);
    acme.ask("PUT", &format!("/distinct/{one}/{three}"), None).expect(200);
    let theirs = other.person(&jane);
    other.merging(&theirs, &one, &json!({})).error(422, "validation_failed");
    for (method, path, body) in operations(&one, &three, &receipt) {
        let answer = other.ask(method, &path, body.as_ref());
        if path == "/duplicates" {
            assert_eq!(answer.expect(200)["customers"], json!([]));
        } else {
            answer.refused(&[404, 422]);
        }
    }
    let found = other.ask("GET", &format!("/customers/{theirs}/duplicates"), None).expect(200);
    assert_eq!(found["duplicates"], json!([]));
    // None of these calls changed anything.
    assert_eq!(acme.khoros.customer(&two)["id"], json!(one));
    acme.merging(&one, &three, &json!({})).error(409, "conflict");
}

/// A different telephone number for every call, so that no two creates are equal.
fn rank() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(2_671);
    format!("+1 415-555-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn the_receipt_names_the_acting_user() {
    let admin = Admin::new();
    let [one, two] = ["Ann", "Anna"].map(|name| admin.person(&json!({"firstName": name})));
    admin
        .khoros
        .create_case(&two, json!({"interactions": [interaction(1, json!({}))]}));
    let headers = [("x-sf-user-email", "Ann@brand.example"), ("x-sf-initiative", "7")];
    let merge = admin.ask_with("POST", "/merges", &headers, Some(&request(&one, &two, &json!({}))));
    assert_eq!(
        merge.expect(201)["made"]["by"],
        json!({"agent": "ann@brand.example", "initiative": 7})
    );
}
