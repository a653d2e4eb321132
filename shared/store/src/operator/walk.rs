//! All customers, cases or items of a tenant, a page at a time. No index lists them, so this reads the table from end to
//! end. Only the operator's `crm` does so, at a price that grows with the table. The functions' policies do not allow it.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use crm_domain::{Case, CaseId, Customer, CustomerId, Event, error::Error};
use serde::de::DeserializeOwned;

use crate::{
    Database, Item, Store,
    error::failed,
    items::{self, PENDING, text},
    keys::{CASE, CUSTOMER, EVENTS, KEY_POINTERS, Key, SET_ASIDE, SETTINGS},
    transaction::Write,
};

/// How many items, of whatever kind, one call looks at: few enough to leave the table's throughput to agents.
const ITEMS_PER_CALL: i32 = 2_000;

/// How many items of a tenant are deleted in one transaction, of the 100 that DynamoDB takes.
const MOST_DELETED: usize = 100;

/// Where a walk through the table stands.
#[derive(Debug)]
pub struct Position(Item);

/// What such a walk comes to: a customer, and after it its events.
#[derive(Debug)]
pub enum Walked {
    /// A customer.
    Customer(Box<Customer>),
    /// An event of this customer's.
    Event(CustomerId, Box<Event>),
}

/// What an operator wants to know of where a table is.
#[derive(Debug, Clone)]
pub struct Whereabouts {
    /// The table's ARN, with region and account; of a database that is not AWS' made up.
    pub arn: String,
}

impl Database {
    /// Where the table is, as AWS knows it.
    pub async fn whereabouts(&self) -> Result<Whereabouts, Error> {
        let described = self.client.describe_table().table_name(&self.table).send().await;
        let described = described.map_err(failed("describe the table"))?;
        let arn = described.table.and_then(|table| table.table_arn).unwrap_or_default();
        Ok(Whereabouts { arn })
    }

    /// The names of the tenants that something is set for, or that have a key; of so many pages of the table, or of all.
    pub async fn tenants(&self, pages: Option<usize>) -> Result<BTreeSet<String>, Error> {
        let (mut names, mut from) = (BTreeSet::new(), None);
        for _ in 0..pages.unwrap_or(usize::MAX) {
            let scan = self
                .scan()
                .projection_expression("pk")
                .filter_expression("contains(pk, :settings) OR contains(pk, :keys)")
                .expression_attribute_values(":settings", text(SETTINGS))
                .expression_attribute_values(":keys", text(KEY_POINTERS));
            let (found, next) = page(scan, from).await?;
            let tenant = |item: &Item| {
                let partition = items::text_of(item, "pk")?;
                let name = partition
                    .strip_suffix(SETTINGS)
                    .or_else(|| partition.strip_suffix(KEY_POINTERS))?;
                Some(name.to_owned())
            };
            names.extend(found.iter().filter_map(tenant));
            from = next;
            if from.is_none() {
                break;
            }
        }
        Ok(names)
    }

    /// A scan of the table. This is the one place that begins any.
    #[expect(
        clippy::disallowed_methods,
        reason = "nothing else lists tenants and their records, and only `crm` asks for this"
    )]
    fn scan(&self) -> ScanFluentBuilder {
        self.client.scan().table_name(&self.table).limit(ITEMS_PER_CALL)
    }
}

/// The page of a scan that comes after a place, and where the next one begins; nowhere at the end.
async fn page(scan: ScanFluentBuilder, from: Option<Item>) -> Result<(Vec<Item>, Option<Item>), Error> {
    let answer = scan.set_exclusive_start_key(from).send().await;
    let answer = answer.map_err(failed("read the table from end to end"))?;
    Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
}

/// The items of the first page after a place that has any; none at the end.
async fn page_with_items(scan: ScanFluentBuilder, mut from: Option<Item>) -> Result<Vec<Item>, Error> {
    loop {
        let (found, next) = page(scan.clone(), from).await?;
        if !found.is_empty() || next.is_none() {
            return Ok(found);
        }
        from = next;
    }
}

impl Store {
    /// Deletes items of the tenant, whatever they are, and says how many; none are left where it says 0. The keys go first and at once,
    /// so that nobody writes meanwhile who is not already at it.
    pub async fn tenant_delete_some(&self) -> Result<usize, Error> {
        let keys = self.key_list().await?;
        for key in &keys {
            self.key_delete(&key.digest).await?;
        }
        let found = self.some_of_tenant().await?;
        for part in found.chunks(MOST_DELETED) {
            // With the tenant's items goes the feed itself, so that nobody can be told.
            let writes = part
                .iter()
                .flat_map(|key| [Write::Untold(key.clone()), Write::Delete(key.clone())]);
            let writes = writes.collect();
            let deleted = self.database.transact(writes).await;
            deleted.map_err(|refusal| refusal.unexpected("delete a tenant's items"))?;
        }
        Ok(keys.len() + found.len())
    }

    /// The keys of items of the tenant: of the first page that has any.
    async fn some_of_tenant(&self) -> Result<Vec<Key>, Error> {
        let scan = self.scan_of_tenant().projection_expression("pk, sk");
        Ok(page_with_items(scan, None).await?.iter().filter_map(items::key_of).collect())
    }

    /// A scan for all items of the tenant.
    fn scan_of_tenant(&self) -> ScanFluentBuilder {
        self.database
            .scan()
            .filter_expression("begins_with(pk, :partitions)")
            .expression_attribute_values(":partitions", text(self.keys.partitions()))
            .consistent_read(true)
    }

    /// The customers and their events from a position on, in the table's own order: some of them, perhaps none, and where to go on;
    /// nowhere at the end.
    pub async fn customers_and_events(&self, from: Option<Position>) -> Result<(Vec<Walked>, Option<Position>), Error> {
        let scan = self
            .database
            .scan()
            .filter_expression(
                "begins_with(pk, :partitions) AND ((sk = :record AND attribute_exists(version)) OR begins_with(sk, :events))",
            )
            .expression_attribute_values(":partitions", text(self.keys.customer_partitions()))
            .expression_attribute_values(":record", text(CUSTOMER))
            .expression_attribute_values(":events", text(EVENTS))
            .consistent_read(true);
        let (found, next) = page(scan, from.map(|from| from.0)).await?;
        let mut walked = Vec::new();
        for item in found {
            if items::text_of(&item, "sk") == Some(CUSTOMER) {
                walked.push(Walked::Customer(Box::new(items::read(item)?)));
            } else if let Some(id) = items::text_of(&item, "pk").and_then(|partition| self.keys.customer_of(partition)) {
                walked.push(Walked::Event(id, Box::new(items::read(item)?)));
            }
        }
        Ok((walked, next.map(Position)))
    }

    /// The ids of the customers from a position on, in the table's own order, also of those who were deleted and can be brought back:
    /// some of them, perhaps none, and where to go on; nowhere at the end.
    pub async fn customer_ids(&self, from: Option<Position>) -> Result<(Vec<CustomerId>, Option<Position>), Error> {
        let scan = self
            .database
            .scan()
            .projection_expression("pk")
            .filter_expression("begins_with(pk, :partitions) AND (sk = :record OR sk = :deleted)")
            .expression_attribute_values(":partitions", text(self.keys.customer_partitions()))
            .expression_attribute_values(":record", text(CUSTOMER))
            .expression_attribute_values(":deleted", text(SET_ASIDE))
            .consistent_read(true);
        let (found, next) = page(scan, from.map(|from| from.0)).await?;
        let id = |item: &Item| self.keys.customer_of(items::text_of(item, "pk")?);
        Ok((found.iter().filter_map(id).collect(), next.map(Position)))
    }

    /// The tenant's items from a position on, of whatever kind, in the table's own order: some of them, perhaps none, and where to go on;
    /// nowhere at the end.
    pub(super) async fn items_page(&self, from: Option<Position>) -> Result<(Vec<Item>, Option<Position>), Error> {
        let (found, next) = page(self.scan_of_tenant(), from.map(|from| from.0)).await?;
        Ok((found, next.map(Position)))
    }

    /// The customers after this one, in the table's own order, which never changes: some of them, or none where it was the last.
    /// Every customer that is there all the while is seen once, whatever else is written meanwhile.
    pub async fn customers_page(&self, after: Option<CustomerId>) -> Result<Vec<Customer>, Error> {
        let after = after.map(|id| self.keys.customer(id));
        self.records_after(&self.keys.customer_partitions(), CUSTOMER, after).await
    }

    /// The cases after this one, likewise, without those that are still being made.
    pub async fn cases_page(&self, after: Option<CaseId>) -> Result<Vec<Case>, Error> {
        let after = after.map(|id| self.keys.case(id));
        self.records_after(&self.keys.case_partitions(), CASE, after).await
    }

    /// The next records with this sort key in partitions that begin so.
    async fn records_after<T: DeserializeOwned>(
        &self,
        partitions: &str,
        sort_key: &str,
        after: Option<Key>,
    ) -> Result<Vec<T>, Error> {
        let scan = self
            .database
            .scan()
            .filter_expression(
                "sk = :record AND begins_with(pk, :partitions) AND attribute_exists(version) AND attribute_not_exists(#pending)",
            )
            .expression_attribute_names("#pending", PENDING)
            .expression_attribute_values(":record", text(sort_key))
            .expression_attribute_values(":partitions", text(partitions))
            .consistent_read(true);
        let found = page_with_items(scan, after.as_ref().map(items::key_item)).await?;
        found.into_iter().map(items::read).collect()
    }
}
