//! What `crm` tells other systems in the feed of changes.

use contract_tests::{
    client::{id_of, interaction},
    fault_proxy::{Fault, FaultProxy},
    feed::{kinds_after, told},
    stack::{shared_stack, wait},
    table::items_by_key,
};
use crm_domain::{NoticeKind, TenantId};
use crm_store::{Database, Store};
use local::stack::{TABLE, client};
use serde_json::{Value, json};

use crate::{folder::Folder, rig::crm_at};

use NoticeKind::{
    CaseCreated, CaseDeleted, CaseErased, CaseMoved, CaseUpdated, CustomerCreated, CustomerDeleted, CustomerErased, CustomerMerged,
    CustomerRestored, CustomerUnmerged, CustomerUpdated,
};

fn store_of(folder: &Folder) -> Store {
    let database = Database::new(wait(client(shared_stack().endpoint())), TABLE.to_owned());
    database.of(&TenantId::parse(&folder.tenant).unwrap())
}

/// Runs a command, and returns what it told.
fn told_by(folder: &Folder, store: &Store, words: &[&str]) -> Vec<NoticeKind> {
    let before = told(store).len();
    folder.document(words, 0);
    kinds_after(store, before)
}

#[test]
fn imports_tell_of_what_they_write_and_of_what_is_taken_back() {
    let folder = Folder::new();
    let store = store_of(&folder);
    folder.write("people.csv", "externalId,city\n1,Ulm\n2,Bonn\n3,Jena\n");
    let (first, _) = folder.import("customers", "people.csv", &[], 0);
    assert_eq!(kinds_after(&store, 0), [CustomerCreated; 3]);
    folder.write("people.csv", "externalId,city\n1,Ulm\n2,Köln\n");
    let (second, _) = folder.import("customers", "people.csv", &[], 0);
    assert_eq!(kinds_after(&store, 3), [CustomerUpdated], "the other row changes nothing");
    let updated = &told(&store)[3].notice;
    assert_eq!((updated.operation.as_str(), updated.version), ("importCustomer", Some(2)));
    assert!(updated.fields.contains(&"city".to_owned()), "{updated:?}");
    folder.write_lines(
        "cases.jsonl",
        &[json!({"externalId": "1", "customerExternalId": "1", "title": "Late", "interactions": [crate::folder::interaction("7", "Where?")]})],
    );
    let (cases, _) = folder.import("cases", "cases.jsonl", &[], 0);
    assert_eq!(kinds_after(&store, 4), [CaseCreated]);
    assert_eq!(told(&store)[4].notice.interactions, 1);
    folder.write("cases.csv", "externalId,title\n1,Very late\n");
    let (again, _) = folder.import("cases", "cases.csv", &[], 0);
    assert_eq!(kinds_after(&store, 5), [CaseUpdated]);
    let undo = |run: &Value| told_by(&folder, &store, &["import", "--undo", run["run"].as_str().unwrap()]);
    assert_eq!(undo(&again), [CaseUpdated]);
    assert_eq!(undo(&cases), [CaseDeleted]);
    assert_eq!(undo(&second), [CustomerUpdated]);
    assert_eq!(undo(&first), [CustomerDeleted; 3]);
}

#[test]
fn an_operators_commands_tell_of_what_they_do() {
    let folder = Folder::new();
    let store = store_of(&folder);
    let [one, other, third] =
        ["Ann", "Anne", "Anna"].map(|name| id_of(&folder.khoros.create_customer(&json!({"firstName": name}))));
    let case = id_of(
        &folder
            .khoros
            .create_case(&other, json!({"interactions": [interaction(1, json!({}))]})),
    );
    let tell = |words: &[&str]| told_by(&folder, &store, words);
    assert_eq!(tell(&["customer", "distinct", &one, &third]), []);
    assert_eq!(tell(&["customer", "distinct", &one, &third, "--lift"]), []);
    assert_eq!(tell(&["customer", "merge", &one, &other]), [CustomerMerged, CaseMoved]);
    let merged = told(&store)[4].notice.clone();
    let receipt = merged.receipt.unwrap().to_string();
    assert_eq!(tell(&["customer", "unmerge", &receipt]), [CaseMoved, CustomerUnmerged]);
    assert_eq!(tell(&["customer", "merge", &one, &other]), [CustomerMerged, CaseMoved]);
    assert_eq!(tell(&["customer", "delete", &third, "--yes"]), [CustomerDeleted]);
    assert_eq!(tell(&["customer", "restore", &third]), [CustomerRestored]);
    assert_eq!(tell(&["customer", "erase", &one, "--yes"]), [CustomerErased, CaseErased]);
    let all = told(&store);
    let [erased, of_case] = all.last_chunk::<2>().unwrap();
    assert_eq!(erased.notice.merged, merged.merged, "with the record that was merged into it");
    assert_eq!(of_case.notice.case.map(|id| id.to_string()), Some(case));
    assert_eq!(erased.notice.by.agent.as_deref(), Some("crm customer erase"));
    let kept = id_of(&folder.khoros.create_case(&third, json!({})));
    let before = told(&store).len();
    folder.document(&["customer", "erase", &third, "--yes", "--keep-cases"], 0);
    assert_eq!(kinds_after(&store, before), [CustomerErased, CaseUpdated]);
    let last = told(&store).pop().unwrap().notice;
    assert_eq!((last.case.map(|id| id.to_string()), last.customer), (Some(kept), None));
}

#[test]
fn a_check_knows_notices_and_finds_one_that_cannot_be_read() {
    let folder = Folder::new();
    folder.khoros.create_customer(&json!({"firstName": "Ann"}));
    let check = |code| folder.document(&["index", "check"], code);
    assert_eq!(check(0)["found"], json!([]));
    let items = items_by_key(shared_stack().endpoint(), &folder.tenant);
    let (_, mut notice) = items.into_iter().find(|((pk, _), _)| pk.contains("#changes#")).unwrap();
    notice.remove("kind");
    let put = async {
        let client = client(shared_stack().endpoint()).await;
        client.put_item().table_name(TABLE).set_item(Some(notice)).send().await
    };
    wait(put).unwrap();
    let found = check(1)["found"][0].clone();
    assert_eq!(found["problem"], "unreadableNotices", "{found}");
    // Other tests walk the table, too.
    folder.crm(&["tenant", "delete", "--with-data", &folder.tenant], 0);
}

#[test]
fn nothing_is_written_by_a_clock_that_is_wrong() {
    let proxy = wait(FaultProxy::start(shared_stack().endpoint())).unwrap();
    // The item that does not exist, which is read for the answer's date.
    let scope = proxy.scope(&["\"nothing\""], &[]);
    let folder = Folder::new();
    let customer = id_of(&folder.khoros.create_customer(&json!({"firstName": "Ann"})));
    let delete = |code: i32| {
        let output = crm_at(&proxy.endpoint(), &folder.tenant, &["customer", "delete", &customer, "--yes"]);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for (later, says) in [(30, "30 s behind"), (-30, "30 s ahead of")] {
        scope.always("GetItem", Fault::Dated(later));
        let said = delete(1);
        assert!(
            said.contains(says) || said.contains(&says.replace("30", "31")) || said.contains(&says.replace("30", "29")),
            "{said}"
        );
        scope.heal();
    }
    folder.khoros.customer(&customer);
    scope.always("GetItem", Fault::Dated(2));
    delete(0);
}
