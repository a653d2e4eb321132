//! External ids. The item of an external id is written together with its record, so no two records have the same one.

use std::collections::BTreeSet;

use crm_domain::{CaseId, CustomerId, ExternalId, error::Error};
use serde::{Deserialize, Serialize};

use super::{
    Item, Store, items,
    keys::{self, Key},
    transaction::Write,
};

/// The kinds of records in the keys of external ids.
pub(super) const CUSTOMER: &str = "customer";
pub(super) const CASE: &str = "case";

#[derive(Serialize, Deserialize)]
struct ExternalItem {
    id: String,
}

impl Store {
    /// The customer with this external id.
    pub async fn customer_by_external(&self, external: &ExternalId) -> Result<Option<CustomerId>, Error> {
        Ok(CustomerId::parse(&self.owner(CUSTOMER, external).await?))
    }

    /// The customers with any of these external ids, each once. Strongly consistent, one round trip.
    pub async fn customers_by_external(&self, externals: &[ExternalId]) -> Result<BTreeSet<CustomerId>, Error> {
        let keys = externals
            .iter()
            .map(|external| self.keys.external(CUSTOMER, external))
            .collect();
        let found = self.database.get_many(keys).await?;
        let ids = found.iter().filter_map(|item| CustomerId::parse(items::text_of(item, "id")?));
        Ok(ids.collect())
    }

    /// The case with this external id. Strongly consistent, one round trip.
    pub async fn case_by_external(&self, external: &ExternalId) -> Result<Option<CaseId>, Error> {
        Ok(CaseId::parse(&self.owner(CASE, external).await?))
    }

    async fn owner(&self, kind: &str, external: &ExternalId) -> Result<String, Error> {
        let found: Option<ExternalItem> = self.database.get_as(self.keys.external(kind, external)).await?;
        Ok(found.map(|item| item.id).unwrap_or_default())
    }

    /// The writes that change a record's external id. The transaction is refused if another record has it.
    pub(super) fn external_changes(
        &self,
        kind: &str,
        owner: &impl ToString,
        before: Option<&ExternalId>,
        after: Option<&ExternalId>,
    ) -> Result<Vec<Write>, Error> {
        let mut writes = Vec::new();
        if before == after {
            return Ok(writes);
        }
        if let Some(after) = after {
            let owner = owner.to_string();
            let item = items::write(&self.keys.external(kind, after), &ExternalItem { id: owner.clone() })?;
            writes.push(Write::PutOwned { item, owner });
        }
        writes.extend(before.map(|before| Write::Delete(self.keys.external(kind, before))));
        Ok(writes)
    }

    /// The key of the external id that a record carries.
    pub(super) fn external_key(&self, record: &Item) -> Option<Key> {
        let kind = match items::text_of(record, "sk")? {
            keys::CUSTOMER => CUSTOMER,
            keys::CASE => CASE,
            _ => return None,
        };
        let external = serde_dynamo::from_attribute_value(record.get("external_id")?.clone()).ok()?;
        Some(self.keys.external(kind, &external))
    }
}
