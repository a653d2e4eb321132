//! A receiver of webhooks to play with: it prints each message, and whether its signature is right. `make receive` starts it.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use crm_service::webhook::{Signed, WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP};
use crm_store::clock;
use http_body_util::Full;
use hyper::{
    HeaderMap, Request, StatusCode,
    body::{Bytes, Incoming},
};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::http::{self, Clients, Reply, read_body};

/// Much more than a message has.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Receives messages until `stop`, and hands their lines to `print`.
pub async fn receive(listener: TcpListener, secret: String, stop: CancellationToken, print: impl Fn(&str) + Send + Sync + 'static) {
    let (secret, print) = (Arc::new(secret), Arc::new(print));
    http::serve(listener, Clients::Public, stop, move |_, request| {
        let (secret, print) = (Arc::clone(&secret), Arc::clone(&print));
        async move {
            let (status, line) = answer(request, &secret).await;
            print(&line);
            let mut reply = Reply::new(Full::default());
            *reply.status_mut() = status;
            reply
        }
    })
    .await;
}

/// Listens on this port of this machine.
pub async fn listen(port: u16) -> Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    listener.with_context(|| format!("cannot listen on port {port}: choose another with `make receive RECEIVE_PORT=…`"))
}

async fn answer(mut request: Request<Incoming>, secret: &str) -> (StatusCode, String) {
    let Ok(body) = read_body(&mut request, MAX_BODY_BYTES).await else {
        return (StatusCode::BAD_REQUEST, "a body that cannot be read".to_owned());
    };
    judge(request.headers(), &body, secret)
}

/// The answer to a message, and its line.
fn judge(headers: &HeaderMap, body: &Bytes, secret: &str) -> (StatusCode, String) {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body = String::from_utf8_lossy(body);
    let signed = Signed {
        id: header(WEBHOOK_ID),
        timestamp: header(WEBHOOK_TIMESTAMP),
        signatures: header(WEBHOOK_SIGNATURE),
    };
    if !signed.is_by(secret, &body, clock::now()) {
        let line = format!("{} REFUSED: the signature is not by SECRET, or too old", signed.id);
        return (StatusCode::UNAUTHORIZED, line);
    }
    let message: Value = serde_json::from_str(&body).unwrap_or_default();
    let kind = message["type"].as_str().unwrap_or_default();
    (
        StatusCode::NO_CONTENT,
        format!("{} verified {kind} {}", signed.id, message["data"]),
    )
}

#[cfg(test)]
mod tests {
    use crm_service::webhook::{new_secret, signatures};

    use super::*;

    #[test]
    fn only_what_is_signed_with_the_secret_is_accepted() {
        let (secret, now) = (new_secret().unwrap(), clock::now());
        let body = Bytes::from(r#"{"type": "customer.created", "data": {"customer": "C1"}}"#);
        let signatures = signatures([secret.as_str()].into_iter(), "7", now, std::str::from_utf8(&body).unwrap());
        let headers: HeaderMap = [
            (WEBHOOK_ID, "7".to_owned()),
            (WEBHOOK_TIMESTAMP, now.seconds().to_string()),
            (WEBHOOK_SIGNATURE, signatures),
        ]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
        let (status, line) = judge(&headers, &body, &secret);
        assert_eq!(
            (status, line.as_str()),
            (StatusCode::NO_CONTENT, r#"7 verified customer.created {"customer":"C1"}"#)
        );
        let (status, line) = judge(&headers, &body, &new_secret().unwrap());
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(line.contains("REFUSED"), "{line}");
    }
}
