//! The format and language of answers and errors, and the headers that name them (contract sections 5 and 6).

use crm_domain::error::{Absent, Error, Refusal};
use crm_lambda::http::{Request, Response};
use serde_json::{Map, Value, json};

use crate::{
    language::Language,
    negotiation::{Choice, preferred},
    rules, xml,
};

/// The format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, the default.
    Json,
    /// XML.
    Xml,
}

impl Format {
    const TYPES: [&'static str; 2] = ["application/json", "application/xml"];

    /// The format that an `Accept` header prefers; `None` if it accepts neither. Documented; wildcards, weights and
    /// ties are inferred.
    fn negotiated(header: Option<&str>) -> Option<Self> {
        let choice = |value, name| Choice {
            value,
            ranges: vec![name, "application/*", "*/*"],
        };
        let choices = [choice(Self::Json, Self::TYPES[0]), choice(Self::Xml, Self::TYPES[1])];
        header.map_or(Some(Self::Json), |header| preferred(header, &choices))
    }
}

/// The format and language that a request asks for.
#[derive(Clone, Copy)]
pub struct Representation {
    /// The format.
    pub format: Format,
    /// The language.
    pub language: Language,
}

impl Representation {
    /// Reads the request's headers.
    ///
    /// # Errors
    /// 406 for the format, then for the language.
    pub fn of(request: &Request) -> Result<Self, Error> {
        let format = Format::negotiated(request.header("accept"))
            .ok_or_else(|| rules::refusal(rules::NO_TYPE, &[&Format::TYPES.join(", ")], &[]))?;
        let language = Language::negotiated(request.header("accept-language"))
            .ok_or_else(|| rules::refusal(rules::NO_LANGUAGE, &[&Language::tags().join(", ")], &[]))?;
        Ok(Self { format, language })
    }

    /// Like [`Self::of`], but with the defaults where a header cannot be satisfied: for rendering errors.
    fn nearest(request: &Request) -> Self {
        Self {
            format: Format::negotiated(request.header("accept")).unwrap_or(Format::Json),
            language: Language::negotiated(request.header("accept-language")).unwrap_or(Language::DEFAULT),
        }
    }

    /// An answer with this body. `root` is the name of the root element in XML.
    pub fn answer(self, status: u16, root: &str, body: &Value) -> Result<Response, Error> {
        let (content_type, body) = match self.format {
            Format::Json => ("application/json", body.to_string()),
            Format::Xml => ("application/xml; charset=utf-8", xml::document(root, body)?),
        };
        Ok(Response {
            content_type,
            headers: vec![
                ("vary", "Authorization, Accept, Accept-Language".to_owned()),
                ("content-language", self.language.tag().to_owned()),
            ],
            ..Response::text(status, body)
        })
    }
}

/// Renders an error in eGain's shape (contract section 6.1). Clients distinguish errors by the code.
pub fn error(error: &Error, request: &Request) -> Response {
    let representation = Representation::nearest(request);
    let body = body(error, request, representation.language);
    let status = body["code"]
        .as_str()
        .and_then(|code| code.get(..3)?.parse().ok())
        .unwrap_or(500);
    let mut answer = representation
        .answer(status, "error", &body)
        .unwrap_or_else(|_| Response::json(status, &body));
    if let Error::MethodNotAllowed(methods) = error {
        answer.allow = Some(methods.join(", "));
    }
    answer
}

fn body(error: &Error, request: &Request, language: Language) -> Value {
    let plain = |code, arguments: &[&str]| (code, language.text(code, arguments), Vec::new());
    let (code, message, details) = match error {
        Error::Refused(refusal) => refused(refusal, language),
        Error::Unauthorized(_) if has_token(request) => plain(rules::BAD_TOKEN, &[]),
        Error::Unauthorized(_) => plain(rules::NO_TOKEN, &[]),
        Error::Forbidden(_) => plain(rules::NO_ACTION, &[rules::ACTION]),
        Error::UnknownPath => plain(rules::NO_PATH, &[]),
        Error::MethodNotAllowed(methods) => plain(rules::NO_METHOD, &[&methods.join(", ")]),
        Error::TooLarge => plain(rules::TOO_LARGE, &[]),
        // A search addresses nothing by its path, and its mistakes are refusals of its own.
        Error::NotFound(Absent::Customer | Absent::Case | Absent::ContactPoint)
        | Error::Malformed(_)
        | Error::UnknownFields(_)
        | Error::Invalid(_)
        | Error::Busy(_)
        | Error::Timeout
        | Error::Unreachable { .. }
        | Error::Internal { .. } => plain(rules::FAILED, &[&request.trace]),
    };
    let mut body = Map::from_iter([
        ("code".to_owned(), code.into()),
        ("developerMessage".to_owned(), shortened(&message).into()),
    ]);
    if !details.is_empty() {
        body.insert("details".to_owned(), details.into());
    }
    if request.header("x-egain-error-message") == Some("yes") {
        body.insert("userMessage".to_owned(), shortened(&message).into());
    }
    body.into()
}

fn has_token(request: &Request) -> bool {
    let token = request.header("authorization").and_then(|value| value.split_once(' '));
    token.is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty())
}

fn refused(refusal: &Refusal, language: Language) -> (&'static str, String, Vec<Value>) {
    let arguments: Vec<&str> = refusal.arguments.iter().map(String::as_str).collect();
    // The reason why a value is not valid is translated by itself.
    let reason = match arguments.as_slice() {
        [_, reason, names] if refusal.code == rules::INVALID => Some(language.text(reason, &[names])),
        _ => None,
    };
    let message = match &reason {
        Some(reason) => language.text(refusal.code, &[arguments[0], reason]),
        None => language.text(refusal.code, &arguments),
    };
    let details = refusal.details.iter().take(rules::MOST_DETAILS).map(|detail| {
        let mut wire = json!({"key": shortened(&detail.name)});
        let value = reason.as_ref().unwrap_or(&detail.message);
        if !value.is_empty() {
            wire["value"] = shortened(value).into();
        }
        wire
    });
    (refusal.code, message, details.collect())
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= rules::LONGEST_MESSAGE {
        return text.to_owned();
    }
    let kept: String = text.chars().take(rules::LONGEST_MESSAGE - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_the_default_unless_xml_is_preferred() {
        for (header, format) in [
            (None, Some(Format::Json)),
            (Some("*/*"), Some(Format::Json)),
            (Some("application/*"), Some(Format::Json)),
            (Some("application/xml"), Some(Format::Xml)),
            (Some("application/xml, application/json"), Some(Format::Json)),
            (Some("application/xml;q=0.9, application/json;q=0.1"), Some(Format::Xml)),
            (Some("application/json;q=0, */*"), Some(Format::Xml)),
            (Some("text/html"), None),
            (Some("text/xml"), None),
        ] {
            assert_eq!(Format::negotiated(header), format, "{header:?}");
        }
    }

    #[test]
    fn a_message_is_no_longer_than_the_contract_allows() {
        assert_eq!(shortened(&"é".repeat(255)).chars().count(), 255);
        assert_eq!(shortened(&"é".repeat(256)).chars().count(), 255);
    }

    #[test]
    fn every_code_has_a_text() {
        for code in rules::CODES {
            assert_ne!(Language::DEFAULT.text(code, &[]), code);
        }
    }
}
