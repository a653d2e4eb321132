//! The parts that all pages share: their headers, and the notices that take the place of a page.

use askama::Template;
use crm_domain::error::{Absent, Error};
use crm_lambda::http::{Request, Response};

use crate::asset::{ASSETS, Assets};

/// Answers with a page made from a template. The headers forbid inline code, resources from elsewhere and caching,
/// and send no referrer. `frames` are the origins that may show the page in a frame.
///
/// # Errors
/// When the template cannot be rendered, which is not expected.
pub fn html(status: u16, template: &impl Template, frames: &[String]) -> Result<Response, Error> {
    let body = template
        .render()
        .map_err(|why| Error::internal("fill a page's template", why))?;
    let frames = if frames.is_empty() {
        "'none'".to_owned()
    } else {
        frames.join(" ")
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {frames}"
    );
    Ok(Response::of(status, "text/html; charset=utf-8", body)
        .with("cache-control", "private, no-store")
        .with("content-security-policy", policy)
        .with("referrer-policy", "no-referrer")
        .with("x-robots-tag", "noindex"))
}

/// A page that says why the requested one cannot be shown.
#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'a> {
    assets: &'static Assets,
    title: &'static str,
    text: &'static str,
    /// The trace code, by which an administrator finds the request in the log.
    trace: &'a str,
}

/// Renders an error as a notice. A link that does not open always gets the same notice, whatever is wrong with it, so
/// that it reveals nothing about what exists.
pub fn notice(error: &Error, request: &Request) -> Response {
    let (status, title, text) = match error {
        Error::Unauthorized(_) | Error::Forbidden(_) => (
            403,
            "This link no longer works",
            "Links to the CRM are renewed every day. Please go back to Khoros and open the customer or the case there again.",
        ),
        Error::NotFound(Absent::Customer | Absent::Case | Absent::ContactPoint) => (
            404,
            "This record no longer exists",
            "It was removed from the CRM, perhaps on the person’s own request. You can close this page; a search in Khoros shows who is there.",
        ),
        Error::UnknownPath | Error::MethodNotAllowed(_) => (
            404,
            "There is no such page",
            "Please open the customer or the case from Khoros.",
        ),
        Error::Malformed(_) | Error::UnknownFields(_) | Error::Invalid(_) | Error::Refused(_) | Error::TooLarge => (
            400,
            "This page cannot be shown",
            "The browser asked for it in a way that the CRM does not understand. Please open it from Khoros again.",
        ),
        Error::Timeout | Error::Busy(_) | Error::Unreachable { .. } | Error::Internal { .. } => (
            500,
            "The CRM did not answer",
            "Nothing is lost, and it is not your fault. Please load this page again in a moment.",
        ),
    };
    let notice = Notice {
        assets: &ASSETS,
        title,
        text,
        trace: &request.trace,
    };
    html(status, &notice, &[]).unwrap_or_else(|_| Response::of(status, "text/plain; charset=utf-8", text))
}
