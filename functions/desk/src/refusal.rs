//! What is shown in place of a page that cannot be shown.

use askama::Template;
use crm_domain::error::{Absent, Error};
use crm_lambda::{
    http::{Request, Response},
    runtime::{FOREIGN_FORM, TOO_MANY_TRIES},
};

use crate::{
    cookie, imports,
    page::{self, INLINE, Inline},
    sign_in,
};

/// A page that says why the requested one cannot be shown.
#[derive(Template)]
#[template(path = "refusal.html")]
struct Refused<'a> {
    inline: &'static Inline,
    title: &'static str,
    text: &'static str,
    /// Where to go on.
    way: Way,
    /// The trace code, by which an operator finds the request in the log.
    trace: &'a str,
}

struct Way {
    link: &'static str,
    text: &'static str,
}

const TO_SIGN_IN: Way = Way {
    link: sign_in::PATH,
    text: "Sign in",
};
const TO_BEGIN: Way = Way {
    link: "/desk",
    text: "To the beginning",
};
const TO_PEOPLE: Way = Way {
    link: "/desk/people",
    text: "Find people",
};

/// Renders an error. Whoever has not signed in is led there, whatever was asked for.
pub fn page(error: &Error, request: &Request) -> Response {
    let is_code = |code| matches!(error, Error::Refused(refusal) if refusal.code == code);
    let is_refused = matches!(error, Error::Unauthorized(_) | Error::Forbidden(_));
    if request.path == sign_in::PATH && is_code(TOO_MANY_TRIES) {
        return sign_in::again(request, 429, sign_in::TOO_MANY);
    }
    if request.path == sign_in::PATH && is_refused {
        return sign_in::again(request, 403, sign_in::NO_KEY);
    }
    if matches!(error, Error::Unauthorized(_)) && request.method != "POST" {
        let ended = cookie::token(request).map_or(String::new(), |_| format!("?{}=1", sign_in::ENDED));
        return page::see_other(&format!("{}{ended}", sign_in::PATH)).with("set-cookie", cookie::no_token());
    }
    let (status, title, text, way) = if is_code(FOREIGN_FORM) {
        (
            403,
            "This form is not from this sign-in",
            "Perhaps somebody has signed in anew in another window. Nothing was done. Please open the page again and send it once more.",
            TO_BEGIN,
        )
    } else {
        told(error, request)
    };
    let refused = Refused {
        inline: &INLINE,
        title,
        text,
        way,
        trace: &request.trace,
    };
    page::html(status, &refused).unwrap_or_else(|_| Response::of(status, "text/plain; charset=utf-8", text))
}

/// For a person of whom there is more than one answer holds.
///
/// # Errors
/// When the template cannot be rendered, which is not expected.
pub fn too_large_to_export(request: &Request) -> Result<Response, Error> {
    let refused = Refused {
        inline: &INLINE,
        title: "There is too much to download",
        text: "A download holds four megabytes, and what can be read in five seconds. An operator’s crm customer export has no such bound.",
        way: TO_PEOPLE,
        trace: &request.trace,
    };
    page::html(413, &refused)
}

fn told(error: &Error, request: &Request) -> (u16, &'static str, &'static str, Way) {
    match error {
        Error::Unauthorized(_) => (
            403,
            "Your sign-in has ended",
            "Nothing was done. A sign-in lasts eight hours, or until its key is revoked. Please sign in and do it again.",
            TO_SIGN_IN,
        ),
        Error::Forbidden(_) => (
            403,
            "Your key does not allow this",
            "An operator can make a key that does: crm keys create says how.",
            TO_BEGIN,
        ),
        Error::NotFound(Absent::Customer | Absent::Case | Absent::ContactPoint) => (
            404,
            "This record is not there",
            "It was removed from the CRM, or its id is misspelt.",
            TO_PEOPLE,
        ),
        Error::UnknownPath | Error::MethodNotAllowed(_) => (404, "There is no such page", "The desk has other pages.", TO_BEGIN),
        Error::TooLarge if request.path.starts_with(imports::PATH) => (
            413,
            "This file is too large for the desk",
            "A file here holds a megabyte. Nothing was imported. An operator imports larger ones: crm import customers.",
            TO_BEGIN,
        ),
        Error::TooLarge => (
            413,
            "This is too much at once",
            "A form holds a megabyte. Nothing was done.",
            TO_BEGIN,
        ),
        Error::Malformed(_) | Error::UnknownFields(_) | Error::Invalid(_) | Error::Refused(_) => (
            400,
            "This form cannot be read",
            "Nothing was done. Please open the page again and send it once more.",
            TO_BEGIN,
        ),
        Error::Timeout | Error::Busy(_) | Error::Unreachable { .. } | Error::Internal { .. } => (
            500,
            "The CRM did not answer",
            "It is not your fault. Please try again in a moment.",
            TO_BEGIN,
        ),
    }
}
