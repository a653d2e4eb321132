//! Direct access to the table, for what no function shows.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use local::{
    database::create_table,
    stack::{TABLE, client, template_path},
    template::Template,
};

use crate::stack::wait;

/// All items of a tenant as lower-case text, so that a word is found wherever it is stored. The key of an item names
/// its tenant.
/// Notices of the feed of changes are shown without the ids and the acting agent, which they keep for 30 days, whatever
/// becomes of the record.
///
/// # Panics
/// When the table cannot be read.
pub fn items_of(endpoint: &str, tenant: &str) -> Vec<String> {
    items_in(endpoint, TABLE, tenant)
}

/// All items of a tenant by their keys.
///
/// # Panics
/// When the table cannot be read.
pub fn items_by_key(endpoint: &str, tenant: &str) -> BTreeMap<(String, String), HashMap<String, AttributeValue>> {
    let text = |item: &HashMap<String, AttributeValue>, name: &str| match item.get(name) {
        Some(AttributeValue::S(text)) => text.clone(),
        _ => String::new(),
    };
    let items = wait(raw_items(endpoint, TABLE, tenant)).into_iter();
    items.map(|item| ((text(&item, "pk"), text(&item, "sk")), item)).collect()
}

/// As [`items_of`], for any table.
///
/// # Panics
/// When the table cannot be read.
pub fn items_in(endpoint: &str, table: &str, tenant: &str) -> Vec<String> {
    let mut items = wait(raw_items(endpoint, table, tenant));
    for notice in items.iter_mut().filter(|item| is_notice(item)) {
        notice.retain(|name, _| !TOLD.contains(&name.as_str()));
    }
    items.iter().map(|item| format!("{item:?}").to_lowercase()).collect()
}

/// The attributes of a notice that have ids, and who acted.
const TOLD: [&str; 6] = ["customer", "case", "from", "merged", "receipt", "by"];
/// What the partitions of notices have in their keys.
const NOTICES: &str = "#changes#";

fn is_notice(item: &HashMap<String, AttributeValue>) -> bool {
    matches!(item.get("pk"), Some(AttributeValue::S(partition)) if partition.contains(NOTICES))
}

/// Those of [`items_of`] that are no notices.
pub fn without_notices(mut items: Vec<String>) -> Vec<String> {
    items.retain(|item| !item.contains(NOTICES));
    items
}

/// Deletes all items of a tenant.
///
/// # Panics
/// When the table cannot be used.
#[expect(clippy::expect_used, reason = "what a test stands on reports by panicking")]
pub fn delete_items_of(endpoint: &str, tenant: &str) {
    const AT_ONCE: usize = 25;
    wait(async {
        let client = client(endpoint).await;
        let keys = raw_items(endpoint, TABLE, tenant).await.into_iter().map(|mut item| {
            item.retain(|name, _| name == "pk" || name == "sk");
            let delete = DeleteRequest::builder().set_key(Some(item)).build();
            let delete = delete.expect("an item has a key");
            WriteRequest::builder().delete_request(delete).build()
        });
        let deletes: Vec<_> = keys.collect();
        for some in deletes.chunks(AT_ONCE) {
            let write = client.batch_write_item().request_items(TABLE, some.to_vec()).send();
            write.await.expect("items are deleted");
        }
    });
}

/// Creates another table with copies of a tenant's items, as a restore to this moment would do.
///
/// # Panics
/// When the tables cannot be used.
#[expect(clippy::expect_used, reason = "what a test stands on reports by panicking")]
pub fn restore(endpoint: &str, table: &str, tenant: &str) {
    wait(async {
        let client = client(endpoint).await;
        let template = Template::read(&template_path()).expect("the template is read");
        create_table(&client, table, &template).await.expect("the table is made");
        for item in raw_items(endpoint, TABLE, tenant).await {
            let put = client.put_item().table_name(table).set_item(Some(item)).send();
            put.await.expect("an item is put");
        }
    });
}

#[expect(
    clippy::disallowed_methods,
    reason = "the absence of a word can only be proved by reading everything"
)]
#[expect(clippy::expect_used, reason = "what a test stands on reports by panicking")]
async fn raw_items(endpoint: &str, table: &str, tenant: &str) -> Vec<HashMap<String, AttributeValue>> {
    // The database filters the items: a table shared by all tests of a process is larger than the part of one test.
    let pages = client(endpoint)
        .await
        .scan()
        .table_name(table)
        .filter_expression("begins_with(pk, :beginning)")
        .expression_attribute_values(":beginning", AttributeValue::S(format!("{tenant}#")))
        .into_paginator()
        .items()
        .send();
    pages.collect::<Result<Vec<_>, _>>().await.expect("the table is read")
}
