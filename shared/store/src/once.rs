//! Created-once records: a create that is sent again returns what the first one created (contract section 7).

use crm_domain::{Timestamp, digest::digest, error::Error};
use serde::{Deserialize, Serialize};

use super::{Item, Store, items, transaction::Write};

/// How long a repeated create counts as the same.
pub(super) const SECONDS: i64 = 600;

/// The identity of a create: operation, agent, and body or `Idempotency-Key`. The store adds the tenant.
#[derive(Debug, Clone)]
pub struct OnceKey {
    identity: String,
    content: String,
}

impl OnceKey {
    /// The identity of a create. A `key` that was sent replaces the content.
    pub fn new(operation: &str, agent: &str, key: Option<&str>, content: &str) -> Self {
        let content = digest(&[content]);
        let identity = match key {
            Some(key) => digest(&[operation, agent, "key", key]),
            None => digest(&[operation, agent, "content", &content]),
        };
        Self { identity, content }
    }

    /// The digest in the key of its record.
    pub(super) fn identity(&self) -> &str {
        &self.identity
    }
}

/// The result of a create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created<T> {
    /// This request created it.
    Now(T),
    /// An equal request created it before.
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
    /// The write that stores a create. It is refused, and returns the existing record, if an equal create is stored.
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

/// The id in a created-once record.
pub(super) fn remembered(found: Option<&Item>) -> Option<&str> {
    items::text_of(found?, "id")
}

/// Whether the stored create had the same content. An equal key alone does not imply that.
pub(super) fn has_same_content(found: &Item, once: &OnceKey) -> bool {
    items::text_of(found, "content") == Some(&once.content)
}
