//! How often somebody may try to sign in.
//!
//! A key cannot be guessed in any number of tries. The bound keeps those who try from costing a read of the table each time. Each
//! execution environment counts by itself, and API Gateway bounds all of them together (`RouteSettings` of `infra/template.yaml`).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// So many failures of one address are allowed.
const MOST_FAILURES: u32 = 20;
/// How long they count.
const WITHIN: Duration = Duration::from_mins(5);
/// So many addresses are remembered.
const MOST_SOURCES: usize = 1_000;

/// The failures of a while.
#[derive(Debug, Default)]
pub struct Tries(Mutex<HashMap<String, Failures>>);

#[derive(Debug)]
struct Failures {
    since: Instant,
    count: u32,
}

impl Tries {
    /// Whether an address may try again.
    pub fn may_try(&self, source: &str, now: Instant) -> bool {
        let failures = self.lock();
        let counted = failures.get(source).filter(|failures| failures.count_at(now));
        counted.is_none_or(|failures| failures.count < MOST_FAILURES)
    }

    /// Counts a failure.
    pub fn note_failure(&self, source: &str, now: Instant) {
        let mut failures = self.lock();
        if failures.len() >= MOST_SOURCES {
            failures.retain(|_, failures| failures.count_at(now));
        }
        if failures.len() >= MOST_SOURCES {
            failures.clear();
        }
        let none = Failures { since: now, count: 0 };
        let counted = failures
            .remove(source)
            .filter(|failures| failures.count_at(now))
            .unwrap_or(none);
        let count = counted.count + 1;
        failures.insert(source.to_owned(), Failures { count, ..counted });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Failures>> {
        // The map is consistent even after a panic in another thread.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failures {
    fn count_at(&self, now: Instant) -> bool {
        now.duration_since(self.since) < WITHIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_too_often_waits() {
        let (tries, now) = (Tries::default(), Instant::now());
        for _ in 0..MOST_FAILURES {
            assert!(tries.may_try("192.0.2.1", now));
            tries.note_failure("192.0.2.1", now);
        }
        assert!(!tries.may_try("192.0.2.1", now) && tries.may_try("192.0.2.2", now));
        let later = now + WITHIN;
        assert!(tries.may_try("192.0.2.1", later));
        tries.note_failure("192.0.2.1", later);
        assert!(tries.may_try("192.0.2.1", later), "the count begins anew");
    }

    #[test]
    fn few_addresses_are_remembered() {
        let (tries, now) = (Tries::default(), Instant::now());
        for number in 0..3 * MOST_SOURCES {
            tries.note_failure(&number.to_string(), now);
        }
        assert!(tries.lock().len() <= MOST_SOURCES);
    }
}
