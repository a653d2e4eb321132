//! The audit trail: who did what to a record, without any value.

use serde::Serialize;

use super::{
    items,
    keys::{Key, TenantKeys},
    transaction::Write,
};
use crate::{
    domain::{Actor, Change},
    error::Error,
    random,
};

/// What was done.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// The operation, by its name in the contract.
    pub operation: &'static str,
    /// The fields that the request named.
    pub fields: Vec<String>,
    /// How many interactions it brought.
    pub interactions: usize,
}

#[derive(Serialize)]
struct AuditItem<'a> {
    #[serde(flatten)]
    audit: &'a Audit,
    at: i64,
    by: &'a Actor,
}

impl Audit {
    /// The entry for one partition's history.
    pub(super) fn write(&self, partition: &str, change: &Change) -> Result<Write, Error> {
        let key: Key = TenantKeys::audit(partition, change.at, random::bits());
        let entry = AuditItem {
            audit: self,
            at: change.at.milliseconds(),
            by: &change.by,
        };
        Ok(Write::Put(items::write(&key, &entry)?))
    }
}
