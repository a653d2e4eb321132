//! Tests of eGain's search for customers. They call the real binary over HTTP. The numbered cases of the contract's
//! section 8 are in files named after its headings. The other files test its other promises.
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
