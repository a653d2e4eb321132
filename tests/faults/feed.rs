//! The feed of changes while writers are slow: a reader never passes what is written later.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use contract_tests::{
    fault_proxy::Fault,
    feed::told,
    stack::{change_now, wait},
};
use crm_domain::{Customer, CustomerId, ObjectStructure, Role};
use crm_store::{Audit, LAG, NoticePlace, Store, Told, clock, random};
use serde_json::json;

use crate::rig::Rig;

/// How late the slow writers' transactions are done: longer than a try of one takes, so that it goes on when its function has given up.
const LATE: Duration = Duration::from_secs(3);
const SLOW_WRITERS: usize = 6;
/// Between two writes of the others.
const PACE: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_mins(1);

/// A reader of the feed that sees what is at least so many seconds old.
struct Reader {
    lag: i64,
    place: NoticePlace,
    seen: Vec<NoticePlace>,
}

impl Reader {
    fn new(lag: i64) -> Self {
        Self {
            lag,
            place: NoticePlace::after(clock::now().plus_seconds(-60)),
            seen: Vec::new(),
        }
    }

    fn read(&mut self, store: &Store) {
        let page = wait(store.notices_after(self.place, clock::now().plus_seconds(-self.lag), 7)).unwrap();
        self.seen.extend(page.told.iter().map(|told| told.place));
        self.place = page.next;
    }
}

fn create_directly(store: &Store) {
    let change = change_now();
    let mut customer = Customer::new(CustomerId::draw(change.at, random::bits()), change);
    customer.profile.insert(Role::FirstName, "Swift".to_owned());
    let audit = Audit {
        operation: "test",
        fields: Vec::new(),
        interactions: 0,
    };
    wait(store.customer_create(customer, &ObjectStructure::default_customer(), None, &audit)).unwrap();
}

#[test]
fn what_is_committed_late_is_missed_without_the_lag_and_never_with_it() {
    let tenant = Rig::shared().tenant();
    let store = tenant.store();
    let (mut hasty, mut patient) = (Reader::new(0), Reader::new(LAG));
    let is_slow = |told: &Told| told.notice.operation == "createCustomer";
    tenant.faults.always("TransactWriteItems", Fault::Late(LATE));
    thread::scope(|scope| {
        let slow: Vec<_> = (0..SLOW_WRITERS)
            .map(|number| {
                let tenant = &tenant.tenant;
                scope.spawn(move || tenant.post("/customer", &json!({"firstName": format!("Slow {number}")})))
            })
            .collect();
        let begun = Instant::now();
        // Others write meanwhile, past the delay, and both read. The slow ones are done when their functions have given up.
        while slow.iter().any(|writer| !writer.is_finished())
            || told(&store).iter().filter(|told| is_slow(told)).count() < SLOW_WRITERS
        {
            assert!(begun.elapsed() < PATIENCE, "the slow writers are never done");
            create_directly(&store);
            hasty.read(&store);
            patient.read(&store);
            thread::sleep(PACE);
        }
    });
    tenant.faults.heal();
    let everything: Vec<NoticePlace> = told(&store).iter().map(|told| told.place).collect();
    let last = everything.last().unwrap().at;
    for reader in [&mut hasty, &mut patient] {
        while reader.place.at <= last {
            reader.read(&store);
        }
    }
    assert_eq!(patient.seen, everything, "in order, each once");
    let seen: BTreeSet<NoticePlace> = hasty.seen.into_iter().collect();
    let missed = everything.iter().filter(|place| !seen.contains(place)).count();
    assert!(missed > 0, "the commits were not late, so this proves nothing");
}
