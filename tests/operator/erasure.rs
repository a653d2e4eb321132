//! `crm customer erase`.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
};

use aws_sdk_dynamodb::types::AttributeValue;
use contract_tests::{
    client::{Tenant, at_once, case, customer, id_of, interaction},
    crm,
    fault_proxy::{Fault, FaultProxy},
    stack::{change_now, shared_stack, wait},
    table::{items_in, items_of, restore, without_notices},
};
use crm_domain::{CustomerId, TenantId, Timestamp};
use crm_store::{Database, Manner, Store, clock};
use local::stack::{TABLE, client};
use serde_json::{Value, json};

use crate::{
    customer::customer_tenant,
    folder::Folder,
    rig::{check_refused, crm_at, document},
};

const TRANSACT: &str = "TransactWriteItems";
const PUT_MANY: &str = "BatchWriteItem";
/// The words that the tests store about Zenobia, in lower case. No other value of the tests contains any of them.
const ZENOBIAS: [&str; 7] = ["zenobia", "quux", "5550142", "zeno_q", "palmyra", "whisper", "ann@acme"];

fn zenobia() -> Value {
    json!({
        "firstName": "Zenobia", "lastName": "Quux", "email": "zenobia@quux.example", "phone": "+1 415-555-0142",
        "twitterHandle": "@zeno_q", "profileUrl": "https://x.com/zeno_q", "city": "Palmyra", "accountNumber": "zenobia-1",
    })
}

/// Zenobia and her two cases with three interactions in total.
struct Written {
    tenant: String,
    khoros: Tenant,
    id: String,
    cases: [String; 2],
}

fn write_zenobia() -> Written {
    let (tenant, khoros) = customer_tenant();
    let ann = [("x-sf-user-email", "ann@acme.example")];
    let id = id_of(&khoros.post_with("/customer", &ann, &zenobia()).expect(201));
    let whispers = |numbers: &[usize]| -> Vec<Value> {
        let whisper = |&n: &usize| interaction(n, json!({"body": "whisper", "author": author()}));
        numbers.iter().map(whisper).collect()
    };
    let made = |n: usize, numbers: &[usize]| {
        let fields = json!({"title": format!("Zenobia's parcel {n}"), "priority": "high", "product": "quux", "interactions": whispers(numbers)});
        id_of(&khoros.post_with("/case", &ann, &case(&id, fields)).expect(201))
    };
    let cases = [made(1, &[1, 2]), made(2, &[3])];
    khoros
        .patch(&format!("/customer/{id}"), &json!({"state": "palmyra"}))
        .expect(201);
    Written {
        tenant,
        khoros,
        id,
        cases,
    }
}

fn author() -> Value {
    json!({"service": "TWITTER", "serviceId": "9", "handle": "zeno_q", "name": "Zenobia", "brandOwned": false})
}

/// The counts in the receipt of [`write_zenobia`]. The terms are three of names, five of identifiers, that of the learnt account, city
/// and state.
fn all_of_zenobia() -> Value {
    json!({
        "records": 1, "identifiers": 5, "terms": 25, "casePointers": 2, "cases": 2, "keptCases": 0, "interactions": 3,
        "historyEntries": 5, "events": 0, "onceRecords": 3, "others": 0,
    })
}

impl Written {
    fn erase(&self, options: &[&str]) -> Value {
        document(&self.tenant, &[&["customer", "erase", &self.id, "--yes"], options].concat())
    }

    /// No item of the tenant contains the customer's id or any of these words.
    #[track_caller]
    fn check_nowhere(&self, words: &[&str]) {
        let id = self.id.to_lowercase();
        for item in items_of(shared_stack().endpoint(), &self.tenant) {
            for word in words.iter().chain([&id.as_str()]) {
                assert!(!item.contains(word), "{word} in {item}");
            }
        }
    }

    /// No operation of Khoros finds the customer or the cases.
    #[track_caller]
    fn check_gone(&self) {
        let path = format!("/customer/{}", self.id);
        self.khoros.get(&path).error(404, "not_found");
        self.khoros.get(&format!("{path}/cases")).error(404, "not_found");
        self.khoros.patch(&path, &json!({"city": "Rome"})).error(404, "not_found");
        let new_case = self.khoros.post("/case", &case(&self.id, json!({})));
        new_case.error(422, "validation_failed");
        for criteria in [
            json!({"lastName": "quux"}),
            json!({"email": "zenobia@quux.example"}),
            json!({"phone": "4155550142"}),
        ] {
            assert_eq!(self.khoros.search(&criteria), Vec::<String>::new(), "{criteria}");
        }
        let identity = json!({"displayName": "Zenobia Quux", "screenName": "zeno_q", "email": "zenobia@quux.example"});
        assert_eq!(self.khoros.best_match(&identity), Vec::<String>::new());
    }

    #[track_caller]
    fn check_cases_gone(&self) {
        for case in &self.cases {
            self.khoros.get(&format!("/case/{case}")).error(404, "not_found");
        }
    }
}

#[test]
fn nothing_of_an_erased_person_is_left_but_digests() {
    let zenobia = write_zenobia();
    let before = items_of(shared_stack().endpoint(), &zenobia.tenant).concat();
    for word in ZENOBIAS {
        assert!(
            before.contains(word),
            "{word} was never there, so its absence would prove nothing"
        );
    }
    let receipt = zenobia.erase(&[]);
    assert_eq!(receipt["erased"], all_of_zenobia());
    assert_eq!(receipt["wasErasedBefore"], false);
    // Id, e-mail, handle, the learnt account's id, profile, and name with phone.
    assert_eq!(receipt["digests"], 6);
    for word in ZENOBIAS.iter().chain([&zenobia.id.as_str()]) {
        assert!(!receipt.to_string().contains(word), "{word} in {receipt}");
    }
    zenobia.check_gone();
    zenobia.check_cases_gone();
    zenobia.check_nowhere(&ZENOBIAS);
    let left = without_notices(items_of(shared_stack().endpoint(), &zenobia.tenant));
    let digests = left.iter().filter(|item| item.contains("#erased#")).count();
    // The digests, their key, the tenant's settings, and the pointer to the API key.
    assert_eq!((digests, left.len()), (6, 9), "{left:?}");
}

#[test]
fn erasures_of_the_original_table_are_repeated_in_a_restored_one() {
    let zenobia = write_zenobia();
    let joan = id_of(&zenobia.khoros.create_customer(&customer(json!({"firstName": "Joan"}))));
    let (endpoint, restored) = (shared_stack().endpoint(), format!("restored-{}", zenobia.tenant));
    restore(endpoint, &restored, &zenobia.tenant);
    zenobia.erase(&[]);
    let again = |options: &[&str]| {
        let words = [&["customer", "erase-again", "--table", &restored, "--as-in", TABLE], options].concat();
        document(&zenobia.tenant, &words)
    };
    let is_back = || items_in(endpoint, &restored, &zenobia.tenant).concat().contains("zenobia");
    assert_eq!(again(&[]), json!({"back": [zenobia.id], "erased": false}));
    assert!(is_back(), "without --yes it only lists");
    assert_eq!(again(&["--yes"]), json!({"back": [zenobia.id], "erased": true}));
    let left = items_in(endpoint, &restored, &zenobia.tenant);
    for word in ZENOBIAS.iter().chain([&zenobia.id.to_lowercase().as_str()]) {
        assert!(left.iter().all(|item| !item.contains(word)), "{word} is back");
    }
    assert!(left.iter().any(|item| item.contains(&joan.to_lowercase())), "others stay");
    assert_eq!(again(&["--yes"]), json!({"back": [], "erased": true}));
    let same = ["customer", "erase-again", "--as-in", TABLE];
    check_refused(&zenobia.tenant, &same, 2, "--as-in names the original table");
}

/// The id of an imported person with an event whom an operator has deleted.
fn deleted_zenobia(folder: &Folder) -> String {
    let row = json!({"externalId": "Z-1", "firstName": "Zenobia", "lastName": "Quux", "email": "zenobia@quux.example",
        "events": [{"at": "2024-05-01T10:00:00Z", "type": "email", "mode": "outbound", "isRead": false, "isSecure": true}]});
    folder.write_lines("people.jsonl", &[row]);
    let (_, results) = folder.import("customers", "people.jsonl", &[], 0);
    let id = results[0]["id"].as_str().unwrap().to_owned();
    document(&folder.tenant, &["customer", "delete", &id, "--yes"]);
    let left = items_of(shared_stack().endpoint(), &folder.tenant);
    let with_id = left
        .iter()
        .filter(|item| item.contains("#import#") && item.contains(&id.to_lowercase()));
    assert_eq!(with_id.count(), 0, "a deletion removes the id from the journals: {left:?}");
    assert!(left.concat().contains("zenobia@quux.example"), "she can be restored");
    id
}

#[test]
fn a_deleted_customer_is_erased_without_being_restored() {
    let folder = Folder::new();
    let id = deleted_zenobia(&folder);
    check_refused(
        &folder.tenant,
        &["customer", "show", &id],
        1,
        &format!("`crm customer erase {id}`"),
    );
    let receipt = document(&folder.tenant, &["customer", "erase", &id, "--yes"]);
    let erased = &receipt["erased"];
    assert_eq!(
        [
            &erased["records"],
            &erased["identifiers"],
            &erased["events"],
            &erased["others"]
        ],
        [&json!(1), &json!(1), &json!(1), &json!(0)],
        "{receipt}"
    );
    for item in items_of(shared_stack().endpoint(), &folder.tenant) {
        for word in ["zenobia", "quux", &id.to_lowercase()] {
            assert!(!item.contains(word), "{word} in {item}");
        }
    }
    check_refused(&folder.tenant, &["customer", "restore", &id], 1, "was erased at");
    let again = document(&folder.tenant, &["customer", "erase", &id, "--yes"]);
    assert_eq!(again["receipt"], receipt["receipt"]);
    let (import, _) = folder.import("customers", "people.jsonl", &[], 1);
    assert_eq!(import["counts"]["created"], 0, "the import recognises her: {import}");
}

#[test]
fn a_deleted_customer_is_not_restored_during_an_erasure() {
    let folder = Folder::new();
    let id = deleted_zenobia(&folder);
    let database = Database::new(wait(client(shared_stack().endpoint())), TABLE.to_owned());
    let store = database.of(&TenantId::parse(&folder.tenant).unwrap());
    let customer = CustomerId::parse(&id).unwrap();
    let begin = |manner| wait(store.erasure_begin(customer, manner, &[7; 32], &change_now())).unwrap();
    let deletion = begin(Manner::Delete { default_brand: None });
    assert!(deletion.is_none(), "she is deleted already");
    assert!(begin(Manner::Erase).is_some());
    check_refused(&folder.tenant, &["customer", "restore", &id], 1, "is being erased");
    document(&folder.tenant, &["customer", "erase", &id, "--yes"]);
    check_refused(&folder.tenant, &["customer", "restore", &id], 1, "was erased at");
}

#[test]
fn a_restored_table_loses_a_deleted_customer_who_was_erased_since() {
    let folder = Folder::new();
    let id = deleted_zenobia(&folder);
    let (endpoint, restored) = (shared_stack().endpoint(), format!("restored-{}", folder.tenant));
    restore(endpoint, &restored, &folder.tenant);
    document(&folder.tenant, &["customer", "erase", &id, "--yes"]);
    let words = ["customer", "erase-again", "--table", &restored, "--as-in", TABLE, "--yes"];
    assert_eq!(document(&folder.tenant, &words), json!({"back": [id], "erased": true}));
    assert!(!items_in(endpoint, &restored, &folder.tenant).concat().contains("zenobia"));
}

#[test]
fn other_customers_are_unchanged() {
    let zenobia = write_zenobia();
    let khoros = &zenobia.khoros;
    // With the same phone, name and handle, and with a case that was Zenobia's.
    let other = id_of(&khoros.create_customer(&customer(json!({"phone": "(415) 555-0142", "screenName": "zeno_q"}))));
    let [moved, _] = &zenobia.cases;
    khoros
        .patch(&format!("/case/{moved}"), &json!({"customerId": other}))
        .expect(201);
    let seen = || (khoros.customer(&other), khoros.cases(&other));
    let before = seen();
    let receipt = zenobia.erase(&[]);
    assert_eq!(
        (&receipt["erased"]["cases"], &receipt["erased"]["interactions"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(seen(), before);
    khoros.expect_found(&json!({"phone": "4155550142"}), &[&other]);
    khoros.get(&format!("/case/{moved}")).expect(200);
}

#[test]
fn the_created_once_record_is_erased_with_the_customer() {
    let zenobia = write_zenobia();
    let ann = [("x-sf-user-email", "ann@acme.example")];
    let body = self::zenobia();
    let again = zenobia.khoros.post_with("/customer", &ann, &body).expect(201);
    assert_eq!(id_of(&again), zenobia.id, "within ten minutes it is the same create");
    zenobia.erase(&[]);
    let anew = zenobia.khoros.post_with("/customer", &ann, &body).expect(201);
    assert_ne!(id_of(&anew), zenobia.id);
}

#[test]
fn an_import_recognises_erased_persons() {
    let (khoros, store) = shared_stack().tenant_with(|_| {});
    let known = |id: &str| {
        let record = wait(store.customer_get(CustomerId::parse(id).unwrap())).unwrap().unwrap();
        wait(store.erased_since(&record)).unwrap()
    };
    let zenobia = id_of(&khoros.create_customer(&self::zenobia()));
    assert_eq!(known(&zenobia), None, "nobody was ever erased");
    let tenant = name_of(&khoros);
    let receipt = document(&tenant, &["customer", "erase", &zenobia, "--yes"]);
    let erased = |fields: Value| known(&id_of(&khoros.create_customer(&fields)));
    for fields in [
        json!({"email": " Zenobia@QUUX.example"}),
        json!({"instagramHandle": "x", "twitterHandle": "ZENO_Q"}),
        json!({"profileUrl": "twitter.com/zeno_q"}),
        json!({"displayName": "quux, zenobia", "phone2": "(415) 555-0142"}),
    ] {
        let since = erased(fields.clone()).unwrap_or_else(|| panic!("{fields} is not recognised"));
        assert_eq!(since.iso_seconds(), receipt["at"].as_str().unwrap());
    }
    for fields in [
        json!({"displayName": "Zenobia Quux"}),
        json!({"firstName": "Odenathus", "lastName": "Quux", "phone": "+1 415-555-0142"}),
        json!({"instagramHandle": "zeno_q"}),
        json!({"city": "Palmyra"}),
    ] {
        assert_eq!(erased(fields.clone()), None, "{fields} may be somebody else");
    }
    let (elsewhere, other_store) = shared_stack().tenant_with(|_| {});
    let id = id_of(&elsewhere.create_customer(&self::zenobia()));
    let record = wait(other_store.customer_get(CustomerId::parse(&id).unwrap()))
        .unwrap()
        .unwrap();
    assert_eq!(
        wait(other_store.erased_since(&record)).unwrap(),
        None,
        "another tenant does not recognise her"
    );
}

/// The name of a tenant of the stack.
fn name_of(khoros: &Tenant) -> String {
    khoros.authorization.replace("Bearer key-of-", "")
}

#[test]
fn cases_can_stay_without_the_person() {
    let zenobia = write_zenobia();
    let [first, second] = &zenobia.cases;
    let path = format!("/case/{first}");
    zenobia
        .khoros
        .patch(&path, &json!({"escalated": true, "status": "closed"}))
        .expect(201);
    let before = zenobia.khoros.case(first);
    let receipt = zenobia.erase(&["--keep-cases"]);
    assert_eq!(
        (&receipt["erased"]["cases"], &receipt["erased"]["keptCases"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(receipt["erased"]["interactions"], 3);
    zenobia.check_gone();
    zenobia.check_nowhere(&["zenobia", "quux", "5550142", "zeno_q", "palmyra", "whisper"]);
    let after = zenobia.khoros.case(first);
    for same in ["id", "number", "created", "lastUpdated", "status", "priority", "escalated"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_eq!(
        (&after["customerId"], &after["interactions"]),
        (&json!("C00000000000"), &json!([]))
    );
    assert_eq!((&after["description"], after.get("product")), (&json!(""), None));
    // The case can be assigned to another customer.
    let other = zenobia.khoros.some_customer();
    zenobia.khoros.patch(&path, &json!({"customerId": other})).expect(201);
    assert_eq!(zenobia.khoros.cases(&other).len(), 1);
    zenobia.khoros.get("/customer/C00000000000").error(404, "not_found");
    zenobia.khoros.get(&format!("/case/{second}")).expect(200);
}

#[test]
fn a_person_of_any_size_is_erased() {
    let (tenant, khoros) = customer_tenant();
    let words: Vec<String> = (0..160).map(|n| format!("w{n:03}")).collect();
    let id = id_of(&khoros.create_customer(&json!({"displayName": words.join(" "), "lastName": words.join("-")})));
    let conversation: Vec<Value> = (0..700).map(|n| interaction(n, json!({}))).collect();
    khoros.create_case(&id, json!({"interactions": conversation}));
    let cases = at_once(4, |thread| {
        let made = (0..30).map(|n| khoros.create_case(&id, json!({"title": format!("{thread}-{n}")})));
        made.count()
    });
    let receipt = document(&tenant, &["customer", "erase", &id, "--yes"]);
    let erased = &receipt["erased"];
    assert_eq!(erased["cases"], json!(1 + cases.iter().sum::<usize>()));
    assert_eq!((&erased["casePointers"], &erased["interactions"]), (&json!(121), &json!(700)));
    assert!(erased["terms"].as_u64().unwrap() > 320, "{erased}");
    assert_eq!(
        (&erased["onceRecords"], &erased["historyEntries"]),
        (&json!(122), &json!(122))
    );
    let left = without_notices(items_of(shared_stack().endpoint(), &tenant));
    // The key of the digests, the tenant's settings, the pointer to the API key, and the digest of the id.
    assert_eq!(left.len(), 4, "{left:?}");
}

/// The command meets this fault from the `n`th such call on. Run again without the fault, it completes.
#[track_caller]
fn check_broken_off(proxy: &FaultProxy, n: usize, operation: &'static str, fault: Fault) {
    let zenobia = write_zenobia();
    let faults = proxy.scope(&[&format!("\"{}#", zenobia.tenant)], &[]);
    faults.from_nth(n, operation, fault);
    let words = ["customer", "erase", &zenobia.id, "--yes", "--json"];
    let broken = crm_at(&proxy.endpoint(), &zenobia.tenant, &words);
    assert!(!broken.status.success(), "{operation} {n}: {broken:?}");
    assert!(faults.has_struck(), "it did not reach {operation} {n}");
    faults.heal();
    // The second transaction deletes the record.
    let is_begun = operation != TRANSACT || n > 2 || (n == 2 && fault == Fault::AnswerLost);
    if is_begun {
        zenobia.check_gone();
    } else {
        zenobia.khoros.get(&format!("/customer/{}", zenobia.id)).expect(200);
    }
    let done = crm_at(&proxy.endpoint(), &zenobia.tenant, &words);
    assert!(done.status.success(), "{operation} {n}: {done:?}");
    let receipt: Value = serde_json::from_slice(&done.stdout).unwrap();
    let last_step_is_done = receipt["wasErasedBefore"] == true;
    if !last_step_is_done {
        assert_eq!(receipt["erased"], all_of_zenobia(), "{operation} {n}");
    }
    assert_eq!(
        last_step_is_done,
        (n, operation, fault) == (LAST, TRANSACT, Fault::AnswerLost)
    );
    zenobia.check_gone();
    zenobia.check_cases_gone();
    zenobia.check_nowhere(&ZENOBIAS);
}

/// The last transaction. They are: the key of the digests, the record, the end of the digests, the cases' records, a
/// sweep of each of the two, the rest, the pointers, the end.
const LAST: usize = 9;

#[test]
fn an_erasure_interrupted_anywhere_is_completed() {
    let proxy = wait(FaultProxy::start(shared_stack().endpoint())).unwrap();
    let mut steps = vec![(1, PUT_MANY, Fault::THROTTLED)];
    for n in 1..=LAST {
        steps.extend([(n, TRANSACT, Fault::Dropped), (n, TRANSACT, Fault::AnswerLost)]);
    }
    at_once(steps.len(), |at| {
        let (n, operation, fault) = steps[at];
        check_broken_off(&proxy, n, operation, fault);
    });
}

#[test]
fn two_operators_can_erase_one_person_at_once() {
    let zenobia = write_zenobia();
    let words = ["customer", "erase", &zenobia.id, "--yes"];
    let ended = at_once(2, |_| {
        crm_at(shared_stack().endpoint(), &zenobia.tenant, &words).status.success()
    });
    assert!(ended.contains(&true), "one of them completes it");
    zenobia.check_gone();
    zenobia.check_cases_gone();
    zenobia.check_nowhere(&ZENOBIAS);
}

#[test]
fn an_erasure_asks_for_confirmation() {
    let zenobia = write_zenobia();
    let words = ["customer", "erase", &zenobia.id];
    let unasked = crm::crm(shared_stack().endpoint(), &zenobia.tenant, &words)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(unasked.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unasked.stderr).contains("--yes"));
    let (declined, said) = at_a_terminal(&zenobia, "no");
    assert_eq!(declined, Some(1), "{said}");
    for wanted in [
        "Zenobia, Quux",
        "25 search terms",
        "2 cases",
        "3 interactions",
        "nothing was erased",
    ] {
        assert!(said.contains(wanted), "{wanted} in {said}");
    }
    zenobia.khoros.customer(&zenobia.id);
    assert_eq!(zenobia.khoros.cases(&zenobia.id).len(), 2);
    let (erased, said) = at_a_terminal(&zenobia, &zenobia.id);
    assert_eq!(erased, Some(0), "{said}");
    zenobia.check_gone();
}

/// Runs the command at a terminal with this answer to its question. Returns its exit code and its output.
fn at_a_terminal(zenobia: &Written, answer: &str) -> (Option<i32>, String) {
    const PROGRAM: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    let crm = crm::crm(shared_stack().endpoint(), &zenobia.tenant, &[]);
    let mut terminal = Command::new("python3")
        .args(["-c", PROGRAM])
        .arg(crm.get_program())
        .args(["customer", "erase", &zenobia.id])
        .envs(crm.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = terminal.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, format!("{answer}\n").as_bytes()).unwrap();
    // The terminal stays open until the end, since closing it would end the command.
    let output = terminal.wait_with_output().unwrap();
    drop(stdin);
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_receipt_can_be_written_to_a_file_and_keeps_its_number() {
    let zenobia = write_zenobia();
    let nowhere = [
        "customer",
        "erase",
        &zenobia.id,
        "--yes",
        "--receipt",
        "/no/such/directory/receipt.json",
    ];
    check_refused(&zenobia.tenant, &nowhere, 1, "cannot write");
    zenobia.khoros.customer(&zenobia.id);
    let file = std::env::temp_dir().join(format!("{}-{}.json", zenobia.tenant, std::process::id()));
    let receipt = zenobia.erase(&["--receipt", file.to_str().unwrap()]);
    let kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(kept, receipt);
    fs::remove_file(&file).unwrap();
    assert_eq!(
        zenobia.erase(&[]),
        json!({"receipt": receipt["receipt"], "at": receipt["at"], "wasErasedBefore": true})
    );
    let number = receipt["receipt"].as_str().unwrap();
    check_refused(&zenobia.tenant, &["customer", "show", &zenobia.id], 1, number);
}

#[test]
fn an_erasure_continues_with_its_original_options() {
    let proxy = wait(FaultProxy::start(shared_stack().endpoint())).unwrap();
    let zenobia = write_zenobia();
    let faults = proxy.scope(&[&format!("\"{}#", zenobia.tenant)], &[]);
    // In the middle of the first case, which is hidden at that time.
    faults.from_nth(5, TRANSACT, Fault::Dropped);
    let keeping = ["customer", "erase", &zenobia.id, "--yes", "--keep-cases"];
    let broken = crm_at(&proxy.endpoint(), &zenobia.tenant, &keeping);
    assert_eq!(broken.status.code(), Some(3), "{broken:?}");
    let [first, _] = &zenobia.cases;
    zenobia.khoros.get(&format!("/case/{first}")).error(404, "not_found");
    check_refused(&zenobia.tenant, &["customer", "show", &zenobia.id], 1, "is being erased");
    check_refused(
        &zenobia.tenant,
        &["customer", "erase", &zenobia.id, "--yes"],
        2,
        "--keep-cases",
    );
    let receipt = zenobia.erase(&["--keep-cases"]);
    assert_eq!(
        (&receipt["erased"]["keptCases"], &receipt["erased"]["interactions"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(zenobia.khoros.case(first)["interactions"], json!([]));
}

#[test]
fn keys_with_which_the_person_reads_the_record_end() {
    let zenobia = write_zenobia();
    let make = |label: &str, permissions: &[&str]| {
        let mut words = vec!["keys", "create", "--label", label, "--customer", &zenobia.id];
        words.extend(permissions.iter().flat_map(|permission| ["--permission", permission]));
        document(&zenobia.tenant, &words);
    };
    make("Zenobia's portal", &["egain:customer"]);
    make("everything", &["egain:customer", "egain:client"]);
    document(
        &zenobia.tenant,
        &["keys", "create", "--label", "other", "--permission", "egain:client"],
    );
    let receipt = zenobia.erase(&[]);
    assert_eq!(receipt["keysEnded"], 2);
    let keys = document(&zenobia.tenant, &["keys", "list"]);
    let labels: Vec<_> = keys
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["Khoros", "everything", "other"]);
    assert_eq!(
        (&keys[1]["permissions"], &keys[1]["customer"]),
        (&json!(["egain:client"]), &json!(null))
    );
    zenobia.check_nowhere(&["zenobia"]);
}

/// Omnidesk's functions cannot write keys. The key opens nothing, and the operator's command deletes it later.
#[test]
fn a_key_of_a_purged_customer_is_shown_and_ended_later() {
    let zenobia = write_zenobia();
    let id = CustomerId::parse(&zenobia.id).unwrap();
    let words = [
        "keys",
        "create",
        "--label",
        "portal",
        "--permission",
        "egain:customer",
        "--customer",
        &zenobia.id,
    ];
    let key = document(&zenobia.tenant, &words);
    let store = store_of(&zenobia);
    let begun = wait(store.erasure_begin(id, Manner::Erase, &[7; 32], &change_now()));
    let mut erasure = begun.unwrap().unwrap().erasure;
    wait(store.erasure_complete(&mut erasure, |_| {})).unwrap();
    wait(store.erasure_end(&erasure)).unwrap();
    let listed = crm::crm(shared_stack().endpoint(), &zenobia.tenant, &["keys", "list"])
        .output()
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let name = key["key"].as_str().unwrap();
    assert!(listed.contains(&format!("{name} is of no use")), "{listed}");
    let again = zenobia.erase(&[]);
    assert_eq!((&again["wasErasedBefore"], &again["keysEnded"]), (&json!(true), &json!(1)));
    zenobia.check_nowhere(&["portal"]);
}

/// The tenant's part of the table.
fn store_of(written: &Written) -> Store {
    let database = Database::new(wait(client(shared_stack().endpoint())), TABLE.to_owned());
    database.of(&TenantId::parse(&written.tenant).unwrap())
}

#[test]
fn journals_lose_the_id_and_the_run_can_still_be_resumed_and_undone() {
    let folder = Folder::new();
    let person = |id: &str, name: &str| json!({"externalId": id, "firstName": name, "email": format!("{name}@quux.example")});
    folder.write_lines(
        "people.jsonl",
        &[
            person("Z-1", "zenobia"),
            person("A-1", "ann"),
            json!({"externalId": "Z-1", "city": "Palmyra"}),
        ],
    );
    let (run, results) = folder.import("customers", "people.jsonl", &[], 0);
    folder.write_lines(
        "cases.jsonl",
        &[json!({"externalId": "K-1", "customerExternalId": "Z-1", "title": "Zenobia's parcel"})],
    );
    let (_, cases) = folder.import("cases", "cases.jsonl", &[], 0);
    let (zenobia, ann, case) = (&results[0]["id"], &results[1]["id"], &cases[0]["id"]);
    let ids = [zenobia, case].map(|id| id.as_str().unwrap().to_lowercase());
    let everything = || items_of(shared_stack().endpoint(), &folder.tenant);
    let in_journal = |id: &str| {
        everything()
            .iter()
            .filter(|item| item.contains("#import#") && item.contains(id))
            .count()
    };
    assert_eq!(ids.each_ref().map(|id| in_journal(id)), [2, 1]);
    let receipt = document(&folder.tenant, &["customer", "erase", zenobia.as_str().unwrap(), "--yes"]);
    let left: Vec<String> = everything();
    for id in &ids {
        assert!(!left.iter().any(|item| item.contains(id.as_str())), "{id} in {left:?}");
    }
    assert!(!receipt["stays"].to_string().contains("journal"), "{receipt}");
    assert_eq!(in_journal(&ann.as_str().unwrap().to_lowercase()), 1);
    let run = run["run"].as_str().unwrap();
    // As if the run had been interrupted at its end. Applied rows stay applied, so nobody is created again.
    remove_attribute(&format!("{}#imports", folder.tenant), run, "finished");
    let words = [
        "import",
        "customers",
        "people.jsonl",
        "--resume",
        run,
        "--results",
        "again.jsonl",
    ];
    folder.crm(&words, 0);
    let again = folder.lines("again.jsonl");
    assert_eq!(
        (again.len(), again[0].get("id"), &again[1]["id"]),
        (3, None, ann),
        "{again:?}"
    );
    assert_eq!(folder.export("customers").len(), 1);
    folder.crm(&["import", "--undo", run], 0);
    assert_eq!(folder.export("customers"), Vec::<String>::new());
}

fn remove_attribute(partition: &str, sort: &str, attribute: &str) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let removed = wait(async {
        let update = client(shared_stack().endpoint()).await.update_item().table_name(TABLE);
        let update = update.key("pk", text(partition)).key("sk", text(sort));
        let update = update
            .update_expression("REMOVE #attribute")
            .expression_attribute_names("#attribute", attribute);
        update.send().await
    });
    removed.unwrap();
}

/// As with an import by an earlier version: nothing leads from the customer to the rows of the journal, so the
/// receipt names it.
#[test]
fn a_journal_that_keeps_the_id_is_named_with_its_expiry() {
    let folder = Folder::new();
    folder.write_lines("people.jsonl", &[json!({"externalId": "Z-1", "firstName": "zenobia"})]);
    let (run, results) = folder.import("customers", "people.jsonl", &[], 0);
    let (run, id) = (run["run"].as_str().unwrap(), results[0]["id"].as_str().unwrap());
    remove_attribute(&format!("{}#customer#{id}", folder.tenant), &format!("before#{run}"), "rows");
    let receipt = document(&folder.tenant, &["customer", "erase", id, "--yes"]);
    let stays = receipt["stays"].as_array().unwrap();
    let journal = stays.iter().find(|stay| stay["what"].as_str().unwrap().contains(run));
    let until = Timestamp::parse(journal.unwrap()["until"].as_str().unwrap()).unwrap();
    let left = until.seconds() - clock::now().seconds();
    assert!((29 * 86_400..=30 * 86_400).contains(&left), "{receipt}");
}

/// Cases are created, changed and moved while their customer is erased. Afterwards each is complete and belongs to a
/// customer, or is gone.
#[test]
fn nothing_comes_back_while_agents_keep_working() {
    let zenobia = write_zenobia();
    let khoros = &zenobia.khoros;
    let other = khoros.some_customer();
    let [first, second] = &zenobia.cases;
    thread::scope(|scope| {
        scope.spawn(|| zenobia.erase(&[]));
        scope.spawn(|| {
            for n in 0..60 {
                khoros.post("/case", &case(&zenobia.id, json!({"title": format!("zenobia {n}")})));
                khoros.patch(&format!("/case/{first}"), &json!({"title": format!("zenobia {n}")}));
                khoros.patch(&format!("/customer/{}", zenobia.id), &json!({"city": format!("palmyra {n}")}));
            }
        });
        scope.spawn(|| khoros.patch(&format!("/case/{second}"), &json!({"customerId": other})));
    });
    khoros.get(&format!("/case/{first}")).error(404, "not_found");
    let moved = khoros.cases(&other);
    if !moved.is_empty() {
        // Its author's account is the other customer's now.
        document(&zenobia.tenant, &["customer", "remove-account", &other, "twitter", "9"]);
    }
    zenobia.check_gone();
    assert_eq!(moved.len(), usize::from(khoros.get(&format!("/case/{second}")).status == 200));
    let id = zenobia.id.to_lowercase();
    let left = items_of(shared_stack().endpoint(), &zenobia.tenant);
    assert!(!left.iter().any(|item| item.contains(&id)), "{left:?}");
}
