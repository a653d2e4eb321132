//! Chance that can be repeated: a run prints the number that it began with.

use crm_store::clock;

/// Repeats a run that failed: `SPELLING_SEED=… cargo test …`.
const SEED: &str = "SPELLING_SEED";

/// A source of choices.
pub struct Dice(u64);

impl Dice {
    /// Begins with the number that the environment gives, else with the time.
    pub fn new() -> Self {
        let seed = match std::env::var(SEED) {
            Ok(seed) => seed.parse().expect("a seed is a number"),
            Err(_) => u64::try_from(clock::now().milliseconds()).unwrap(),
        };
        // The test's output is shown if it fails.
        println!("{SEED}={seed}");
        Self(seed.max(1))
    }

    /// A number below this one.
    pub fn below(&mut self, bound: usize) -> usize {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    /// One of these.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Whether something happens that happens once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// So many decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap()))
            .collect()
    }
}
