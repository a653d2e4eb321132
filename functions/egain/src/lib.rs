//! eGain's "Search for customers" (core/customermgr v3) over the same customers.
//!
//! `rules` has the contract's constants and says of each whether the vendor documents it (docs/contracts/egain.md).
//! `parameters` reads a request, `search` answers it, `wire` and `xml` write the answer, and `language` has
//! its words in fifteen languages.

mod actor;
pub mod endpoints;
mod language;
mod negotiation;
mod parameters;
mod representation;
mod rules;
pub mod search;
mod sorting;
mod wire;
mod xml;

use crm_domain::Actor;
use crm_lambda::{http::Request, runtime::Dialect};

/// Where eGain's clients send their token, and how errors are worded for them.
pub static DIALECT: Dialect = Dialect {
    key,
    actor: |_| Actor::default(),
    form_code: |_| String::new(),
    render_error: representation::error,
};

/// The whole `Authorization` value, `Bearer` included (contract section 1).
fn key(request: &Request) -> Option<&str> {
    request.header("authorization")
}
