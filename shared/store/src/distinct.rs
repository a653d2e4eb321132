//! Marks that two customers are different people: each has the other's number in its partition, so that both lead to it and it goes
//! with either.

use crm_domain::{Change, Customer, CustomerId, error::Error};
use futures::{TryStreamExt as _, future::try_join_all};
use serde::{Deserialize, Serialize};

use super::{
    Audit, Item, Store,
    items::{self, text_of},
    keys::{AFTER_DISTINCT, DISTINCT, Key},
    pages::Order,
    transaction::{Refusal, Write},
};

/// A mark that two customers are different people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct {
    /// The other customer's number.
    #[serde(rename = "id")]
    pub other: CustomerId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who set the mark, and when.
    pub marked: Change,
}

impl Store {
    /// Marks two customers as different people, or says it again with another reason; `false` if one of them does not exist, or
    /// was merged into another.
    pub async fn distinct_put(
        &self,
        one: CustomerId,
        other: CustomerId,
        reason: Option<String>,
        change: &Change,
    ) -> Result<bool, Error> {
        let mut writes = Vec::new();
        for (of, other) in [(one, other), (other, one)] {
            let mark = Distinct {
                other,
                reason: reason.clone(),
                marked: change.clone(),
            };
            writes.push(Write::RequireRecord(self.keys.customer(of)));
            writes.push(Write::Put(items::write(&self.keys.distinct(of, other), &mark)?));
            writes.push(audit("markDistinct", other).write(&self.keys.customer_partition(of), change)?);
        }
        self.are_written(writes).await
    }

    /// Lifts the mark; `false` if there was none.
    pub async fn distinct_delete(&self, one: CustomerId, other: CustomerId, change: &Change) -> Result<bool, Error> {
        if self.database.get(self.keys.distinct(one, other)).await?.is_none() {
            return Ok(false);
        }
        let mut writes = Vec::new();
        for (of, other) in [(one, other), (other, one)] {
            writes.push(Write::Delete(self.keys.distinct(of, other)));
            writes.push(audit("liftDistinct", other).write(&self.keys.customer_partition(of), change)?);
        }
        self.are_written(writes).await
    }

    async fn are_written(&self, writes: Vec<Write>) -> Result<bool, Error> {
        match self.database.transact(writes).await {
            Ok(()) => Ok(true),
            Err(Refusal::Conditions(_)) => Ok(false),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// The marks of a customer, and of those that were merged into it.
    pub async fn distinct_of(&self, customer: &Customer) -> Result<Vec<Distinct>, Error> {
        let ids = [customer.id]
            .into_iter()
            .chain(customer.merged.iter().map(|merged| merged.id));
        let marks = ids.map(async |id| {
            let partition = self.keys.customer_partition(id);
            let found = self.each_between(&partition, DISTINCT, AFTER_DISTINCT, Order::OldestFirst);
            found
                .and_then(async |item| items::read(item))
                .try_collect::<Vec<Distinct>>()
                .await
        });
        Ok(try_join_all(marks).await?.concat())
    }

    /// The mark between two customers, or between any of the records that were merged into them.
    pub async fn distinct_between(&self, one: &Customer, other: &Customer) -> Result<Option<Distinct>, Error> {
        let marks = self.distinct_of(one).await?;
        let is_other = |mark: &Distinct| other.is_of(mark.other);
        Ok(marks.into_iter().find(is_other))
    }

    /// The same mark in the other's partition.
    pub(super) fn distinct_elsewhere(&self, owner: &str, item: &Item) -> Option<Key> {
        let other = CustomerId::parse(text_of(item, "sk")?.strip_prefix(DISTINCT)?)?;
        Some(self.keys.distinct(other, CustomerId::parse(owner)?))
    }
}

fn audit(operation: &'static str, other: CustomerId) -> Audit {
    Audit {
        operation,
        fields: vec![other.to_string()],
        interactions: 0,
    }
}
