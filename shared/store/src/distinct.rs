//! Marks that two customers are different people. Each has the other's number in its partition, so the mark is found
//! from both and deleted with either.

use crm_domain::{Change, Customer, CustomerId, error::Error};
use futures::{TryStreamExt as _, future::try_join_all};
use serde::{Deserialize, Serialize};

use super::{
    Audit, Item, Store, back_off,
    customers::TRIES,
    items::{self, text_of},
    keys::{AFTER_DISTINCT, DISTINCT, Key},
    pages::Order,
    transaction::{MOST_WRITES, Refusal, Write},
};

/// A mark that two customers are different people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct {
    /// The other customer's number.
    #[serde(rename = "id")]
    pub other: CustomerId,
    /// The reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who set the mark, and when.
    pub marked: Change,
}

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 1_000;

/// Why two customers were not marked, or a mark was not removed.
#[derive(Debug)]
pub enum DistinctRefusal {
    /// There is no customer with the first number.
    NoOne,
    /// There is no customer with the second number.
    NoOther,
    /// Both numbers are of one record.
    SameRecord,
    /// The reason is longer than [`LONGEST_REASON`].
    LongReason,
    /// There is no mark to remove.
    NoMark,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for DistinctRefusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Store {
    /// Marks two customers as different people, or replaces the reason of an existing mark. Returns the numbers of
    /// both records.
    ///
    /// # Errors
    /// See [`DistinctRefusal`].
    pub async fn distinct_put(
        &self,
        one: CustomerId,
        other: CustomerId,
        reason: Option<String>,
        change: &Change,
    ) -> Result<[CustomerId; 2], DistinctRefusal> {
        let is_long = |reason: &String| reason.chars().count() > LONGEST_REASON;
        if reason.as_ref().is_some_and(is_long) {
            return Err(DistinctRefusal::LongReason);
        }
        for round in 0..TRIES {
            back_off(round).await;
            let [one, other] = self.two_customers(one, other).await?;
            let ids = [one.id, other.id];
            let mut writes = Vec::new();
            for (of, other) in both_ways(ids) {
                let mark = Distinct {
                    other,
                    reason: reason.clone(),
                    marked: change.clone(),
                };
                writes.push(Write::RequireRecord(self.keys.customer(of)));
                writes.push(Write::Put(items::write(&self.keys.distinct(of, other), &mark)?));
                writes.push(audit("markDistinct", other).write(&self.keys.customer_partition(of), change)?);
            }
            if self.are_written(writes).await? {
                return Ok(ids);
            }
        }
        Err(Error::Busy("mark two customers as different people").into())
    }

    /// Removes every mark between two customers, including those of records that were merged into them.
    ///
    /// # Errors
    /// See [`DistinctRefusal`].
    pub async fn distinct_delete(
        &self,
        one: CustomerId,
        other: CustomerId,
        change: &Change,
    ) -> Result<[CustomerId; 2], DistinctRefusal> {
        let [one, other] = self.two_customers(one, other).await?;
        let marks = self.marks_of(&one).await?;
        let between = marks.into_iter().filter(|(_, mark)| other.is_of(mark.other));
        let mut writes = Vec::new();
        for (of, other) in between.flat_map(|(of, mark)| both_ways([of, mark.other])) {
            writes.push(Write::Delete(self.keys.distinct(of, other)));
            writes.push(audit("liftDistinct", other).write(&self.keys.customer_partition(of), change)?);
        }
        if writes.is_empty() {
            return Err(DistinctRefusal::NoMark);
        }
        // Four writes for each mark.
        for some in writes.chunks(MOST_WRITES / 4 * 4) {
            self.are_written(some.to_vec()).await?;
        }
        Ok([one.id, other.id])
    }

    /// The two customers with these numbers.
    async fn two_customers(&self, one: CustomerId, other: CustomerId) -> Result<[Customer; 2], DistinctRefusal> {
        let one = self.customer_get(one).await?.ok_or(DistinctRefusal::NoOne)?;
        let other = self.customer_get(other).await?.ok_or(DistinctRefusal::NoOther)?;
        if one.id == other.id {
            return Err(DistinctRefusal::SameRecord);
        }
        Ok([one, other])
    }

    async fn are_written(&self, writes: Vec<Write>) -> Result<bool, Error> {
        match self.database.transact(writes).await {
            Ok(()) => Ok(true),
            Err(Refusal::Conditions(_)) => Ok(false),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// The marks of a customer, and of records that were merged into it.
    pub async fn distinct_of(&self, customer: &Customer) -> Result<Vec<Distinct>, Error> {
        let marks = self.marks_of(customer).await?;
        Ok(marks.into_iter().map(|(_, mark)| mark).collect())
    }

    /// The same marks, each with the record that it belongs to.
    async fn marks_of(&self, customer: &Customer) -> Result<Vec<(CustomerId, Distinct)>, Error> {
        let ids = [customer.id]
            .into_iter()
            .chain(customer.merged.iter().map(|merged| merged.id));
        let marks = ids.map(async |id| {
            let partition = self.keys.customer_partition(id);
            let found = self.each_between(&partition, DISTINCT, AFTER_DISTINCT, Order::OldestFirst);
            found
                .and_then(async |item| Ok((id, items::read(item)?)))
                .try_collect::<Vec<(CustomerId, Distinct)>>()
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

    /// The key of the same mark in the other customer's partition.
    pub(super) fn distinct_elsewhere(&self, owner: &str, item: &Item) -> Option<Key> {
        let other = CustomerId::parse(text_of(item, "sk")?.strip_prefix(DISTINCT)?)?;
        Some(self.keys.distinct(other, CustomerId::parse(owner)?))
    }
}

/// Both orders of a pair.
fn both_ways([one, other]: [CustomerId; 2]) -> [(CustomerId, CustomerId); 2] {
    [(one, other), (other, one)]
}

fn audit(operation: &'static str, other: CustomerId) -> Audit {
    Audit {
        operation,
        fields: vec![other.to_string()],
        interactions: 0,
    }
}
