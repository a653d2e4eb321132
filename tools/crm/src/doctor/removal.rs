//! Removes the records of a visit directly from the table, for operators who have access to it, since the contract has no delete.

use super::cleanup::Leftover;
use crate::connection::failed;
use crate::customer::erasure_secret;
use crm_domain::{Actor, CaseId, Change, CustomerId};
use crm_store::{Begun, Manner, Store, clock};
use futures::future::try_join_all;
use std::collections::BTreeSet;

/// Erases the customers of the visit with their cases, and returns the records that stay because this table does not have them.
pub async fn remove(store: &Store, mark: &str, records: Vec<Leftover>) -> anyhow::Result<Vec<Leftover>> {
    let mut customers = BTreeSet::new();
    for id in records.iter().filter_map(|record| CustomerId::parse(&record.id)) {
        if is_of_visit(store, id, mark).await? {
            customers.insert(id);
        }
    }
    let mut left = Vec::new();
    for record in records {
        if !goes_with(store, &customers, &record).await? {
            left.push(record);
        }
    }
    // Each erasure waits for requests that are under way, so all run in parallel.
    try_join_all(customers.into_iter().map(|id| erase(store, id))).await?;
    Ok(left)
}

/// Whether the customer exists with the mark. The server may keep its records in another table than the given one.
async fn is_of_visit(store: &Store, id: CustomerId, mark: &str) -> anyhow::Result<bool> {
    let customer = store.customer_get(id).await.map_err(failed)?;
    let has_mark = |customer| Ok(serde_json::to_string(&customer)?.contains(mark));
    customer.map_or(Ok(false), has_mark)
}

/// Whether a record is one of these customers, or a case of theirs.
async fn goes_with(store: &Store, customers: &BTreeSet<CustomerId>, record: &Leftover) -> anyhow::Result<bool> {
    if let Some(id) = CustomerId::parse(&record.id) {
        return Ok(customers.contains(&id));
    }
    let Some(id) = CaseId::parse(&record.id) else {
        return Ok(false);
    };
    let case = store.case_head(id).await.map_err(failed)?;
    Ok(case.is_some_and(|case| customers.contains(&case.customer)))
}

fn change() -> Change {
    let by = Actor {
        agent: Some("crm doctor".to_owned()),
        ..Actor::default()
    };
    Change { at: clock::now(), by }
}

async fn erase(store: &Store, id: CustomerId) -> anyhow::Result<()> {
    let begun = store.erasure_begin(id, Manner::Erase, &erasure_secret()?, &change()).await;
    if let Some(Begun { mut erasure, .. }) = begun.map_err(failed)? {
        store.erasure_complete(&mut erasure, |_| {}).await.map_err(failed)?;
        store.erasure_end(&erasure).await.map_err(failed)?;
    }
    Ok(())
}
