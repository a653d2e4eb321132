//! Tests of the desk (docs/desk.md), which ask the real binaries over HTTP as a browser does. `tests/browser` looks at it in one.
//!
//! They all come from one address, from which twenty keys may be refused at the shared stack. Tests that need many use a stack of
//! their own.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers report by panicking"
)]

mod access;
mod accounts;
mod editing;
mod importing;
mod leaving;
mod merging;
mod pages;
mod settings;
mod sign_in;
mod visitor;
