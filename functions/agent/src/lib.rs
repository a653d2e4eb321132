//! The pages that agents see when they follow the link of a customer or a case: HTML from the server, usable without a script.
//!
//! A handler asks one operation of the library, makes a view of what it found (plain data, ready to be read), and fills a template.
//! Everything that is shown was written by strangers: it goes through `text::Text` and the templates' escaping, and only what
//! `text::web_link` lets through becomes a link.

pub mod asset;
pub mod case;
pub mod customer;
pub mod endpoints;
mod fact;
mod network;
mod page;
mod text;
mod timeline;
mod when;

use shared::runtime::Dialect;

/// A page opens by the signature of its link, never by a key, and says what is wrong in HTML.
pub static DIALECT: Dialect = Dialect {
    key: |_| None,
    render_error: page::notice,
};
