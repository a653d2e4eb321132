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
        json!({"handle": handle, "first": at, "last": at, "passedOn": null})
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
fn a_handle_without_its_last_holder_is_nobodys() {
    let (tenant, khoros) = customer_tenant();
    let [ada, tom, kim] = ["Ada", "Tom", "Kim"].map(|name| id_of(&khoros.create_customer(&json!({"firstName": name}))));
    let first = [message(1, "7", "quietharbour42"), message(2, "7", "tidalfox_91")];
    case(&khoros, &ada, &[&first[..], &[message(5, "7", "ada_now")]].concat());
    case(&khoros, &tom, &[message(3, "8", "quietharbour42")]);
    case(&khoros, &kim, &[message(4, "9", "tidalfox_91")]);
    document(&tenant, &["customer", "erase", &tom, "--yes"]);
    document(&tenant, &["customer", "remove-account", &kim, "twitter", "9"]);
    for handle in ["quietharbour42", "tidalfox_91"] {
        assert!(khoros.search(&json!({"screenName": handle})).is_empty(), "{handle}");
    }
    khoros.expect_found(&json!({"screenName": "ada_now"}), &[&ada]);
    let passed_on = |handle: usize| accounts(&tenant, &ada)[0]["handles"][handle]["passedOn"].clone();
    let times = ["2017-08-07T00:00:03Z", "2017-08-07T00:00:04Z"].map(|at| json!(at));
    assert_eq!([0, 1].map(passed_on), times);
    // The network gave one of them back.
    case(&khoros, &ada, &[message(6, "7", "tidalfox_91")]);
    khoros.expect_found(&json!({"screenName": "tidalfox_91"}), &[&ada]);
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

/// Imports cases of customers. Returns the run's name.
fn import_cases(folder: &Folder, cases: &[Value]) -> String {
    folder.write_lines("cases.jsonl", cases);
    let (run, _) = folder.import("cases", "cases.jsonl", &[], 0);
    run["run"].as_str().unwrap().to_owned()
}

fn undo(folder: &Folder, run: &str) -> Value {
    folder.document(&["import", "--undo", run], 0)["counts"].clone()
}

/// The accounts of a customer with the handles of each, in order.
fn handles(folder: &Folder, id: &str) -> Vec<String> {
    let accounts = accounts(&folder.tenant, id);
    let accounts = accounts.as_array().unwrap().iter().map(|account| {
        let handles = account["handles"].as_array().unwrap().iter();
        let handles: Vec<&str> = handles.map(|handle| handle["handle"].as_str().unwrap()).collect();
        format!("{}: {}", account["account"].as_str().unwrap(), handles.join(" "))
    });
    accounts.collect()
}

#[test]
fn imported_cases_teach_and_taking_them_back_takes_that_back() {
    let folder = Folder::new();
    let people = |city: &str| [1, 2].map(|n| json!({"externalId": format!("P{n}"), "city": city}));
    folder.write_lines("people.jsonl", &people("Ulm"));
    let (_, made) = folder.import("customers", "people.jsonl", &[], 0);
    let [ada, tom] = [0, 1].map(|row: usize| made[row]["id"].as_str().unwrap());
    folder.write_lines("people.jsonl", &people("Bonn"));
    let (moved, _) = folder.import("customers", "people.jsonl", &[], 0);
    // More interactions than a row's transaction holds.
    let many: Vec<Value> = (0..120).map(|n| message(n, "8", "longwinded_7")).collect();
    let of = |n: u8, customer: &str, messages: &[Value]| json!({"externalId": format!("C{n}"), "customerExternalId": customer, "title": "Late", "interactions": messages});
    let cases = [
        of(1, "P1", &[message(1, "9", "quietharbour42")]),
        of(2, "P1", &[message(2, "9", "tidalfox_91"), message(3, "9", "tidalfox_91")]),
        of(3, "P2", &many),
    ];
    let run = import_cases(&folder, &cases);
    assert_eq!(handles(&folder, ada), ["9: quietharbour42 tidalfox_91"]);
    assert_eq!(handles(&folder, tom), ["8: longwinded_7"]);
    for (handle, id) in [("quietharbour42", ada), ("longwinded_7", tom)] {
        folder.khoros.expect_found(&json!({"screenName": handle}), &[id]);
    }
    // A conversation is not an edit: what the earlier run changed can still be taken back.
    let live = case(&folder.khoros, ada, &[message(4, "9", "tidalfox_91")]);
    assert_eq!(undo(&folder, moved["run"].as_str().unwrap())["restored"], json!(2));
    assert_eq!(folder.khoros.customer(ada)["city"], json!("Ulm"));
    assert_eq!(handles(&folder, ada), ["9: quietharbour42 tidalfox_91"]);
    // The customer's own conversation teaches what the import taught before it.
    assert_eq!(undo(&folder, &run)["removed"], json!(3));
    assert_eq!(handles(&folder, ada), ["9: tidalfox_91"]);
    assert_eq!(accounts(&folder.tenant, ada)[0]["case"], json!(live));
    assert_eq!(handles(&folder, tom), Vec::<String>::new());
    for handle in ["quietharbour42", "longwinded_7"] {
        assert!(folder.khoros.search(&json!({"screenName": handle})).is_empty());
    }
    assert_eq!(document(&folder.tenant, &["index", "check"])["found"], json!([]));
}

#[test]
fn a_case_that_an_import_gave_away_takes_its_account_along_and_back() {
    let folder = Folder::new();
    let [ada, tom] = ["Ada", "Tom"].map(|name| id_of(&folder.khoros.create_customer(&json!({"firstName": name}))));
    let moved = case(&folder.khoros, &ada, &[message(1, "9", "quietharbour42")]);
    let row = json!({"id": moved, "customerId": tom, "interactions": [message(2, "9", "tidalfox_91")]});
    let run = import_cases(&folder, &[row]);
    assert_eq!(handles(&folder, &ada), Vec::<String>::new());
    assert_eq!(handles(&folder, &tom), ["9: quietharbour42 tidalfox_91"]);
    assert_eq!(undo(&folder, &run)["restored"], json!(1));
    assert_eq!(handles(&folder, &ada), ["9: quietharbour42"]);
    assert_eq!(handles(&folder, &tom), Vec::<String>::new());
    // With learning turned off, an import teaches nothing.
    document(&folder.tenant, &["tenant", "set", "--learn-accounts", "off"]);
    import_cases(
        &folder,
        &[json!({"customerId": tom, "title": "Late", "interactions": [message(3, "8", "longwinded_7")]})],
    );
    assert_eq!(handles(&folder, &tom), Vec::<String>::new());
}
