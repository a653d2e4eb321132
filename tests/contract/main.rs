//! Tests of the contract with Khoros (docs/contracts/khoros.md). They call the real binaries over HTTP. There is a
//! file per route, and then one per promise.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers report by panicking"
)]

mod authentication;
mod bestmatch;
mod big_case;
mod bounds;
mod cases;
mod concurrency;
mod customers;
mod errors;
mod found_by;
mod interactions;
mod learning;
mod meta;
mod model;
mod pages;
mod retry;
mod search;
mod spelling;
mod tenancy;
mod unicode;
