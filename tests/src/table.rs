//! The table as it is: what no function shows.

use aws_sdk_dynamodb::types::AttributeValue;
use local::stack::{TABLE, client};

use crate::stack::wait;

/// Every item of a tenant, as text in lower case: wherever a word stands, it is in there. Items belong to a tenant by their key.
///
/// # Panics
/// When the table cannot be read.
#[expect(
    clippy::disallowed_methods,
    reason = "what is nowhere can only be seen by looking everywhere"
)]
#[expect(clippy::expect_used, reason = "what a test stands on reports by panicking")]
pub fn items_of(endpoint: &str, tenant: &str) -> Vec<String> {
    let beginning = format!("{tenant}#");
    let items = wait(async {
        let pages = client(endpoint)
            .await
            .scan()
            .table_name(TABLE)
            .into_paginator()
            .items()
            .send();
        pages.collect::<Result<Vec<_>, _>>().await.expect("the table is read")
    });
    items
        .iter()
        .filter(|item| matches!(item.get("pk"), Some(AttributeValue::S(pk)) if pk.starts_with(&beginning)))
        .map(|item| format!("{item:?}").to_lowercase())
        .collect()
}
