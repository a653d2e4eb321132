//! Created-once records: a create that is sent again finds what the first one made (contract section 7).

use crm_domain::{Timestamp, digest::digest, error::Error};
use serde::{Deserialize, Serialize};

use super::{Item, Store, items, transaction::Write};

/// For how long a repeated create is the same one.
pub(super) const SECONDS: i64 = 600;

/// What makes two creates the same: operation, agent, and body or `Idempotency-Key`. The tenant is in the store.
#[derive(Debug, Clone)]
pub struct OnceKey {
    identity: String,
    content: String,
}

impl OnceKey {
    /// The identity of a create; `key`, where one is sent, takes the content's place in it.
    pub fn new(operation: &str, agent: &str, key: Option<&str>, content: &str) -> Self {
        let content = digest(&[content]);
        let identity = match key {
            Some(key) => digest(&[operation, agent, "key", key]),
            None => digest(&[operation, agent, "content", &content]),
        };
        Self { identity, content }
    }

    /// The digest that its record lies under.
    pub(super) fn identity(&self) -> &str {
        &self.identity
    }
}

/// What became of a create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created<T> {
    /// It was made by this request.
    Now(T),
    /// An equal request made it before.
    Before(T),
}

#[derive(Serialize, Deserialize)]
struct OnceItem {
    id: String,
    content: String,
    /// Seconds since 1970: the table's time-to-live attribute.
    expires: i64,
}

impl Store {
    /// The write that remembers a create; refused, with the record found, where an equal one is remembered.
    pub(super) fn remember(&self, once: &OnceKey, id: &impl ToString, now: Timestamp) -> Result<Write, Error> {
        let record = OnceItem {
            id: id.to_string(),
            content: once.content.clone(),
            expires: now.plus_seconds(SECONDS).seconds(),
        };
        Ok(Write::PutOverExpired {
            item: items::write(&self.keys.once(&once.identity), &record)?,
            now: now.seconds(),
        })
    }

    /// The id that an equal request has left, if one did that is not too long ago.
    pub(super) async fn remembered(&self, once: &OnceKey, now: Timestamp) -> Result<Option<String>, Error> {
        let found: Option<OnceItem> = self.database.get_as(self.keys.once(&once.identity)).await?;
        Ok(found.filter(|found| found.expires >= now.seconds()).map(|found| found.id))
    }
}

/// The id that a created-once record remembers.
pub(super) fn remembered(found: Option<&Item>) -> Option<&str> {
    items::text_of(found?, "id")
}

/// Whether the remembered create asked for the very same: a key alone does not say so.
pub(super) fn has_same_content(found: &Item, once: &OnceKey) -> bool {
    items::text_of(found, "content") == Some(&once.content)
}
