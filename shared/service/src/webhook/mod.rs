//! Sends a tenant's changes to its webhook or event bus: each at least once, and in order per record (decisions 0047 and 0052).
//!
//! The feed is the source. A delivery has a place in it, up to which every change was accepted by the endpoint, waits, or was given up. It
//! goes on in rounds: some changes are sent, and then one transaction moves the place and writes down what waits. If the deliverer ends
//! in between, the round is repeated, so the endpoint may get a change twice, and misses none.
//!
//! A change that the endpoint refuses waits, with the later ones of its records, while others go on. Where the endpoint accepts nothing at
//! all, the place stays, and a few changes are tried from time to time. Whatever is refused for a day is given up, and is shown to operators.

mod order;
mod signature;

use std::time::Duration;

use crm_domain::{PushTarget, TenantId, Timestamp, Webhook, error::Error};
use crm_store::{Delivery, Failing, LAG, NoticePlace, NoticesPage, Step, Store, Told, Undelivered, Undelivereds, clock};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::change_json;
use order::{Plan, Sending, plan};

pub use signature::{Signed, WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP, new_secret, signatures};

/// How long an endpoint may take for its answer.
pub const ATTEMPT: Duration = Duration::from_secs(5);
/// How long attempts of one round begin, in seconds.
const ROUND: i64 = 3;
/// How long a deliverer is believed to be at it after its last step, in seconds: a round, its last attempt, and the writing.
const BUSY: i64 = 10;
/// How many changes of the feed a round reads. With those that wait they fit into one transaction.
const PAGE: usize = 48;
/// How many changes that wait a round takes up.
const MOST_DUE: usize = 16;
/// A round fits into one transaction, with the delivery itself.
const _: () = assert!(PAGE + MOST_DUE * Step::MOST_WRITES < 100);
/// How many changes are sent at once.
const AT_ONCE: usize = 8;
/// How many records' changes are tried while the endpoint accepts nothing.
const PROBES: usize = 3;
/// How many changes may wait. The feed is not read on while there are so many.
const MOST_WAITING: usize = 1_000;
/// For how long a change is tried, and an endpoint that accepts nothing, in seconds.
const TRIED_FOR: i64 = 86_400;
/// The pause after the first failure. It doubles each time.
const FIRST_PAUSE: i64 = 5;
/// The longest pause of one change.
const LONGEST_PAUSE: i64 = 3_600;
/// The longest pause of an endpoint that accepts nothing.
const LONGEST_PAUSE_OF_ALL: i64 = 300;
/// A place that is so much behind is written down even if there were no changes, in seconds.
const WRITTEN_AFTER: i64 = 3_600;
/// The kind of a message that only tries the endpoint.
const TEST: &str = "webhook.test";

/// Whom changes are sent to.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    /// The tenant's part of the table.
    pub store: &'a Store,
    /// The tenant.
    pub tenant: &'a TenantId,
    /// Where its changes are sent.
    pub target: &'a PushTarget,
}

/// A message about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The change's id.
    pub id: String,
    /// The change's kind.
    pub kind: &'static str,
    /// When the change was made.
    pub at: Timestamp,
    /// What a webhook gets as the body and an event bus as the detail, in JSON.
    pub body: String,
}

impl Message {
    /// Signs an attempt to send the message to a webhook.
    pub fn signed(&self, webhook: &Webhook, now: Timestamp) -> Attempt<'_> {
        Attempt {
            id: &self.id,
            timestamp: now.seconds().to_string(),
            signatures: signatures(webhook.secrets_at(now), &self.id, now, &self.body),
        }
    }
}

/// A signed attempt to send a message to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt<'a> {
    id: &'a str,
    timestamp: String,
    signatures: String,
}

impl Attempt<'_> {
    /// The headers of the request, with their names in lower case.
    pub fn headers(&self) -> [(&'static str, &str); 5] {
        [
            ("content-type", "application/json"),
            ("user-agent", "khoros-crm"),
            (WEBHOOK_ID, self.id),
            (WEBHOOK_TIMESTAMP, &self.timestamp),
            (WEBHOOK_SIGNATURE, &self.signatures),
        ]
    }
}

/// What a delivery did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// How many changes the endpoint accepted.
    pub accepted: usize,
    /// How many attempts failed.
    pub failed: usize,
    /// How many changes were given up.
    pub parked: usize,
    /// How many wait at the end.
    pub waiting: usize,
    /// Whether the delivery was given up now.
    pub stopped: bool,
    /// Whether somebody else delivers.
    pub elsewhere: bool,
}

impl Recipient<'_> {
    /// The message of a change.
    fn message(&self, told: &Told) -> Message {
        let Told { place, notice } = told;
        message(
            place.to_string(),
            notice.kind.name(),
            place.at,
            &change_json(told, self.tenant),
        )
    }

    /// A message that only tries the endpoint.
    pub fn test_message(&self, now: Timestamp) -> Message {
        let id = format!("test-{:014}", now.milliseconds());
        message(id, TEST, now, &json!({"tenant": self.tenant.as_str()}))
    }

    /// Where the delivery is; where it begins before its first step.
    pub async fn delivery(&self) -> Result<Delivery, Error> {
        let found = self.store.delivery_get().await?;
        Ok(found.unwrap_or_else(|| Delivery {
            version: 0,
            cursor: NoticePlace::after(self.target.since()),
            busy_until: self.target.since(),
            accepted: None,
            failing: None,
            stopped: None,
        }))
    }

    /// Sends what is due, for at most so long. An attempt may end [`ATTEMPT`] later. `send` gives the reason if the endpoint did not accept.
    ///
    /// # Errors
    /// The table cannot be used. What failed at the endpoint is no error.
    pub async fn deliver(&self, send: impl AsyncFn(Message) -> Result<(), String>, time: Duration) -> Result<Delivered, Error> {
        let now = clock::now();
        let delivery = self.delivery().await?;
        let mut done = Delivered::default();
        if delivery.busy_until > now {
            done.elsewhere = true;
            return Ok(done);
        }
        if delivery.stopped.is_some() || delivery.failing.as_ref().is_some_and(|failing| failing.next > now) {
            return Ok(done);
        }
        let mut turn = Turn {
            recipient: *self,
            state: State {
                delivery,
                waiting: self.store.undelivered(Undelivereds::Waiting).await?,
                done,
            },
            is_held: false,
        };
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        turn.run(&send, now.plus_seconds(seconds)).await?;
        Ok(turn.state.done)
    }
}

fn message(id: String, kind: &'static str, at: Timestamp, data: &Value) -> Message {
    let body = json!({"type": kind, "timestamp": at.iso_milliseconds(), "data": data});
    Message {
        id,
        kind,
        at,
        body: body.to_string(),
    }
}

/// A deliverer's turn.
struct Turn<'a> {
    recipient: Recipient<'a>,
    state: State,
    /// Whether others have been told that somebody is at it.
    is_held: bool,
}

/// What a deliverer knows of a delivery.
struct State {
    delivery: Delivery,
    /// The changes that wait, in order.
    waiting: Vec<Undelivered>,
    done: Delivered,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sent {
    Accepted,
    Failed(String),
    /// It was not tried: an earlier one of its lane failed, or there was no time left.
    NotTried,
}

/// What a round did at the endpoint.
struct Round {
    /// What was sent, in any order.
    results: Vec<(Sending, Sent)>,
    /// What waits behind others.
    behind: Vec<Told>,
    /// Whether all was about the same record, and there is more in the feed. Then it says nothing about other records.
    is_alone: bool,
    /// Where the feed goes on.
    next: NoticePlace,
}

impl Turn<'_> {
    async fn run(&mut self, send: &impl AsyncFn(Message) -> Result<(), String>, until: Timestamp) -> Result<(), Error> {
        while clock::now() < until {
            let now = clock::now();
            let page = self.page(now).await?;
            let (next, is_more) = (page.next, page.is_more);
            let is_probing = self.state.delivery.failing.is_some();
            let most_due = if is_probing { 1 } else { MOST_DUE };
            let Plan { lanes, behind } = plan(&self.state.waiting, page.told, most_due, now);
            if lanes.is_empty() && behind.is_empty() {
                self.note_quiet(next, now).await?;
                break;
            }
            if !self.is_held && !self.put(Vec::new(), now.plus_seconds(BUSY)).await? {
                return Ok(());
            }
            self.is_held = true;
            let round = Round {
                is_alone: lanes.len() == 1 && is_more,
                results: self.send_all(send, lanes, is_probing, now.plus_seconds(ROUND)).await,
                behind,
                next,
            };
            let steps = self.state.settle(round, clock::now());
            if !self.put(steps, clock::now().plus_seconds(BUSY)).await? {
                return Ok(());
            }
            if self.state.delivery.stopped.is_some()
                || self.state.delivery.failing.as_ref().is_some_and(|failing| failing.next > now)
            {
                break;
            }
        }
        if self.is_held {
            self.put(Vec::new(), clock::now()).await?;
        }
        self.state.done.waiting = self.state.waiting.len();
        Ok(())
    }

    /// The next changes of the feed; none while many wait.
    async fn page(&self, now: Timestamp) -> Result<NoticesPage, Error> {
        let due = self.state.waiting.iter().filter(|one| one.failing.next <= now).count();
        if due > MOST_DUE || self.state.waiting.len() >= MOST_WAITING {
            return Ok(NoticesPage {
                told: Vec::new(),
                next: self.state.delivery.cursor,
                is_more: true,
            });
        }
        let until = now.plus_seconds(-LAG);
        self.recipient
            .store
            .notices_after(self.state.delivery.cursor, until, PAGE)
            .await
    }

    /// Writes down a place that is far behind, although there was nothing to send: readers ask for each day since the place.
    async fn note_quiet(&mut self, next: NoticePlace, now: Timestamp) -> Result<(), Error> {
        if !self.is_held && next.at.seconds() - self.state.delivery.cursor.at.seconds() > WRITTEN_AFTER {
            self.state.delivery.cursor = next;
            self.put(Vec::new(), now).await?;
        }
        Ok(())
    }

    /// Writes the delivery with these steps. Returns whether nobody else had written it.
    async fn put(&mut self, steps: Vec<Step>, busy_until: Timestamp) -> Result<bool, Error> {
        self.state.delivery.version += 1;
        self.state.delivery.busy_until = busy_until;
        let is_ours = self.recipient.store.delivery_put(&self.state.delivery, steps).await?;
        self.state.done.elsewhere = !is_ours;
        Ok(is_ours)
    }

    /// Sends each lane's changes one after the other, and several lanes at once. No attempt begins after `until`.
    async fn send_all(
        &self,
        send: &impl AsyncFn(Message) -> Result<(), String>,
        mut lanes: Vec<Vec<Sending>>,
        is_probing: bool,
        until: Timestamp,
    ) -> Vec<(Sending, Sent)> {
        let unsent = lanes.split_off(if is_probing { PROBES.min(lanes.len()) } else { lanes.len() });
        let by_lane = stream::iter(lanes).map(|lane| self.send_lane(send, lane, until));
        let mut results: Vec<(Sending, Sent)> = by_lane.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.concat();
        results.extend(unsent.into_iter().flatten().map(|one| (one, Sent::NotTried)));
        results
    }

    async fn send_lane(
        &self,
        send: &impl AsyncFn(Message) -> Result<(), String>,
        lane: Vec<Sending>,
        until: Timestamp,
    ) -> Vec<(Sending, Sent)> {
        let mut results = Vec::with_capacity(lane.len());
        let mut is_open = true;
        for one in lane {
            let now = clock::now();
            let outcome = if is_open && now < until {
                let Sending { place, notice, .. } = &one;
                let (place, notice) = (*place, notice.clone());
                let message = self.recipient.message(&Told { place, notice });
                send(message).await.map_or_else(Sent::Failed, |()| Sent::Accepted)
            } else {
                Sent::NotTried
            };
            is_open = is_open && outcome == Sent::Accepted;
            results.push((one, outcome));
        }
        results
    }
}

impl State {
    /// Takes the results of a round over into the delivery. Returns what is written with it.
    fn settle(&mut self, round: Round, now: Timestamp) -> Vec<Step> {
        let accepted = round.results.iter().filter(|(_, sent)| *sent == Sent::Accepted).count();
        let failed = |(_, sent): &&(Sending, Sent)| matches!(sent, Sent::Failed(_));
        let of_page = |(one, _): &&(Sending, Sent)| one.before.is_none();
        self.done.accepted += accepted;
        self.done.failed += round.results.iter().filter(failed).count();
        if accepted > 0 {
            self.delivery.accepted = Some(now);
            self.delivery.failing = None;
        }
        let refused = round.results.iter().filter(failed).find(of_page);
        let is_down = accepted == 0 && !round.is_alone;
        if let Some((_, Sent::Failed(reason))) = refused.filter(|_| is_down) {
            self.note_down(reason.clone(), now);
            let results = round.results.into_iter().filter(|(one, _)| one.before.is_some());
            return self.steps(results.collect(), Vec::new(), now);
        }
        self.delivery.cursor = round.next;
        self.steps(round.results, round.behind, now)
    }

    /// The endpoint accepts nothing.
    fn note_down(&mut self, reason: String, now: Timestamp) {
        let failing = after_failure(self.delivery.failing.as_ref(), reason, LONGEST_PAUSE_OF_ALL, now);
        if now >= failing.since.plus_seconds(TRIED_FOR) {
            self.delivery.stopped = Some(now);
            self.done.stopped = true;
        }
        self.delivery.failing = Some(failing);
    }

    fn steps(&mut self, results: Vec<(Sending, Sent)>, behind: Vec<Told>, now: Timestamp) -> Vec<Step> {
        let mut steps: Vec<Step> = results.into_iter().filter_map(|(one, sent)| step(one, sent, now)).collect();
        let behind = behind.into_iter().map(|Told { place, notice }| Sending {
            place,
            notice,
            before: None,
        });
        steps.extend(behind.filter_map(|one| step(one, Sent::NotTried, now)));
        for step in &steps {
            let place = match step {
                Step::Accepted(place) => *place,
                Step::Wait(one) | Step::Park(one) => one.place,
            };
            self.waiting.retain(|one| one.place != place);
            match step {
                Step::Wait(one) => self.waiting.push(one.clone()),
                Step::Park(_) => self.done.parked += 1,
                Step::Accepted(_) => {}
            }
        }
        self.waiting.sort_by_key(|one| one.place);
        steps
    }
}

/// What is written down of an attempt; nothing of a change that was accepted at once, or that still waits as before.
fn step(one: Sending, sent: Sent, now: Timestamp) -> Option<Step> {
    let Sending { place, notice, before } = one;
    let failing = match (sent, before) {
        (Sent::Accepted, None) | (Sent::NotTried, Some(_)) => return None,
        (Sent::Accepted, Some(_)) => return Some(Step::Accepted(place)),
        (Sent::NotTried, None) => Failing {
            since: now,
            tries: 0,
            next: now,
            reason: "it waits behind an earlier change".to_owned(),
        },
        (Sent::Failed(reason), before) => {
            let before = before.map(|before| before.failing);
            after_failure(before.as_ref(), reason, LONGEST_PAUSE, now)
        }
    };
    let is_over = failing.tries > 0 && now >= failing.since.plus_seconds(TRIED_FOR);
    let undelivered = Undelivered { place, notice, failing };
    Some(if is_over {
        Step::Park(undelivered)
    } else {
        Step::Wait(undelivered)
    })
}

/// The attempts after one more failure.
fn after_failure(before: Option<&Failing>, reason: String, longest: i64, now: Timestamp) -> Failing {
    let tries = before.map_or(0, |before| before.tries);
    let pause = FIRST_PAUSE << tries.min(30);
    Failing {
        since: before.map_or(now, |before| before.since),
        tries: tries + 1,
        next: now.plus_seconds(pause.min(longest)),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use crm_domain::{Actor, CustomerId, Notice, NoticeKind};

    use super::*;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);
    const DAY: i64 = 86_400;

    fn state() -> State {
        State {
            delivery: Delivery {
                version: 7,
                cursor: place(0),
                busy_until: NOW,
                accepted: None,
                failing: None,
                stopped: None,
            },
            waiting: Vec::new(),
            done: Delivered::default(),
        }
    }

    fn place(order: i64) -> NoticePlace {
        NoticePlace::after(NOW.plus_seconds(order))
    }

    fn notice(customer: u64) -> Notice {
        Notice {
            customer: CustomerId::from_number(customer),
            ..Notice::new(NoticeKind::CustomerUpdated, "updateCustomer", &Actor::default())
        }
    }

    fn of_page(order: i64, customer: u64) -> Sending {
        Sending {
            place: place(order),
            notice: notice(customer),
            before: None,
        }
    }

    fn failed() -> Sent {
        Sent::Failed("its status is 500".to_owned())
    }

    fn round(results: Vec<(Sending, Sent)>, is_alone: bool) -> Round {
        Round {
            results,
            behind: vec![Told {
                place: place(90),
                notice: notice(9),
            }],
            is_alone,
            next: place(99),
        }
    }

    fn waiting(state: &State) -> Vec<(NoticePlace, u32)> {
        state.waiting.iter().map(|one| (one.place, one.failing.tries)).collect()
    }

    #[test]
    fn a_refused_change_waits_with_those_behind_it_while_others_go_on() {
        let mut state = state();
        let results = vec![
            (of_page(1, 1), Sent::Accepted),
            (of_page(2, 2), failed()),
            (of_page(3, 2), Sent::NotTried),
        ];
        let steps = state.settle(round(results, false), NOW);
        assert_eq!(steps.len(), 3);
        assert_eq!(waiting(&state), [(place(2), 1), (place(3), 0), (place(90), 0)]);
        assert_eq!((state.delivery.cursor, state.delivery.accepted), (place(99), Some(NOW)));
        assert_eq!((state.done.accepted, state.done.failed), (1, 1));
    }

    #[test]
    fn an_endpoint_that_accepts_nothing_keeps_the_place_and_is_given_up_after_a_day() {
        let mut state = state();
        let nothing = || round(vec![(of_page(1, 1), failed()), (of_page(2, 2), failed())], false);
        assert_eq!(state.settle(nothing(), NOW), []);
        let failing = state.delivery.failing.clone().unwrap();
        assert_eq!((failing.since, failing.tries, failing.next), (NOW, 1, NOW.plus_seconds(5)));
        assert_eq!(state.delivery.cursor, place(0));
        state.settle(nothing(), NOW.plus_seconds(DAY - 1));
        assert_eq!((state.delivery.stopped, state.done.stopped), (None, false));
        let end = NOW.plus_seconds(DAY);
        state.settle(nothing(), end);
        assert_eq!((state.delivery.stopped, state.done.stopped), (Some(end), true));
    }

    #[test]
    fn one_accepted_change_ends_a_failure_and_the_refused_ones_wait() {
        let mut state = state();
        state.settle(round(vec![(of_page(1, 1), failed())], false), NOW);
        let results = vec![(of_page(1, 1), failed()), (of_page(2, 2), Sent::Accepted)];
        state.settle(round(results, false), NOW.plus_seconds(5));
        assert_eq!(state.delivery.failing, None);
        assert_eq!(waiting(&state), [(place(1), 1), (place(90), 0)]);
    }

    #[test]
    fn a_page_about_one_record_says_nothing_about_others() {
        let mut state = state();
        let results = vec![(of_page(1, 1), failed()), (of_page(2, 1), Sent::NotTried)];
        state.settle(round(results, true), NOW);
        assert_eq!(state.delivery.failing, None);
        assert_eq!(waiting(&state), [(place(1), 1), (place(2), 0), (place(90), 0)]);
    }

    #[test]
    fn a_change_that_waits_is_accepted_waits_longer_or_is_given_up() {
        let mut state = state();
        let results = vec![
            (of_page(1, 1), failed()),
            (of_page(2, 2), failed()),
            (of_page(3, 3), failed()),
            (of_page(4, 4), Sent::Accepted),
        ];
        state.settle(round(results, false), NOW);
        let again = |state: &State, at: usize| Sending {
            place: state.waiting[at].place,
            notice: state.waiting[at].notice.clone(),
            before: Some(Box::new(state.waiting[at].clone())),
        };
        let later = NOW.plus_seconds(DAY - 1);
        let results = vec![(again(&state, 0), Sent::Accepted), (again(&state, 1), failed())];
        let steps = state.settle(round(results, false), later);
        assert!(
            matches!(steps[..], [Step::Accepted(_), Step::Wait(_), Step::Wait(_)]),
            "{steps:?}"
        );
        assert_eq!(waiting(&state), [(place(2), 2), (place(3), 1), (place(90), 0)]);
        // The endpoint accepts nothing new, and still the change that is over a day old is given up.
        let results = vec![(again(&state, 1), failed()), (of_page(5, 5), failed())];
        let steps = state.settle(round(results, false), NOW.plus_seconds(DAY));
        assert!(
            matches!(&steps[..], [Step::Park(parked)] if parked.place == place(3)),
            "{steps:?}"
        );
        assert_eq!(state.done.parked, 1);
    }

    #[test]
    fn pauses_double_up_to_a_bound() {
        let mut failing = None;
        let mut pauses = Vec::new();
        for _ in 0..12 {
            let next = after_failure(failing.as_ref(), String::new(), LONGEST_PAUSE, NOW);
            pauses.push(next.next.seconds() - NOW.seconds());
            failing = Some(next);
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
    }
}
