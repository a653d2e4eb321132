//! The data of a page: a customer or a case with the end of the conversation, however long the conversation is.

use crm_domain::{Case, CaseId, Customer, CustomerId, Event, Interaction, error::Error};
use futures::{StreamExt as _, TryStreamExt as _, future::try_join3, pin_mut, stream};

use super::{
    Store,
    cases::{CASES_AT_ONCE, of_customer},
    items::{self, PENDING, text_of},
    keys::{AFTER_INTERACTIONS, CASE},
    pages::Order,
};

/// A case with the end of its conversation.
#[derive(Debug)]
pub struct CaseEnd {
    /// The case.
    pub case: Case,
    /// Its newest interactions, by time of writing.
    pub newest: Vec<Interaction>,
    /// The number of its interactions.
    pub count: usize,
}

/// A customer with their cases.
#[derive(Debug)]
pub struct Overview {
    /// The customer.
    pub customer: Customer,
    /// Their newest cases, the newest first.
    pub recent: Vec<CaseEnd>,
    /// The cases before those, without their conversations, newest first, up to 2,000 in all.
    pub earlier: Vec<Case>,
    /// The events of the timeline, newest first, at most 1,000.
    pub events: Vec<Event>,
}

/// How many cases of a customer are read. Their pointers fit into one answer of the database.
const MOST_CASES: i32 = 2_000;
/// How many events of a timeline are read.
const MOST_EVENTS: usize = 1_000;

impl Store {
    /// Reads a customer, their cases, and the `most` newest interactions of each of the newest cases. `None` if there is no such
    /// customer. Two round trips.
    pub async fn customer_overview(&self, id: CustomerId, most: usize) -> Result<Option<Overview>, Error> {
        let Some((customer, mut recent)) = self.customer_with_case_ids(id, Some(MOST_CASES)).await? else {
            return Ok(None);
        };
        let earlier = recent.split_off(recent.len().min(CASES_AT_ONCE));
        let recent = stream::iter(recent)
            .map(|case| self.case_end(case, most))
            .buffered(CASES_AT_ONCE)
            .try_collect::<Vec<_>>();
        let events = self.customer_events(&customer).take(MOST_EVENTS).try_collect();
        let (recent, earlier, events) = try_join3(recent, self.case_heads(&earlier), events).await?;
        let end = |end: CaseEnd| {
            let case = of_customer(end.case, &customer)?;
            Some(CaseEnd { case, ..end })
        };
        let recent = recent.into_iter().flatten().filter_map(end).collect();
        let earlier = earlier.into_iter().filter_map(|case| of_customer(case, &customer)).collect();
        Ok(Some(Overview {
            customer,
            recent,
            earlier,
            events,
        }))
    }

    /// Reads the record of a case's customer with a query, for functions that may only query partitions. One round
    /// trip.
    pub async fn customer_of_case(&self, case: &Case) -> Result<Option<Customer>, Error> {
        let found = self.customer_with_case_ids(case.customer, Some(0)).await?;
        Ok(found.map(|(customer, _)| customer))
    }

    /// Reads a case and its `most` newest interactions, without holding many more in memory. One round trip per
    /// megabyte.
    pub async fn case_end(&self, id: CaseId, most: usize) -> Result<Option<CaseEnd>, Error> {
        let items = self.each_between(&self.keys.case_partition(id), CASE, AFTER_INTERACTIONS, Order::OldestFirst);
        pin_mut!(items);
        let (mut case, mut newest) = (None, Newest::of(most));
        while let Some(item) = items.try_next().await? {
            match text_of(&item, "sk") {
                // Not visible, like interactions without their case.
                Some(CASE) if item.contains_key(PENDING) => return Ok(None),
                Some(CASE) => case = Some(items::read(item)?),
                _ if case.is_none() => return Ok(None),
                _ => newest.add(items::read(item)?),
            }
        }
        Ok(case.map(|case| CaseEnd {
            case,
            count: newest.count,
            newest: newest.in_order(),
        }))
    }
}

/// Keeps the newest of many interactions that come in any order.
struct Newest {
    most: usize,
    count: usize,
    held: Vec<Interaction>,
}

impl Newest {
    fn of(most: usize) -> Self {
        Self {
            most,
            count: 0,
            held: Vec::new(),
        }
    }

    fn add(&mut self, interaction: Interaction) {
        self.count += 1;
        self.held.push(interaction);
        // Sort only now and then, so that each insertion stays cheap.
        if self.held.len() > 2 * self.most + 64 {
            self.drop_older();
        }
    }

    fn drop_older(&mut self) {
        self.held.sort_by_key(|one| (one.created, one.added));
        let older = self.held.len().saturating_sub(self.most);
        self.held.drain(..older);
    }

    fn in_order(mut self) -> Vec<Interaction> {
        self.drop_older();
        self.held
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crm_domain::{Timestamp, case::Arrival};

    fn interaction(second: i64) -> Interaction {
        Interaction {
            service: "twitter".to_owned(),
            service_id: second.to_string(),
            created: Timestamp::from_milliseconds(second * 1000),
            body: String::new(),
            link_url: String::new(),
            content_type: "post".to_owned(),
            author: None,
            added: Arrival {
                at: Timestamp::from_milliseconds(0),
                place: 0,
            },
        }
    }

    proptest! {
        #[test]
        fn the_newest_of_any_order(mut seconds in prop::collection::vec(0_i64..1_000_000, 0..400), most in 0_usize..50) {
            let mut newest = Newest::of(most);
            for &second in &seconds {
                newest.add(interaction(second));
            }
            prop_assert_eq!(newest.count, seconds.len());
            let kept: Vec<i64> = newest.in_order().iter().map(|one| one.created.seconds()).collect();
            seconds.sort_unstable();
            prop_assert_eq!(kept, seconds[seconds.len().saturating_sub(most)..].to_vec());
        }
    }
}
