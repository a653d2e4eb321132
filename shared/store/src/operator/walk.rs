//! Reads all customers, cases or items of a tenant, a page at a time. No index lists them, so this scans the whole
//! table. Only the operator's `crm` does that, because its cost grows with the table. The functions' policies do not
//! allow it.

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

/// The most items that one call reads. The number is small so that agents keep the table's throughput.
const ITEMS_PER_CALL: i32 = 2_000;

/// The most items of a tenant deleted in one transaction. DynamoDB's limit is 100.
const MOST_DELETED: usize = 100;

/// The position of a walk in the table.
#[derive(Debug)]
pub struct Position(Item);

/// An item of a walk: a customer, followed by its events.
#[derive(Debug)]
pub enum Walked {
    /// A customer.
    Customer(Box<Customer>),
    /// An event of this customer.
    Event(CustomerId, Box<Event>),
}

/// Where the table is.
#[derive(Debug, Clone)]
pub struct Whereabouts {
    /// The table's ARN, with region and account. Other databases than AWS' make one up.
    pub arn: String,
}

impl Database {
    /// The table's location, as AWS describes it.
    pub async fn whereabouts(&self) -> Result<Whereabouts, Error> {
        let described = self.client.describe_table().table_name(&self.table).send().await;
        let described = described.map_err(failed("describe the table"))?;
        let arn = described.table.and_then(|table| table.table_arn).unwrap_or_default();
        Ok(Whereabouts { arn })
    }

    /// The names of the tenants that have settings or a key. Reads this many pages of the table, or all.
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

    /// Begins a scan of the table. No other place does.
    #[expect(
        clippy::disallowed_methods,
        reason = "nothing else lists tenants and their records, and only `crm` asks for this"
    )]
    fn scan(&self) -> ScanFluentBuilder {
        self.client.scan().table_name(&self.table).limit(ITEMS_PER_CALL)
    }
}

/// The page of a scan after a position, and the position of the next one; `None` at the end.
async fn page(scan: ScanFluentBuilder, from: Option<Item>) -> Result<(Vec<Item>, Option<Item>), Error> {
    let answer = scan.set_exclusive_start_key(from).send().await;
    let answer = answer.map_err(failed("read the table from end to end"))?;
    Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
}

/// The items of the first page after a position that has any; none at the end.
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
    /// Deletes some items of the tenant and returns how many; 0 if none are left. Keys are deleted first, all at
    /// once, so that only requests already running can still write.
    pub async fn tenant_delete_some(&self) -> Result<usize, Error> {
        let keys = self.key_list().await?;
        for key in &keys {
            self.key_delete(&key.digest).await?;
        }
        // It is not among the tenant's own items.
        self.push_target_remove().await?;
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

    /// The keys of some items of the tenant: those of the first page that has any.
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

    /// Customers and their events from a position on, in the table's order, and the next position; `None` at the end.
    /// A page may be empty.
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

    /// The ids of customers from a position on, in the table's order, and the next position; `None` at the end.
    /// Deleted customers that can be restored are included. A page may be empty.
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

    /// The tenant's items of all kinds from a position on, in the table's order, and the next position; `None` at the
    /// end. A page may be empty.
    pub(super) async fn items_page(&self, from: Option<Position>) -> Result<(Vec<Item>, Option<Position>), Error> {
        let (found, next) = page(self.scan_of_tenant(), from.map(|from| from.0)).await?;
        Ok((found, next.map(Position)))
    }

    /// The customers after this one, in the table's order, which never changes; none at the end. A customer that
    /// exists during the whole walk is read once, whatever is written meanwhile.
    pub async fn customers_page(&self, after: Option<CustomerId>) -> Result<Vec<Customer>, Error> {
        let after = after.map(|id| self.keys.customer(id));
        self.records_after(&self.keys.customer_partitions(), CUSTOMER, after).await
    }

    /// The cases after this one, in the same way, without those that are still being created.
    pub async fn cases_page(&self, after: Option<CaseId>) -> Result<Vec<Case>, Error> {
        let after = after.map(|id| self.keys.case(id));
        self.records_after(&self.keys.case_partitions(), CASE, after).await
    }

    /// The next records with this sort key in partitions with this prefix.
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
