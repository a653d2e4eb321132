//! Merges and undoing them: interruptions at every transaction, concurrent edits of the same people, and what is
//! stored afterwards. Each test ends with a check of the whole table (see [`Watched`]).

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use aws_sdk_dynamodb::types::AttributeValue;
use contract_tests::{
    client::{ask, at_once, id_of, interaction},
    fault_proxy::Fault,
    stack::{one_at_a_time, wait},
    table::items_by_key,
};
use crm_domain::{Actor, CaseId, Change, CustomerId, MergeId, TenantSettings};
use crm_store::{Database, Merge, MergeRefusal, MergeRequest, Problem, SeparateRefusal, Store, clock};
use local::stack::{TABLE, client};
use proptest::{collection::btree_map, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    crash::big_case,
    omnidesk::{send, watched},
    rig::{Rig, SetAtTheEnd, Watched, in_time, soon},
    unfinished::{ask_functions_until, named},
};

const TRANSACT: &str = "TransactWriteItems";
const BATCH: &str = "BatchWriteItem";
const FAULTS: [Fault; 2] = [Fault::Dropped, Fault::AnswerLost];
const A_MINUTE: i64 = 1;

/// Two records of Jane, each with cases. The second one also has a timeline.
struct Janes {
    tenant: Watched,
    settings: TenantSettings,
    /// It goes through the proxy, so it fails when the database does.
    proxied: Store,
    survivor: String,
    merged: String,
    /// Oldest first, by turns of the first and the second record.
    cases: Vec<String>,
}

fn change() -> Change {
    Change {
        at: clock::now(),
        by: Actor {
            agent: Some("admin@acme.example".to_owned()),
            ..Actor::default()
        },
    }
}

fn number(id: &str) -> CustomerId {
    CustomerId::parse(id).unwrap()
}

impl Janes {
    fn new() -> Self {
        Self::with(4, &json!({}))
    }

    /// With this number of cases in all, and more fields of the second record.
    fn with(cases: usize, more: &Value) -> Self {
        let tenant = watched(Rig::shared());
        let survivor = id_of(
            &tenant
                .create_customer(&json!({"firstName": "Jane", "email": "jane@x.example", "email2": "j@x.example", "city": "Ulm"})),
        );
        let mut fields = json!({
            "lastName": "Doe", "email": "jane@y.example", "email2": "third@y.example", "phone": "+1 415-555-2671", "city": "Bonn",
        });
        for (name, value) in more.as_object().unwrap() {
            fields[name] = value.clone();
        }
        let merged = id_of(&tenant.create_customer(&fields));
        let cases = (0..cases).map(|n| {
            let of = if n % 2 == 0 { &survivor } else { &merged };
            // Each record learns an account, and the first two cases have the same one.
            let account = (n / 2).to_string();
            let author =
                json!({"service": "TWITTER", "serviceId": account, "handle": format!("jd{n}"), "name": "J", "brandOwned": false});
            let case = json!({"title": format!("Case {n}"), "interactions": [interaction(n, json!({"author": author}))]});
            id_of(&tenant.create_case(of, case))
        });
        let cases = cases.collect();
        for n in 0..3 {
            let told = json!({"customer_id": number(&merged).number(), "message": format!("order {n}")});
            send(&tenant, "POST", "/externalEvent", &told).expect(200);
        }
        let proxied = Database::new(wait(client(&Rig::shared().proxy.endpoint())), TABLE.to_owned()).of(&tenant.key.tenant);
        Self {
            settings: wait(tenant.store().settings_get()).unwrap(),
            tenant,
            proxied,
            survivor,
            merged,
            cases,
        }
    }

    fn request(&self) -> MergeRequest {
        MergeRequest {
            survivor: number(&self.survivor),
            merged: number(&self.merged),
            take: Vec::new(),
            force: false,
            once: None,
        }
    }

    fn merge(&self) -> Result<Merge, MergeRefusal> {
        wait(self.proxied.customers_merge(&self.request(), &self.settings, &change()))
    }

    fn separate(&self, id: MergeId, cases: &[CaseId]) -> Result<Merge, SeparateRefusal> {
        wait(self.proxied.merge_undo(id, cases, &self.settings.customer_model, &change()))
    }

    fn case_ids(&self, customer: &str) -> Vec<String> {
        self.tenant.cases(customer).iter().map(id_of).collect()
    }

    /// A reader during a merge sees two customers or one, and every case once.
    #[track_caller]
    fn check_whole(&self) {
        let [survivor, merged] = [&self.survivor, &self.merged].map(|id| id_of(&self.tenant.customer(id)));
        assert_eq!(survivor, self.survivor);
        let mut cases = self.case_ids(&self.survivor);
        if merged == self.survivor {
            assert_eq!(self.case_ids(&self.merged), cases);
        } else {
            assert_eq!(merged, self.merged);
            cases.extend(self.case_ids(&self.merged));
        }
        cases.sort_unstable();
        let mut wanted = self.cases.clone();
        wanted.sort_unstable();
        assert_eq!(cases, wanted, "every case has one owner");
        for case in &self.cases {
            let owner = self.tenant.case(case)["customerId"].as_str().unwrap().to_owned();
            assert!([&self.survivor, &self.merged].contains(&&owner), "{owner}");
        }
    }

    /// One customer, under both ids, in all dialects.
    #[track_caller]
    fn check_merged(&self) {
        let tenant = &self.tenant;
        let one = tenant.customer(&self.survivor);
        assert_eq!(tenant.customer(&self.merged), one);
        assert_eq!((&one["firstName"], &one["lastName"]), (&json!("Jane"), &json!("Doe")));
        assert_eq!((&one["email"], &one["city"]), (&json!("jane@x.example"), &json!("Ulm")));
        let mut wanted = self.cases.clone();
        wanted.sort_unstable();
        assert_eq!(self.case_ids(&self.survivor), wanted);
        assert_eq!(self.case_ids(&self.merged), wanted);
        for case in &self.cases {
            assert_eq!(tenant.case(case)["customerId"], json!(self.survivor));
        }
        for email in ["jane@x.example", "j@x.example", "jane@y.example", "third@y.example"] {
            tenant.expect_found(&json!({"email": email}), &[&self.survivor]);
            tenant.expect_best(&json!({"email": email}), &self.survivor);
        }
        tenant.expect_found(&json!({"lastName": "Doe"}), &[&self.survivor]);
        let [survivor, merged] = [&self.survivor, &self.merged].map(|id| number(id).number());
        let shown = send(tenant, "GET", &format!("/{merged}"), &Value::Null).expect(200);
        assert_eq!(shown["item"]["id"], json!(survivor), "{shown}");
        let list = send(tenant, "GET", "", &Value::Null).expect(200);
        assert_eq!(list["itemTotal"], json!(1), "{list}");
        assert_eq!((self.events(&self.survivor), self.events(&self.merged)), (3, 0));
    }

    /// The number of events on a timeline.
    fn events(&self, id: &str) -> usize {
        let partition = format!("{}#customer#{id}", self.tenant.name);
        Rig::shared().table().count(&partition, "event#")
    }

    /// Everything that is stored about them, except for histories, notices, receipts, and versions.
    fn stored(&self) -> Stored {
        let mut items = items_by_key(Rig::shared().stack.endpoint(), &self.tenant.name);
        items.retain(|(pk, sk), _| !sk.starts_with("audit#") && !sk.starts_with("merge#") && !pk.contains("#changes#"));
        let merged = format!("#customer#{}", self.merged);
        for ((pk, sk), item) in &mut items {
            if (sk == "customer" || sk == "case") && !pk.ends_with(&merged) {
                item.remove("version");
            }
        }
        items
    }

    /// Makes unfinished work look old enough for others to complete it.
    fn age(&self) -> usize {
        let list = format!("{}#unfinished", self.tenant.name);
        let table = Rig::shared().table();
        let entries = table.items(&list);
        for entry in &entries {
            table.age(&self.tenant, entry["sk"].as_s().unwrap(), A_MINUTE);
        }
        entries.len()
    }

    /// Completes unfinished work, as every function that writes does.
    #[track_caller]
    fn complete_by_next_writer(&self) {
        let store = self.tenant.store();
        soon("the interrupted work is completed", || {
            let left = self.age();
            // If it fails, the next request tries again.
            let taken_up = wait(store.unfinished_take_up(&self.settings.customer_model, clock::now()));
            (left == 0 && taken_up.is_ok()).then_some(())
        });
    }
}

type Stored = BTreeMap<(String, String), HashMap<String, AttributeValue>>;

/// The differences in short.
fn differences(before: &Stored, after: &Stored) -> Vec<String> {
    let keys = before.keys().chain(after.keys());
    let mut differing: Vec<String> = keys
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| format!("{key:?}: {:?} -> {:?}", before.get(key), after.get(key)))
        .collect();
    differing.dedup();
    differing
}

#[track_caller]
fn check_same(before: &Stored, after: &Stored) {
    let differing = differences(before, after);
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn two_records_are_merged_and_separated_again() {
    let janes = Janes::new();
    let before = janes.stored();
    let merge = janes.merge().unwrap();
    janes.check_merged();
    assert_eq!((merge.cases.len(), merge.events, merge.is_moving), (2, 3, false));
    let again = janes.merge().unwrap();
    assert_eq!(
        again.receipt.id, merge.receipt.id,
        "repeating the request returns the same merge"
    );
    janes.check_merged();
    let undone = janes.separate(merge.receipt.id, &[]).unwrap();
    assert!(
        undone.receipt.undone.is_some() && undone.receipt.kept.is_empty(),
        "{undone:?}"
    );
    check_same(&before, &janes.stored());
    assert!(janes.separate(merge.receipt.id, &[]).is_ok(), "undoing can be repeated");
    janes
        .tenant
        .expect_found(&json!({"email": "jane@y.example"}), &[&janes.merged]);
    let again = janes.merge().unwrap();
    assert_ne!(again.receipt.id, merge.receipt.id);
    janes.check_merged();
}

#[test]
fn writes_to_the_merged_id_go_to_the_survivor() {
    let janes = Janes::new();
    let receipt = janes.merge().unwrap().receipt.id;
    let tenant = &janes.tenant;
    let edited = tenant
        .patch(&format!("/customer/{}", janes.merged), &json!({"zip": "89073"}))
        .expect(201);
    assert_eq!((&edited["id"], &edited["zip"]), (&json!(janes.survivor), &json!("89073")));
    let case = tenant.create_case(&janes.merged, json!({"title": "Since"}));
    assert_eq!(case["customerId"], json!(janes.survivor));
    let other = id_of(&tenant.create_customer(&json!({"lastName": "Roe"})));
    let moved = id_of(&tenant.create_case(&other, json!({"title": "Moved"})));
    let moved = tenant
        .patch(&format!("/case/{moved}"), &json!({"customerId": janes.merged}))
        .expect(201);
    assert_eq!(moved["customerId"], json!(janes.survivor));
    let told = json!({"customer_id": number(&janes.merged).number(), "message": "since"});
    send(tenant, "POST", "/externalEvent", &told).expect(200);
    assert_eq!(janes.events(&janes.survivor), 4);
    // Cases opened since the merge: the named one goes to the merged record, the others stay.
    let named = CaseId::parse(&id_of(&case)).unwrap();
    assert!(matches!(
        janes.separate(receipt, &[CaseId::parse(&janes.cases[0]).unwrap(), CaseId::parse(&janes.cases[1]).unwrap()]),
        Err(SeparateRefusal::WrongCase(wrong)) if wrong.to_string() == janes.cases[1]
    ));
    let undone = janes.separate(receipt, &[named]).unwrap();
    assert_eq!(undone.receipt.kept, ["zip"]);
    assert_eq!(tenant.customer(&janes.survivor)["zip"], "89073");
    assert_eq!(tenant.customer(&janes.merged)["zip"], Value::Null);
    assert!(janes.case_ids(&janes.merged).contains(&id_of(&case)));
    assert!(janes.case_ids(&janes.survivor).contains(&id_of(&moved)));
    assert_eq!((janes.events(&janes.survivor), janes.events(&janes.merged)), (1, 3));
}

#[test]
fn a_link_to_the_merged_record_shows_the_survivor_and_says_so() {
    let janes = Janes::new();
    let url = janes.tenant.customer(&janes.merged)["url"].as_str().unwrap().to_owned();
    janes.merge().unwrap();
    let path = url.find("/agent/").expect("a link to a page");
    let page = ask(&url[..path], "GET", &url[path..], &[], b"");
    assert_eq!(page.status, 200, "{page:?}");
    let text = page.text();
    let says = format!("{}</span> was merged into this one", janes.merged);
    assert!(text.contains(&says) && text.contains(&janes.survivor), "{text}");
    for email in ["jane@x.example", "j@x.example", "jane@y.example", "third@y.example"] {
        assert!(text.contains(email), "{email}");
    }
    assert!((0..4).all(|n| text.contains(&format!("Case {n}"))), "{text}");
}

#[test]
fn omnidesk_removes_a_contact_point_by_its_number_from_before_the_merge() {
    let janes = Janes::new();
    let tenant = &janes.tenant;
    let number_of = |id: &str, email: &str| {
        let shown = send(tenant, "GET", &format!("/{}", number(id).number()), &Value::Null).expect(200);
        let channels = shown["item"].to_string();
        assert!(channels.contains(email), "{channels}");
        let customer = wait(tenant.store().customer_get(number(id))).unwrap().unwrap();
        let point = customer.identifiers.iter().find(|one| one.value == email).unwrap();
        point.number(number(id))
    };
    let old = number_of(&janes.merged, "third@y.example");
    janes.merge().unwrap();
    send(tenant, "DELETE", &format!("/channel/{old}"), &Value::Null).expect(200);
    tenant.expect_found(&json!({"email": "third@y.example"}), &[]);
    tenant.expect_found(&json!({"email": "jane@y.example"}), &[&janes.survivor]);
}

#[test]
fn the_next_function_that_writes_completes_a_merge() {
    let janes = Janes::new();
    janes.tenant.faults.from_nth(2, TRANSACT, Fault::Dropped);
    assert!(janes.merge().is_err());
    janes.tenant.faults.heal();
    assert!(janes.age() > 0);
    let findings = janes.tenant.strays();
    assert!(
        matches!(findings.as_slice(), [one] if one.problem == Problem::Unfinished && one.of == janes.survivor),
        "{findings:?}"
    );
    ask_functions_until("functions complete it", &janes.tenant, || janes.age() == 0);
    janes.check_merged();
}

/// Tries all steps, several in parallel, and returns the largest result of the checks.
fn some_at_once(steps: &[(usize, Fault)], check: impl Fn(usize, usize, Fault) -> usize + Sync) -> usize {
    const AT_ONCE: usize = 3;
    let chunks = steps.chunks(AT_ONCE).enumerate();
    let depths = chunks.flat_map(|(chunk, some)| {
        at_once(some.len(), |at| {
            let (n, fault) = some[at];
            check(chunk * AT_ONCE + at, n, fault)
        })
    });
    depths.max().unwrap_or_default()
}

#[test]
fn a_merge_interrupted_anywhere_is_completed_by_the_same_request_or_the_next_writer() {
    let _alone = one_at_a_time();
    let steps: Vec<(usize, Fault)> = (1..=6).flat_map(|n| FAULTS.map(|fault| (n, fault))).collect();
    let deepest = some_at_once(&steps, |at, n, fault| {
        // Its name has so many words that its terms take several transactions.
        let janes = Janes::with(36, &json!({"displayName": named("q")["displayName"]}));
        let tenant = &janes.tenant;
        tenant.faults.forget_calls();
        tenant.faults.from_nth(n, TRANSACT, fault);
        let broken = janes.merge();
        let got_there = tenant.faults.has_struck();
        assert_eq!(broken.is_err(), got_there, "{n} {fault:?}: {broken:?}");
        // This is read while the fault lasts: an attempt that the caller gave up may reach the proxy after it.
        let is_made = id_of(&tenant.customer(&janes.merged)) == janes.survivor;
        assert_eq!(is_made, !got_there || n > 1 || fault == Fault::AnswerLost);
        tenant.faults.heal();
        janes.check_whole();
        if is_made && at % 4 < 2 {
            janes.complete_by_next_writer();
        } else {
            janes.merge().unwrap();
        }
        janes.check_merged();
        if got_there { n } else { 0 }
    });
    assert!(deepest >= 5, "a merge in several transactions");
}

#[test]
fn undoing_interrupted_anywhere_is_completed_and_restores_everything() {
    let _alone = one_at_a_time();
    let steps: Vec<(usize, Fault)> = (1..=6).flat_map(|n| FAULTS.map(|fault| (n, fault))).collect();
    let deepest = some_at_once(&steps, |at, n, fault| {
        let janes = Janes::with(36, &json!({"displayName": named("q")["displayName"]}));
        let tenant = &janes.tenant;
        let before = janes.stored();
        let receipt = janes.merge().unwrap().receipt.id;
        tenant.faults.forget_calls();
        tenant.faults.from_nth(n, TRANSACT, fault);
        let broken = janes.separate(receipt, &[]);
        let got_there = tenant.faults.has_struck();
        assert_eq!(broken.is_err(), got_there, "{n} {fault:?}: {broken:?}");
        tenant.faults.heal();
        janes.check_whole();
        let is_begun = !got_there || n > 1 || fault == Fault::AnswerLost;
        if is_begun && at % 4 < 2 {
            janes.complete_by_next_writer();
        } else {
            janes.separate(receipt, &[]).unwrap();
        }
        check_same(&before, &janes.stored());
        if got_there { n } else { 0 }
    });
    assert!(deepest >= 5, "undone in several transactions");
}

#[test]
fn during_merge_and_undoing_every_case_has_an_owner_and_no_edit_is_lost() {
    let _alone = one_at_a_time();
    let janes = Janes::with(30, &json!({}));
    let is_over = AtomicBool::new(false);
    let edits = thread::scope(|scope| {
        let over = SetAtTheEnd(&is_over);
        let writer = scope.spawn(|| {
            let mut last = 0;
            while !is_over.load(Ordering::Relaxed) {
                last += 1;
                for (id, field) in [(&janes.survivor, "streetOne"), (&janes.merged, "streetTwo")] {
                    let path = format!("/customer/{id}");
                    in_time(|| janes.tenant.patch(&path, &json!({field: format!("street {last}")}))).expect(201);
                }
                let case = &janes.cases[last % janes.cases.len()];
                let path = format!("/case/{case}");
                in_time(|| janes.tenant.patch(&path, &json!({"description": format!("edit {last}")}))).expect(201);
            }
            last
        });
        let reader = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let survivors = janes.case_ids(&janes.survivor);
                assert!(survivors.len() == 15 || survivors.len() == 30, "{} cases", survivors.len());
                let found = id_of(&janes.tenant.customer(&janes.merged));
                assert!(found == janes.merged || found == janes.survivor);
            }
        });
        for _ in 0..2 {
            let receipt = soon("one", || janes.merge().ok()).receipt.id;
            // With so many concurrent edits it may need repeating, and then continues.
            soon("the records are separated", || janes.separate(receipt, &[]).ok());
        }
        soon("one again", || janes.merge().ok());
        drop(over);
        reader.join().expect("whole answers");
        writer.join().expect("edits that succeed")
    });
    let one = janes.tenant.customer(&janes.merged);
    assert_eq!(one["streetTwo"], json!(format!("street {edits}")), "{one}");
    assert!(one["streetOne"].as_str().is_some_and(|street| street.starts_with("street ")));
}

#[test]
fn a_case_that_is_being_created_is_moved_when_it_is_complete() {
    let mut janes = Janes::new();
    let body = big_case(&janes.merged);
    janes.tenant.faults.from_nth(7, BATCH, Fault::Dropped);
    in_time(|| janes.tenant.post("/case", &body)).refused(&[500]);
    janes.tenant.faults.heal();
    let merge = janes.merge().unwrap();
    assert!(merge.is_moving);
    janes.check_merged();
    let made = soon("the case is completed", || {
        let answer = in_time(|| janes.tenant.post("/case", &body));
        (answer.status == 201).then(|| id_of(&answer.json()))
    });
    janes.cases.push(made);
    janes.check_whole();
    janes.complete_by_next_writer();
    janes.check_merged();
}

#[test]
fn concurrent_equal_merges_are_one() {
    let janes = Janes::new();
    let receipts = at_once(4, |_| janes.merge().unwrap().receipt.id);
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]), "{receipts:?}");
    janes.check_merged();
    let undone = at_once(4, |_| janes.separate(receipts[0], &[]).is_ok());
    assert_eq!(undone, [true; 4]);
    janes.check_whole();
}

/// What an agent does between a merge and its reversal.
#[derive(Debug, Clone, Copy)]
enum Edit {
    /// Describes the survivor.
    Survivor,
    /// Renames the last case.
    Case,
    /// Adds a message of nobody known to the first case.
    Conversation,
}

impl Janes {
    /// Makes the edit, and notes in the items that were stored before the merge what has to be there after its reversal.
    fn edit(&self, edit: Edit, wanted: &mut Stored) {
        let (first, last) = (self.cases.first(), self.cases.last());
        let partition = |kind: &str, id: &str| format!("{}#{kind}#{id}", self.tenant.name);
        let text = |text: &str| AttributeValue::S(text.to_owned());
        match (edit, first, last) {
            (Edit::Survivor, ..) => {
                let change = json!({"description": "tall"});
                self.tenant
                    .patch(&format!("/customer/{}", self.survivor), &change)
                    .expect(201);
                let record = (partition("customer", &self.survivor), "customer".to_owned());
                let custom = wanted.get_mut(&record).unwrap().entry("custom".to_owned());
                let AttributeValue::M(custom) = custom.or_insert_with(|| AttributeValue::M(HashMap::new())) else {
                    panic!("fields are a map")
                };
                custom.insert("description".to_owned(), text("tall"));
            }
            (Edit::Case, _, Some(case)) => {
                self.tenant
                    .patch(&format!("/case/{case}"), &json!({"title": "Later"}))
                    .expect(201);
                let record = (partition("case", case), "case".to_owned());
                wanted.get_mut(&record).unwrap().insert("title".to_owned(), text("Later"));
            }
            (Edit::Conversation, Some(case), _) => {
                let more = json!({"interactions": [interaction(99, json!({}))]});
                self.tenant.patch(&format!("/case/{case}"), &more).expect(201);
                let (key, item) = items_by_key(Rig::shared().stack.endpoint(), &self.tenant.name)
                    .into_iter()
                    .find(|((pk, sk), _)| *pk == partition("case", case) && sk.contains("status-99"))
                    .expect("the message is stored");
                wanted.insert(key, item);
            }
            _ => {}
        }
    }
}

/// Leaves out when and by whom records were changed last, and how often.
fn without_changes(items: &mut Stored) {
    for ((_, sk), item) in items {
        if sk == "customer" || sk == "case" {
            item.remove("updated");
            item.remove("version");
        }
    }
}

/// Values of a record. There are few different ones, so records often share some.
fn values() -> impl Strategy<Value = BTreeMap<&'static str, &'static str>> {
    let each = [
        ("firstName", ["Jane", "Janet"]),
        ("lastName", ["Doe", "Dovzhenko"]),
        ("displayName", ["jane d.", "Jane Doe"]),
        ("email", ["jane@one.example", "jane@two.example"]),
        ("email2", ["jane@two.example", "jd@three.example"]),
        ("phone", ["+1 415-555-2671", "(415) 555-2672"]),
        ("screenName", ["janed", "jane.d"]),
        ("twitterHandle", ["@janed", "jane_d"]),
        ("city", ["Ulm", "Bonn"]),
        ("accountNumber", ["A-1", "A-2"]),
        ("orderNumber", ["O-1", "O-2"]),
    ];
    let pairs: Vec<(&str, &str)> = each
        .into_iter()
        .flat_map(|(field, values)| values.map(|value| (field, value)))
        .collect();
    btree_map(
        select(pairs.iter().map(|(field, _)| *field).collect::<Vec<_>>()),
        0..2_usize,
        1..9,
    )
    .prop_map(move |chosen| {
        let value = |field: &str, nth: usize| pairs.iter().filter(|(of, _)| *of == field).nth(nth).map(|(_, value)| *value);
        chosen
            .into_iter()
            .filter_map(|(field, nth)| Some((field, value(field, nth)?)))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undoing_restores_whatever_was_stored(
        more in values(),
        cases in 0..6_usize,
        edits in prop::sample::subsequence(vec![Edit::Survivor, Edit::Case, Edit::Conversation], 0..=3),
        take in prop::sample::subsequence(vec!["email", "city", "firstName", "phone", "accountNumber"], 0..3),
    ) {
        let janes = Janes::with(cases, &json!(more));
        let before = janes.stored();
        let request = MergeRequest {
            take: take.into_iter().map(str::to_owned).collect(),
            force: true,
            ..janes.request()
        };
        let merged = wait(janes.tenant.store().customers_merge(&request, &janes.settings, &change())).unwrap();
        prop_assert_eq!(merged.cases.len(), cases / 2);
        let mut wanted = before;
        for edit in edits {
            janes.edit(edit, &mut wanted);
        }
        let undone = janes.separate(merged.receipt.id, &[]).unwrap();
        let mut stored = janes.stored();
        for items in [&mut wanted, &mut stored] {
            without_changes(items);
        }
        let differing = differences(&wanted, &stored);
        prop_assert!(differing.is_empty(), "{differing:#?} {:?}", undone);
    }

    #[test]
    fn the_order_of_merges_makes_no_difference_to_searches(people in [values(), values(), values()]) {
        let found = [[[0, 1], [0, 2]], [[1, 2], [0, 1]]].map(|order| {
            let tenant = watched(Rig::shared());
            let ids: Vec<String> = people
                .iter()
                .enumerate()
                .map(|(place, values)| {
                    // Each create is different.
                    let mut fields = json!(values);
                    fields["zip"] = json!(format!("8907{place}"));
                    id_of(&tenant.create_customer(&fields))
                })
                .collect();
            let settings = wait(tenant.store().settings_get()).unwrap();
            for [survivor, merged] in order {
                let request = MergeRequest {
                    survivor: number(&ids[survivor]),
                    merged: number(&ids[merged]),
                    take: Vec::new(),
                    force: true,
                    once: None,
                };
                wait(tenant.store().customers_merge(&request, &settings, &change())).unwrap();
            }
            for (field, value) in people.iter().flatten().filter(|(field, _)| is_contact_point(field)) {
                tenant.expect_found(&json!({*field: value}), &[&ids[0]]);
            }
            let customer = wait(tenant.store().customer_own(number(&ids[0]))).unwrap().unwrap();
            let held = customer.identifiers.iter().map(|one| (one.role, one.network.clone(), one.normal.clone()));
            held.collect::<std::collections::BTreeSet<_>>()
        });
        prop_assert_eq!(&found[0], &found[1]);
    }
}

fn is_contact_point(field: &str) -> bool {
    !["firstName", "lastName", "displayName", "city"].contains(&field)
}
