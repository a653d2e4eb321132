//! The pace of a run: a limit of rows a second, and a limit of the table's write capacity, so that agents have some left.
//!
//! The cost of a row is known when it is done. Until then it is estimated by the cost of recent rows, and corrected afterwards. The speed
//! begins low and grows, because a table needs some minutes to split its load over more partitions. If the table refuses calls for lack of
//! capacity, it refuses other callers, too. Then the speed is halved, and grows again slowly.

use std::{cell::RefCell, num::NonZeroU32, time::Duration};

use crm_store::{Meter, Reading};
use tokio::time::Instant;

/// How far a run may be behind its plan and still catch up. More would be a burst.
const CATCH_UP: Duration = Duration::from_millis(100);
/// The longest sleep before the plan is checked again, since finished rows change it.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The estimated cost of a row before any is done: a create of a customer with ten fields.
const USUAL_PRICE: f64 = 80.0;
/// The weight of the last row in the estimated cost.
const NEWEST: f64 = 0.1;
/// The share of its capacity with which a run begins.
const FIRST: f64 = 0.125;
/// How often the speed is changed, and by which factors: first, and once the table has refused calls.
const EVERY: Duration = Duration::from_secs(1);
const GROWTH: f64 = 1.25;
const CAREFUL_GROWTH: f64 = 1.1;
/// Twice the least number of rows a second that the first halving leaves.
const FEW_ROWS: f64 = 10.0;
/// The least capacity that a run uses in a second, however often it is refused.
const LEAST: f64 = 20.0;
/// How long a limit is reported after it took effect.
const LASTING: Duration = Duration::from_secs(10);
/// More capacity than any table has.
const UNLIMITED: f64 = 1e9;

/// What limits a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Its rate, or nothing but the network.
    Rate,
    /// The share of the capacity that it may use.
    Share,
    /// The table: it refuses calls.
    Table,
}

/// The plan of a run.
#[derive(Debug)]
pub struct Pace {
    rows: Schedule,
    budget: Budget,
    meter: Meter,
    settled: Reading,
    /// The numbers of rows that are in flight, and of rows done since the last settlement.
    in_flight: u32,
    done: u32,
}

impl Pace {
    /// A plan from now on, with limits of rows and write capacity units a second.
    pub fn new(rows: NonZeroU32, units: Option<NonZeroU32>, meter: Meter, now: Instant) -> Self {
        Self {
            rows: Schedule::new(rows.get(), now),
            budget: Budget::new(units.map(|units| f64::from(units.get())), now),
            settled: meter.read(),
            meter,
            in_flight: 0,
            done: 0,
        }
    }

    /// Waits until the next row may begin, and counts it as begun.
    pub async fn wait(pace: &RefCell<Self>) {
        loop {
            let wait = pace.borrow_mut().look(Instant::now());
            let Some(wait) = wait else { break };
            tokio::time::sleep(wait).await;
        }
        let due = pace.borrow_mut().begin(Instant::now());
        tokio::time::sleep_until(due).await;
    }

    /// Notes that a row is done.
    pub fn finish(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.done += 1;
    }

    /// What limits the run.
    pub fn limit(&self, now: Instant) -> Limit {
        self.budget.limit(now)
    }

    /// How long to wait before checking again; `None` if there is capacity for a row.
    fn look(&mut self, now: Instant) -> Option<Duration> {
        let reading = self.meter.read();
        let used = reading.units - self.settled.units;
        let is_refused = reading.refusals > self.settled.refusals;
        self.settled = reading;
        self.budget.settle(used, std::mem::take(&mut self.done), is_refused, now);
        self.budget.wait(self.in_flight, now).map(|wait| wait.min(LOOK_AGAIN))
    }

    fn begin(&mut self, now: Instant) -> Instant {
        self.in_flight += 1;
        self.rows.due(now)
    }
}

/// A plan of one row after each period. It has no drift: a row that is late does not delay the next.
#[derive(Debug)]
struct Schedule {
    period: Duration,
    next: Instant,
}

impl Schedule {
    fn new(rate: u32, now: Instant) -> Self {
        Self {
            period: Duration::from_secs(1) / rate.max(1),
            next: now,
        }
    }

    fn due(&mut self, now: Instant) -> Instant {
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        let due = self.next.max(earliest);
        self.next = due + self.period;
        due
    }
}

/// Capacity that may be used, in write capacity units.
#[derive(Debug)]
struct Budget {
    /// The limit a second, and the present speed.
    most: f64,
    speed: f64,
    /// The capacity left now; negative if more was used than allowed.
    left: f64,
    /// The estimated cost of a row.
    price: f64,
    /// When it was last settled, and when the speed was last changed.
    at: Instant,
    changed: Instant,
    /// The approximate usage in the last second.
    lately: f64,
    /// When calls were last refused, when the speed was halved for that, and when a row had to wait.
    refused: Option<Instant>,
    slowed: Option<Instant>,
    waited: Option<Instant>,
}

impl Budget {
    fn new(most: Option<f64>, now: Instant) -> Self {
        Self {
            most: most.unwrap_or(UNLIMITED),
            speed: most.map_or(UNLIMITED, |most| (most * FIRST).max(LEAST.min(most))),
            left: 0.0,
            price: USUAL_PRICE,
            at: now,
            changed: now,
            lately: 0.0,
            refused: None,
            slowed: None,
            waited: None,
        }
    }

    /// Subtracts the usage, and adds the capacity for the time since the last call.
    fn settle(&mut self, used: f64, rows: u32, is_refused: bool, now: Instant) {
        let seconds = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.left = (self.left + self.speed * seconds - used).min(self.speed * CATCH_UP.as_secs_f64());
        self.lately = self.lately * (-seconds / EVERY.as_secs_f64()).exp() + used;
        if rows > 0 {
            let weight = 1.0 - (1.0 - NEWEST).powf(f64::from(rows));
            self.price += weight * (used / f64::from(rows) - self.price);
        }
        let since = now.saturating_duration_since(self.changed);
        if is_refused {
            // Rows that were begun at the old speed may still be refused for a moment.
            let is_old = |slowed| now.saturating_duration_since(slowed) < EVERY;
            if !self.slowed.is_some_and(is_old) {
                self.slow_down(now);
            }
            self.refused = Some(now);
        } else if since >= EVERY {
            let growth = if self.refused.is_some() { CAREFUL_GROWTH } else { GROWTH };
            self.change(self.speed * growth, now);
        }
    }

    /// Half of the allowed or, if less, of the recent usage, but at least the cost of a few rows, since nothing is used while everything is
    /// refused.
    fn slow_down(&mut self, now: Instant) {
        let used = self.lately.max(FEW_ROWS * self.price);
        self.change(self.speed.min(used) / 2.0, now);
        self.slowed = Some(now);
    }

    fn change(&mut self, speed: f64, now: Instant) {
        self.speed = speed.max(LEAST.min(self.most)).min(self.most);
        self.changed = now;
    }

    /// The time until there is capacity for another row beside those in flight.
    fn wait(&mut self, in_flight: u32, now: Instant) -> Option<Duration> {
        let free = self.left - f64::from(in_flight) * self.price;
        if free >= 0.0 {
            return None;
        }
        self.waited = Some(now);
        Some(Duration::from_secs_f64((-free / self.speed).clamp(0.001, 1.0)))
    }

    fn limit(&self, now: Instant) -> Limit {
        let is_recent = |at: Option<Instant>| at.is_some_and(|at| now.saturating_duration_since(at) < LASTING);
        match (is_recent(self.refused), is_recent(self.waited)) {
            (true, _) => Limit::Table,
            (false, true) if self.speed >= self.most => Limit::Share,
            _ => Limit::Rate,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn rows_follow_each_other_by_the_period_and_a_pause_is_no_licence_for_a_burst() {
        let start = Instant::now();
        let mut rows = Schedule::new(100, start);
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert_eq!([rows.due(start), rows.due(start), rows.due(at(11))], [start, at(10), at(20)]);
        assert_eq!(rows.due(at(45)), at(30), "a little late: it catches up");
        let after_pause = at(10_000);
        let soon: Vec<Instant> = std::iter::repeat_with(|| rows.due(after_pause)).take(20).collect();
        assert_eq!(soon.iter().filter(|due| **due <= after_pause).count(), 11);
    }

    /// A table that takes so many units a second, and rows of one price.
    struct Table {
        capacity: f64,
        price: f64,
    }

    /// What a minute of a run comes to.
    #[derive(Debug)]
    struct Minute {
        /// Units of each second.
        units: Vec<f64>,
        refusals: Vec<f64>,
        limit: Limit,
    }

    /// Runs for a minute in steps of a millisecond: a row takes 20 of them, and one that is refused is sent again 100 later.
    fn minute(table: &Table, share: Option<f64>) -> Minute {
        let start = Instant::now();
        let mut budget = Budget::new(share, start);
        let mut flying: VecDeque<u64> = VecDeque::new();
        let (mut free, mut used, mut refusals) = (table.capacity, vec![0.0; 60], vec![0.0; 60]);
        for millisecond in 0..60_000_u64 {
            let now = start + Duration::from_millis(millisecond);
            let second = usize::try_from(millisecond / 1_000).unwrap();
            free = (free + table.capacity / 1_000.0).min(table.capacity);
            let (mut units, mut rows, mut is_refused) = (0.0, 0, false);
            for _ in 0..flying.iter().filter(|end| **end <= millisecond).count() {
                flying.pop_front();
                if free >= table.price {
                    free -= table.price;
                    units += table.price;
                    rows += 1;
                } else {
                    is_refused = true;
                    refusals[second] += 1.0;
                    flying.push_back(millisecond + 100);
                }
            }
            flying.make_contiguous().sort_unstable();
            used[second] += units;
            budget.settle(units, rows, is_refused, now);
            while flying.len() < 16 && budget.wait(u32::try_from(flying.len()).unwrap(), now).is_none() {
                flying.push_back(millisecond + 20);
            }
        }
        Minute {
            units: used,
            refusals,
            limit: budget.limit(start + Duration::from_mins(1)),
        }
    }

    fn mean(units: &[f64]) -> f64 {
        let seconds = u32::try_from(units.len()).unwrap();
        units.iter().sum::<f64>() / f64::from(seconds)
    }

    #[test]
    fn a_run_begins_carefully_and_uses_its_share_and_no_more() {
        for price in [5.0, 70.0, 400.0] {
            let table = Table {
                capacity: 4_000.0,
                price,
            };
            let minute = minute(&table, Some(2_000.0));
            assert!(minute.units[0] < 500.0, "{price}: {:?}", minute.units);
            assert!(
                minute.units.iter().all(|units| *units <= 2_000.0 * 1.1 + 16.0 * price),
                "{price}: {:?}",
                minute.units
            );
            let later = mean(&minute.units[20..]);
            let possible = (16.0 / 0.02 * price).min(2_000.0);
            assert!(later > 0.85 * possible && later < 2_050.0, "{price}: {later}");
            assert!(mean(&minute.refusals).abs() < f64::EPSILON);
        }
    }

    #[test]
    fn where_the_table_takes_less_a_run_takes_what_it_gives() {
        for share in [Some(2_000.0), None] {
            let table = Table {
                capacity: 500.0,
                price: 70.0,
            };
            let minute = minute(&table, share);
            let later = mean(&minute.units[20..]);
            assert!(later > 250.0, "{share:?}: {:?}", minute.units);
            let refused = mean(&minute.refusals[20..]);
            assert!(refused < 0.15 * later / 70.0, "{share:?}: {:?}", minute.refusals);
            assert_eq!(minute.limit, Limit::Table);
        }
    }

    #[test]
    fn a_run_says_what_holds_it_up() {
        let table = |capacity, price| Table { capacity, price };
        assert_eq!(minute(&table(4_000.0, 70.0), Some(2_000.0)).limit, Limit::Share);
        assert_eq!(minute(&table(4_000.0, 0.5), Some(2_000.0)).limit, Limit::Rate);
        assert_eq!(minute(&table(1e8, 70.0), None).limit, Limit::Rate);
    }
}
