//! `crm customer erase` for people without a record: it erases what Omnidesk's DELETE has left.

use std::process::Output;

use aws_sdk_dynamodb::types::AttributeValue;
use contract_tests::{
    client::{Tenant, at_once, customer, id_of, interaction},
    fault_proxy::{Fault, FaultProxy},
    stack::{change_now, shared_stack, wait},
    table::items_of,
};
use crm_domain::{Actor, Brand, Change, Customer, CustomerId, ObjectStructure, TenantRecord, Timestamp};
use crm_store::{Audit, Manner, Store, clock};
use local::stack::{TABLE, client};
use serde_json::{Value, json};

use crate::rig::{check_refused, crm, crm_at, document};

/// A word in the cases. No other value of the tests contains it.
const WHISPER: &str = "whisper of palmyra";
const ADDRESS: &str = "zenobia@quux.example";

/// A tenant with two brands, its part of the table, and Khoros.
struct Account {
    name: String,
    khoros: Tenant,
    store: Store,
}

fn account() -> Account {
    let mut name = String::new();
    let (khoros, store) = shared_stack().tenant_with(|key| key.tenant.as_str().clone_into(&mut name));
    let brand = |name: &str| Brand {
        name: name.to_owned(),
        ..Brand::default()
    };
    let record = TenantRecord {
        brands: [("1".to_owned(), brand("Fietsen")), ("2".to_owned(), brand("Boeken"))].into(),
        ..TenantRecord::default()
    };
    wait(store.tenant_put(&record)).unwrap();
    Account { name, khoros, store }
}

impl Account {
    /// A customer with these fields and a case.
    fn person(&self, fields: Value) -> (String, String) {
        let id = id_of(&self.khoros.create_customer(&customer(fields)));
        let interactions = [interaction(1, json!({"body": WHISPER}))];
        let case = id_of(
            &self
                .khoros
                .create_case(&id, json!({"priority": "high", "interactions": interactions})),
        );
        (id, case)
    }

    /// Assigns a customer to this brand.
    fn move_to_brand(&self, id: &str, brand: &str) {
        let (model, change) = (
            ObjectStructure::default_customer(),
            Change {
                at: clock::now(),
                by: Actor::default(),
            },
        );
        let audit = Audit {
            operation: "test",
            fields: Vec::new(),
            interactions: 0,
        };
        let edit = |customer: &mut Customer| {
            customer.party.brand = Some(brand.to_owned());
            Ok(())
        };
        let id = CustomerId::parse(id).unwrap();
        let moved = wait(self.store.customer_update(id, &model, &change, &audit, edit));
        assert!(moved.unwrap().is_some());
    }

    /// Does the beginning of Omnidesk's DELETE for a customer of this brand.
    fn begin_delete(&self, id: &str, brand: &str) -> crm_store::Erasure {
        let id = CustomerId::parse(id).unwrap();
        let manner = Manner::Delete {
            default_brand: Some(brand),
        };
        let begun = wait(self.store.erasure_begin(id, manner, &[7; 32], &change_now()));
        begun.unwrap().unwrap().erasure
    }

    /// Completes a deletion without waiting ten seconds for requests in progress: deletes the pointers to the cases
    /// and ends the deletion.
    fn delete(&self, id: &str, brand: &str) {
        let mut erasure = self.begin_delete(id, brand);
        wait(self.store.erasure_advance(&mut erasure)).unwrap();
        let partition = AttributeValue::S(format!("{}#customer#{id}", self.name));
        wait(async {
            let table = client(shared_stack().endpoint()).await;
            let left = table.query().table_name(TABLE).key_condition_expression("pk = :partition");
            let left = left
                .expression_attribute_values(":partition", partition)
                .send()
                .await
                .unwrap();
            for pointer in left.items() {
                let delete = table.delete_item().table_name(TABLE).set_key(Some(pointer.clone()));
                delete.send().await.unwrap();
            }
        });
        wait(self.store.erasure_end(&erasure)).unwrap();
    }

    fn left(&self, word: &str) -> Vec<String> {
        let mut items = items_of(shared_stack().endpoint(), &self.name);
        items.retain(|item| item.contains(&word.to_lowercase()));
        items
    }

    fn erase(&self, words: &[&str]) -> Value {
        document(&self.name, &[&["customer", "erase", "--yes"], words].concat())
    }

    #[track_caller]
    fn check_gone(&self, case: &str) {
        self.khoros.get(&format!("/case/{case}")).error(404, "not_found");
        for word in [WHISPER, case] {
            assert_eq!(self.left(word), Vec::<String>::new(), "{word}");
        }
    }
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn an_unfinished_deletion_becomes_an_erasure() {
    let account = account();
    let (id, case) = account.person(json!({"email": ADDRESS}));
    let mut erasure = account.begin_delete(&id, "1");
    wait(account.store.erasure_advance(&mut erasure)).unwrap();
    assert_eq!(account.khoros.case(&case)["customerId"], "C00000000000");
    check_refused(&account.name, &["customer", "show", &id], 1, "the cases are left");
    let receipt = account.erase(&[&id]);
    assert_eq!(
        (&receipt["erased"]["records"], &receipt["erased"]["cases"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(receipt["erased"]["interactions"], 1);
    // As for any erasure: id and e-mail.
    assert_eq!(receipt["digests"], 2);
    account.check_gone(&case);
    for word in [id.as_str(), "zenobia", "#unclaimed"] {
        assert_eq!(account.left(word), Vec::<String>::new(), "{word}");
    }
    assert_eq!(account.erase(&[&id])["wasErasedBefore"], true);
}

#[test]
fn a_deletion_before_the_cases_becomes_an_erasure_that_keeps_them_without_the_person() {
    let account = account();
    let (id, case) = account.person(json!({"email": ADDRESS}));
    account.begin_delete(&id, "1");
    let receipt = account.erase(&[&id, "--keep-cases"]);
    assert_eq!(
        (&receipt["erased"]["keptCases"], &receipt["erased"]["cases"]),
        (&json!(1), &json!(0))
    );
    let kept = account.khoros.case(&case);
    assert_eq!((&kept["priority"], &kept["interactions"]), (&json!("high"), &json!([])));
    assert_eq!(account.left(WHISPER), Vec::<String>::new());
}

#[test]
fn cases_left_by_an_old_deletion_are_erased_by_the_id() {
    let account = account();
    let (id, case) = account.person(json!({"email": ADDRESS}));
    account.delete(&id, "1");
    assert_eq!(account.left(&id), Vec::<String>::new());
    let receipt = account.erase(&[&id]);
    assert_eq!(
        (&receipt["erased"]["records"], &receipt["erased"]["cases"]),
        (&json!(0), &json!(1))
    );
    account.check_gone(&case);
    assert_eq!(account.left("#unclaimed"), Vec::<String>::new());
    assert_eq!(account.erase(&[&id])["wasErasedBefore"], true);
    check_refused(
        &account.name,
        &["customer", "erase", "C00000000001", "--yes"],
        1,
        "no customer",
    );
}

#[test]
fn waiting_cases_can_stay_without_the_person() {
    let account = account();
    let (id, case) = account.person(json!({"email": ADDRESS}));
    account.delete(&id, "1");
    let receipt = account.erase(&["--contact-point", &format!("email={ADDRESS}"), "--keep-cases"]);
    assert_eq!(receipt["erased"]["keptCases"], 1);
    let kept = account.khoros.case(&case);
    assert_eq!((&kept["priority"], &kept["interactions"]), (&json!("high"), &json!([])));
    for word in [WHISPER, "#unclaimed"] {
        assert_eq!(account.left(word), Vec::<String>::new(), "{word}");
    }
}

#[test]
fn cases_waiting_under_a_contact_point_are_erased_without_an_id() {
    let cases = [
        (
            json!({"email": ADDRESS}),
            &["--contact-point", "email= ZENOBIA@Quux.example"][..],
        ),
        (
            json!({"phone": "+1 415-555-0142"}),
            &["--contact-point", "phone=(415) 555-0142"],
        ),
        (
            json!({"twitterHandle": "@zeno_q"}),
            &["--contact-point", "handle=Zeno_Q", "--network", "Twitter"],
        ),
        (
            json!({"screenName": "zeno_q"}),
            &["--contact-point", "handle=@zeno_q", "--network", ""],
        ),
        (
            json!({"profileUrl": "https://x.com/zeno_q"}),
            &["--contact-point", "url=twitter.com/zeno_q"],
        ),
        (
            json!({"email": ADDRESS}),
            &[
                "--contact-point",
                "email=nobody@x.example",
                "--contact-point",
                "email=zenobia@quux.example",
                "--brand",
                "Fietsen",
            ],
        ),
    ];
    // At once, because each erasure waits until requests in progress must be over.
    at_once(cases.len(), |at| {
        let (fields, words) = &cases[at];
        let account = account();
        let (id, case) = account.person(fields.clone());
        account.delete(&id, "1");
        let receipt = account.erase(words);
        assert_eq!(
            (&receipt["erased"]["cases"], &receipt["erased"]["records"]),
            (&json!(1), &json!(0)),
            "{words:?}"
        );
        for word in ["zeno", "415", "quux"] {
            assert!(!receipt.to_string().contains(word), "{word} in {receipt}");
        }
        account.check_gone(&case);
        assert_eq!(account.left("#unclaimed"), Vec::<String>::new(), "{words:?}");
        assert_eq!(account.left("#erasure"), Vec::<String>::new(), "{words:?}");
    });
}

#[test]
fn only_cases_of_the_brand_and_the_network_are_erased() {
    let account = account();
    let person = |city: &str| account.person(json!({"email": ADDRESS, "twitterHandle": "zeno_q", "city": city}));
    let [(one, first), (two, second)] = ["Palmyra", "Rome"].map(person);
    // A customer created through Khoros belongs to the first brand.
    account.move_to_brand(&two, "2");
    account.delete(&one, "1");
    account.delete(&two, "2");
    let nothing = |words: &[&str], code, says| {
        check_refused(&account.name, &[&["customer", "erase", "--yes"], words].concat(), code, says);
    };
    nothing(&["--contact-point", "email=other@quux.example"], 1, "no case waits");
    nothing(
        &["--contact-point", "handle=zeno_q", "--network", "instagram"],
        1,
        "no case waits",
    );
    nothing(&["--contact-point", "handle=zeno_q"], 2, "--network");
    nothing(
        &["--contact-point", "email=zenobia@quux.example", "--brand", "Nobody"],
        2,
        "no brand Nobody",
    );
    nothing(&["--contact-point", "fax=1"], 2, "email=ann@x.example");
    nothing(&["--contact-point", "phone= "], 2, "email=ann@x.example");
    nothing(&[], 2, "required");
    nothing(
        &[&one, "--contact-point", "email=zenobia@quux.example"],
        2,
        "cannot be used with",
    );
    nothing(&[&one, "--brand", "1"], 2, "cannot be used with");
    let address = format!("email={ADDRESS}");
    account.erase(&["--contact-point", &address, "--brand", "2"]);
    account.khoros.get(&format!("/case/{second}")).error(404, "not_found");
    assert_eq!(account.khoros.case(&first)["customerId"], "C00000000000");
    // Without a brand, the command covers all brands.
    account.erase(&["--contact-point", &address]);
    account.check_gone(&first);
    let again = document(&account.name, &["customer", "erase", "--yes", "--contact-point", &address]);
    assert_eq!(again["wasErasedBefore"], true);
}

#[test]
fn an_erasure_by_a_contact_point_asks_for_confirmation() {
    let account = account();
    let (id, case) = account.person(json!({"email": ADDRESS}));
    account.delete(&id, "1");
    let words = ["customer", "erase", "--contact-point", "email=zenobia@quux.example"];
    let unasked = crm(&account.name, &words);
    assert_eq!(unasked.status.code(), Some(2), "{unasked:?}");
    assert!(said(&unasked).contains("--yes"), "{unasked:?}");
    account.khoros.case(&case);
}

/// The command meets this fault from the `n`th transaction on. Run again without the fault, it completes.
#[test]
fn an_erasure_by_a_contact_point_interrupted_anywhere_is_completed() {
    /// The last transaction. They are: the beginning, the digests, the case's record, its sweep, the pointer, the
    /// end.
    const LAST: usize = 6;
    /// Each waits until requests in progress must be over.
    const AT_ONCE: usize = 6;
    let proxy = wait(FaultProxy::start(shared_stack().endpoint())).unwrap();
    let steps: Vec<(usize, Fault)> = (1..=LAST)
        .flat_map(|n| [Fault::Dropped, Fault::AnswerLost].map(|fault| (n, fault)))
        .collect();
    let check = |(n, fault): (usize, Fault)| {
        let account = account();
        let (id, case) = account.person(json!({"email": ADDRESS}));
        account.delete(&id, "1");
        let faults = proxy.scope(&[&format!("\"{}#", account.name)], &[]);
        faults.from_nth(n, "TransactWriteItems", fault);
        let words = [
            "customer",
            "erase",
            "--yes",
            "--json",
            "--contact-point",
            "email=zenobia@quux.example",
        ];
        let broken = crm_at(&proxy.endpoint(), &account.name, &words);
        assert!(!broken.status.success(), "{n} {fault:?}: {broken:?}");
        assert!(faults.has_struck(), "it did not reach {n}");
        faults.heal();
        let done = crm_at(&proxy.endpoint(), &account.name, &words);
        assert!(done.status.success(), "{n} {fault:?}: {done:?}");
        account.check_gone(&case);
        for word in ["#unclaimed", "#erasure"] {
            assert_eq!(account.left(word), Vec::<String>::new(), "{n} {fault:?}");
        }
        let receipt: Value = serde_json::from_slice(&done.stdout).unwrap();
        if receipt["wasErasedBefore"] == false {
            assert_eq!(receipt["erased"]["cases"], 1, "{n} {fault:?}");
        }
    };
    for some in steps.chunks(AT_ONCE) {
        at_once(some.len(), |at| check(some[at]));
    }
}

/// The receipt of a customer with a record names cases that wait under the same contact points.
#[test]
fn a_receipt_names_remaining_data_and_its_expiry() {
    let account = account();
    let (former, waiting) = account.person(json!({"email": ADDRESS}));
    account.delete(&former, "1");
    let (id, case) = account.person(json!({"email": ADDRESS}));
    let receipt = account.erase(&[&id]);
    account.khoros.get(&format!("/case/{case}")).error(404, "not_found");
    account.khoros.case(&waiting);
    let stays = receipt["stays"].as_array().unwrap();
    let of = |word: &str| {
        let found = stays.iter().find(|stay| stay["what"].as_str().unwrap().contains(word));
        found.unwrap_or_else(|| panic!("{word} in {receipt}"))
    };
    assert_eq!(of("keyed digests")["until"], json!(null));
    assert!(of("1 cases that wait")["what"].as_str().unwrap().contains("--contact-point"));
    let recovery = stays
        .iter()
        .find(|stay| stay["where"].as_str().unwrap().contains("point-in-time"));
    let until = Timestamp::parse(recovery.unwrap()["until"].as_str().unwrap()).unwrap();
    let at = Timestamp::parse(receipt["at"].as_str().unwrap()).unwrap();
    assert_eq!(until, at.plus_seconds(35 * 86_400));
}
