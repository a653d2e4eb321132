//! Tests of the administrators' dialect (docs/contracts/admin.md). They call the real binaries over HTTP.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers report by panicking"
)]

mod access;
mod admin;
mod changes;
mod distinct;
mod duplicates;
mod merges;
