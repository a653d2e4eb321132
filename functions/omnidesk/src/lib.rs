//! Omnidesk's customer controller (`/api/v2/customer`) over the same customers: sixteen operations, each a Lambda
//! function.
//!
//! `texts` has every sentence and status of the contract (docs/contracts/omnidesk.md), `rules` its numbers, patterns
//! and inferred choices. `body` and `parameters` read a request, `identify` finds its customer, `edits` reads its
//! changes, and `wire` writes the answer.

mod body;
mod channels;
mod crm_lookup;
mod custom;
mod edits;
pub mod endpoints;
mod identify;
mod list;
mod parameters;
mod reading;
mod removal;
mod rules;
mod spelling;
mod sync;
mod texts;
mod timeline;
mod wire;
mod writing;

use crm_domain::Actor;
use crm_lambda::{http::Request, runtime::Dialect};

/// Where Omnidesk's clients send their key, and how errors are worded for them.
pub static DIALECT: Dialect = Dialect {
    key,
    actor: |_| Actor::default(),
    form_code: |_| String::new(),
    render_error: wire::error,
};

/// The key, from the header `apiKey`, the query, or an `Authorization` header of the scheme `apikey` (section 2).
/// Several keys that differ count as none.
fn key(request: &Request) -> Option<&str> {
    let scheme = request.header("authorization").and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case(rules::KEY).then_some(key.trim())
    });
    let in_query = request.query_parameters().iter().filter(|(name, _)| name == rules::KEY);
    let in_headers = [request.header(rules::KEY), scheme].into_iter().flatten();
    let mut keys = in_headers.chain(in_query.map(|(_, value)| value.as_str()));
    let first = keys.next()?;
    keys.all(|key| key == first).then_some(first)
}
