//! Signing out.

use std::sync::Arc;

use askama::Template;
use crm_domain::error::Error;
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{
    cookie,
    page::{self, Bar, INLINE, Inline, Place},
    sign_in,
};

#[derive(Template)]
#[template(path = "sign_out.html")]
struct SignOutPage {
    inline: &'static Inline,
    bar: Bar,
}

/// `POST /desk/sign-out`, and `GET`, which only asks.
///
/// # Errors
/// When the template cannot be rendered, which is not expected.
pub async fn sign_out(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    if request.method == "POST" {
        return Ok(page::see_other(sign_in::PATH).with("set-cookie", cookie::no_token()));
    }
    let bar = Bar::new(&session, &request, Place::Elsewhere);
    page::html(200, &SignOutPage { inline: &INLINE, bar })
}
