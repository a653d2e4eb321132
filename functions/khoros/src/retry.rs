//! What Khoros does after a failure: it sends the same create again (contract section 7).

use serde_json::{Map, Value};
use shared::{http::Request, operations::Session, store::OnceKey};

/// The identity of a create: operation, agent, and the body or, where it is sent, the `Idempotency-Key`.
pub fn once_key(operation: &str, session: &Session, request: &Request, body: &Map<String, Value>) -> OnceKey {
    let agent = session.actor.agent.as_deref().unwrap_or_default();
    // Parsed, sorted and written again: neither white space nor the order of members makes another request.
    let mut content = Value::Object(body.clone());
    content.sort_all_objects();
    let key = request.header("idempotency-key").filter(|key| !key.trim().is_empty());
    OnceKey::new(operation, agent, key, &content.to_string())
}
