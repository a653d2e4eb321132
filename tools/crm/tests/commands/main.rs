//! The program as its users run it: as a process, with small stand-in servers.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test reports by panicking")]

mod doctor;
mod logs;
mod register;
mod stand_in;
