//! `crm index check` finds and repairs items that do not belong together, and changes nothing else.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contract_tests::{
    client::{Tenant, id_of, interaction},
    stack::{shared_stack, wait},
    table::items_of,
};
use local::stack::{TABLE, client};
use serde_json::{Value, json};

use crate::{
    folder::Folder,
    rig::{check_refused, crm, document},
};

/// A tenant with a customer who has a case.
struct Sound {
    name: String,
    khoros: Tenant,
    customer: String,
    case: String,
}

fn sound() -> Sound {
    let mut name = String::new();
    let (khoros, _) = shared_stack().tenant_with(|key| key.tenant.as_str().clone_into(&mut name));
    let customer = id_of(&khoros.create_customer(&json!({"firstName": "Ada", "email": "ada@x.example"})));
    let case = id_of(&khoros.create_case(&customer, json!({"interactions": [interaction(1, json!({}))]})));
    Sound {
        name,
        khoros,
        customer,
        case,
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn put(partition: &str, sort: &str, attributes: &[(&str, AttributeValue)]) {
    let mut item: HashMap<String, AttributeValue> = attributes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    item.insert("pk".to_owned(), text(partition));
    item.insert("sk".to_owned(), text(sort));
    let client = wait(client(shared_stack().endpoint()));
    wait(client.put_item().table_name(TABLE).set_item(Some(item)).send()).expect("the item is put");
}

/// Deletes the items of a partition whose sort keys have this beginning.
fn delete(partition: &str, beginning: &str) {
    let client = wait(client(shared_stack().endpoint()));
    let query = client
        .query()
        .table_name(TABLE)
        .key_condition_expression("pk = :partition AND begins_with(sk, :beginning)")
        .expression_attribute_values(":partition", text(partition))
        .expression_attribute_values(":beginning", text(beginning));
    let found = wait(query.send()).expect("the partition is read").items.unwrap_or_default();
    assert!(!found.is_empty(), "nothing in {partition} begins with {beginning}");
    for item in found {
        let delete = client.delete_item().table_name(TABLE).key("pk", text(partition));
        wait(delete.key("sk", item["sk"].clone()).send()).expect("the item is deleted");
    }
}

impl Sound {
    fn customer_partition(&self) -> String {
        format!("{}#customer#{}", self.name, self.customer)
    }

    fn case_partition(&self) -> String {
        format!("{}#case#{}", self.name, self.case)
    }

    /// The problems that the check finds, with the number of items of each.
    fn found(&self, words: &[&str]) -> Vec<(String, u64)> {
        let output = crm(&self.name, &[&["index", "check", "--json"], words].concat());
        let document: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
        let is_well = document["unrepaired"] == 0;
        assert_eq!(output.status.code(), Some(i32::from(!is_well)), "{document}");
        let found = document["found"].as_array().unwrap().iter();
        found
            .map(|one| (one["problem"].as_str().unwrap().to_owned(), one["items"].as_u64().unwrap()))
            .collect()
    }

    /// The check finds exactly this, and a repair removes it.
    #[track_caller]
    fn check(&self, wanted: &[(&str, u64)]) {
        let wanted: Vec<(String, u64)> = wanted.iter().map(|(name, items)| ((*name).to_owned(), *items)).collect();
        assert_eq!(self.found(&[]), wanted);
        assert_eq!(self.found(&[]), wanted, "nothing is changed without --repair");
        assert_eq!(self.found(&["--repair"]), wanted);
        assert_eq!(self.found(&[]), []);
    }
}

#[test]
fn a_sound_table_has_no_findings() {
    let sound = sound();
    let before = items_of(shared_stack().endpoint(), &sound.name).len();
    let answer = document(&sound.name, &["index", "check", "--repair"]);
    assert_eq!((&answer["found"], &answer["records"]), (&json!([]), &json!(2)));
    assert_eq!(answer["items"].as_u64(), u64::try_from(before).ok());
    let output = crm(&sound.name, &["index", "check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("all items are consistent"), "{said}");
}

#[test]
fn terms_are_made_to_follow_from_the_record() {
    let sound = sound();
    let partition = sound.customer_partition();
    let email = format!("{}#old@x.example", sound.name);
    put(&partition, "term#email#old@x.example", &[("email", text(&email))]);
    delete(&partition, "term#firstName#");
    sound.check(&[("surplusTerms", 1), ("missingTerms", 1)]);
    sound.khoros.expect_found(&json!({"firstName": "ada"}), &[&sound.customer]);
}

#[test]
fn items_of_a_customer_who_does_not_exist_are_removed() {
    let sound = sound();
    let (gone, case) = (format!("{}#customer#C00000000001", sound.name), "K000000001");
    let email = format!("{}#old@x.example", sound.name);
    put(&gone, "term#email#old@x.example", &[("email", text(&email))]);
    put(&gone, "event#09200000000005#V00000000007", &[]);
    put(&gone, &format!("case#00000000000000#{case}"), &[]);
    put(&format!("{}#case#{case}", sound.name), "interaction#x#1", &[]);
    sound.check(&[("leftOfCustomers", 3), ("leftOfCases", 1)]);
}

#[test]
fn a_customer_and_its_cases_point_to_each_other() {
    let sound = sound();
    let partition = sound.customer_partition();
    delete(&partition, "case#");
    put(&partition, "case#00000000000000#K000000001", &[]);
    sound.check(&[("pointersWithoutCase", 1), ("casesWithoutPointer", 1)]);
    assert_eq!(sound.khoros.cases(&sound.customer).len(), 1);
}

#[test]
fn a_case_of_a_missing_customer_loses_its_customer() {
    let sound = sound();
    delete(&sound.customer_partition(), "");
    let once = crm(&sound.name, &["index", "check", "--json", "--repair"]);
    let document: Value = serde_json::from_slice(&once.stdout).expect("one JSON document");
    let problems: Vec<&str> = document["found"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["problem"].as_str())
        .collect();
    assert_eq!(problems, ["casesWithoutCustomer", "onceWithoutRecord"]);
    assert_eq!(sound.found(&[]), []);
    let shown = sound.khoros.case(&sound.case);
    assert_eq!(
        (&shown["customerId"], &shown["title"]),
        (&json!("C00000000000"), &shown["title"])
    );
    assert_eq!(shown["interactions"].as_array().unwrap().len(), 1);
}

#[test]
fn lists_are_made_to_name_existing_records() {
    let sound = sound();
    let list = format!("{}#unfinished", sound.name);
    let entry = |id: &str| [("id", text(id)), ("at", number(0)), ("version", number(1))];
    put(&list, &sound.customer, &entry(&sound.customer));
    put(&list, "K000000001", &entry("K000000001"));
    put(&format!("{}#erasures", sound.name), "C00000000001", &[]);
    put(&format!("{}#once#1234", sound.name), "once", &[("id", text("C00000000001"))]);
    put(
        &format!("{}#external#customer#1234", sound.name),
        "external",
        &[("id", text(&sound.customer))],
    );
    put(
        &format!("{}#unclaimed#1234", sound.name),
        &sound.case,
        &[("id", text(&sound.case))],
    );
    sound.check(&[
        ("unfinishedEntries", 3),
        ("externalIdsWithoutRecord", 1),
        ("onceWithoutRecord", 1),
        ("placesWithoutCase", 1),
    ]);
}

#[test]
fn parts_of_uploads_have_a_head_until_they_expire() {
    let sound = sound();
    let partition = format!("{}#uploads", sound.name);
    let part = |run: &str, expires: i64| {
        let text = [("text", text("x")), ("expires", number(expires))];
        put(&partition, &format!("part#{run}#000"), &text);
        put(&partition, &format!("rejected#{run}#000000000002#000"), &text);
    };
    let future = 9_999_999_999;
    put(&partition, "head#0000000001", &[("expires", number(future))]);
    part("0000000001", future);
    part("0000000002", 1);
    part("0000000003", future);
    sound.check(&[("leftOfUploads", 2)]);
}

#[test]
fn unfinished_work_is_completed_or_removed() {
    let sound = sound();
    let client = wait(client(shared_stack().endpoint()));
    for (partition, sort, mark, value) in [
        (
            sound.customer_partition(),
            "customer",
            "unsettled",
            AttributeValue::Bool(true),
        ),
        (sound.case_partition(), "case", "pending", number(1)),
    ] {
        let update = client
            .update_item()
            .table_name(TABLE)
            .key("pk", text(&partition))
            .key("sk", text(sort));
        let update = update
            .update_expression("SET #mark = :value")
            .expression_attribute_names("#mark", mark);
        wait(update.expression_attribute_values(":value", value).send()).expect("the record is marked");
    }
    delete(&sound.customer_partition(), "term#");
    sound.check(&[("unfinished", 2)]);
    sound.khoros.expect_found(&json!({"firstName": "ada"}), &[&sound.customer]);
    assert_eq!(sound.khoros.cases(&sound.customer), Vec::<Value>::new());
    assert!(
        !items_of(shared_stack().endpoint(), &sound.name)
            .iter()
            .any(|item| item.contains("interaction#"))
    );
}

#[test]
fn a_record_that_cannot_be_read_is_reported_and_stays() {
    let sound = sound();
    let partition = sound.customer_partition();
    put(
        &partition,
        "customer",
        &[("id", text(&sound.customer)), ("version", text("one"))],
    );
    for words in [&[][..], &["--repair"]] {
        assert_eq!(sound.found(words), [("unreadableRecords".to_owned(), 1)]);
    }
}

#[test]
fn the_command_line_is_explained() {
    let help = crm("nobody", &["index", "check", "--help"]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(help.contains("--repair") && help.contains("Repair what is found"), "{help}");
    check_refused("nobody", &["index"], 2, "");
}

/// Large cases are stored in steps, also by an import. Neither a refused row nor an undone one leaves anything.
#[test]
fn an_import_of_large_cases_leaves_no_stray_items() {
    let folder = Folder::new();
    let customer = id_of(&folder.khoros.create_customer(&json!({"firstName": "Ada"})));
    let long: Vec<Value> = (0..60).map(|number| interaction(number, json!({}))).collect();
    let case = |customer: &str| json!({"customerId": customer, "title": "Long", "interactions": long});
    folder.write_lines("cases.jsonl", &[case("C00000000001"), case(&customer)]);
    let (summary, _) = folder.import("cases", "cases.jsonl", &[], 1);
    assert_eq!(
        folder.khoros.cases(&customer)[0]["interactions"].as_array().unwrap().len(),
        60
    );
    let is_sound = || document(&folder.tenant, &["index", "check"])["found"] == json!([]);
    let has_interactions = || {
        let items = items_of(shared_stack().endpoint(), &folder.tenant);
        items.iter().filter(|item| item.contains("interaction#")).count()
    };
    assert!(is_sound());
    assert_eq!(has_interactions(), 60);
    folder.document(&["import", "--undo", summary["run"].as_str().unwrap()], 0);
    assert!(is_sound());
    assert_eq!(has_interactions(), 0);
}

#[test]
fn old_normal_forms_of_contact_points_are_renewed() {
    let sound = sound();
    let client = wait(client(shared_stack().endpoint()));
    let update = client
        .update_item()
        .table_name(TABLE)
        .key("pk", text(&sound.customer_partition()))
        .key("sk", text("customer"))
        .update_expression("SET identifiers[0].#normal = :old")
        .expression_attribute_names("#normal", "normal")
        .expression_attribute_values(":old", text("ada at x.example"));
    wait(update.send()).expect("the record is changed");
    sound.khoros.expect_found(&json!({"email": "ada@x.example"}), &[]);
    sound.check(&[("oldForms", 1)]);
    sound
        .khoros
        .expect_found(&json!({"email": "ada@x.example"}), &[&sound.customer]);
}

/// A repair removes a term that an interrupted deletion left, and nothing that restores the customer.
#[test]
fn a_deleted_customer_can_be_restored_after_a_repair() {
    let sound = sound();
    let grace = id_of(
        &sound
            .khoros
            .create_customer(&json!({"firstName": "Grace", "email": "grace@x.example"})),
    );
    document(&sound.name, &["customer", "delete", &grace, "--yes"]);
    sound.check(&[]);
    put(&format!("{}#customer#{grace}", sound.name), "term#lastName#left", &[]);
    sound.check(&[("surplusTerms", 1)]);
    document(&sound.name, &["customer", "restore", &grace]);
    sound.khoros.expect_found(&json!({"email": "grace@x.example"}), &[&grace]);
    sound.check(&[]);
}
