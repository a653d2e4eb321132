//! Every spelling that people use: what is stored is found by each of them, in all dialects and in best match, and what could not be
//! found is refused. Spellings are generated; the list of how many were stored, refused and found is in the test's output.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers report by panicking"
)]

mod dice;
mod dress;
mod records;
mod values;
mod wire;
