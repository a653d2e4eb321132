//! Random choices from a seed.

use fastrand::Rng;

/// The only source of randomness of a sample: the same seed gives the same sample.
pub struct Dice(Rng);

impl Dice {
    /// Dice for a seed. Equal seeds give equal rolls.
    pub fn new(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.f64() < probability
    }

    /// A number below `limit`, which is at least 1.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0.usize(..limit.max(1))
    }

    /// A number from `from` to `to`.
    pub fn between(&mut self, from: usize, to: usize) -> usize {
        self.0.usize(from..=to)
    }

    /// A factor between 1 / `most` and `most`, each ratio equally likely.
    pub fn times(&mut self, most: f64) -> f64 {
        most.powf(2.0 * self.fraction() - 1.0)
    }

    /// A number from 0 up to 1.
    pub fn fraction(&mut self) -> f64 {
        self.0.f64()
    }

    /// One of these, each equally likely.
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// One of these, each equally likely; `None` if there are none.
    pub fn one_of<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// One of these, with probabilities in proportion to their weights.
    pub fn weighted<'a, T>(&mut self, from: &'a [T], weight: impl Fn(&T) -> f64) -> Option<&'a T> {
        let all: f64 = from.iter().map(&weight).sum();
        let mut left = self.fraction() * all;
        from.iter().find(|one| {
            left -= weight(one);
            left <= 0.0
        })
    }

    /// This many decimal digits. The first one is not 0.
    pub fn digits(&mut self, count: usize) -> String {
        let digit = |place| char::from(b'0' + u8::try_from(self.0.usize(usize::from(place == 0)..10)).unwrap_or(0));
        (0..count).map(digit).collect()
    }

    /// In a random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        self.0.shuffle(list);
    }
}
