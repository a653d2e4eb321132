//! Accounts that customers learnt from conversations, as an operator sees and removes them.

use contract_tests::{
    client::{Tenant, id_of, interaction},
    stack::shared_stack,
    table::items_of,
};
use serde_json::{Value, json};

use crate::{
    customer::customer_tenant,
    folder::Folder,
    rig::{check_refused, crm, document},
};

fn message(n: usize, account: &str, handle: &str) -> Value {
    let author = json!({"service": "TWITTER", "serviceId": account, "handle": handle, "name": "Ada", "brandOwned": false});
    interaction(n, json!({"author": author}))
}

fn case(khoros: &Tenant, customer: &str, messages: &[Value]) -> String {
    id_of(&khoros.create_case(customer, json!({"interactions": messages})))
}

fn accounts(tenant: &str, id: &str) -> Value {
    document(tenant, &["customer", "show", id])["accounts"].clone()
}

#[test]
fn learnt_accounts_are_shown_exported_and_removed_for_good() {
    let (tenant, khoros) = customer_tenant();
    let ada = id_of(&khoros.create_customer(&json!({"firstName": "Ada"})));
    let first = case(
        &khoros,
        &ada,
        &[message(1, "9", "quietharbour42"), message(2, "9", "tidalfox_91")],
    );
    let handle = |handle: &str, second: u8| {
        let at = format!("2017-08-07T00:00:0{second}Z");
        json!({"handle": handle, "first": at, "last": at})
    };
    let learnt = json!([{
        "network": "twitter", "account": "9", "name": "Ada", "case": first, "removed": null,
        "handles": [handle("quietharbour42", 1), handle("tidalfox_91", 2)],
    }]);
    assert_eq!(accounts(&tenant, &ada), learnt);
    let shown = crm(&tenant, &["customer", "show", "tidalfox_91"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    for words in [
        "accounts seen in conversations",
        "tidalfox_91 (Ada)",
        "quietharbour42 until 2017-08-07",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let export = crm(&tenant, &["customer", "export", &ada]);
    let export: Value = serde_json::from_slice(&export.stdout).unwrap();
    assert_eq!(export["customer"]["accounts"], learnt);

    let remove = ["customer", "remove-account", &ada, "twitter", "9"];
    document(&tenant, &remove);
    check_refused(&tenant, &remove, 2, "has no account 9 on twitter");
    case(&khoros, &ada, &[message(3, "9", "tidalfox_91")]);
    let removed = accounts(&tenant, &ada);
    assert_eq!(
        (&removed[0]["handles"], removed[0]["removed"].is_string()),
        (&json!([]), true)
    );
    let of_customer = format!("#customer#{ada}").to_lowercase();
    let held = items_of(shared_stack().endpoint(), &tenant);
    let mut of_customer = held.iter().filter(|item| item.contains(&of_customer));
    assert!(
        of_customer.all(|item| !item.contains("tidalfox_91")),
        "nothing else stays of it"
    );
    let history = document(&tenant, &["customer", "history", &ada]);
    let operations = history["entries"].as_array().unwrap().iter();
    let operations: Vec<&str> = operations.map(|entry| entry["operation"].as_str().unwrap()).collect();
    assert_eq!(operations, ["removeAccount", "learnAccounts", "createCustomer"]);
    assert_eq!(document(&tenant, &["index", "check"])["found"], json!([]));
}

#[test]
fn a_tenant_can_turn_learning_off() {
    let (tenant, khoros) = customer_tenant();
    let set = document(&tenant, &["tenant", "set", "--learn-accounts", "off"]);
    assert_eq!(set["learnsAccounts"], json!(false));
    let ada = id_of(&khoros.create_customer(&json!({"firstName": "Ada"})));
    case(&khoros, &ada, &[message(1, "9", "quietharbour42")]);
    assert_eq!(accounts(&tenant, &ada), json!([]));
}

#[test]
fn a_merge_joins_accounts_and_undoing_it_separates_them() {
    let (tenant, khoros) = customer_tenant();
    let [ada, twin] = ["Ada", "Ada L."].map(|name| id_of(&khoros.create_customer(&json!({"displayName": name}))));
    case(&khoros, &ada, &[message(1, "9", "quietharbour42")]);
    case(&khoros, &twin, &[message(2, "9", "tidalfox_91")]);
    let before = [&ada, &twin].map(|id| accounts(&tenant, id));
    let duplicates = document(&tenant, &["customer", "show", &ada])["duplicates"].clone();
    assert_eq!(duplicates[0]["id"], json!(twin), "the same account: {duplicates}");
    let receipt = document(&tenant, &["customer", "merge", &ada, &twin]);
    let joined = accounts(&tenant, &twin);
    assert_eq!(
        (
            joined.as_array().unwrap().len(),
            joined[0]["handles"].as_array().unwrap().len()
        ),
        (1, 2)
    );
    for handle in ["quietharbour42", "tidalfox_91"] {
        khoros.expect_found(&json!({"screenName": handle}), &[&ada]);
    }
    document(&tenant, &["customer", "unmerge", receipt["receipt"].as_str().unwrap()]);
    assert_eq!([&ada, &twin].map(|id| accounts(&tenant, id)), before);
    khoros.expect_found(&json!({"screenName": "tidalfox_91"}), &[&twin]);
}

#[test]
fn learnt_accounts_survive_export_and_import() {
    let [one, other] = [(); 2].map(|()| Folder::new());
    let ada = id_of(&one.khoros.create_customer(&json!({"firstName": "Ada"})));
    case(&one.khoros, &ada, &[message(1, "9", "quietharbour42")]);
    let lines = one.export("customers");
    other.write("all.jsonl", lines.join("\n"));
    other.import("customers", "all.jsonl", &[], 0);
    assert_eq!(other.export("customers"), lines);
    assert_eq!(accounts(&other.tenant, &ada), accounts(&one.tenant, &ada));
    other.khoros.expect_found(&json!({"screenName": "quietharbour42"}), &[&ada]);
}
