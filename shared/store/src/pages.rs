//! Reads a partition in parts, however large it is.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use crm_domain::error::Error;
use futures::{Stream, TryStreamExt as _, stream};

use super::{Item, Store, error::failed, items::text};

/// The order in which a partition is read. Sort keys contain times where order matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    OldestFirst,
    NewestFirst,
}

impl Store {
    /// A stream of the items of a partition between two sort keys, both included.
    pub(super) fn each_between(
        &self,
        partition: &str,
        first: &str,
        last: &str,
        order: Order,
    ) -> impl Stream<Item = Result<Item, Error>> + use<> {
        let query = self
            .between(partition, first, last)
            .scan_index_forward(order == Order::OldestFirst);
        pages(query)
            .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
            .try_flatten()
    }

    /// A whole partition in order, in pages of at most `most` items and a megabyte.
    pub(super) fn pages(&self, partition: &str, most: usize) -> impl Stream<Item = Result<Vec<Item>, Error>> + use<> {
        let query = self
            .database
            .client
            .query()
            .table_name(&self.database.table)
            .key_condition_expression("pk = :partition")
            .expression_attribute_values(":partition", text(partition))
            .consistent_read(true)
            .limit(i32::try_from(most).unwrap_or(i32::MAX));
        pages(query)
    }
}

fn pages(query: QueryFluentBuilder) -> impl Stream<Item = Result<Vec<Item>, Error>> + use<> {
    stream::try_unfold(query.into_paginator().send(), async |mut pages| {
        let page = pages.next().await.transpose().map_err(failed("query a partition"))?;
        Ok(page.map(|page| (page.items.unwrap_or_default(), pages)))
    })
}
