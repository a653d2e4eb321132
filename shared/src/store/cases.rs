//! Cases: the record, the pointer in its customer's partition, and interactions as items of their own, so that a case can grow
//! far beyond DynamoDB's 400 KB for one item.

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt as _, TryStreamExt as _};

use super::{
    Audit, Created, Item, OnceKey, Store, back_off,
    error::failed,
    items::{self, text, text_of},
    keys::{AFTER_INTERACTIONS, CASE, CASE_POINTERS, CUSTOMER, TenantKeys},
    once::remembered,
    transaction::{MOST_WRITES, Refusal, Write},
};
use crate::{
    domain::{Case, CaseChange, CaseId, Change, CustomerId, Interaction, case::merged},
    error::Error,
    random,
};

/// How often a write is tried that lost to another writer of the same case.
const TRIES: u32 = 24;
/// A customer's cases that are shown at most: the newest.
const MOST_CASES: i32 = 200;
/// How many cases are read at once.
const CASES_AT_ONCE: usize = 16;
/// How many megabytes of one case are read: what one answer can hold, several times over.
const MOST_PAGES: usize = 16;
/// The attributes of an interaction that stay when it is sent again.
const KEPT: &[&str] = &["created"];
/// What a transaction for a new case holds beside its interactions.
const NEW_CASE_WRITES: usize = 5;
/// The place of the customer's condition in the transactions of new and of moved cases.
const CUSTOMER_PLACE: usize = 1;
/// Marks the record of a case that is being created in steps.
const PENDING: &str = "pending";
/// The table's time-to-live attribute.
const EXPIRES: &str = "expires";
/// For how long a create in steps can be taken up.
const PENDING_SECONDS: i64 = 86_400;

/// A case with all of its interactions, by time of writing.
pub type WholeCase = (Case, Vec<Interaction>);

/// Why a case was not written.
#[derive(Debug)]
pub enum CaseRefusal {
    /// The customer that it is to belong to does not exist.
    NoSuchCustomer,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for CaseRefusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Store {
    /// Reads a case and its interactions. One round trip per megabyte.
    pub async fn case_get(&self, id: CaseId) -> Result<Option<WholeCase>, Error> {
        let items = self.query(&self.keys.case_partition(id), CASE, AFTER_INTERACTIONS).await?;
        let mut case = None;
        let mut interactions = Vec::with_capacity(items.len());
        for item in items {
            match text_of(&item, "sk") {
                Some(CASE) if item.contains_key(PENDING) => {}
                Some(CASE) => case = Some(items::read(item)?),
                _ => interactions.push(items::read(item)?),
            }
        }
        // Interactions without a case are those of a create in steps that is under way, or broke off.
        Ok(case.map(|case| (case, merged(interactions, Vec::new()))))
    }

    /// A customer's cases with their interactions, the newest first. `None` if there is no such customer. Two round trips.
    pub async fn case_list_for(&self, customer: CustomerId) -> Result<Option<Vec<WholeCase>>, Error> {
        let partition = self.keys.customer_partition(customer);
        let newest_first = self
            .between(&partition, CASE_POINTERS, CUSTOMER)
            .scan_index_forward(false)
            // One more, for the customer itself.
            .limit(MOST_CASES + 1)
            .send()
            .await
            .map_err(failed("query a customer's cases"))?
            .items
            .unwrap_or_default();
        let keys: Vec<&str> = newest_first.iter().filter_map(|item| text_of(item, "sk")).collect();
        if keys.first() != Some(&CUSTOMER) {
            return Ok(None);
        }
        let cases: Vec<CaseId> = keys.iter().filter_map(|pointer| TenantKeys::case_of(pointer)).collect();
        let cases = futures::stream::iter(cases)
            .map(|id| self.case_get(id))
            .buffered(CASES_AT_ONCE)
            .try_collect::<Vec<_>>()
            .await?;
        // A case that was moved away between the two reads is another customer's now.
        Ok(Some(
            cases
                .into_iter()
                .flatten()
                .filter(|(case, _)| case.customer == customer)
                .collect(),
        ))
    }

    /// Makes a case, once per `once`. One round trip, and a few more where the interactions do not fit in one transaction.
    pub async fn case_create(
        &self,
        mut case: Case,
        interactions: Vec<Interaction>,
        once: &OnceKey,
        audit: &Audit,
    ) -> Result<Created<WholeCase>, CaseRefusal> {
        let in_steps = interactions.len() > MOST_WRITES - NEW_CASE_WRITES;
        for _ in 0..TRIES {
            let mut writes = vec![
                Write::PutNew(self.case_item(&case, in_steps)?),
                Write::Require(self.keys.customer(case.customer)),
                self.remember(once, &case.id, case.created.at)?,
            ];
            if !in_steps {
                writes.extend(self.visible(&case, audit)?);
                writes.extend(self.appended(case.id, &interactions)?);
            }
            let pending = match self.database.transact(writes).await {
                Ok(()) => in_steps,
                Err(Refusal::Failed(error)) => return Err(error.into()),
                Err(Refusal::Conditions(refused)) => {
                    let earlier = refused
                        .iter()
                        .find_map(|refused| CaseId::parse(remembered(refused.found.as_ref())?));
                    if let Some(id) = earlier {
                        if let Some(first) = self.case_get(id).await? {
                            return Ok(Created::Before(first));
                        }
                        // An equal create in steps is under way, or broke off: take it up under its number.
                        case.id = id;
                        true
                    } else if refused.iter().any(|refused| refused.place == CUSTOMER_PLACE) {
                        return Err(CaseRefusal::NoSuchCustomer);
                    } else {
                        case.id = CaseId::draw(case.created.at, random::bits());
                        continue;
                    }
                }
            };
            if pending {
                return self.case_complete(case, interactions, audit).await;
            }
            return Ok(Created::Now((case, merged(Vec::new(), interactions))));
        }
        Err(Error::Busy("create a case").into())
    }

    /// The rest of a create in steps: the interactions, and then the case without its mark, so that nothing is visible half-made.
    async fn case_complete(
        &self,
        case: Case,
        interactions: Vec<Interaction>,
        audit: &Audit,
    ) -> Result<Created<WholeCase>, CaseRefusal> {
        self.database
            .transact_in_parts(self.appended(case.id, &interactions)?)
            .await?;
        let mut writes = vec![Write::PutOverPending(self.case_item(&case, false)?)];
        writes.extend(self.visible(&case, audit)?);
        match self.database.transact(writes).await {
            Ok(()) => Ok(Created::Now((case, merged(Vec::new(), interactions)))),
            Err(Refusal::Failed(error)) => Err(error.into()),
            Err(Refusal::Conditions(_)) => match self.case_get(case.id).await? {
                Some(first) => Ok(Created::Before(first)),
                None => Err(Error::Busy("create a case that an equal request is creating").into()),
            },
        }
    }

    /// The record of a case. One that is created in steps is marked until its last step, and goes away if that never comes.
    fn case_item(&self, case: &Case, pending: bool) -> Result<Item, Error> {
        let mut item = items::write(&self.keys.case(case.id), case)?;
        if pending {
            item.insert(PENDING.to_owned(), AttributeValue::Bool(true));
            item.insert(
                EXPIRES.to_owned(),
                items::number(case.created.at.plus_seconds(PENDING_SECONDS).seconds()),
            );
        }
        Ok(item)
    }

    /// The writes that show a new case: among its customer's, and in the history.
    fn visible(&self, case: &Case, audit: &Audit) -> Result<[Write; 2], Error> {
        Ok([
            self.pointer(case),
            audit.write(&self.keys.case_partition(case.id), &case.created)?,
        ])
    }

    /// Reads a case, changes it and writes it back; again where another writer came first, so that both changes stand.
    /// Interactions are appended by writes of their own. `None` if there is no such case. Two round trips.
    pub async fn case_update(
        &self,
        id: CaseId,
        change: &CaseChange,
        by: &Change,
        audit: &Audit,
        check: impl Fn(&Case) -> Result<(), Error>,
    ) -> Result<Option<WholeCase>, CaseRefusal> {
        let Some((mut before, interactions)) = self.case_get(id).await? else {
            return Ok(None);
        };
        check(&before)?;
        let mut appended = self.appended(id, &change.interactions)?;
        // Room for the case, two pointers, the customer and the audit entry.
        let last = appended.split_off(appended.len().saturating_sub(MOST_WRITES - 5));
        if !appended.is_empty() {
            // What goes ahead of the transaction must not be written for one that will be refused.
            if let Some(customer) = change.customer.filter(|&customer| customer != before.customer)
                && self.customer_get(customer).await?.is_none()
            {
                return Err(CaseRefusal::NoSuchCustomer);
            }
            self.database.transact_in_parts(appended).await?;
        }
        for round in 0..TRIES {
            if round > 0 {
                back_off(round).await;
                match self.database.get_as(self.keys.case(id)).await? {
                    Some(newer) => before = newer,
                    None => return Ok(None),
                }
            }
            let mut after = before.clone();
            after.apply(change);
            after.version += 1;
            after.updated = by.clone();
            let mut writes = self.changed_case(&before, &after, audit)?;
            writes.extend(last.clone());
            match self.database.transact(writes).await {
                Ok(()) => return Ok(Some((after, merged(interactions, change.interactions.clone())))),
                Err(Refusal::Failed(error)) => return Err(error.into()),
                Err(Refusal::Conditions(refused)) if refused.iter().any(|refused| refused.place == CUSTOMER_PLACE) => {
                    return Err(CaseRefusal::NoSuchCustomer);
                }
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("update a case").into())
    }

    /// The writes of a case that changed.
    fn changed_case(&self, before: &Case, after: &Case, audit: &Audit) -> Result<Vec<Write>, Error> {
        let mut writes = vec![Write::PutOver {
            item: self.case_item(after, false)?,
            version: before.version,
        }];
        if before.customer != after.customer {
            writes.push(Write::Require(self.keys.customer(after.customer)));
            writes.push(self.pointer(after));
            writes.push(Write::Delete(self.keys.case_pointer(
                before.customer,
                before.created.at,
                before.id,
            )));
        }
        writes.push(audit.write(&self.keys.case_partition(after.id), &after.updated)?);
        Ok(writes)
    }

    fn pointer(&self, case: &Case) -> Write {
        Write::Put(items::key_item(&self.keys.case_pointer(
            case.customer,
            case.created.at,
            case.id,
        )))
    }

    /// The writes that append interactions, or bring those that are there up to date.
    fn appended(&self, case: CaseId, interactions: &[Interaction]) -> Result<Vec<Write>, Error> {
        interactions
            .iter()
            .map(|interaction| {
                let item = items::write(&self.keys.interaction(case, interaction), interaction)?;
                Ok(Write::Merge { item, keep: KEPT })
            })
            .collect()
    }

    /// The items of a partition between two sort keys, both included, in order.
    async fn query(&self, partition: &str, first: &str, last: &str) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        let mut from = None;
        for _ in 0..MOST_PAGES {
            let page = self.between(partition, first, last).set_exclusive_start_key(from).send();
            let page = page.await.map_err(failed("query a partition"))?;
            items.extend(page.items.unwrap_or_default());
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(items);
            }
        }
        tracing::warn!("a partition has more than {MOST_PAGES} MB; the rest is not shown");
        Ok(items)
    }

    fn between(
        &self,
        partition: &str,
        first: &str,
        last: &str,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        let values: [(&str, AttributeValue); 3] = [
            (":partition", text(partition)),
            (":first", text(first)),
            (":last", text(last)),
        ];
        self.database
            .client
            .query()
            .table_name(&self.database.table)
            .key_condition_expression("pk = :partition AND sk BETWEEN :first AND :last")
            .set_expression_attribute_values(Some(values.map(|(name, value)| (name.to_owned(), value)).into()))
            .consistent_read(true)
    }
}
