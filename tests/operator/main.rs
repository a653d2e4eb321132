//! The operator's commands, run as an operator would run them, on the table of running
//! functions.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers report by panicking"
)]

mod best_match;
mod bounds;
mod customer;
mod doctor;
mod duplicates;
mod erasure;
mod export;
mod feed;
mod folder;
mod import;
mod import_files;
mod import_loop;
mod import_pace;
mod index;
mod keys;
mod learning;
mod left;
mod merge;
mod model;
mod party;
mod permissions;
mod private_files;
mod quotes;
mod register;
mod rig;
mod sync;
mod tenant;
mod undo;
