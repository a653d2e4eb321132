//! `crm customer merge`, `unmerge` and `distinct`.

use contract_tests::{
    client::{Tenant, ask, id_of, interaction},
    stack::shared_stack,
    table::items_of,
};
use serde_json::{Value, json};

use crate::customer::customer_tenant;
use crate::folder::Folder;
use crate::rig::{check_refused, document};

fn person(khoros: &Tenant, fields: &Value) -> String {
    id_of(&khoros.create_customer(fields))
}

fn merged(tenant: &str, survivor: &str, other: &str) -> String {
    let receipt = document(tenant, &["customer", "merge", survivor, other]);
    receipt["receipt"].as_str().unwrap().to_owned()
}

#[test]
fn a_dry_run_shows_the_record_and_every_conflict_and_changes_nothing() {
    let (tenant, khoros) = customer_tenant();
    let ann = person(&khoros, &json!({"firstName": "Ann", "accountNumber": "A-1"}));
    let anna = person(
        &khoros,
        &json!({"firstName": "Anna", "lastName": "Lee", "accountNumber": "A-2"}),
    );
    let plan = document(
        &tenant,
        &["customer", "merge", &ann, &anna, "--dry-run", "--take", "firstName"],
    );
    assert_eq!((&plan["dryRun"], &plan["refused"]), (&json!(true), &json!(true)));
    let account = json!({"field": "accountNumber", "survivor": "A-1", "merged": "A-2", "taken": false, "conflict": true});
    let name = json!({"field": "firstName", "survivor": "Ann", "merged": "Anna", "taken": true, "conflict": false});
    assert_eq!(plan["differences"], json!([account, name]));
    let values: Vec<&Value> = plan["customer"]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| &field["value"])
        .collect();
    assert!(values.contains(&&json!("Anna")) && values.contains(&&json!("Lee")), "{plan}");
    assert_eq!(khoros.customer(&ann)["firstName"], "Ann");
    assert_eq!(khoros.customer(&anna)["id"], json!(anna));
    check_refused(&tenant, &["customer", "merge", &ann, &anna], 2, "differ in accountNumber");
    let receipt = document(&tenant, &["customer", "merge", &ann, &anna, "--take", "accountNumber"]);
    assert_eq!(receipt["overruled"], json!([]));
    assert_eq!(khoros.customer(&anna)["accountNumber"], "A-2");
    khoros.expect_found(&json!({"accountNumber": "A-1"}), &[&ann]);
}

#[test]
fn marked_people_are_not_merged_until_the_mark_is_lifted() {
    let (tenant, khoros) = customer_tenant();
    let [one, other, third] = ["Ann", "Anne", "Anna"].map(|name| person(&khoros, &json!({"firstName": name})));
    document(&tenant, &["customer", "distinct", &one, &other, "--reason", "twins"]);
    for (survivor, of) in [(&one, &other), (&other, &one)] {
        check_refused(&tenant, &["customer", "merge", survivor, of], 2, "twins");
    }
    // The mark also holds for records that are merged into one of them.
    merged(&tenant, &third, &one);
    check_refused(&tenant, &["customer", "merge", &third, &other], 2, "twins");
    let forced = document(&tenant, &["customer", "merge", &third, &other, "--force"]);
    assert_eq!(forced["overruled"], json!(["distinct"]));
    document(&tenant, &["customer", "unmerge", forced["receipt"].as_str().unwrap()]);
    document(&tenant, &["customer", "distinct", &one, &other, "--lift"]);
    check_refused(&tenant, &["customer", "distinct", &one, &other, "--lift"], 2, "not marked");
    merged(&tenant, &third, &other);
}

#[test]
fn after_several_merges_every_id_leads_to_the_survivor_and_merges_are_undone_in_order() {
    let (tenant, khoros) = customer_tenant();
    let [one, two, three] =
        ["Ann", "Anne", "Anna"].map(|name| person(&khoros, &json!({"firstName": name, "email": format!("{name}@x.example")})));
    let case = id_of(&khoros.create_case(&one, json!({"interactions": [interaction(1, json!({}))]})));
    let first = merged(&tenant, &two, &one);
    let second = merged(&tenant, &three, &two);
    for id in [&one, &two, &three] {
        assert_eq!(khoros.customer(id)["id"], json!(three));
        khoros.expect_found(&json!({"email": "Ann@x.example"}), &[&three]);
    }
    assert_eq!(khoros.case(&case)["customerId"], json!(three));
    check_refused(&tenant, &["customer", "unmerge", &first], 2, &second);
    check_refused(&tenant, &["customer", "merge", &one, &two], 2, "already lead to one record");
    let shown = document(&tenant, &["customer", "show", &one]);
    assert_eq!(shown["id"], json!(three));
    let held: Vec<&Value> = shown["merged"]
        .as_array()
        .unwrap()
        .iter()
        .map(|merged| &merged["id"])
        .collect();
    assert_eq!(held, [&json!(one), &json!(two)]);
    check_refused(&tenant, &["customer", "delete", &three, "--yes"], 2, "undo the merges first");
    document(&tenant, &["customer", "unmerge", &second]);
    assert_eq!(khoros.customer(&one)["id"], json!(two));
    document(&tenant, &["customer", "unmerge", &first]);
    assert_eq!(khoros.customer(&one)["firstName"], "Ann");
    assert_eq!(khoros.case(&case)["customerId"], json!(one));
    let check = document(&tenant, &["index", "check"]);
    assert_eq!(check["found"], json!([]), "{check}");
}

#[test]
fn the_survivors_history_includes_that_of_merged_records() {
    let (tenant, khoros) = customer_tenant();
    let [one, other] = ["Ann", "Anne"].map(|name| person(&khoros, &json!({"firstName": name})));
    let receipt = merged(&tenant, &one, &other);
    let history = document(&tenant, &["customer", "history", &other]);
    assert_eq!(history["customer"], json!(one));
    let operations: Vec<&str> = history["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["operation"].as_str().unwrap())
        .collect();
    assert_eq!(
        operations,
        ["mergeCustomers", "mergeCustomers", "createCustomer", "createCustomer"]
    );
    assert_eq!(history["entries"][0]["fields"], json!([receipt]));
    assert_eq!(history["entries"][0]["by"]["agent"], "crm customer merge");
}

#[test]
fn an_erasure_includes_merged_records_and_ends_undoing() {
    let (tenant, khoros) = customer_tenant();
    let ann = person(&khoros, &json!({"firstName": "Ann", "email": "ann@x.example"}));
    let anne = person(&khoros, &json!({"firstName": "Palmyrene", "email": "palmyra@quux.example"}));
    let case = id_of(&khoros.create_case(
        &anne,
        json!({"title": "Palmyra", "interactions": [interaction(1, json!({}))]}),
    ));
    let third = person(&khoros, &json!({"firstName": "Third"}));
    document(&tenant, &["customer", "distinct", &anne, &third]);
    let receipt = merged(&tenant, &ann, &anne);
    // The merged record's id stands for the person.
    let erased = document(&tenant, &["customer", "erase", &anne, "--yes"]);
    assert_eq!(erased["erased"]["cases"], json!(1), "{erased}");
    for id in [&ann, &anne] {
        khoros.get(&format!("/customer/{id}")).error(404, "not_found");
    }
    khoros.get(&format!("/case/{case}")).error(404, "not_found");
    let mut left = items_of(shared_stack().endpoint(), &tenant);
    let words = ["palmyr", &anne.to_lowercase(), &ann.to_lowercase(), &case.to_lowercase()];
    // The history of the third customer names the one that the mark was about.
    left.retain(|item| !item.contains("audit#") && words.iter().any(|word| item.contains(word)));
    assert_eq!(left, Vec::<String>::new());
    check_refused(&tenant, &["customer", "unmerge", &receipt], 2, "cannot be undone");
    check_refused(
        &tenant,
        &["customer", "unmerge", "MC0SA77REZRPC3F2A91B0"],
        2,
        "no merge with this receipt",
    );
    check_refused(&tenant, &["customer", "unmerge", "M1"], 2, "a receipt is an M");
}

#[test]
fn imports_by_the_merged_records_external_id_update_the_survivor() {
    let folder = Folder::new();
    let (tenant, khoros) = (folder.tenant.clone(), &folder.khoros);
    let import = |lines: &[Value]| {
        folder.write_lines("people.jsonl", lines);
        folder.document(&["import", "customers", "people.jsonl"], 0)
    };
    import(&[
        json!({"externalId": "A-1", "firstName": "Ann"}),
        json!({"externalId": "B-1", "lastName": "Lee"}),
    ]);
    let find = |id: &str| {
        document(&tenant, &["customer", "show", id])["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (one, other) = (find("A-1"), find("B-1"));
    check_refused(&tenant, &["customer", "merge", &one, &other], 2, "externalId");
    let receipt = document(&tenant, &["customer", "merge", &one, &other, "--force"]);
    assert_eq!((find("A-1"), find("B-1")), (one.clone(), one.clone()));
    import(&[json!({"externalId": "B-1", "city": "Ulm"})]);
    assert_eq!(khoros.customer(&one)["city"], "Ulm");
    folder.write_lines(
        "cases.jsonl",
        &[
            json!({"externalId": "T-1", "customerExternalId": "B-1", "title": "One"}),
            json!({"externalId": "T-2", "customerId": other, "title": "Two"}),
        ],
    );
    folder.document(&["import", "cases", "cases.jsonl"], 0);
    assert_eq!(khoros.cases(&one).len(), 2);
    let undone = document(&tenant, &["customer", "unmerge", receipt["receipt"].as_str().unwrap()]);
    assert!(undone["kept"].as_array().unwrap().contains(&json!("city")), "{undone}");
    assert_eq!((find("A-1"), find("B-1")), (one, other));
    let check = document(&tenant, &["index", "check"]);
    assert_eq!(check["found"], json!([]), "{check}");
}

/// The item that recognises a repeated merge leads to the merged record.
#[test]
fn an_erasure_includes_the_items_that_recognise_repeated_merges() {
    let (tenant, khoros) = customer_tenant();
    let key = document(
        &tenant,
        &["keys", "create", "--label", "Data quality", "--permission", "admin"],
    );
    let [ann, anne] = ["Ann", "Anne"].map(|name| person(&khoros, &json!({"firstName": name})));
    let headers = [
        ("authorization", key["value"].as_str().unwrap()),
        ("idempotency-key", "k-1"),
        ("content-type", "application/json"),
    ];
    let origin = khoros.base.trim_end_matches("/api/v1");
    let body = json!({"survivor": ann, "merged": anne}).to_string();
    let merge = ask(origin, "POST", "/admin/v1/merges", &headers, body.as_bytes()).expect(201);
    let receipt = merge["receipt"].as_str().unwrap().to_lowercase();
    let of_merge = || {
        let all = items_of(shared_stack().endpoint(), &tenant);
        all.into_iter()
            .filter(|item| item.contains(&receipt))
            .collect::<Vec<String>>()
    };
    assert!(of_merge().iter().any(|item| item.contains("#once#")), "{:?}", of_merge());
    document(&tenant, &["customer", "erase", &ann, "--yes"]);
    assert_eq!(of_merge(), Vec::<String>::new());
    let gone = format!("/admin/v1/merges/{}", merge["receipt"].as_str().unwrap());
    assert_eq!(ask(origin, "GET", &gone, &headers, b"").expect(410)["error"], "gone");
}
