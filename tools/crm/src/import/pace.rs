//! So many rows a second, and no more.

use std::time::Duration;

use tokio::time::Instant;

/// How far behind its plan a run may be and still catch up: more would be a burst.
const CATCH_UP: Duration = Duration::from_millis(100);

/// A plan of one row after each period. It has no drift: a row that is late does not delay the next.
#[derive(Debug)]
pub struct Pace {
    period: Duration,
    next: Instant,
}

impl Pace {
    /// So many a second, from now on.
    pub fn new(rate: u32, now: Instant) -> Self {
        Self {
            period: Duration::from_secs(1) / rate.max(1),
            next: now,
        }
    }

    /// Waits until the next row may begin.
    pub async fn wait(&mut self) {
        let due = self.due(Instant::now());
        tokio::time::sleep_until(due).await;
    }

    fn due(&mut self, now: Instant) -> Instant {
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        let due = self.next.max(earliest);
        self.next = due + self.period;
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_each_other_by_the_period_and_a_pause_is_no_licence_for_a_burst() {
        let start = Instant::now();
        let mut pace = Pace::new(100, start);
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert_eq!([pace.due(start), pace.due(start), pace.due(at(11))], [start, at(10), at(20)]);
        assert_eq!(pace.due(at(45)), at(30), "a little late: it catches up");
        let after_pause = at(10_000);
        let soon: Vec<Instant> = std::iter::repeat_with(|| pace.due(after_pause)).take(20).collect();
        assert_eq!(soon.iter().filter(|due| **due <= after_pause).count(), 11);
    }
}
