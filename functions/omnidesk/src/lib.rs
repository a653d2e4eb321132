//! Omnidesk's customer controller (`/api/v2/customer`) over the same customers: sixteen operations, each a Lambda function.
//!
//! `texts` has every sentence and status that the contract fixes, `rules` its numbers, patterns and inferred choices; `body` and
//! `parameters` read a request, `identify` finds whom it is about, `edits` what it changes; `wire` writes the answer.

mod body;
mod channels;
mod crm_lookup;
mod edits;
pub mod endpoints;
mod guard;
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

use shared::{http::Request, runtime::Dialect};

/// How Omnidesk carries its key and reads errors.
pub static DIALECT: Dialect = Dialect {
    key,
    render_error: wire::error,
};

/// The key, from the header `apiKey`, the query, or a header of the scheme `apikey` (section 2). Several that differ are none.
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
