//! The HTTP response that API Gateway makes of a function's answer: payload format 2.0.

use std::{borrow::Cow, collections::BTreeMap};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use http_body_util::Full;
use hyper::{
    StatusCode,
    body::Bytes,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::http::{Reply, json};

/// Headers that the server sets. A function's values would contradict what is really sent.
const NOT_THE_FUNCTIONS: [HeaderName; 5] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// A function's answer with status and headers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: Value,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<Value>>>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: Option<bool>,
}

/// The response for a function's answer; an error if API Gateway would refuse the answer.
pub(super) fn response(payload: &Bytes) -> Result<Reply> {
    match serde_json::from_slice::<Answer>(payload) {
        Ok(answer) => answer.into_reply(),
        Err(error) => shorthand(payload).with_context(|| format!("the answer is malformed: {error}")),
    }
}

/// JSON without a status code is the body of a success.
fn shorthand(payload: &Bytes) -> Result<Reply> {
    match serde_json::from_slice(payload).context("it is not JSON")? {
        Value::Object(object) if object.contains_key("statusCode") => bail!("it has a statusCode"),
        Value::String(text) => Ok(json(StatusCode::OK, text)),
        _ => Ok(json(StatusCode::OK, payload.clone())),
    }
}

impl Answer {
    fn into_reply(self) -> Result<Reply> {
        let status = status(&self.status_code)?;
        let headers = self.headers()?;
        let body = match self.body {
            _ if matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) => Bytes::new(),
            None => Bytes::new(),
            Some(body) if self.is_base64_encoded == Some(true) => BASE64.decode(body).context("the body is not base64")?.into(),
            Some(body) => body.into(),
        };
        let mut reply = Reply::new(Full::new(body));
        *reply.status_mut() = status;
        *reply.headers_mut() = headers;
        Ok(reply)
    }

    fn headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers.iter().flatten() {
            headers.insert(header_name(name)?, header_value(value)?);
        }
        for (name, values) in self.multi_value_headers.iter().flatten() {
            let name = header_name(name)?;
            headers.remove(&name);
            for value in values {
                headers.append(&name, header_value(value)?);
            }
        }
        for cookie in self.cookies.iter().flatten() {
            headers.append(
                header::SET_COOKIE,
                HeaderValue::from_str(cookie).context("a cookie is malformed")?,
            );
        }
        for name in NOT_THE_FUNCTIONS {
            headers.remove(name);
        }
        if self.body.as_ref().is_some_and(|body| !body.is_empty()) {
            // API Gateway's default content type.
            headers
                .entry(header::CONTENT_TYPE)
                .or_insert(HeaderValue::from_static("text/plain; charset=utf-8"));
        }
        Ok(headers)
    }
}

fn status(value: &Value) -> Result<StatusCode> {
    let number = match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64(),
    };
    let status = number
        .and_then(|number| u16::try_from(number).ok())
        .with_context(|| format!("the status {value} is not a number"))?;
    ensure!(
        (200..600).contains(&status),
        "the status {status} is not one of a final response"
    );
    Ok(StatusCode::from_u16(status)?)
}

fn header_name(name: &str) -> Result<HeaderName> {
    name.parse().with_context(|| format!("{name:?} is not a header name"))
}

fn header_value(value: &Value) -> Result<HeaderValue> {
    let text = match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Number(_) | Value::Bool(_) => Cow::Owned(value.to_string()),
        _ => bail!("{value} is not a header value"),
    };
    HeaderValue::from_str(&text).with_context(|| format!("{text:?} is not a header value"))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use serde_json::json;

    use super::*;

    async fn check(payload: &str, status: u16, headers: &[(&str, &str)], body: &[u8]) {
        let (parts, sent) = response(&payload.to_owned().into()).unwrap().into_parts();
        let sent_headers = parts.headers.iter();
        let mut sent_headers: Vec<_> = sent_headers
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        sent_headers.sort_unstable();
        assert_eq!((parts.status.as_u16(), sent_headers), (status, headers.to_vec()));
        assert_eq!(sent.collect().await.unwrap().to_bytes(), body);
    }

    #[tokio::test]
    async fn status_headers_cookies_and_body() {
        let payload = json!({
            "statusCode": 201,
            "headers": {"Content-Type": "application/json", "x-number": 5, "content-length": "999"},
            "multiValueHeaders": {"x-many": ["a", "b"]},
            "cookies": ["one=1; Secure", "two=2"],
            "body": "{}",
            "isBase64Encoded": false,
        });
        let headers = [
            ("content-type", "application/json"),
            ("set-cookie", "one=1; Secure"),
            ("set-cookie", "two=2"),
            ("x-many", "a"),
            ("x-many", "b"),
            ("x-number", "5"),
        ];
        check(&payload.to_string(), 201, &headers, b"{}").await;
    }

    #[tokio::test]
    async fn bodies() {
        let plain = [("content-type", "text/plain; charset=utf-8")];
        check(r#"{"statusCode": 200, "body": "hi"}"#, 200, &plain, b"hi").await;
        check(
            r#"{"statusCode": "200", "body": "/wA=", "isBase64Encoded": true}"#,
            200,
            &plain,
            b"\xff\0",
        )
        .await;
        check(r#"{"statusCode": 404, "headers": null, "body": null}"#, 404, &[], b"").await;
        check(
            r#"{"statusCode": 204, "headers": {"content-length": "0"}, "body": ""}"#,
            204,
            &[],
            b"",
        )
        .await;
    }

    #[tokio::test]
    async fn shorthand_is_a_success() {
        let headers = [("content-type", "application/json")];
        check(r#"{"hello": "world"}"#, 200, &headers, br#"{"hello": "world"}"#).await;
        check(r#""hello""#, 200, &headers, b"hello").await;
        check("null", 200, &headers, b"null").await;
    }

    #[test]
    fn nonsense_is_an_error() {
        for payload in [
            "",
            "not json",
            r#"{"statusCode": 99}"#,
            r#"{"statusCode": 101}"#,
            r#"{"statusCode": 600}"#,
            r#"{"statusCode": null}"#,
            r#"{"statusCode": 200, "body": {}}"#,
            r#"{"statusCode": 200, "body": "%", "isBase64Encoded": true}"#,
            r#"{"statusCode": 200, "headers": {"a b": "c"}}"#,
            r#"{"statusCode": 200, "headers": {"a": "c\nd"}}"#,
        ] {
            assert!(response(&payload.into()).is_err(), "{payload}");
        }
    }
}
