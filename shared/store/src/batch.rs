//! Batches of reads and writes. Each item stands alone, so a batch can succeed in part.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};
use crm_domain::error::Error;
use futures::{StreamExt as _, TryStreamExt as _, future::try_join_all};

use super::{
    Database, Item, back_off,
    error::failed,
    items::{key_item, key_of},
    keys::{Key, is_record},
};

/// DynamoDB's limit on the keys of one BatchGetItem.
pub(super) const MOST_KEYS: usize = 100;
/// DynamoDB's limit on the items of one BatchWriteItem.
const MOST_PUTS: usize = 25;
/// How many batches are written at once.
const PUTS_AT_ONCE: usize = 4;
/// How often the items that the database left out are requested again.
const ROUNDS: u32 = 6;

impl Database {
    /// Reads items by key, strongly consistent, in any order; those that do not exist are left out. A key that is named several times
    /// is read once: DynamoDB refuses a batch that names one twice.
    pub(super) async fn get_many(&self, keys: Vec<Key>) -> Result<Vec<Item>, Error> {
        let keys = distinct(keys);
        let batches = keys.chunks(MOST_KEYS).map(|batch| self.get_batch(batch));
        Ok(try_join_all(batches).await?.concat())
    }

    async fn get_batch(&self, keys: &[Key]) -> Result<Vec<Item>, Error> {
        let mut found = Vec::with_capacity(keys.len());
        let mut wanted = keys.iter().map(key_item).collect::<Vec<_>>();
        for round in 0..ROUNDS {
            back_off(round).await;
            let asked = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .consistent_read(true)
                .build()
                .map_err(|source| Error::internal("build a batch read", source))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table, asked)
                .send()
                .await
                .map_err(failed("read items"))?;
            found.extend(answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default());
            match answer.unprocessed_keys.and_then(|mut left| left.remove(&self.table)) {
                Some(left) if !left.keys.is_empty() => wanted = left.keys,
                _ => return Ok(found),
            }
        }
        Err(Error::Busy("read items: the table is throttled"))
    }

    /// Puts items, overwriting existing ones. After a failure some may be written and others not. Of several items with one key the last
    /// one is put. Records of customers and cases are not put so: others are told of them, in one transaction with the record.
    pub(super) async fn put_many(&self, items: Vec<Item>) -> Result<(), Error> {
        let items = last_of_each_key(items);
        if items.iter().filter_map(key_of).any(|key| is_record(&key)) {
            return Err(Error::internal("put items", "a record is written by transactions only"));
        }
        let mut requests = Vec::with_capacity(items.len());
        for item in items {
            let put = PutRequest::builder().set_item(Some(item)).build();
            let put = put.map_err(|source| Error::internal("build a batch write", source))?;
            requests.push(WriteRequest::builder().put_request(put).build());
        }
        let batches: Vec<Vec<WriteRequest>> = requests.chunks(MOST_PUTS).map(<[WriteRequest]>::to_vec).collect();
        futures::stream::iter(batches)
            .map(|batch| self.put_batch(batch))
            .buffer_unordered(PUTS_AT_ONCE)
            .try_collect()
            .await
    }

    async fn put_batch(&self, mut wanted: Vec<WriteRequest>) -> Result<(), Error> {
        for round in 0..ROUNDS {
            back_off(round).await;
            let sent = self.client.batch_write_item().request_items(&self.table, wanted).send().await;
            let answer = sent.map_err(failed("write items"))?;
            match answer.unprocessed_items.and_then(|mut left| left.remove(&self.table)) {
                Some(left) if !left.is_empty() => wanted = left,
                _ => return Ok(()),
            }
        }
        Err(Error::Busy("write items: the table is throttled"))
    }
}

/// Each key once, in the order of first occurrence.
fn distinct(mut keys: Vec<Key>) -> Vec<Key> {
    let mut seen = HashSet::with_capacity(keys.len());
    keys.retain(|key| seen.insert(key.clone()));
    keys
}

/// The last item of each key, in the order of these.
fn last_of_each_key(mut items: Vec<Item>) -> Vec<Item> {
    let keys: Vec<Option<Key>> = items.iter().map(key_of).collect();
    let last: HashMap<&Option<Key>, usize> = keys.iter().enumerate().map(|(at, key)| (key, at)).collect();
    let mut is_last = keys.iter().enumerate().map(|(at, key)| last.get(key) == Some(&at));
    items.retain(|_| is_last.next().unwrap_or_default());
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::text;

    fn key(name: &str) -> Key {
        Key {
            pk: "p".to_owned(),
            sk: name.to_owned(),
        }
    }

    #[test]
    fn a_batch_never_names_a_key_twice() {
        let keys = ["a", "b", "a", "c", "b"].map(key).to_vec();
        assert_eq!(distinct(keys), ["a", "b", "c"].map(key));
        let item = |name: &str, value: &str| {
            let mut item = key_item(&key(name));
            item.insert("value".to_owned(), text(value));
            item
        };
        let items = vec![item("a", "1"), item("b", "1"), item("a", "2")];
        assert_eq!(last_of_each_key(items), [item("b", "1"), item("a", "2")]);
    }
}
