//! Tests of Omnidesk's customer controller. They call the real binaries over HTTP. The numbered cases of the
//! contract's section 12 are in files named after its headings. The other files test its other promises.
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
mod feed;
mod item;
mod list;
mod lookup;
mod names;
mod post_index;
mod purge;
mod put;
mod removal;
mod timeline;
