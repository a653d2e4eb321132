//! Omnidesk's customer controller, asked of the real binaries over HTTP: the cases of its contract's section 12 by their numbers, in
//! files by its headings, and then what it promises beside them.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers report by panicking"
)]

mod account;
mod authentication;
mod bounds;
mod channels;
mod creation;
mod differential;
mod item;
mod list;
mod lookup;
mod names;
mod post_index;
mod purge;
mod put;
mod removal;
mod timeline;
