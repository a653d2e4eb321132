//! The audit trail: who did what to a record, without values.

use std::pin::Pin;

use crm_domain::{Actor, CaseId, Change, Customer, Timestamp, error::Error};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};

use super::{
    OnceKey, Store, items,
    keys::{AFTER_AUDIT, AUDIT, TenantKeys},
    pages::Order,
    transaction::Write,
};
use crate::random;

/// What was done.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// The operation, by its name in the contract.
    pub operation: &'static str,
    /// The fields that the request named.
    pub fields: Vec<String>,
    /// The number of interactions that it added.
    pub interactions: usize,
}

/// An [`Audit`] as it is read back, with the acting user and the time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// The operation, by its name in the contract.
    pub operation: String,
    /// The fields that the request named.
    #[serde(default)]
    pub fields: Vec<String>,
    /// The number of interactions that it added.
    #[serde(default)]
    pub interactions: u64,
}

#[derive(Serialize)]
struct AuditItem<'a> {
    #[serde(flatten)]
    audit: &'a Audit,
    at: Timestamp,
    by: &'a Actor,
    /// The digest of the request's created-once record, which nothing else leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    once: Option<&'a str>,
}

/// The attribute that leads from an audit entry to a created-once record.
pub(super) const CREATED_ONCE: &str = "once";

impl Audit {
    /// The entry for one partition's history.
    pub(super) fn write(&self, partition: &str, change: &Change) -> Result<Write, Error> {
        self.entry(partition, change, None)
    }

    /// The entry of a request that is answered once: it leads to the created-once record.
    pub(super) fn write_once(&self, partition: &str, change: &Change, once: Option<&OnceKey>) -> Result<Write, Error> {
        self.entry(partition, change, once.map(OnceKey::identity))
    }

    fn entry(&self, partition: &str, change: &Change, once: Option<&str>) -> Result<Write, Error> {
        let entry = AuditItem {
            audit: self,
            at: change.at,
            by: &change.by,
            once,
        };
        let key = TenantKeys::audit(partition, change.at, random::bits());
        Ok(Write::Put(items::write(&key, &entry)?))
    }
}

impl Store {
    /// A stream of the audit entries of a customer, and of records that were merged into it, the newest first.
    pub fn customer_history(&self, customer: &Customer) -> impl Stream<Item = Result<Entry, Error>> + use<> {
        let ids = [customer.id]
            .into_iter()
            .chain(customer.merged.iter().map(|merged| merged.id));
        let histories = ids.map(|id| self.history(&self.keys.customer_partition(id)).boxed().peekable());
        stream::try_unfold(histories.collect::<Vec<_>>(), async |mut histories| {
            // An error is returned before any entry.
            let mut newest: Option<(Option<Timestamp>, usize)> = None;
            for (place, history) in histories.iter_mut().enumerate() {
                let at = match Pin::new(history).peek().await {
                    Some(Ok(entry)) => Some(entry.at),
                    Some(Err(_)) => None,
                    None => continue,
                };
                if newest.is_none_or(|(before, _)| before.is_some() && at.is_none_or(|at| Some(at) > before)) {
                    newest = Some((at, place));
                }
            }
            let Some((_, place)) = newest else { return Ok(None) };
            let entry = histories[place].next().await.transpose()?;
            Ok(entry.map(|entry| (entry, histories)))
        })
    }

    /// The same for a case.
    pub fn case_history(&self, id: CaseId) -> impl Stream<Item = Result<Entry, Error>> + use<> {
        self.history(&self.keys.case_partition(id))
    }

    pub(super) fn history(&self, partition: &str) -> impl Stream<Item = Result<Entry, Error>> + use<> {
        self.each_between(partition, AUDIT, AFTER_AUDIT, Order::NewestFirst)
            .and_then(async |item| items::read(item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_back() {
        let change = Change {
            at: Timestamp::from_milliseconds(1_795_305_600_000),
            by: Actor {
                agent: Some("ann@x.example".to_owned()),
                initiative: Some(7),
                company: None,
                user: None,
            },
        };
        let audit = Audit {
            operation: "createCase",
            fields: vec!["title".to_owned()],
            interactions: 2,
        };
        let once = OnceKey::new("createCase", "ann@x.example", None, "{}");
        let Ok(Write::Put(item)) = audit.write_once("p", &change, Some(&once)) else {
            panic!("an entry is put");
        };
        assert_eq!(items::text_of(&item, CREATED_ONCE), Some(once.identity()));
        let entry = Entry {
            at: change.at,
            by: change.by,
            operation: "createCase".to_owned(),
            fields: vec!["title".to_owned()],
            interactions: 2,
        };
        assert_eq!(items::read::<Entry>(item).unwrap(), entry);
    }
}
