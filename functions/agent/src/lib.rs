//! The pages that agents see when they follow the link of a customer or a case: HTML from the server, usable without
//! a script.
//!
//! A handler calls one operation, makes a view of the result (plain data for a template), and fills a template.
//! The shown texts were written by strangers. They go through [`text::Text`] and the templates' escaping, and only what
//! [`text::web_link`] accepts becomes a link.
//!
//! The desk shows the same records, with the same views, fragments of templates and style.

pub mod asset;
pub mod case;
pub mod customer;
pub mod endpoints;
pub mod fact;
mod network;
mod page;
pub mod text;
pub mod timeline;
pub mod ways;
pub mod when;

use crm_domain::Actor;
use crm_lambda::runtime::Dialect;

/// The signature of a link opens a page; a key never does. Errors are HTML.
pub static DIALECT: Dialect = Dialect {
    key: |_| None,
    actor: |_| Actor::default(),
    form_code: |_| String::new(),
    render_error: page::notice,
};
