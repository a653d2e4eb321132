//! The latencies of repeated calls.

use std::time::{Duration, Instant};

use anyhow::Result;

/// The durations of many calls, the shortest first.
#[derive(Debug)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// Makes this many calls, one after the other.
    pub fn of(times: usize, mut call: impl FnMut(usize) -> Result<()>) -> Result<Self> {
        let mut took = Vec::with_capacity(times);
        for number in 0..times {
            let began = Instant::now();
            call(number)?;
            took.push(began.elapsed());
        }
        took.sort_unstable();
        Ok(Self(took))
    }

    /// A percentile in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(place).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let of = |count| Latencies((1..=count).map(Duration::from_millis).collect());
        let check = |count, percent, wanted: f64| {
            let found = of(count).percentile(percent);
            assert!((found - wanted).abs() < 1e-9, "p{percent} of {count}: {found}");
        };
        check(100, 50, 50.0);
        check(100, 99, 99.0);
        check(10, 99, 10.0);
        check(1, 50, 1.0);
        check(0, 50, 0.0);
    }
}
