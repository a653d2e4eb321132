//! Randomness that keeps numbers apart and spreads retries. Not for secrets.

/// 64 random bits, from a generator that the operating system seeded.
pub fn bits() -> u64 {
    fastrand::u64(..)
}

/// A random number below `limit`; 0 for 0.
pub fn below(limit: u64) -> u64 {
    if limit == 0 { 0 } else { fastrand::u64(..limit) }
}
