//! What IAM would say: which use of the table a call to DynamoDB is, and whether the calling function may make it.

use crm_lambda::{routes, table_use::TableUse};
use crm_store::KEY_USES;
use serde_json::Value;
use std::collections::BTreeSet;

/// The function that made a call, by the application's name in its `User-Agent`: the local gateway sets it.
pub fn caller(user_agent: &str) -> Option<&str> {
    user_agent.split(' ').find_map(|word| word.strip_prefix("app/"))
}

/// The uses that one call makes, or why no function may make it.
pub fn uses(operation: &str, request: &Value) -> Result<BTreeSet<TableUse>, String> {
    let one = match operation {
        "GetItem" => TableUse::Get,
        "BatchGetItem" => TableUse::BatchGet,
        "BatchWriteItem" => TableUse::BatchWrite,
        "PutItem" => TableUse::Put,
        "DeleteItem" => TableUse::Delete,
        "Query" if request.get("IndexName").is_some() => TableUse::QueryIndex,
        "Query" => TableUse::QueryPartition,
        "UpdateItem" if is_key_use(request) => TableUse::NoteKeyUse,
        "TransactWriteItems" => return request["TransactItems"].as_array().into_iter().flatten().map(part).collect(),
        other => return Err(format!("no function may do {other}")),
    };
    Ok([one].into())
}

fn is_key_use(request: &Value) -> bool {
    let partition = request["Key"]["pk"]["S"].as_str();
    partition.is_some_and(|partition| partition.starts_with(KEY_USES))
}

/// One write of a transaction.
fn part(write: &Value) -> Result<TableUse, String> {
    let kind = write.as_object().and_then(|write| write.keys().next());
    match kind.map(String::as_str) {
        Some("Put") => Ok(TableUse::Put),
        Some("Delete") => Ok(TableUse::Delete),
        Some("ConditionCheck") => Ok(TableUse::Check),
        other => Err(format!("no function may do {other:?} in a transaction")),
    }
}

/// Why the function may not make these uses.
pub fn refusal(function: &str, uses: &BTreeSet<TableUse>) -> Option<String> {
    let Some(route) = routes::of_function(function) else {
        return Some(format!("no route has the function {function}"));
    };
    let allowed = route.all_table_uses();
    let others: Vec<&TableUse> = uses.difference(&allowed).collect();
    (!others.is_empty()).then(|| format!("the route of {function} does not list {others:?}"))
}
