//! What customers forget when the import of a case is taken back, and what the customer's other cases teach again.

use std::sync::atomic::AtomicUsize;

use crm_domain::{Case, Change, Conversation, Customer, CustomerId, Interaction, error::Error};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    Learning, Store, WholeCase,
    cases::CASES_AT_ONCE,
    learning::{LEARN, MOST_TERMS, UNLEARN},
    transaction::Write,
};

/// How many of the customer's other cases are read again, the newest first. A customer rarely has a handle that only
/// older ones teach.
const MOST_READ_AGAIN: usize = 16;
/// The most bytes of them.
const MOST_BYTES: usize = 16_000_000;
/// The most changes of terms of a customer who forgets: all that one case can teach.
const MOST_FORGOTTEN: usize = 60;

impl Store {
    /// The writes of the customers of a case that returns to what it was, or that goes. Its customer forgets what the case
    /// taught first, and learns again what other cases teach as well. A customer to whom the case returns learns from it.
    /// The interactions must be restored already.
    pub(super) async fn unlearnt(
        &self,
        case: &Case,
        restored: Option<&Case>,
        learning: Learning<'_>,
        change: &Change,
    ) -> Result<Vec<Write>, Error> {
        let restored: Option<WholeCase> = match restored {
            Some(before) => self.case_get(before.id).await?.map(|(_, left)| (before.clone(), left)),
            None => None,
        };
        let mut writes = Vec::new();
        let is_same = |customer: &Customer| restored.as_ref().is_some_and(|(before, _)| customer.is_of(before.customer));
        let customer = self.settled_customer(case.customer, learning).await?;
        let returns = customer.as_ref().is_none_or(|customer| !is_same(customer));
        if let Some(before) = customer
            && forgets(&before, case)
        {
            let mut others = Vec::new();
            if learning.is_on {
                others = self.other_cases(&before, case).await?;
                others.extend(restored.iter().filter(|_| is_same(&before)).cloned());
                others.sort_by_key(|(case, _)| (case.created.at, case.id));
            }
            let teach = |customer: &mut Customer| {
                customer.unlearn(case.id);
                for (other, interactions) in &others {
                    customer.learn(&anew(other, interactions));
                }
            };
            writes.extend(self.taught(&before, teach, (UNLEARN, MOST_FORGOTTEN), learning.model, change)?);
            let mut after = before.clone();
            teach(&mut after);
            writes.extend(self.still_there(&before, &after, others.iter().filter(|(other, _)| other.id != case.id)));
        }
        if let Some((case, interactions)) = restored.as_ref().filter(|_| returns && learning.is_on)
            && anew(case, interactions).has_news()
            && let Some(before) = self.settled_customer(case.customer, learning).await?
        {
            let teach = |customer: &mut Customer| customer.learn(&anew(case, interactions));
            writes.extend(self.taught(&before, teach, (LEARN, MOST_TERMS), learning.model, change)?);
        }
        Ok(writes)
    }

    /// The conditions that the cases which teach a customer anew are still there: they may be taken back at the same time.
    fn still_there<'case>(&self, before: &Customer, after: &Customer, cases: impl Iterator<Item = &'case WholeCase>) -> Vec<Write> {
        let (known, now) = (before.taught_by(), after.taught_by());
        let anew = cases.filter(|(case, _)| now.contains(&case.id) && !known.contains(&case.id));
        anew.map(|(case, _)| Write::RequireVersion(self.keys.case(case.id), case.version))
            .collect()
    }

    async fn settled_customer(&self, id: CustomerId, learning: Learning<'_>) -> Result<Option<Customer>, Error> {
        match self.customer_get(id).await? {
            Some(customer) => Ok(Some(self.customer_settled(customer, learning.model).await?)),
            None => Ok(None),
        }
    }

    /// The newest of the customer's other cases.
    async fn other_cases(&self, customer: &Customer, but: &Case) -> Result<Vec<WholeCase>, Error> {
        let most = i32::try_from(MOST_READ_AGAIN + 1).unwrap_or(i32::MAX);
        let found = self.customer_with_case_ids(customer.id, Some(most)).await?;
        let ids = found.map(|(_, ids)| ids).unwrap_or_default().into_iter();
        let left = AtomicUsize::new(MOST_BYTES);
        let read: Vec<Option<WholeCase>> = stream::iter(ids.filter(|id| *id != but.id).take(MOST_READ_AGAIN))
            .map(|id| self.case_get_within(id, &left))
            .buffered(CASES_AT_ONCE)
            .try_collect()
            .await?;
        let theirs = read.into_iter().flatten().filter(|(case, _)| customer.is_of(case.customer));
        Ok(theirs.collect())
    }
}

/// Whether the customer learnt anything from the case first.
fn forgets(customer: &Customer, case: &Case) -> bool {
    let mut after = customer.clone();
    after.unlearn(case.id);
    after != *customer
}

/// A conversation of which nothing is known.
fn anew<'case>(case: &Case, interactions: &'case [Interaction]) -> Conversation<'case> {
    Conversation {
        case: case.id,
        known: &[],
        all: interactions,
    }
}
