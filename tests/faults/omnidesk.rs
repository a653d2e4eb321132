//! Omnidesk's operations when the database is slow or fails: their round trips, and interrupted removals and claims.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use contract_tests::{
    client::{Answer, ask, at_once, id_of, interaction},
    fault_proxy::{ANY, Call, Fault, steps},
    stack::{one_at_a_time, wait},
    table::items_of,
};
use crm_domain::{Brand, CustomerId, Permission, TenantRecord, Timestamp};
use crm_store::{Database, clock};
use local::stack::{TABLE, client};
use serde_json::{Value, json};

use crate::rig::{Rig, Watched, within};

const TRANSACT: &str = "TransactWriteItems";
/// The delay of each call where round trips are counted: much longer than the time between the beginnings of parallel
/// calls.
const DELAY: Duration = Duration::from_millis(300);
const PURGE: &str = "/purgeData";
/// Longer than an erasure waits for requests in progress.
const UNTIL_QUIET: Duration = Duration::from_mins(1);
/// How many removals are interrupted in parallel. Each mostly waits until requests in progress must be over.
const THREADS: usize = 12;
/// More transactions than a removal of Zenobia needs.
const MORE_THAN_ALL: usize = 12;

/// A tenant with one brand and a key for both dialects.
pub fn watched(rig: &Rig) -> Watched {
    watched_with(rig, None)
}

/// The same, with a CRM at this address.
pub fn watched_with(rig: &Rig, sync_url: Option<String>) -> Watched {
    let mut record = None;
    let (tenant, store) = rig.stack.tenant_with(|key| {
        let all = [
            Permission::CustomerRead,
            Permission::CustomerCud,
            Permission::Admin,
            Permission::Changes,
        ];
        key.permissions.extend(all);
        record = Some(key.clone());
    });
    let brand = Brand {
        name: "Fietsen".to_owned(),
        search_by_contact_points: true,
        sync_private: sync_url.is_some(),
        sync_url,
    };
    let settings = TenantRecord {
        brands: [("1".to_owned(), brand)].into(),
        ..TenantRecord::default()
    };
    assert!(wait(store.tenant_put(&settings)).is_ok());
    rig.watch(tenant, record.expect("a tenant has a key"))
}

pub fn send(tenant: &Watched, method: &str, path: &str, body: &Value) -> Answer {
    let origin = tenant.base.trim_end_matches("/api/v1");
    let headers = [
        ("apiKey", tenant.authorization.as_str()),
        ("content-type", "application/json"),
    ];
    let body = if body.is_null() {
        Vec::new()
    } else {
        body.to_string().into_bytes()
    };
    let path = format!("/api/v2/customer{path}");
    ask(origin, method, &path, &headers, &body)
}

fn delete(tenant: &Watched, path: &str) -> Answer {
    send(tenant, "DELETE", path, &Value::Null)
}

/// Zenobia and her ticket.
fn zenobia(tenant: &Watched) -> (u64, String) {
    let made = json!({"primary_id": "zenobia-1", "firstname": "Zenobia", "channel_id": "email",
        "customer_link_channel": "zenobia@quux.example", "custom_origin": "Palmyra"});
    let number = send(tenant, "POST", "", &made).expect(200)["customerID"].as_u64().unwrap();
    let told = json!({"customer_id": number, "message": "whisper"});
    send(tenant, "POST", "/externalEvent", &told).expect(200);
    let opaque = CustomerId::from_number(number).unwrap().to_string();
    let case = json!({"title": "Zenobia's parcel", "interactions": [interaction(1, json!({"body": "whisper"}))]});
    (number, id_of(&tenant.create_case(&opaque, case)))
}

fn left(tenant: &Watched, words: &[&str]) -> Vec<String> {
    let mut items = items_of(Rig::shared().stack.endpoint(), &tenant.name);
    items.retain(|item| words.iter().any(|word| item.contains(&word.to_lowercase())));
    items
}

/// A removal meets this fault from the `n`th transaction on.
fn break_off(n: usize, fault: Fault, path: &str) -> (Watched, u64, String) {
    let tenant = watched(Rig::shared());
    let (number, case) = zenobia(&tenant);
    tenant.faults.forget_calls();
    tenant.faults.from_nth(n, TRANSACT, fault);
    let broken = delete(&tenant, &format!("{path}/{number}"));
    assert!([200, 500].contains(&broken.status), "{n} {fault:?}: {broken:?}");
    // A removal that runs out of time answers like a complete one. Repeating the request continues it.
    let is_broken_off = tenant.faults.has_struck();
    assert!(broken.status == 200 || is_broken_off, "{n} {fault:?}: {broken:?}");
    tenant.faults.heal();
    if broken.status == 200 && path == PURGE {
        check_no_case(&tenant, &case);
    }
    (tenant, number, case)
}

/// Once the answer says that a person is purged, the cases are gone.
#[track_caller]
fn check_no_case(tenant: &Watched, case: &str) {
    tenant.get(&format!("/case/{case}")).error(404, "not_found");
}

#[test]
fn a_purge_interrupted_anywhere_is_completed_by_the_same_request() {
    let _alone = one_at_a_time();
    let faults = [Fault::Dropped, Fault::AnswerLost];
    let resumed = at_once(THREADS, |thread| {
        let steps = (1..=MORE_THAN_ALL).flat_map(|n| faults.map(|fault| (n, fault)));
        let own = steps.skip(thread).step_by(THREADS);
        own.map(|(n, fault)| {
            let (tenant, number, case) = break_off(n, fault, PURGE);
            let words = ["zenobia", "quux", "palmyra", "whisper"];
            within(UNTIL_QUIET, "no word of the person's is left", || {
                let again = delete(&tenant, &format!("{PURGE}/{number}"));
                assert!([200, 404].contains(&again.status), "{n} {fault:?}: {again:?}");
                check_no_case(&tenant, &case);
                left(&tenant, &words).is_empty().then_some(())
            });
            (tenant, number, case)
        })
        .collect::<Vec<_>>()
    });
    check_purged(resumed.into_iter().flatten());
}

/// The next requests, which answer 404, complete the purges.
#[track_caller]
fn check_purged(purged: impl Iterator<Item = (Watched, u64, String)>) {
    for (tenant, number, case) in purged {
        let opaque = CustomerId::from_number(number).unwrap().to_string();
        within(UNTIL_QUIET, "nothing of the person is left", || {
            delete(&tenant, &format!("{PURGE}/{number}")).expect(404);
            left(&tenant, &[opaque.as_str(), case.as_str()]).is_empty().then_some(())
        });
    }
}

#[test]
fn an_abandoned_removal_stays_listed_until_it_is_complete() {
    let (tenant, number, _) = break_off(4, Fault::Dropped, PURGE);
    let database = wait(client(Rig::shared().stack.endpoint()));
    let store = Database::new(database, TABLE.to_owned()).of(&tenant.key.tenant);
    let abandoned = |now: Timestamp| {
        let found = wait(store.erasures_abandoned(10, now)).unwrap_or_else(|error| panic!("{}", error.log_text()));
        found.iter().map(|erasure| erasure.customer.number()).collect::<Vec<u64>>()
    };
    let later = clock::now().plus_seconds(61);
    assert_eq!((abandoned(later), abandoned(clock::now())), (vec![number], vec![]));
    within(UNTIL_QUIET, "the removal is complete", || {
        delete(&tenant, &format!("{PURGE}/{number}"));
        abandoned(later).is_empty().then_some(())
    });
}

/// A deletion of a customer who has one address in two fields, as earlier versions stored it: with one place twice,
/// which DynamoDB does not accept in a transaction.
#[test]
fn a_deletion_stored_with_a_repeated_place_is_completed_and_blocks_no_other() {
    let (tenant, number, case) = break_off(2, Fault::Dropped, "");
    let opaque = CustomerId::from_number(number).unwrap().to_string();
    let partition = format!("{}#erasure#{opaque}", tenant.name);
    let places = |list: &AttributeValue| {
        let places = list.as_l().unwrap();
        AttributeValue::L([places.as_slice(), places.as_slice()].concat())
    };
    Rig::shared().table().replace(&partition, "erasure", "released_to", places);
    within(UNTIL_QUIET, "the customer is gone", || {
        (delete(&tenant, &format!("/{number}")).status == 404).then_some(())
    });
    assert_eq!(tenant.case(&case)["customerId"], "C00000000000");
    let heir = json!({"primary_id": "heir", "channel_id": "email", "customer_link_channel": "zenobia@quux.example"});
    let heir = send(&tenant, "POST", "", &heir).expect(200)["customerID"].as_u64().unwrap();
    let heir = CustomerId::from_number(heir).unwrap().to_string();
    assert_eq!(tenant.case(&case)["customerId"], heir);
    assert_eq!(left(&tenant, &["#unclaimed"]), Vec::<String>::new());
}

#[test]
fn a_deletion_interrupted_anywhere_leaves_the_tickets_without_customer() {
    at_once(MORE_THAN_ALL / 2, |at| {
        let n = at + 1;
        let (tenant, number, case) = break_off(n, Fault::Dropped, "");
        within(UNTIL_QUIET, "the customer is gone", || {
            (delete(&tenant, &format!("/{number}")).status == 404).then_some(())
        });
        let shown = tenant.case(&case);
        assert_eq!(
            (&shown["customerId"], &shown["title"]),
            (&json!("C00000000000"), &json!("Zenobia's parcel")),
            "{n}"
        );
        assert_eq!(left(&tenant, &["palmyra", "zenobia-1"]), Vec::<String>::new(), "{n}");
        // The next customer with the address gets the ticket.
        let heir = json!({"primary_id": "heir", "channel_id": "email", "customer_link_channel": "Zenobia@quux.example"});
        let heir = send(&tenant, "POST", "", &heir).expect(200)["customerID"].as_u64().unwrap();
        let heir = CustomerId::from_number(heir).unwrap().to_string();
        assert_eq!(tenant.case(&case)["customerId"], heir, "{n}");
        assert_eq!(left(&tenant, &["#unclaimed"]), Vec::<String>::new(), "{n}");
    });
}

/// Wherever a deletion was interrupted, a purge removes everything that the deletion would have left, and reports it
/// once.
#[test]
fn a_purge_after_a_deletion_interrupted_anywhere_leaves_no_case() {
    let _alone = one_at_a_time();
    let faults = [Fault::Dropped, Fault::AnswerLost];
    let purged = at_once(THREADS, |thread| {
        let steps = (1..=MORE_THAN_ALL / 2).flat_map(|n| faults.map(|fault| (n, fault)));
        let own = steps.skip(thread).step_by(THREADS);
        own.map(|(n, fault)| {
            let (tenant, number, case) = break_off(n, fault, "");
            let path = format!("{PURGE}/{number}");
            delete(&tenant, &path).expect(200);
            check_no_case(&tenant, &case);
            // A request works on the rest for three seconds and leaves the remainder to the next ones.
            let words = ["zenobia", "quux", "palmyra", "whisper", "#unclaimed"];
            within(UNTIL_QUIET, "no word of the person's is left", || {
                if left(&tenant, &words).is_empty() {
                    return Some(());
                }
                delete(&tenant, &path).expect(404);
                None
            });
            delete(&tenant, &path).expect(404);
            (tenant, number, case)
        })
        .collect::<Vec<_>>()
    });
    check_purged(purged.into_iter().flatten());
}

#[test]
fn an_interrupted_claim_is_completed_by_the_same_request() {
    let tenant = watched(Rig::shared());
    let (number, case) = zenobia(&tenant);
    delete(&tenant, &format!("/{number}")).expect(200);
    let heir = json!({"primary_id": "heir", "channel_id": "email", "customer_link_channel": "zenobia@quux.example"});
    tenant.faults.forget_calls();
    tenant.faults.from_nth(2, TRANSACT, Fault::Dropped);
    assert_eq!(send(&tenant, "POST", "", &heir).status, 500);
    tenant.faults.heal();
    assert_eq!(tenant.case(&case)["customerId"], "C00000000000");
    let heir = send(&tenant, "POST", "", &heir).expect(200)["customerID"].as_u64().unwrap();
    let heir = CustomerId::from_number(heir).unwrap().to_string();
    assert_eq!(tenant.case(&case)["customerId"], heir);
}

/// The kinds of calls of one request, step by step. The function has just seen the key.
fn measure(tenant: &Watched, method: &str, path: &str, bodies: [&Value; 2]) -> Vec<Vec<String>> {
    send(tenant, method, path, bodies[0]).expect(200);
    tenant.faults.forget_calls();
    tenant.faults.slow_down(DELAY);
    send(tenant, method, path, bodies[1]).expect(200);
    tenant.faults.heal();
    let kinds = |step: Vec<Call>| {
        let mut kinds: Vec<String> = step.into_iter().map(|call| call.operation).collect();
        kinds.dedup();
        kinds
    };
    steps(tenant.faults.calls()).into_iter().map(kinds).collect()
}

/// It has a stack of its own: on a shared one, the second request may reach another process than the first one warmed.
#[test]
fn operations_keep_to_their_round_trips() {
    let rig = Rig::start();
    let tenant = watched(&rig);
    let (number, _) = zenobia(&tenant);
    let (get, batch, query, write) = ("GetItem", "BatchGetItem", "Query", TRANSACT);
    let nothing = Value::Null;
    let item = format!("/{number}");
    let of = json!({"primary_id": "zenobia-1"});
    let timeline = "/timelineByCustomerExternalID?external_id=zenobia-1";
    let address = json!({"customerChannelValue": "zenobia@quux.example"});
    let [one, other] = ["1", "2"].map(|value| json!({"custom_round": value}));
    let [first, second] = ["A", "B"].map(|id| json!({"primaryID": id}));
    for (method, path, bodies, wanted) in [
        ("GET", item.as_str(), [&nothing, &nothing], vec![get]),
        ("GET", "", [&nothing, &nothing], vec![query, batch]),
        ("GET", "?query=zen", [&nothing, &nothing], vec![query, batch]),
        ("POST", "/SearchByPrimaryExternalID", [&of, &of], vec![batch, batch]),
        (
            "POST",
            "/SearchByCustomerChannelValue",
            [&address, &address],
            vec![query, batch],
        ),
        ("GET", timeline, [&nothing, &nothing], vec![batch, batch, query]),
        ("PUT", item.as_str(), [&one, &other], vec![get, write]),
        ("PUT", item.as_str(), [&one, &one], vec![get]),
        ("POST", "/createCustomerCRUD", [&first, &second], vec![batch, write]),
    ] {
        let found = measure(&tenant, method, path, bodies);
        assert_eq!(
            found,
            wanted.iter().map(|kind| vec![(*kind).to_owned()]).collect::<Vec<_>>(),
            "{method} {path}"
        );
    }
}

#[test]
fn a_failure_has_the_dialects_shape_and_hides_its_cause() {
    let tenant = watched(Rig::shared());
    send(&tenant, "GET", "/7", &Value::Null).expect(404);
    tenant.faults.always(ANY, Fault::THROTTLED);
    let answer = send(&tenant, "GET", "/7", &Value::Null);
    tenant.faults.heal();
    let body = answer.expect(500);
    assert_eq!((&body["status"], &body["type"]), (&json!("error"), &json!("error")));
    let message = body["message"].as_str().unwrap();
    assert!(message.starts_with("Something went wrong. (trace "), "{message}");
}
