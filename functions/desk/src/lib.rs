//! The desk: the CRM in a browser, for people who have signed in. HTML from the server, usable without a script.
//!
//! A handler reads a form, calls one operation of the service, makes a view of the result, and fills a template. It has no rules of its
//! own: forms become the JSON that Khoros would send, which the Khoros dialect reads, and records are shown as on the agents' pages,
//! whose views and style these are.
//!
//! Whoever has a key with the permission exchanges it for a cookie ([`sign_in`]). Values of people are never in an address: forms that
//! have any are sent by `POST`.

pub mod accounts;
pub mod case;
mod case_fields;
mod cookie;
mod curl;
mod difference;
pub mod distinct;
pub mod duplicates;
pub mod edit_case;
pub mod edit_fields;
pub mod edit_person;
pub mod edit_settings;
pub mod endpoints;
pub mod erase;
mod explained;
pub mod export;
mod form;
mod history;
pub mod import;
pub mod imports;
pub mod merge;
pub mod new_case;
pub mod new_person;
mod page;
pub mod people;
pub mod person;
mod random_word;
mod reason;
pub mod receipt;
mod record;
mod record_form;
mod refusal;
pub mod rejected_rows;
pub mod settings;
pub mod sign_in;
pub mod sign_out;
pub mod try_it;
mod upload_form;

use agent::ways::Ways;
use crm_domain::Actor;
use crm_lambda::{http::Request, local::is_local_stack, runtime::Dialect};

/// At sign-in the key is in the form. Afterwards the token in the cookie stands for it. Errors are HTML.
pub static DIALECT: Dialect = Dialect {
    key,
    actor: |_| Actor::default(),
    form_code: upload_form::code,
    render_error: refusal::page,
};

/// Where the desk shows records.
const WAYS: Ways<'static> = Ways::SignedIn {
    customer: "/desk/people/",
    case: "/desk/cases/",
};

/// The parameter by which the link of `make run` signs in.
const TOKEN: &str = "token";

fn key(request: &Request) -> Option<&str> {
    if request.path == sign_in::PATH {
        return Some(request.form_value(sign_in::KEY).trim());
    }
    // An address can be read by others, so only the local stack signs anybody in by one.
    let in_link = request.query_parameter(TOKEN).filter(|_| is_local_stack());
    in_link.or_else(|| cookie::token(request))
}
