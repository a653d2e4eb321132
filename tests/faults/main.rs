//! Faults: a database that throttles, hangs or vanishes, processes that die, keys that expire. The tests call the
//! real binaries over HTTP, and a proxy in front of the database injects the faults.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers report by panicking"
)]

mod access;
mod budget;
mod crash;
mod duplicates;
mod egain;
mod erasure;
mod feed;
mod lasting;
mod learning;
mod logs;
mod merge;
mod namesakes;
mod omnidesk;
mod pages;
mod passing;
mod permissions;
mod persistence;
mod restart;
mod revocation;
mod rig;
mod routes;
mod stale_index;
mod unfinished;
mod units;
mod webhook;
