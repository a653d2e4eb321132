//! The Khoros dialect: the ten operations of the custom CRM contract, each a Lambda function, one function that
//! describes them, and one for every other path.
//!
//! A handler reads Khoros' JSON, calls one operation and writes Khoros' JSON. Names are the contract's
//! (docs/contracts/khoros.md).

mod assigned;
pub mod cases;
mod context;
pub mod customers;
pub mod endpoints;
pub mod identity;
pub mod meta;
pub mod openapi;
pub mod retry;
pub mod wire;

use crm_lambda::{http::Request, runtime::Dialect};

/// Where Khoros sends its key, and how errors are worded for it.
pub static DIALECT: Dialect = Dialect {
    key,
    actor: context::actor,
    form_code: |_| String::new(),
    render_error: wire::error,
};

/// The whole `Authorization` value, scheme word included (contract section 1).
fn key(request: &Request) -> Option<&str> {
    request.header("authorization")
}
