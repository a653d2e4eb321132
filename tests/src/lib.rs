//! The shared parts of the black-box tests: a stack of real binaries, a client that calls it as Khoros would, and a
//! proxy that makes the database fail.

pub mod client;
pub mod crm;
pub mod documents;
pub mod fault_proxy;
pub mod feed;
pub mod permissions;
pub mod stack;
pub mod stand_in;
pub mod table;
