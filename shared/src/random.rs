//! Randomness that keeps numbers apart and spreads retries. Not for secrets.

use std::hash::{BuildHasher, RandomState};

/// 64 random bits.
pub fn bits() -> u64 {
    // Every `RandomState` is keyed afresh from the operating system's seed, so its hash of nothing is a random number.
    RandomState::new().hash_one(())
}

/// A random number below `limit`; 0 for 0.
pub fn below(limit: u64) -> u64 {
    bits().checked_rem(limit).unwrap_or(0)
}
