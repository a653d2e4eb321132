//! Random choices that can be repeated: a run prints its seed.

use crm_store::clock;

/// The environment variable that repeats a failed run: `SPELLING_SEED=… cargo test …`.
const SEED: &str = "SPELLING_SEED";

/// A source of choices.
pub struct Dice(u64);

impl Dice {
    /// Takes the seed from the environment, otherwise from the clock.
    pub fn new() -> Self {
        let seed = match std::env::var(SEED) {
            Ok(seed) => seed.parse().expect("a seed is a number"),
            Err(_) => u64::try_from(clock::now().milliseconds()).unwrap(),
        };
        // Printed only if the test fails.
        println!("{SEED}={seed}");
        Self(seed.max(1))
    }

    /// A number below this limit.
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

    /// True once in this many times, on average.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// This many decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap()))
            .collect()
    }
}
