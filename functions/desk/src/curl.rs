//! What Khoros would send and get, as a line for a shell and as JSON.

use std::fmt::Write as _;

use agent::text::is_shown;
use serde_json::Value;

/// A request of Khoros' dialect and its answer.
#[derive(Debug)]
pub struct Exchange {
    /// The request, as a line for a shell. It has no key.
    pub line: String,
    /// The status and the body of the answer, where it is known.
    pub answer: Option<String>,
}

impl Exchange {
    /// A request with JSON to a path under `/api/v1`.
    pub fn request(method: &str, origin: &str, path: &str, body: &Value) -> Self {
        let body = quoted(&escaped(&body.to_string()));
        let method = if method == "POST" {
            String::new()
        } else {
            format!(" -X {method}")
        };
        Self {
            line: format!("curl -sH \"Authorization: $AUTH\"{method} {origin}/api/v1{path} -d {body}"),
            answer: None,
        }
    }

    /// A search and its answer; `None` for one without a body.
    pub fn found(origin: &str, path: &str, body: &Value, answer: Option<&Value>) -> Self {
        let status = if answer.is_some() { 200 } else { 204 };
        Self::request("POST", origin, path, body).answered(status, answer)
    }

    /// The same with its answer.
    pub fn answered(self, status: u16, body: Option<&Value>) -> Self {
        let reason = match status {
            200 => " OK",
            204 => " No Content",
            400 => " Bad Request",
            404 => " Not Found",
            422 => " Unprocessable Content",
            _ => "",
        };
        let body = body.map_or(String::new(), |body| format!("\n\n{}", escaped(&format!("{body:#}"))));
        Self {
            answer: Some(format!("{status}{reason}{body}")),
            ..self
        }
    }
}

/// JSON in which the characters that may not be shown are escaped. They can only be in its strings, so it says the same.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_shown(character) {
            escaped.push(character);
        } else {
            // Writing to a text cannot fail.
            _ = write!(escaped, "\\u{:04x}", u32::from(character));
        }
    }
    escaped
}

/// Quotes a text for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_quotation_mark_stays_one() {
        let exchange = Exchange::found("http://h", "/customers", &json!({"lastName": "O'Neil; rm -rf"}), None);
        assert_eq!(
            exchange.line,
            r#"curl -sH "Authorization: $AUTH" http://h/api/v1/customers -d '{"lastName":"O'\''Neil; rm -rf"}'"#
        );
        assert_eq!(exchange.answer.as_deref(), Some("204 No Content"));
    }

    #[test]
    fn a_method_that_curl_would_not_use_is_named() {
        let exchange = Exchange::request("PATCH", "http://h", "/case/K1", &json!({"title": null}));
        assert_eq!(
            exchange.line,
            r#"curl -sH "Authorization: $AUTH" -X PATCH http://h/api/v1/case/K1 -d '{"title":null}'"#
        );
        let exchange = exchange.answered(422, Some(&json!({"error": "x"})));
        assert_eq!(
            exchange.answer.as_deref(),
            Some("422 Unprocessable Content\n\n{\n  \"error\": \"x\"\n}")
        );
    }

    #[test]
    fn what_turns_text_around_is_escaped_and_says_the_same() {
        let json = json!({"lastName": "a\u{202e}b\u{7f}\n", "city": "Ulm 日本"});
        let text = escaped(&format!("{json:#}"));
        assert!(text.contains(r"a\u202eb\u007f\n") && text.contains("日本"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json);
    }
}
