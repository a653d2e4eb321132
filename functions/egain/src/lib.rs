//! eGain's "Search for customers" (core/customermgr v3) over the same customers.
//!
//! `rules` has what the contract fixes, and says of each rule whether the vendor documents it; `parameters` reads a request,
//! `search` answers it, `wire` and `xml` write the answer, `labels` and `texts` in fifteen languages.

mod actor;
pub mod endpoints;
mod labels;
mod language;
mod negotiation;
mod parameters;
mod representation;
mod rules;
pub mod search;
mod sorting;
mod texts;
mod wire;
mod xml;

use shared::{http::Request, runtime::Dialect};

/// How eGain carries its token and reads errors.
pub static DIALECT: Dialect = Dialect {
    key,
    render_error: representation::error,
};

/// The whole `Authorization` value, `Bearer` included (contract section 1).
fn key(request: &Request) -> Option<&str> {
    request.header("authorization")
}
