//! Merges over HTTP (contract section 2).

use contract_tests::client::{at_once, id_of, interaction};
use serde_json::{Value, json};

use crate::admin::{Admin, request};

const NOBODY: &str = "C00000000001";

fn anns(admin: &Admin) -> [String; 2] {
    ["Ann", "Anna"].map(|name| admin.person(&json!({"firstName": name, "email": format!("{name}@x.example")})))
}

#[test]
fn a_merge_is_made_found_and_undone() {
    let admin = Admin::new();
    let [ann, anna] = anns(&admin);
    let case = id_of(
        &admin
            .khoros
            .create_case(&anna, json!({"interactions": [interaction(1, json!({}))]})),
    );
    let before = [&ann, &anna].map(|id| admin.khoros.customer(id));
    let merge = admin.merging(&ann, &anna, &json!({"take": ["email"]})).expect(201);
    assert_eq!(merge["cases"], json!([case]));
    assert_eq!([&merge["survivor"], &merge["merged"]], [&json!(ann), &json!(anna)]);
    assert_eq!((&merge["undone"], &merge["moving"]), (&Value::Null, &json!(false)));
    let shown = admin.khoros.customer(&anna);
    assert_eq!((&shown["id"], &shown["email"]), (&json!(ann), &json!("Anna@x.example")));
    assert_eq!(admin.khoros.case(&case)["customerId"], json!(ann));
    let receipt = merge["receipt"].as_str().unwrap();
    assert_eq!(admin.ask("GET", &format!("/merges/{receipt}"), None).expect(200), merge);

    let undone = admin.undo(receipt).expect(200);
    assert!(undone["undone"]["at"].is_string(), "{undone}");
    assert_eq!((&undone["kept"], &undone["cases"]), (&json!([]), &json!([])));
    assert_eq!([&ann, &anna].map(|id| admin.khoros.customer(id)), before);
    assert_eq!(admin.khoros.case(&case)["customerId"], json!(anna));
    assert_eq!(admin.undo(receipt).expect(200), undone);
    assert_eq!(admin.ask("GET", &format!("/merges/{receipt}"), None).expect(200), undone);
}

#[test]
fn a_dry_run_shows_the_result_and_changes_nothing() {
    let admin = Admin::new();
    let one = admin.person(&json!({"firstName": "Ann", "email": "ann@x.example", "accountNumber": "A-1"}));
    let other = admin.person(&json!({"firstName": "Anna", "lastName": "Lee", "email": "anna@x.example", "accountNumber": "A-2"}));
    let before = [&one, &other].map(|id| admin.khoros.customer(id));
    let plan = admin
        .merging(&one, &other, &json!({"dryRun": true, "take": ["firstName"]}))
        .expect(200);
    assert_eq!(
        (&plan["dryRun"], &plan["refused"], &plan["distinct"]),
        (&json!(true), &json!(true), &Value::Null)
    );
    let differences = plan["differences"].as_array().unwrap();
    let account = json!({"field": "accountNumber", "survivor": "A-1", "merged": "A-2", "taken": false, "conflict": true});
    let name = json!({"field": "firstName", "survivor": "Ann", "merged": "Anna", "taken": true, "conflict": false});
    assert!(differences.contains(&account) && differences.contains(&name), "{plan}");
    let customer = &plan["customer"];
    assert_eq!(
        [
            &customer["id"],
            &customer["firstName"],
            &customer["lastName"],
            &customer["email"]
        ],
        [&json!(one), &json!("Anna"), &json!("Lee"), &json!("ann@x.example")]
    );
    let values: Vec<&Value> = customer["contactPoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| &point["value"])
        .collect();
    for value in ["ann@x.example", "anna@x.example", "A-1", "A-2"] {
        assert!(values.contains(&&json!(value)), "{value} in {plan}");
    }
    assert_eq!([&one, &other].map(|id| admin.khoros.customer(id)), before);
    let decided = admin.merging(&one, &other, &json!({"dryRun": true, "take": ["accountNumber"]}));
    assert_eq!(decided.expect(200)["refused"], json!(false));
}

#[test]
fn conflicts_are_refused_unless_decided_or_forced() {
    let admin = Admin::new();
    let [one, other, third] =
        ["A-1", "A-2", "A-3"].map(|account| admin.person(&json!({"firstName": "Ann", "accountNumber": account})));
    let refused = admin.merging(&one, &other, &json!({}));
    refused.error(409, "conflict");
    refused.expect_fields(&["accountNumber"]);
    assert!(!refused.text().contains("A-2"), "{refused:?}");
    assert_eq!(admin.khoros.customer(&other)["id"], json!(other));
    let decided = admin.merging(&one, &other, &json!({"take": ["accountNumber"]})).expect(201);
    assert_eq!(decided["overruled"], json!([]));
    let forced = admin.merging(&one, &third, &json!({"force": true})).expect(201);
    assert_eq!(forced["overruled"], json!(["accountNumber"]));
}

#[test]
fn every_mistake_of_a_body_is_named() {
    let admin = Admin::new();
    let [ann, anna] = anns(&admin);
    let check = |body: Value, status: u16, error: &str, fields: &[&str]| {
        let answer = admin.ask("POST", "/merges", Some(&body));
        answer.error(status, error);
        answer.expect_fields(fields);
    };
    check(json!({}), 422, "validation_failed", &["survivor", "merged"]);
    check(
        json!({"survivor": 7, "merged": "x", "take": "email", "force": "yes", "dryRun": 1}),
        422,
        "validation_failed",
        &["survivor", "merged", "take", "force", "dryRun"],
    );
    check(
        json!({"survivor": ann, "merged": null}),
        422,
        "validation_failed",
        &["merged"],
    );
    check(request(&ann, &anna, &json!({"keep": []})), 400, "invalid_field", &["keep"]);
    check(
        request(&ann, &anna, &json!({"take": [1]})),
        422,
        "validation_failed",
        &["take"],
    );
    check(
        request(&ann, &anna, &json!({"take": ["colour"]})),
        422,
        "validation_failed",
        &["take"],
    );
    let many: Vec<String> = (0..501).map(|n| format!("field{n}")).collect();
    check(
        request(&ann, &anna, &json!({"take": many})),
        422,
        "validation_failed",
        &["take"],
    );
    check(request(NOBODY, &anna, &json!({})), 422, "validation_failed", &["survivor"]);
    check(request(&ann, NOBODY, &json!({})), 422, "validation_failed", &["merged"]);
    check(request(&ann, &ann, &json!({})), 422, "validation_failed", &["merged"]);
    admin
        .ask("POST", "/merges", Some(&json!(["x"])))
        .error(400, "invalid_request");
    assert_eq!(admin.khoros.customer(&anna)["id"], json!(anna));
}

#[test]
fn an_unknown_receipt_is_not_found() {
    let admin = Admin::new();
    let [ann, anna] = anns(&admin);
    let receipt = admin.merge(&ann, &anna);
    let other = format!("{}00000000", &receipt[..13]);
    for text in ["x", &anna, &receipt.to_lowercase(), &other] {
        for method in ["GET", "DELETE"] {
            admin.ask(method, &format!("/merges/{text}"), None).error(404, "not_found");
        }
    }
}

#[test]
fn later_changes_are_kept_and_named_cases_go_to_the_merged_record() {
    let admin = Admin::new();
    let [ann, anna] = anns(&admin);
    let receipt = admin.merge(&ann, &anna);
    admin
        .khoros
        .patch(&format!("/customer/{anna}"), &json!({"city": "Ulm"}))
        .expect(201);
    let [stays, goes] = [1, 2].map(|n| {
        id_of(
            &admin
                .khoros
                .create_case(&ann, json!({"interactions": [interaction(n, json!({}))]})),
        )
    });
    for wrong in ["x", "K000000000"] {
        let answer = admin.ask("DELETE", &format!("/merges/{receipt}?case={wrong}"), None);
        answer.error(422, "validation_failed");
        answer.expect_fields(&["case"]);
    }
    let many = "case=K000000000&".repeat(41);
    admin
        .ask("DELETE", &format!("/merges/{receipt}?{many}"), None)
        .error(422, "validation_failed");
    let undone = admin
        .ask("DELETE", &format!("/merges/{receipt}?case={goes}"), None)
        .expect(200);
    assert_eq!(undone["kept"], json!(["city"]));
    assert_eq!(admin.khoros.customer(&ann)["city"], json!("Ulm"));
    assert_eq!(admin.khoros.case(&stays)["customerId"], json!(ann));
    assert_eq!(admin.khoros.case(&goes)["customerId"], json!(anna));
}

#[test]
fn a_later_merge_that_blocks_undoing_is_named() {
    let admin = Admin::new();
    let [ann, anna] = anns(&admin);
    let third = admin.person(&json!({"firstName": "Anni"}));
    let first = admin.merge(&ann, &anna);
    // By an id that leads to the survivor.
    let second = admin.merge(&third, &anna);
    let refused = admin.undo(&first);
    refused.error(409, "conflict");
    assert!(refused.text().contains(&second), "{refused:?}");
    assert_eq!(admin.khoros.customer(&anna)["id"], json!(third));
    admin.undo(&second).expect(200);
    admin.undo(&first).expect(200);
    assert_eq!(admin.khoros.customer(&anna)["id"], json!(anna));
}

#[test]
fn a_repeated_merge_has_the_same_receipt_and_after_undoing_a_new_one() {
    let admin = Admin::new();
    let [ann, anna] = anns(&admin);
    let receipt = admin.merge(&ann, &anna);
    assert_eq!(admin.merge(&ann, &anna), receipt);
    admin.merging(&anna, &ann, &json!({})).error(422, "validation_failed");
    admin.undo(&receipt).expect(200);
    let again = admin.merge(&ann, &anna);
    assert_ne!(again, receipt);
    assert_eq!(admin.khoros.customer(&anna)["id"], json!(ann));
}

#[test]
fn an_idempotency_key_holds_even_after_the_merge_was_undone() {
    let admin = Admin::new();
    let [ann, anna] = anns(&admin);
    let keyed = |key: &str, agent: &str| {
        let headers = [("idempotency-key", key), ("x-sf-user-email", agent)];
        admin
            .ask_with("POST", "/merges", &headers, Some(&request(&ann, &anna, &json!({}))))
            .expect(201)
    };
    let first = keyed("k-1", "ann@brand.example");
    assert_eq!(keyed("k-1", "ann@brand.example"), first);
    let receipt = first["receipt"].as_str().unwrap();
    admin.undo(receipt).expect(200);
    let repeated = keyed("k-1", "ann@brand.example");
    assert_eq!(repeated["receipt"], first["receipt"]);
    assert!(repeated["undone"].is_object(), "{repeated}");
    assert_eq!(admin.khoros.customer(&anna)["id"], json!(anna));
    // Another key and another agent make different requests.
    let second = keyed("k-2", "ann@brand.example");
    assert_ne!(second["receipt"], first["receipt"]);
    admin.undo(second["receipt"].as_str().unwrap()).expect(200);
    assert_ne!(keyed("k-1", "bob@brand.example")["receipt"], first["receipt"]);
}

#[test]
fn a_refused_merge_leaves_its_key_free() {
    let admin = Admin::new();
    let [one, other] = ["A-1", "A-2"].map(|account| admin.person(&json!({"firstName": "Ann", "accountNumber": account})));
    let keyed = |more: Value| {
        let body = request(&one, &other, &more);
        admin.ask_with("POST", "/merges", &[("idempotency-key", "k-1")], Some(&body))
    };
    keyed(json!({})).error(409, "conflict");
    keyed(json!({"dryRun": true})).expect(200);
    keyed(json!({"force": true})).expect(201);
}

#[test]
fn eight_concurrent_merges_are_one() {
    let admin = Admin::new();
    let [ann, anna] = anns(&admin);
    for headers in [&[][..], &[("idempotency-key", "k-1")]] {
        let body = request(&ann, &anna, &json!({}));
        let answers = at_once(8, |_| admin.ask_with("POST", "/merges", headers, Some(&body)));
        let receipts: Vec<Value> = answers.iter().map(|answer| answer.expect(201)["receipt"].clone()).collect();
        assert!(receipts.iter().all(|receipt| *receipt == receipts[0]), "{receipts:?}");
        admin.undo(receipts[0].as_str().unwrap()).expect(200);
    }
}
