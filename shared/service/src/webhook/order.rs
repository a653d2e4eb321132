//! Which changes may be sent now, and which of them one after the other.
//!
//! Changes that share a record are sent in their order. So a change waits as long as an earlier one of any of its records waits.

use std::collections::HashSet;

use crm_domain::{Notice, Timestamp};
use crm_store::{NoticePlace, Told, Undelivered};

/// A change to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sending {
    pub(super) place: NoticePlace,
    pub(super) notice: Notice,
    /// The attempts so far, of one that waits.
    pub(super) before: Option<Box<Undelivered>>,
}

/// What is sent in one round.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Changes that share no record. Those of one lane are sent one after the other.
    pub(super) lanes: Vec<Vec<Sending>>,
    /// Changes of the page that wait behind others.
    pub(super) behind: Vec<Told>,
}

/// Plans a round: of the changes that wait, at most `most_waiting` that are due, and the page.
pub(super) fn plan(waiting: &[Undelivered], page: Vec<Told>, most_waiting: usize, now: Timestamp) -> Plan {
    let mut plan = Plan::default();
    let mut blocked: HashSet<String> = HashSet::new();
    let mut due = 0;
    for one in waiting {
        let is_blocked = one.notice.subjects().any(|subject| blocked.contains(&subject));
        if is_blocked || one.failing.next > now || due == most_waiting {
            blocked.extend(one.notice.subjects());
        } else {
            due += 1;
            plan.add(Sending {
                place: one.place,
                notice: one.notice.clone(),
                before: Some(Box::new(one.clone())),
            });
        }
    }
    for told in page {
        if told.notice.subjects().any(|subject| blocked.contains(&subject)) {
            blocked.extend(told.notice.subjects());
            plan.behind.push(told);
        } else {
            let Told { place, notice } = told;
            plan.add(Sending {
                place,
                notice,
                before: None,
            });
        }
    }
    plan
}

impl Plan {
    /// Adds a change to the lane with which it shares a record. If it shares some with several, they become one, in order.
    fn add(&mut self, sending: Sending) {
        let subjects: HashSet<String> = sending.notice.subjects().collect();
        let shares = |lane: &Vec<Sending>| {
            lane.iter()
                .any(|one| one.notice.subjects().any(|one| subjects.contains(&one)))
        };
        let (joined, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.lanes).into_iter().partition(shares);
        self.lanes = others;
        let mut lane: Vec<Sending> = joined.into_iter().flatten().chain([sending]).collect();
        lane.sort_by_key(|one| one.place);
        self.lanes.push(lane);
    }
}

#[cfg(test)]
mod tests {
    use crm_domain::{Actor, CustomerId, NoticeKind};
    use crm_store::Failing;
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);

    fn customer(number: u64) -> CustomerId {
        CustomerId::from_number(number).unwrap()
    }

    /// The change of this order, about these customers.
    fn told(order: i64, customers: &[u64]) -> Told {
        let notice = Notice {
            customer: customers.first().copied().map(customer),
            merged: customers.iter().skip(1).copied().map(customer).collect(),
            ..Notice::new(NoticeKind::CustomerUpdated, "updateCustomer", &Actor::default())
        };
        let place = NoticePlace::after(NOW.plus_seconds(order - 1_000));
        Told { place, notice }
    }

    fn waiting(order: i64, customers: &[u64], next: Timestamp) -> Undelivered {
        let Told { place, notice } = told(order, customers);
        let failing = Failing {
            since: NOW,
            tries: 1,
            next,
            reason: String::new(),
        };
        Undelivered { place, notice, failing }
    }

    fn orders(lane: &[Sending]) -> Vec<i64> {
        lane.iter()
            .map(|one| one.place.at.seconds() - NOW.seconds() + 1_000)
            .collect()
    }

    fn lanes(plan: &Plan) -> Vec<Vec<i64>> {
        let mut lanes: Vec<Vec<i64>> = plan.lanes.iter().map(|lane| orders(lane)).collect();
        lanes.sort_unstable();
        lanes
    }

    #[test]
    fn changes_that_share_a_record_are_in_one_lane() {
        let page = vec![told(1, &[1]), told(2, &[2]), told(3, &[1]), told(4, &[3]), told(5, &[1, 2])];
        assert_eq!(lanes(&plan(&[], page, 9, NOW)), [vec![1, 2, 3, 5], vec![4]]);
    }

    #[test]
    fn a_change_waits_behind_an_earlier_one_of_its_records() {
        let later = NOW.plus_seconds(1);
        let held = [waiting(1, &[1], later), waiting(2, &[2], NOW)];
        let page = vec![told(3, &[1, 3]), told(4, &[3]), told(5, &[2]), told(6, &[4])];
        let found = plan(&held, page, 9, NOW);
        assert_eq!(lanes(&found), [vec![2, 5], vec![6]]);
        let behind: Vec<_> = found.behind.iter().map(|told| told.place).collect();
        assert_eq!(behind, [told(3, &[]).place, told(4, &[]).place]);
    }

    #[test]
    fn no_more_are_taken_up_than_a_round_has_room_for() {
        let held: Vec<_> = (1..=5).map(|order| waiting(order, &[order.unsigned_abs()], NOW)).collect();
        let found = plan(&held, vec![told(6, &[5])], 3, NOW);
        assert_eq!(lanes(&found), [vec![1], vec![2], vec![3]]);
        assert_eq!(found.behind.len(), 1, "the fifth still waits");
    }

    proptest! {
        /// Whatever waits and comes: each change is once in the plan or waits on, and none is sent while an earlier one of a record of its
        /// own is not sent before it in the same lane.
        #[test]
        fn order_is_kept_per_record(
            subjects in prop::collection::vec(prop::collection::btree_set(1..6_u64, 1..3), 1..30),
            held in 0..30_usize,
            due in prop::collection::vec(any::<bool>(), 30),
            most in 0..8_usize,
        ) {
            let subjects: Vec<Vec<u64>> = subjects.into_iter().map(|one| one.into_iter().collect()).collect();
            let held = held.min(subjects.len());
            let order = |at: usize| i64::try_from(at).unwrap();
            let next = |at: usize| if due[at] { NOW } else { NOW.plus_seconds(9) };
            let waits: Vec<_> = (0..held).map(|at| waiting(order(at), &subjects[at], next(at))).collect();
            let page: Vec<_> = (held..subjects.len()).map(|at| told(order(at), &subjects[at])).collect();
            let found = plan(&waits, page, most, NOW);
            let lanes = lanes(&found);
            let sent: Vec<usize> = lanes.concat().into_iter().map(|at| usize::try_from(at).unwrap()).collect();
            let distinct: HashSet<usize> = sent.iter().copied().collect();
            prop_assert_eq!(distinct.len(), sent.len());
            let of_page = sent.iter().filter(|at| **at >= held).count();
            prop_assert_eq!(of_page + found.behind.len(), subjects.len() - held);
            prop_assert!(sent.len() - of_page <= most);
            for later in &sent {
                for earlier in 0..*later {
                    let share = subjects[earlier].iter().any(|one| subjects[*later].contains(one));
                    let lane = lanes.iter().find(|lane| lane.contains(&order(*later))).unwrap();
                    let at = |wanted: usize| lane.iter().position(|one| *one == order(wanted));
                    prop_assert!(!share || at(earlier).is_some_and(|before| Some(before) < at(*later)));
                }
            }
        }
    }
}
