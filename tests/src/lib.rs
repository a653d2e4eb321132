//! What the black-box tests share: a stack of real binaries, and a client that speaks to it as Khoros would.

pub mod client;
pub mod stack;
