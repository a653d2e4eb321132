//! The program as its users meet it: run as a process, against small servers that stand in for the other side.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test reports by panicking")]

mod doctor;
mod logs;
mod register;
mod stand_in;
