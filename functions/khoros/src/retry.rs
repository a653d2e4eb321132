//! Safe repetition of creates: after a failure Khoros sends the same create again (contract section 7).

use crm_lambda::http::Request;
use crm_service::{OnceKey, Session};
use serde_json::{Map, Value};

/// What identifies a create: operation, agent, and the `Idempotency-Key` where it is sent, otherwise the body.
pub fn once_key(operation: &str, session: &Session, request: &Request, body: &Map<String, Value>) -> OnceKey {
    let agent = session.actor.agent.as_deref().unwrap_or_default();
    // The body in a canonical form, so that white space and the order of members make no difference.
    let mut content = Value::Object(body.clone());
    content.sort_all_objects();
    OnceKey::new(operation, agent, sent_key(request), &content.to_string())
}

/// The `Idempotency-Key`, where one is sent.
pub fn sent_key(request: &Request) -> Option<&str> {
    request.header("idempotency-key").filter(|key| !key.trim().is_empty())
}
