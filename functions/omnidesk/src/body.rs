//! The parameters of a request as one map from names to texts, whichever of the three encodings they have (section
//! 3.1).

use std::{collections::BTreeMap, convert::Infallible};

use crm_domain::error::Error;
use crm_lambda::http::{BODY_LIMIT, Request, decoded};
use multer::{Constraints, Field, Multipart, SizeLimit};
use serde_json::{Number, Value};

use crate::texts::{INVALID, MEDIA_TYPE, UNREADABLE, invalid};

/// The largest number of parameters of a request: twice what all pairs of channels and custom fields need. An entry
/// of the customer's history, which is one item of the table, names the parameters that set something.
const MOST_PARAMETERS: usize = 500;

/// The values of query and body by name. Of a repeated name the last value wins, and the body wins over the query.
pub async fn values(request: &Request) -> Result<BTreeMap<String, String>, Error> {
    let mut values: BTreeMap<String, String> = urlencoded(request.query_string().as_bytes())?.into_iter().collect();
    // The body of a GET is ignored.
    if !request.body.is_empty() && request.method != "GET" {
        values.extend(of_body(request).await?);
    }
    if values.len() > MOST_PARAMETERS {
        return Err(too_many());
    }
    Ok(values)
}

fn too_many() -> Error {
    UNREADABLE.about(&format!("it has more than {MOST_PARAMETERS} parameters"))
}

async fn of_body(request: &Request) -> Result<Vec<(String, String)>, Error> {
    if let Some(mistake) = request.encoding_mistake() {
        return Err(UNREADABLE.about(mistake));
    }
    let content_type = request.header("content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "multipart/form-data" => multipart(content_type, &request.body).await,
        "application/x-www-form-urlencoded" => urlencoded(&request.body),
        "application/json" => json(request),
        _ => Err(MEDIA_TYPE.refused()),
    }
}

async fn multipart(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let broken = |_| UNREADABLE.about("its multipart body is broken");
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let body = futures::stream::iter([Ok::<_, Infallible>(body.to_vec())]);
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(BODY_LIMIT as u64));
    let mut parts = Multipart::with_constraints(body, boundary, limits);
    let mut values = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part
            .name()
            .map(str::to_owned)
            .ok_or_else(|| UNREADABLE.about("a part has no name"))?;
        if is_file(&part) {
            return Err(invalid(&name, "must be a text, not a file"));
        }
        let bytes = part.bytes().await.map_err(broken)?;
        let value = String::from_utf8(bytes.to_vec()).map_err(|_| INVALID.about(&name))?;
        values.push((name, value));
        if values.len() > MOST_PARAMETERS {
            return Err(too_many());
        }
    }
    Ok(values)
}

/// Whether a part has a file name, in any spelling of `filename`.
fn is_file(part: &Field<'_>) -> bool {
    let disposition = part.headers().get("content-disposition");
    let disposition = disposition
        .map(|value| value.as_bytes().to_ascii_lowercase())
        .unwrap_or_default();
    part.file_name().is_some() || disposition.windows(FILE_NAME.len()).any(|window| window == FILE_NAME)
}

const FILE_NAME: &[u8] = b"; filename";

/// The names and values of a query or a urlencoded body.
fn urlencoded(encoded: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let bytes: Vec<u8> = percent_encoding::percent_decode(encoded).collect();
    if std::str::from_utf8(&bytes).is_err() {
        return Err(UNREADABLE.about("it is not UTF-8"));
    }
    Ok(decoded(encoded))
}

fn json(request: &Request) -> Result<Vec<(String, String)>, Error> {
    let object = request.json_object()?;
    let member = |(name, value): (String, Value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Number(number) => match number_text(&number) {
            Some(text) => Ok((name, text)),
            None => Err(invalid(&name, "must be sent as a text: a JSON number loses digits")),
        },
        Value::Bool(flag) => Ok((name, flag.to_string())),
        Value::Null => Ok((name, String::new())),
        Value::Array(_) | Value::Object(_) => Err(invalid(&name, "must be a text, a number, true or false")),
    };
    object.into_iter().map(member).collect()
}

/// The text of a JSON number. `None` for a number that other parsers may read differently (RFC 8259, section 6),
/// because two ids must not become one.
fn number_text(number: &Number) -> Option<String> {
    if let Some(whole) = number.as_i64() {
        return Some(whole.to_string());
    }
    let fraction = number.as_f64().filter(|fraction| fraction.abs() <= LARGEST_EXACT)?;
    Some(fraction.to_string())
}

/// 2^53: up to here, a float represents every whole number exactly.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use proptest::prelude::*;

    use super::*;

    /// Reads a body at once: it is in memory, so nothing waits.
    fn read(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, Error> {
        multipart(content_type, body).now_or_never().unwrap()
    }

    fn encoded(pairs: &[(String, String)]) -> Vec<u8> {
        let part = |(name, value): &(String, String)| {
            format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        format!("{}--limit--\r\n", pairs.iter().map(part).collect::<String>()).into_bytes()
    }

    #[test]
    fn numbers_that_survive_are_texts() {
        let text = |json: &str| number_text(&serde_json::from_str::<Number>(json).unwrap());
        for (json, wanted) in [
            ("7", Some("7")),
            ("-1", Some("-1")),
            ("9007199254740991", Some("9007199254740991")),
            ("1.5", Some("1.5")),
            ("1e3", Some("1000")),
            ("123456789012345678901234", None),
            ("1e300", None),
        ] {
            assert_eq!(text(json).as_deref(), wanted, "{json}");
        }
    }

    proptest! {
        #[test]
        fn both_encodings_return_what_was_sent(pairs in proptest::collection::vec(("[a-zA-Z_0-9]{1,20}", "[^-]{0,40}"), 1..8)) {
            prop_assert_eq!(read("multipart/form-data; boundary=limit", &encoded(&pairs)).unwrap(), pairs.clone());
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(&pairs);
            prop_assert_eq!(urlencoded(form.finish().as_bytes()).unwrap(), pairs);
        }

        #[test]
        fn a_truncated_body_is_refused(value in "[a-z]{1,40}", cut in 1_usize..40) {
            let mut body = encoded(&[("name".to_owned(), value)]);
            body.truncate(body.len() - cut.min(body.len()));
            prop_assert!(cut <= 4 || read("multipart/form-data; boundary=limit", &body).is_err());
        }

        #[test]
        fn no_body_makes_the_reader_panic(body: Vec<u8>) {
            drop(read("multipart/form-data; boundary=limit", &body));
            drop(urlencoded(&body));
        }
    }
}
