//! Stands in for IAM: determines how a call to DynamoDB uses the table, and whether the calling function may do
//! that.

use crm_lambda::{
    routes,
    table_use::{
        OF_DELIVERIES, OF_ERASURES, OF_FEED, OF_IMPORTS, OF_OPERATORS, SETTINGS, TO_DELIVER, TableUse, UPLOADS, matches_any,
    },
    tasks::{self, table_uses_of},
};
use crm_store::KEY_USES;
use serde_json::Value;
use std::collections::BTreeSet;

/// The function that made a call. The local gateway makes it put its name into its `User-Agent`.
pub fn caller(user_agent: &str) -> Option<&str> {
    user_agent.split(' ').find_map(|word| word.strip_prefix("app/"))
}

/// The uses of the table in a function's call, or the reason why it may not make such a call.
pub fn uses(function: &str, operation: &str, request: &Value) -> Result<BTreeSet<TableUse>, String> {
    if tasks::ALL.iter().any(|task| task.function == function) {
        return uses_of_task(operation, request);
    }
    let one = match operation {
        "GetItem" => TableUse::Get,
        "BatchGetItem" => TableUse::BatchGet,
        "Query" => query(request),
        "UpdateItem" if partition(&request["Key"]).starts_with(KEY_USES) => TableUse::NoteKeyUse,
        "PutItem" => return put(request),
        "DeleteItem" => return removing(TableUse::Delete, &request["Key"]),
        "BatchWriteItem" => return batch(request),
        "TransactWriteItems" => {
            let parts = request["TransactItems"].as_array().into_iter().flatten();
            return all(parts.map(part));
        }
        other => return Err(format!("no function may do {other}")),
    };
    Ok([one].into())
}

fn all(uses: impl Iterator<Item = Result<BTreeSet<TableUse>, String>>) -> Result<BTreeSet<TableUse>, String> {
    uses.collect::<Result<Vec<_>, _>>()
        .map(|uses| uses.into_iter().flatten().collect())
}

fn query(request: &Value) -> TableUse {
    match request["IndexName"].as_str() {
        None => TableUse::QueryPartition,
        Some("term-index") => TableUse::QueryTerms,
        Some(_) => TableUse::QueryContacts,
    }
}

/// The uses in a call of a function that no request calls. It may reach some partitions only.
fn uses_of_task(operation: &str, request: &Value) -> Result<BTreeSet<TableUse>, String> {
    let within = |one: TableUse, patterns: &[&str], partition: &str| {
        if matches_any(patterns, partition) {
            return Ok([one].into());
        }
        Err(format!("no task may do {one:?} to {partition}"))
    };
    let writes = |write: &Value| match write.as_object().and_then(|write| write.iter().next()) {
        Some((kind, write)) if kind == "Put" => within(TableUse::Deliver, OF_DELIVERIES, partition(&write["Item"])),
        Some((kind, write)) if kind == "Delete" => within(TableUse::ForgetDelivered, OF_DELIVERIES, partition(&write["Key"])),
        other => Err(format!("no task may do {other:?} in a transaction")),
    };
    match operation {
        "GetItem" => within(TableUse::FindDelivery, TO_DELIVER, partition(&request["Key"])),
        "Query" if request["IndexName"].is_null() => {
            let queried = &request["ExpressionAttributeValues"][":partition"]["S"];
            within(TableUse::FollowFeed, TO_DELIVER, queried.as_str().unwrap_or_default())
        }
        "TransactWriteItems" => all(request["TransactItems"].as_array().into_iter().flatten().map(writes)),
        other => Err(format!("no task may do {other}")),
    }
}

/// The partition of a key, or of an item.
fn partition(item: &Value) -> &str {
    item["pk"]["S"].as_str().unwrap_or_default()
}

fn put(request: &Value) -> Result<BTreeSet<TableUse>, String> {
    let partition = partition(&request["Item"]);
    if matches_any(&[UPLOADS], partition) {
        return Ok([TableUse::PutUploads].into());
    }
    if matches_any(OF_OPERATORS, partition) {
        if matches_any(OF_IMPORTS, partition) {
            return Ok([TableUse::Put, TableUse::Import].into());
        }
        return Err(format!("no function may put into {partition}"));
    }
    if matches_any(&[SETTINGS], partition) {
        return Ok([TableUse::PutSettings].into());
    }
    let erase = matches_any(OF_ERASURES, partition).then_some(TableUse::Erase);
    Ok([TableUse::Put].into_iter().chain(erase).collect())
}

fn removing(one: TableUse, key: &Value) -> Result<BTreeSet<TableUse>, String> {
    let partition = partition(key);
    if matches_any(&[OF_OPERATORS, OF_ERASURES, OF_FEED].concat(), partition) {
        return Err(format!("no function may do {one:?} to {partition}"));
    }
    Ok([one].into())
}

fn batch(request: &Value) -> Result<BTreeSet<TableUse>, String> {
    let tables = request["RequestItems"].as_object().into_iter().flatten();
    let writes = tables.flat_map(|(_, writes)| writes.as_array().into_iter().flatten());
    all(writes.map(|write| {
        let put = &write["PutRequest"]["Item"];
        let item = if put.is_null() { &write["DeleteRequest"]["Key"] } else { put };
        removing(TableUse::BatchWrite, item)
    }))
}

/// Whether a call tells others of a change: a transaction puts a notice into the feed.
pub fn tells(operation: &str, request: &Value) -> bool {
    let parts = request["TransactItems"].as_array().into_iter().flatten();
    let mut put = parts.map(|part| partition(&part["Put"]["Item"]));
    operation == "TransactWriteItems" && put.any(|partition| matches_any(OF_FEED, partition))
}

/// One write of a transaction.
fn part(write: &Value) -> Result<BTreeSet<TableUse>, String> {
    let kind = write.as_object().and_then(|write| write.iter().next());
    match kind.map(|(kind, write)| (kind.as_str(), write)) {
        Some(("Put", write)) => put(write),
        Some(("Delete", write)) => removing(TableUse::Delete, &write["Key"]),
        Some(("ConditionCheck", _)) => Ok([TableUse::Check].into()),
        other => Err(format!("no function may do {other:?} in a transaction")),
    }
}

/// These uses by what allows them to the function: to one that removes customers, the permission to erase also allows writes of settings. To
/// one that imports, that permission allows writes of journals. To one that writes everywhere, nothing more is needed for uploads.
pub fn allowed_as(function: &str, mut uses: BTreeSet<TableUse>) -> BTreeSet<TableUse> {
    let lists = |one| routes::of_function(function).is_some_and(|route| route.table_uses.contains(&one));
    if lists(TableUse::Erase) && uses.remove(&TableUse::PutSettings) {
        uses.extend([TableUse::Put, TableUse::Erase]);
    }
    if lists(TableUse::Import) && uses.remove(&TableUse::Erase) {
        uses.insert(TableUse::Import);
    }
    if lists(TableUse::Put) && uses.remove(&TableUse::PutUploads) {
        uses.insert(TableUse::Put);
    }
    uses
}

/// The reason why the function may not use the table like this; `None` if it may.
pub fn refusal(function: &str, uses: &BTreeSet<TableUse>) -> Option<String> {
    let Some(allowed) = table_uses_of(function) else {
        return Some(format!("no route and no task has the function {function}"));
    };
    let others: Vec<&TableUse> = uses.difference(&allowed).collect();
    (!others.is_empty()).then(|| format!("{function} does not list {others:?}"))
}
