//! What Khoros would send and get, as a line for a shell and as JSON.

use std::fmt::Write as _;

use agent::text::is_shown;
use serde_json::Value;

/// A request of Khoros' dialect and its answer.
#[derive(Debug)]
pub struct Exchange {
    /// The request, as a line for a shell. It has no key.
    pub line: String,
    /// The status and the body of the answer.
    pub answer: String,
}

impl Exchange {
    /// A `POST` of JSON to a path under `/api/v1`, and its answer; `None` for one without a body.
    pub fn new(origin: &str, path: &str, body: &Value, answer: Option<&Value>) -> Self {
        let body = quoted(&escaped(&body.to_string()));
        let answer = answer.map(|answer| format!("200 OK\n\n{}", escaped(&format!("{answer:#}"))));
        Self {
            line: format!("curl -sH \"Authorization: $AUTH\" {origin}/api/v1{path} -d {body}"),
            answer: answer.unwrap_or_else(|| "204 No Content".to_owned()),
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
        let exchange = Exchange::new("http://h", "/customers", &json!({"lastName": "O'Neil; rm -rf"}), None);
        assert_eq!(
            exchange.line,
            r#"curl -sH "Authorization: $AUTH" http://h/api/v1/customers -d '{"lastName":"O'\''Neil; rm -rf"}'"#
        );
        assert_eq!(exchange.answer, "204 No Content");
    }

    #[test]
    fn what_turns_text_around_is_escaped_and_says_the_same() {
        let json = json!({"lastName": "a\u{202e}b\u{7f}\n", "city": "Ulm 日本"});
        let text = escaped(&format!("{json:#}"));
        assert!(text.contains(r"a\u202eb\u007f\n") && text.contains("日本"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json);
    }
}
