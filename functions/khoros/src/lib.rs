//! The Khoros custom CRM contract: ten operations, each a Lambda function of its own, one that describes
//! them, and one for every other path.
//!
//! A handler reads Khoros' JSON, calls one of `shared`'s operations and writes Khoros' JSON. The names are the contract's.

mod assigned;
pub mod cases;
pub mod customers;
pub mod endpoints;
pub mod identity;
pub mod meta;
pub mod openapi;
mod retry;
pub mod unknown_route;
mod wire;

use shared::{http::Request, runtime::Dialect};

/// How Khoros carries its key and reads errors.
pub static DIALECT: Dialect = Dialect {
    key,
    render_error: wire::error,
};

/// The whole `Authorization` value, scheme word included (contract section 1).
fn key(request: &Request) -> Option<&str> {
    request.header("authorization")
}
