//! API keys: reading and writing them, and when they were last used.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use crm_domain::{CustomerId, KeyRecord, Permission, Timestamp, error::Error};

use super::{
    Database, Store,
    error::failed,
    items::{self, number, text_of},
    keys,
    transaction::Write,
};

/// The precision of the time of a key's last use. It is written no more often than this.
pub const USE_IS_KNOWN_WITHIN: Duration = Duration::from_mins(5);
/// The attribute that holds it, in milliseconds since 1970.
const LAST_USED: &str = "lastUsed";

/// A key as an operator sees it.
#[derive(Debug, Clone)]
pub struct ListedKey {
    /// The digest of its value.
    pub digest: String,
    /// The key.
    pub record: KeyRecord,
    /// When it was last used, within [`USE_IS_KNOWN_WITHIN`].
    pub last_used: Option<Timestamp>,
}

impl Database {
    /// Reads a key by the digest of its value.
    pub async fn key_get(&self, digest: &str) -> Result<Option<KeyRecord>, Error> {
        self.get_as(keys::api_key(digest)).await
    }

    /// Writes a key under the digest of its value, and among its tenant's keys.
    pub async fn key_put(&self, digest: &str, key: &KeyRecord) -> Result<(), Error> {
        let record = items::write(&keys::api_key(digest), key)?;
        let pointer = items::key_item(&self.of(&key.tenant).keys.key_pointer(digest));
        self.transact(vec![Write::Put(record), Write::Put(pointer)])
            .await
            .map_err(|refusal| refusal.unexpected("put a key"))
    }

    /// Records that a key is in use, unless that was recorded a moment ago. This is an item of its own, because functions without any other
    /// write permission may write it (infra/template.yaml).
    pub async fn key_use_put(&self, digest: &str, now: Timestamp) -> Result<(), Error> {
        let moment_ago = now.milliseconds() - i64::try_from(USE_IS_KNOWN_WITHIN.as_millis()).unwrap_or(i64::MAX);
        let written = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(items::key_item(&keys::api_key_use(digest))))
            .update_expression("SET #last = :now")
            .condition_expression("attribute_not_exists(#last) OR #last < :moment_ago")
            .expression_attribute_names("#last", LAST_USED)
            .expression_attribute_values(":now", number(now.milliseconds()))
            .expression_attribute_values(":moment_ago", number(moment_ago))
            .send()
            .await;
        match written {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            other => other.map(drop).map_err(failed("note the use of a key")),
        }
    }
}

impl Store {
    /// The tenant's keys, the oldest first.
    pub async fn key_list(&self) -> Result<Vec<ListedKey>, Error> {
        let pointers = self.query(&self.keys.key_pointers(), "0", "g").await?;
        let digests: Vec<&str> = pointers.iter().filter_map(|pointer| text_of(pointer, "sk")).collect();
        let wanted = digests
            .iter()
            .flat_map(|digest| [keys::api_key(digest), keys::api_key_use(digest)])
            .collect();
        let found = self.database.get_many(wanted).await?;
        let mut by_partition: HashMap<String, _> = found
            .into_iter()
            .filter_map(|item| Some((text_of(&item, "pk")?.to_owned(), item)))
            .collect();
        let mut listed = Vec::with_capacity(digests.len());
        for digest in digests {
            let last_used = by_partition
                .get(&keys::api_key_use(digest).pk)
                .and_then(|item| item.get(LAST_USED)?.as_n().ok()?.parse().ok())
                .map(Timestamp::from_milliseconds);
            if let Some(item) = by_partition.remove(&keys::api_key(digest).pk) {
                listed.push(ListedKey {
                    digest: digest.to_owned(),
                    record: items::read(item)?,
                    last_used,
                });
            }
        }
        listed.sort_by_key(|key| key.record.created);
        Ok(listed)
    }

    /// Ends the keys by which a customer sees their own record, and returns their number. A key without other permissions is deleted
    /// together with the customer's id. Another key loses this permission.
    pub async fn customer_keys_end(&self, customer: CustomerId) -> Result<usize, Error> {
        let mut keys = self.key_list().await?;
        keys.retain(|key| key.record.customer == Some(customer));
        for ListedKey { digest, record, .. } in &keys {
            let mut record = record.clone();
            record.permissions.remove(&Permission::EgainCustomer);
            record.customer = None;
            if record.permissions.is_empty() {
                self.key_delete(digest).await?;
            } else {
                self.database.key_put(digest, &record).await?;
            }
        }
        Ok(keys.len())
    }

    pub(super) async fn key_delete(&self, digest: &str) -> Result<(), Error> {
        let own = [
            keys::api_key(digest),
            keys::api_key_use(digest),
            self.keys.key_pointer(digest),
        ];
        let deleted = self.database.transact(own.map(Write::Delete).to_vec()).await;
        deleted.map_err(|refusal| refusal.unexpected("delete a key"))
    }
}
