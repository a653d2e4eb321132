//! Many items at once, in no order and not as a whole: reads, and writes that each stand alone.

use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};
use futures::{StreamExt as _, TryStreamExt as _, future::try_join_all};

use super::{Database, Item, back_off, error::failed, items::key_item, keys::Key};
use crate::error::Error;

/// DynamoDB's limit on the keys of one BatchGetItem.
pub(super) const MOST_KEYS: usize = 100;
/// DynamoDB's limit on the items of one BatchWriteItem.
const MOST_PUTS: usize = 25;
/// How many batches are written at once.
const PUTS_AT_ONCE: usize = 4;
/// How often a batch is asked for what the database left out.
const ROUNDS: u32 = 6;

impl Database {
    /// Reads items by key, strongly consistent, in any order; those that do not exist are left out.
    pub(super) async fn get_many(&self, keys: Vec<Key>) -> Result<Vec<Item>, Error> {
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

    /// Puts items, whatever was there. Some may be there and others not while it runs, and when it fails.
    pub(super) async fn put_many(&self, items: Vec<Item>) -> Result<(), Error> {
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
