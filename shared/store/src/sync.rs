//! Syncing with another system by extracts of it: which rows changed since the last one, what they gave before, and which are gone.
//!
//! A row of an extract has two items. The note in the customer's partition has the values that were given, and is gone when the person is.
//! The entry in the source's own partitions has the digest of the row, by which an unchanged row is recognised without reading the
//! customer. Its key has the digest of the row's external id.

use std::collections::{BTreeMap, HashMap};

use crm_domain::{CustomerId, Timestamp, error::Error};
use futures::{TryStreamExt as _, future::try_join_all};
use serde::{Deserialize, Serialize};

use crate::{
    Item, Store, erased,
    items::{self, text_of},
    keys::{Key, SYNC_PARTS, SYNCED},
    pages::Order,
    transaction::{Refusal, Write},
};

/// Another system, by the name that the operator gives it: small letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncSource(String);

impl SyncSource {
    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        const LONGEST: usize = 40;
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_name = (1..=LONGEST).contains(&name.len()) && name.bytes().all(is_plain);
        is_name.then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes digests of rows, under the tenant's own key, so that nobody who reads the table can try values.
#[derive(Clone)]
pub struct RowDigests(erased::DigestKey);

impl RowDigests {
    /// The digest of some texts, of which the first says what they are.
    pub fn digest(&self, parts: &[&str]) -> Result<String, Error> {
        self.0.digest_of(parts)
    }
}

/// What is known of a row from the last extract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncedRow {
    /// The record of the row.
    pub id: CustomerId,
    /// The digest of all that it said.
    pub digest: String,
    /// Since when the row has been missing from the extracts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Timestamp>,
}

/// The values that a record was last given by a row, by field.
pub type Given = BTreeMap<String, Option<String>>;

#[derive(Serialize, Deserialize)]
struct NoteItem {
    id: CustomerId,
    given: Given,
}

/// What is to be remembered of a row, with the record's own transaction.
#[derive(Debug, Clone)]
pub struct SyncNote {
    /// The source.
    pub source: SyncSource,
    /// The digest of the row's external id.
    pub row: String,
    /// The digest of all that it says.
    pub digest: String,
    /// The values that it gives.
    pub given: Given,
}

impl Store {
    /// The tenant's digests of rows. `secret` becomes the key of the tenant's digests if it has none.
    pub async fn row_digests(&self, secret: &[u8; 32]) -> Result<RowDigests, Error> {
        self.digest_key_or(secret).await.map(RowDigests)
    }

    /// The same without writing: digests that are as good as any if the tenant has no key yet, and so no row.
    pub async fn row_digests_if_any(&self) -> Result<RowDigests, Error> {
        let key = self.digest_key().await?;
        Ok(RowDigests(key.unwrap_or_else(erased::DigestKey::of_nobody)))
    }

    /// All rows of the last extracts of a source, by the digests of their external ids.
    pub async fn synced_rows(&self, source: &SyncSource) -> Result<HashMap<String, SyncedRow>, Error> {
        let parts = (0..SYNC_PARTS).map(async |part| {
            let partition = self.keys.synced_part(source.as_str(), part);
            let items = self.each_between(&partition, "0", "g", Order::OldestFirst);
            let row = items.and_then(async |item| {
                let row = text_of(&item, "sk").unwrap_or_default().to_owned();
                Ok((row, items::read(item)?))
            });
            row.try_collect::<Vec<(String, SyncedRow)>>().await
        });
        Ok(try_join_all(parts).await?.into_iter().flatten().collect())
    }

    /// What a record was last given by this row; nothing if it was not given anything.
    pub async fn synced_values(&self, source: &SyncSource, row: &str, id: CustomerId) -> Result<Given, Error> {
        let note: Option<NoteItem> = self.database.get_as(self.keys.synced(id, source.as_str(), row)).await?;
        Ok(note.map(|note| note.given).unwrap_or_default())
    }

    /// The entry of the source that goes with a note.
    pub(super) fn synced_elsewhere(&self, item: &Item) -> Option<Key> {
        let (source, row) = text_of(item, "sk")?.strip_prefix(SYNCED)?.split_once('#')?;
        Some(self.keys.synced_row(source, row))
    }

    /// The writes that remember a row.
    pub(super) fn synced_writes(&self, id: CustomerId, note: &SyncNote) -> Result<Vec<Write>, Error> {
        let source = note.source.as_str();
        let given = NoteItem {
            id,
            given: note.given.clone(),
        };
        let row = SyncedRow {
            id,
            digest: note.digest.clone(),
            gone: None,
        };
        Ok(vec![
            Write::Put(items::write(&self.keys.synced(id, source, &note.row), &given)?),
            Write::Put(items::write(&self.keys.synced_row(source, &note.row), &row)?),
        ])
    }

    /// Remembers a row that changes nothing of its record. `false` if the record is gone.
    pub async fn synced_put(&self, id: CustomerId, note: &SyncNote) -> Result<bool, Error> {
        let mut writes = self.synced_writes(id, note)?;
        writes.push(Write::RequireRecord(self.keys.customer(id)));
        self.is_synced(writes).await
    }

    /// Marks a row as missing from the extracts. `false` if its record is gone.
    pub async fn synced_gone(&self, source: &SyncSource, row: &str, known: &SyncedRow, at: Timestamp) -> Result<bool, Error> {
        let gone = SyncedRow {
            gone: Some(at),
            ..known.clone()
        };
        let item = items::write(&self.keys.synced_row(source.as_str(), row), &gone)?;
        let note = self.keys.synced(known.id, source.as_str(), row);
        self.is_synced(vec![Write::Put(item), Write::Require(note)]).await
    }

    async fn is_synced(&self, writes: Vec<Write>) -> Result<bool, Error> {
        match self.database.transact(writes).await {
            Ok(()) => Ok(true),
            Err(Refusal::Conditions(_)) => Ok(false),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_a_plain_name() {
        assert_eq!(SyncSource::parse("erp-2").unwrap().as_str(), "erp-2");
        for name in ["", "ERP", "a#b", "a b", &"a".repeat(41)] {
            assert_eq!(SyncSource::parse(name), None, "{name}");
        }
    }
}
