//! eGain's search for customers, asked of the real binary over HTTP: the cases of its contract's section 8 by their numbers, in
//! files by its headings, and then what it promises beside them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers report by panicking"
)]

mod actors;
mod attributes;
mod bounds;
mod differential;
mod errors;
mod lookup;
mod negotiation;
mod paging;
mod ranges;
mod world;
