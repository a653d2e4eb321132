//! Every spelling that people use: a stored value is found by each of its spellings, in all dialects and in best
//! match, and a value that could not be found is refused. The tests generate spellings and print how many were
//! stored, refused and found.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers report by panicking"
)]

mod collected;
mod dice;
mod dress;
mod records;
mod values;
mod wire;
