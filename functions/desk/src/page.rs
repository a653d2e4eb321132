//! What all pages of the desk share: style, script, headers, and the bar with the person's name.

use std::sync::LazyLock;

use agent::{
    asset::{ICON_PICTURE, STYLE_SHEET, TIMES_SCRIPT},
    text::Text,
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use crm_domain::{Permission, digest::sha256, error::Error};
use crm_lambda::{
    http::{Request, Response},
    routes::desk::{ADMINISTER, EDIT},
};
use crm_service::Session;

/// What stands in every page itself, so that it is there with the first answer. The policy names each by its digest.
#[derive(Debug)]
pub struct Inline {
    /// The agents' pages' style, and the desk's own.
    pub style: String,
    /// The script, without which everything works.
    pub script: String,
    /// The icon, as an address.
    pub icon: String,
}

/// That of this version of the program.
pub static INLINE: LazyLock<Inline> = LazyLock::new(|| Inline {
    style: format!("{STYLE_SHEET}{}", include_str!("../assets/desk.css")),
    script: format!("{TIMES_SCRIPT}{}", include_str!("../assets/desk.js")),
    icon: format!("data:image/svg+xml;base64,{}", STANDARD.encode(ICON_PICTURE)),
});

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let [style, script] = [&INLINE.style, &INLINE.script].map(|text| source(text));
    format!(
        "default-src 'none'; style-src {style}; script-src {script}; img-src data:; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
});

/// The source of a policy that allows this text and no other.
fn source(text: &str) -> String {
    let digest = sha256(text.as_bytes());
    let bytes: Vec<u8> = (0..digest.len())
        .step_by(2)
        .filter_map(|at| u8::from_str_radix(digest.get(at..at + 2)?, 16).ok())
        .collect();
    format!("'sha256-{}'", STANDARD.encode(bytes))
}

/// The pages that the bar leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Best match.
    TryIt,
    /// Customers.
    People,
    /// Records that may be of one person.
    Duplicates,
    /// Imports.
    Imports,
    /// The tenant's settings.
    Settings,
    /// None of them.
    Elsewhere,
}

/// The parameter of a record's page that says that a form about it was stored.
pub const SAVED: &str = "saved";

/// The bar above a page.
#[derive(Debug)]
pub struct Bar {
    /// Where the page is.
    pub place: Place,
    /// Who has signed in.
    pub person: Text,
    /// Whose data these are.
    pub tenant: String,
    /// Whether they may change records.
    pub may_edit: bool,
    /// The code of this sign-in's forms.
    pub code: String,
}

impl Bar {
    /// That of a session.
    pub fn new(session: &Session, request: &Request, place: Place) -> Self {
        let token = crate::key(request).unwrap_or_default();
        Self {
            place,
            person: Text::new(session.actor.agent.as_deref().unwrap_or_default()),
            tenant: session.grant.key.tenant.as_str().to_owned(),
            may_edit: may_edit(session),
            code: session.links.form_code(token).unwrap_or_default(),
        }
    }
}

/// Whether a form about the record has just been stored.
pub fn is_saved(request: &Request) -> bool {
    request.query_parameter(SAVED).is_some()
}

/// Whether whoever has signed in may change records.
pub fn may_edit(session: &Session) -> bool {
    may(session, EDIT)
}

/// Whether whoever has signed in may export and erase people.
pub fn may_administer(session: &Session) -> bool {
    may(session, ADMINISTER)
}

fn may(session: &Session, permissions: &[Permission]) -> bool {
    let own = &session.grant.key.permissions;
    permissions.iter().any(|one| own.contains(one))
}

/// Answers with a page made from a template. The headers forbid any other style and script, resources from elsewhere, frames and
/// caching, and send no referrer.
///
/// # Errors
/// When the template cannot be rendered, which is not expected.
pub fn html(status: u16, template: &impl Template) -> Result<Response, Error> {
    let body = template
        .render()
        .map_err(|why| Error::internal("fill a page's template", why))?;
    Ok(with_headers(Response::of(status, "text/html; charset=utf-8", body)))
}

/// Answers with a file to be stored.
pub fn file(content: String, content_type: &'static str, name: &str) -> Response {
    with_headers(Response::of(200, content_type, content)).with("content-disposition", format!("attachment; filename=\"{name}\""))
}

/// Sends the browser to another page.
pub fn see_other(path: &str) -> Response {
    with_headers(Response::of(303, "text/html; charset=utf-8", "")).with("location", path)
}

fn with_headers(response: Response) -> Response {
    response
        .with("cache-control", "private, no-store")
        .with("content-security-policy", POLICY.as_str())
        .with("referrer-policy", "no-referrer")
        .with("x-frame-options", "DENY")
        .with("x-robots-tag", "noindex")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_the_digest_in_base64() {
        // The example of the policy's specification.
        assert_eq!(
            source("doSomething();"),
            "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"
        );
    }

    #[test]
    fn nothing_inline_ends_its_element() {
        assert!(!INLINE.style.contains("</") && !INLINE.script.contains("</"));
    }
}
