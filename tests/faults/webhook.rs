//! Changes sent to an endpoint that fails, does not answer, and closes connections, while the deliverer is killed: each change is delivered
//! at least once, in order per customer, and none is invented.

use std::{
    collections::BTreeMap,
    env,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use contract_tests::{
    feed::told,
    stack::{change_now, wait},
    stand_in::{Manner, Request, answer, serve},
};
use crm_domain::{Customer, CustomerId, ObjectStructure, PushTarget, Role, Webhook, WebhookSecret};
use crm_lambda::tasks::DELIVER_CHANGES;
use crm_service::webhook::{Signed, WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP, new_secret};
use crm_store::{Audit, Delivery, Failing, NoticePlace, Step, Store, Undelivered, Undelivereds, clock, random};
use serde_json::{Value, json};

use crate::{
    restart::processes,
    rig::{POLL, Rig, SetAtTheEnd, within},
};

/// How many changes there are, if not so many as this variable says.
const CHANGES: &str = "WEBHOOK_CHANGES";
const USUAL_CHANGES: usize = 200;
/// Changes per customer.
const OF_ONE: usize = 5;
/// A kill for this many changes, the first when some were delivered.
const CHANGES_PER_KILL: usize = 2_000;
/// So many messages are accepted before a kill.
const AT_WORK: usize = 5;
const PATIENCE: Duration = Duration::from_mins(2);
/// More for each change: a kill in 2,000 stops the delivery for ten seconds.
const PATIENCE_PER_CHANGE: Duration = Duration::from_millis(100);
const HOUR: i64 = 3_600;

/// What an endpoint was sent, in order of arrival.
#[derive(Default)]
struct Received {
    /// The ids of messages that it accepted, with their customers.
    accepted: Vec<(String, String)>,
    refused: usize,
    dropped: usize,
    late: usize,
    silent: usize,
}

/// An endpoint that verifies what it is sent, and fails by chance.
struct Endpoint {
    url: String,
    received: Arc<Mutex<Received>>,
}

impl Endpoint {
    /// One message in a hundred is not answered at all if `is_silent_at_times`.
    fn start(secret: String, is_silent_at_times: bool) -> Self {
        let received = Arc::<Mutex<Received>>::default();
        let shared = Arc::clone(&received);
        let was_silent = AtomicBool::new(false);
        let url = serve(move |request| {
            let (id, customer) = verified(request, &secret);
            let mut received = shared.lock().unwrap();
            // Silence costs five seconds, so there is one, or one in a thousand.
            let is_silent = is_silent_at_times && (random::below(1_000) == 0 || !was_silent.swap(true, Ordering::Relaxed));
            match random::below(100) {
                _ if is_silent => {
                    received.silent += 1;
                    Manner::Silent
                }
                0..8 => {
                    received.refused += 1;
                    answer("500 Internal Server Error", "", "")
                }
                8..12 => {
                    received.dropped += 1;
                    Manner::Dropped
                }
                12..14 => {
                    received.late += 1;
                    received.accepted.push((id, customer));
                    let Manner::Raw(bytes) = answer("202 Accepted", "", "") else {
                        unreachable!()
                    };
                    Manner::Late(Duration::from_millis(300), bytes)
                }
                _ => {
                    received.accepted.push((id, customer));
                    answer("204 No Content", "", "")
                }
            }
        });
        Self { url, received }
    }

    /// How many messages it accepted.
    fn count(&self) -> usize {
        self.received.lock().unwrap().accepted.len()
    }

    fn accepted(&self) -> Vec<(String, String)> {
        self.received.lock().unwrap().accepted.clone()
    }
}

/// The id and the customer of a message whose signature is right.
fn verified(request: &Request, secret: &str) -> (String, String) {
    let header = |name: &str| request.header(name).unwrap_or_default();
    let signed = Signed {
        id: header(WEBHOOK_ID),
        timestamp: header(WEBHOOK_TIMESTAMP),
        signatures: header(WEBHOOK_SIGNATURE),
    };
    let body = std::str::from_utf8(&request.body).unwrap();
    assert!(signed.is_by(secret, body, clock::now()), "a message is not signed");
    let message: Value = serde_json::from_str(body).unwrap();
    assert_eq!((request.method.as_str(), &message["data"]["id"]), ("POST", &json!(signed.id)));
    assert_eq!(message["type"], message["data"]["kind"]);
    (signed.id.to_owned(), message["data"]["customer"].as_str().unwrap().to_owned())
}

fn audit() -> Audit {
    Audit {
        operation: "test",
        fields: Vec::new(),
        interactions: 0,
    }
}

/// Creates a customer and changes it, so that there are so many changes.
fn change(store: &Store, changes: usize) {
    let model = ObjectStructure::default_customer();
    let by = change_now();
    let mut customer = Customer::new(CustomerId::draw(by.at, random::bits()), by);
    customer.profile.insert(Role::FirstName, "Swift".to_owned());
    let id = customer.id;
    assert!(wait(store.customer_create(customer, &model, None, &audit())).is_ok());
    for number in 1..changes {
        let edit = |customer: &mut Customer| {
            customer.profile.insert(Role::City, format!("Ulm {number}"));
            Ok(())
        };
        let (change, audit) = (change_now(), audit());
        assert!(wait(store.customer_update(id, &model, &change, &audit, edit)).is_ok_and(|updated| updated.is_some()));
    }
}

fn webhook(url: &str, secret: &str, since: i64) -> PushTarget {
    PushTarget::Webhook(Webhook {
        url: url.to_owned(),
        private: true,
        secrets: vec![WebhookSecret {
            value: secret.to_owned(),
            until: None,
        }],
        since: clock::now().plus_seconds(since),
    })
}

/// The first arrival of each message, by customer.
fn first_arrivals(accepted: &[(String, String)]) -> BTreeMap<String, Vec<String>> {
    let mut by_customer: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, customer) in accepted {
        let of_one = by_customer.entry(customer.clone()).or_default();
        if !of_one.contains(id) {
            of_one.push(id.clone());
        }
    }
    by_customer
}

/// Kills the deliverer in the middle of its work, unless that is over.
fn kill_at_work(rig: &Rig, endpoint: &Endpoint, is_over: &AtomicBool) {
    let before = endpoint.count();
    loop {
        // Looked for before, so that nothing delays the kill.
        let victims = processes(rig, DELIVER_CHANGES.function);
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        if endpoint.count() > before + AT_WORK {
            for process in victims {
                // One that ended by itself meanwhile is no failure.
                _ = Command::new("kill").arg("-9").arg(process.to_string()).status();
            }
            return;
        }
        thread::sleep(POLL);
    }
}

/// Polls for something that may have to wait for the feed, and for a deliverer that another test has killed.
#[track_caller]
fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look)
}

#[test]
fn every_change_is_delivered_in_order_whatever_fails() {
    let changes = env::var(CHANGES).map_or(USUAL_CHANGES, |changes| changes.parse().unwrap());
    let rig = Rig::shared();
    let tenant = rig.tenant();
    let store = tenant.store();
    let secret = new_secret().unwrap();
    let endpoint = Endpoint::start(secret.clone(), true);
    wait(store.push_target_put(&webhook(&endpoint.url, &secret, -HOUR))).unwrap();
    for _ in 0..changes / OF_ONE {
        change(&store, OF_ONE);
    }
    let feed = told(&store);
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in &feed {
        let customer = one.notice.customer.unwrap().to_string();
        wanted.entry(customer).or_default().push(one.place.to_string());
    }
    let begun = Instant::now();
    let patience = PATIENCE + PATIENCE_PER_CHANGE * u32::try_from(changes).unwrap();
    let is_over = AtomicBool::new(false);
    let kills = 1 + changes / CHANGES_PER_KILL;
    thread::scope(|scope| {
        let _over = SetAtTheEnd(&is_over);
        scope.spawn(|| {
            for _ in 0..kills {
                kill_at_work(rig, &endpoint, &is_over);
            }
        });
        within(
            patience,
            "each change is delivered once at least, in order, and no other",
            || {
                // A call whose process is killed fails, and one that comes too early finds nothing to send.
                rig.stack.deliver_changes();
                (first_arrivals(&endpoint.accepted()) == wanted).then_some(())
            },
        );
    });
    let received = endpoint.received.lock().unwrap();
    println!(
        "{changes} changes delivered in {:?}, with {kills} kills: {} accepted with repetitions, {} refused, {} dropped, {} late, {} without an answer",
        begun.elapsed(),
        received.accepted.len(),
        received.refused,
        received.dropped,
        received.late,
        received.silent
    );
    assert!(received.refused > 0 && received.dropped > 0 && received.silent > 0);
    drop(received);
    eventually("nothing waits any more", || {
        rig.stack.deliver_changes();
        let waiting = wait(store.undelivered(Undelivereds::Waiting)).unwrap();
        (waiting.is_empty() && wait(store.undelivered(Undelivereds::Parked)).unwrap().is_empty()).then_some(())
    });
}

/// A delivery as it is after a day of failures, but for the attempt that is due.
fn after_a_day(place: NoticePlace, reason: &str) -> (Delivery, Failing) {
    let failing = Failing {
        since: clock::now().plus_seconds(-25 * HOUR),
        tries: 30,
        next: place.at,
        reason: reason.to_owned(),
    };
    let delivery = Delivery {
        version: 1,
        cursor: place,
        busy_until: place.at,
        accepted: None,
        failing: None,
        stopped: None,
    };
    (delivery, failing)
}

#[test]
fn what_is_refused_for_a_day_is_given_up_and_can_be_sent_again() {
    let rig = Rig::shared();
    let (refusing, other) = (rig.tenant(), rig.tenant());
    let secret = new_secret().unwrap();
    let dead = serve(|_| answer("503 Service Unavailable", "", ""));
    let alive = Endpoint::start(secret.clone(), false);
    let (store, others) = (refusing.store(), other.store());
    wait(store.push_target_put(&webhook(&dead, &secret, -HOUR))).unwrap();
    wait(others.push_target_put(&webhook(&alive.url, &secret, -HOUR))).unwrap();
    for store in [&store, &others] {
        change(store, 1);
    }
    let place = NoticePlace::after(clock::now().plus_seconds(-HOUR));
    let (delivery, failing) = after_a_day(place, "its status is 503");
    let notice = told(&store)[0].notice.clone();
    let waiting = Undelivered {
        place,
        notice,
        failing: failing.clone(),
    };
    assert!(wait(store.delivery_put(&delivery, vec![Step::Wait(waiting)])).unwrap());
    let parked = || wait(store.undelivered(Undelivereds::Parked)).unwrap();
    eventually("a change is given up", || {
        rig.stack.deliver_changes();
        (!parked().is_empty()).then_some(())
    });
    // The endpoint as a whole, which has accepted nothing for a day.
    let whole = wait(store.delivery_get()).unwrap().unwrap();
    let all = Delivery {
        version: whole.version + 1,
        failing: Some(failing),
        ..whole
    };
    assert!(wait(store.delivery_put(&all, Vec::new())).unwrap());
    let stopped = eventually("the delivery is given up", || {
        rig.stack.deliver_changes();
        wait(store.delivery_get())
            .unwrap()
            .filter(|delivery| delivery.stopped.is_some())
    });
    rig.stack.deliver_changes();
    assert_eq!(
        wait(store.delivery_get()).unwrap(),
        Some(stopped),
        "nothing is tried any more"
    );
    eventually("another tenant's change is delivered", || {
        rig.stack.deliver_changes();
        (!alive.accepted().is_empty()).then_some(())
    });
    // Sent again, to an endpoint that accepts.
    let repaired = Endpoint::start(secret.clone(), false);
    wait(store.push_target_put(&webhook(&repaired.url, &secret, -HOUR))).unwrap();
    let replayed = wait(store.delivery_replay(NoticePlace::after(clock::now().plus_seconds(-2 * HOUR)), clock::now()));
    assert_eq!(replayed.unwrap().map(|delivery| delivery.stopped), Some(None));
    assert_eq!(parked(), []);
    eventually("it is delivered", || {
        rig.stack.deliver_changes();
        (!repaired.accepted().is_empty()).then_some(())
    });
    let named = format!("\"tenant\":\"{}\"", refusing.name);
    let given_up = |line: &&String| line.contains("\"given_up\":1") && line.contains(&named);
    assert_eq!(rig.stack.log().iter().filter(given_up).count(), 2, "each is in the log");
}
