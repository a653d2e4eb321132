//! Cases: the record, the pointer in its customer's partition, and interactions as items of their own, so that a case can grow
//! far beyond DynamoDB's 400 KB for one item.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use aws_sdk_dynamodb::types::AttributeValue;
use crm_domain::{
    Case, CaseChange, CaseId, Change, Customer, CustomerId, Interaction, Notice, NoticeKind, case::merged, error::Error,
};
use futures::{Stream, StreamExt as _, TryStreamExt as _, future::try_join_all, stream};

use super::{
    Audit, Item, Learning, Store, back_off,
    error::failed,
    forward::{HOPS, Place},
    items::{self, PENDING, key_of, text, text_of},
    keys::{AFTER_INTERACTIONS, CASE, CASE_POINTERS, CUSTOMER, INTERACTIONS, Key, TenantKeys},
    learning::{self, Lesson, Written},
    notices::{of_case, somebody},
    pages::Order,
    transaction::{MOST_WRITES, Refusal, Write},
    unclaimed::MOST_PLACE_ITEMS,
};

/// How often a write is tried when other writers of the same case come first.
const TRIES: u32 = 24;
/// The largest number of a customer's cases that are shown. These are the newest.
const MOST_CASES: i32 = 200;
/// How many cases are read at once.
pub(super) const CASES_AT_ONCE: usize = 16;
/// The largest number of bytes that are read of one case, and of all cases of a customer together. It is several times an answer. A page of
/// DynamoDB has a megabyte, and cases are read in parallel, so slightly more may be read.
const MOST_READ: usize = 16_000_000;
/// The items in a changed case's transaction beside interactions: the case, the customer, two pointers, the history, the notice.
const CHANGED_CASE_WRITES: usize = 6;
/// The place of the customer's condition in the transactions of new and of moved cases.
pub(super) const CUSTOMER_PLACE: usize = 1;

/// A case with all of its interactions, by time of writing.
pub type WholeCase = (Case, Vec<Interaction>);

/// Why a case was not written.
#[derive(Debug)]
pub enum CaseRefusal {
    /// Its new customer does not exist.
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
        self.case_get_within(id, &AtomicUsize::new(MOST_READ)).await
    }

    /// The same within a budget of bytes. When it is used up, only the record is read.
    pub(super) async fn case_get_within(&self, id: CaseId, left: &AtomicUsize) -> Result<Option<WholeCase>, Error> {
        if left.load(Ordering::Relaxed) == 0 {
            return Ok(self.case_head(id).await?.map(|case| (case, Vec::new())));
        }
        let partition = self.keys.case_partition(id);
        let items = self.query_within(&partition, CASE, AFTER_INTERACTIONS, left).await?;
        let mut case = None;
        let mut interactions = Vec::with_capacity(items.len());
        for item in items {
            match text_of(&item, "sk") {
                Some(CASE) if item.contains_key(PENDING) => {}
                Some(CASE) => case = Some(items::read(item)?),
                _ => interactions.push(items::read(item)?),
            }
        }
        // Interactions without a case belong to a create in steps that is under way or was interrupted.
        Ok(case.map(|case| (case, merged(interactions, Vec::new()))))
    }

    /// Reads a case without its interactions. One round trip.
    pub async fn case_head(&self, id: CaseId) -> Result<Option<Case>, Error> {
        let item = self.database.get(self.keys.case(id)).await?;
        item.filter(|item| !item.contains_key(PENDING)).map(items::read).transpose()
    }

    /// The record of this case, if it is complete and the customer's.
    pub async fn case_of(&self, customer: &Customer, id: CaseId) -> Result<Option<Case>, Error> {
        Ok(self.case_head(id).await?.filter(|case| customer.is_of(case.customer)))
    }

    /// The numbers of a customer's cases, the newest first. A case that is being created or moved may be among them. Empty if there is no
    /// such customer.
    pub async fn customer_case_ids(&self, customer: CustomerId) -> Result<Vec<CaseId>, Error> {
        let found = self.customer_with_case_ids(customer, None).await?;
        Ok(found.map(|(_, cases)| cases).unwrap_or_default())
    }

    /// The numbers of the cases to which pointers in this partition lead, with or without a customer's record.
    pub(super) async fn case_ids_in(&self, customer: CustomerId) -> Result<Vec<CaseId>, Error> {
        let (_, pointers) = self.case_pointers(customer, None).await?;
        Ok(pointers.iter().filter_map(|pointer| TenantKeys::case_of(pointer)).collect())
    }

    /// A customer's newest cases without their interactions, the newest first. Two round trips for some hundred.
    pub async fn case_heads_for(&self, customer: CustomerId, most: usize) -> Result<Vec<Case>, Error> {
        let most = i32::try_from(most).unwrap_or(MOST_CASES);
        let Some((customer, ids)) = self.customer_with_case_ids(customer, Some(most)).await? else {
            return Ok(Vec::new());
        };
        let cases = self.case_heads(&ids).await?;
        Ok(cases.into_iter().filter_map(|case| of_customer(case, &customer)).collect())
    }

    /// Cases without their interactions, the newest first.
    pub(super) async fn case_heads(&self, ids: &[CaseId]) -> Result<Vec<Case>, Error> {
        let records = self.case_records(ids).await?;
        let mut cases: Vec<Case> = records.into_iter().map(items::read).collect::<Result<_, _>>()?;
        cases.sort_by_key(|case| std::cmp::Reverse((case.created.at, case.id)));
        Ok(cases)
    }

    /// The records of visible cases, in any order.
    pub(super) async fn case_records(&self, ids: &[CaseId]) -> Result<Vec<Item>, Error> {
        let keys = ids.iter().map(|id| self.keys.case(*id)).collect();
        let mut records = self.database.get_many(keys).await?;
        records.retain(|record| !record.contains_key(PENDING));
        Ok(records)
    }

    /// A stream of a case's interactions, ordered by network and id there.
    pub fn case_interactions(&self, id: CaseId) -> impl Stream<Item = Result<Interaction, Error>> + use<> {
        self.each_between(
            &self.keys.case_partition(id),
            INTERACTIONS,
            AFTER_INTERACTIONS,
            Order::OldestFirst,
        )
        .and_then(async |item| items::read(item))
    }

    /// A customer's cases with their interactions, the newest first. Cases beyond the budget of bytes have no interactions. `None` if there
    /// is no such customer. Two round trips.
    pub async fn case_list_for(&self, customer: CustomerId) -> Result<Option<Vec<WholeCase>>, Error> {
        let Some((customer, cases)) = self.customer_with_case_ids(customer, Some(MOST_CASES)).await? else {
            return Ok(None);
        };
        let left = AtomicUsize::new(MOST_READ);
        let cases = stream::iter(cases)
            .map(|id| self.case_get_within(id, &left))
            .buffered(CASES_AT_ONCE)
            .try_collect::<Vec<_>>()
            .await?;
        let cases = cases.into_iter().flatten();
        Ok(Some(
            cases
                .filter_map(|(case, interactions)| Some((of_customer(case, &customer)?, interactions)))
                .collect(),
        ))
    }

    /// A customer's record and the numbers of their cases, the newest first, up to a bound if there is one. One round trip. Two for a
    /// record that was merged into another, and two more while cases are moved there.
    pub(super) async fn customer_with_case_ids(
        &self,
        id: CustomerId,
        most: Option<i32>,
    ) -> Result<Option<(Customer, Vec<CaseId>)>, Error> {
        let mut asked = id;
        for _ in 0..HOPS {
            let (record, pointers) = self.case_pointers(asked, most).await?;
            let customer = match record.map(Place::read).transpose()? {
                None => return Ok(None),
                Some(Place::Forward(forward)) => {
                    asked = forward.into;
                    continue;
                }
                Some(Place::Customer(customer)) => customer,
            };
            if !customer.is_of(id) {
                asked = id;
                continue;
            }
            let pointers = self.with_moving_pointers(&customer, pointers, most).await?;
            let cases = pointers.iter().filter_map(|pointer| TenantKeys::case_of(pointer)).collect();
            return Ok(Some((*customer, cases)));
        }
        Err(Error::Busy("read a customer that is being merged"))
    }

    /// The record or its forward, and the pointers to cases in its partition, the newest first.
    async fn case_pointers(&self, customer: CustomerId, most: Option<i32>) -> Result<(Option<Item>, Vec<String>), Error> {
        let partition = self.keys.customer_partition(customer);
        let newest_first: Vec<Item> = if let Some(most) = most {
            let query = self.between(&partition, CASE_POINTERS, CUSTOMER).scan_index_forward(false);
            // One more, for the customer itself.
            let found = query.limit(most.saturating_add(1)).send().await;
            found.map_err(failed("query a customer's cases"))?.items.unwrap_or_default()
        } else {
            let all = self.each_between(&partition, CASE_POINTERS, CUSTOMER, Order::NewestFirst);
            all.try_collect().await?
        };
        let (mut record, mut pointers) = (None, Vec::with_capacity(newest_first.len()));
        for item in newest_first {
            match text_of(&item, "sk") {
                Some(CUSTOMER) => record = Some(item),
                Some(pointer) => pointers.push(pointer.to_owned()),
                None => {}
            }
        }
        Ok((record, pointers))
    }

    /// Adds pointers that are still in the partitions of merged records. They are read between two reads of the customer's own pointers. So
    /// a case that is moved meanwhile, in either direction, is seen in one place at least.
    async fn with_moving_pointers(&self, customer: &Customer, own: Vec<String>, most: Option<i32>) -> Result<Vec<String>, Error> {
        let mut moving = customer.merged.iter().filter(|merged| merged.is_moving).peekable();
        if moving.peek().is_none() {
            return Ok(own);
        }
        let theirs = try_join_all(moving.map(|merged| self.case_pointers(merged.id, most))).await?;
        let (_, again) = self.case_pointers(customer.id, most).await?;
        let theirs = theirs.into_iter().flat_map(|(_, pointers)| pointers);
        let mut all: Vec<String> = own.into_iter().chain(theirs).chain(again).collect();
        all.sort_unstable_by(|one, other| other.cmp(one));
        all.dedup();
        all.truncate(most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// Reads a case, changes it and writes it back. It repeats if another writer came first, so that both changes are kept. Interactions
    /// are items of their own, so appending some does not touch another agent's. The customer learns from those that are new, and a former
    /// customer forgets what it learnt from this case. `None` if there is no such case. Two round trips, and one more if there is something
    /// to learn.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the record would be too large.
    pub async fn case_update(
        &self,
        id: CaseId,
        change: &CaseChange,
        by: &Change,
        audit: &Audit,
        learning: Learning<'_>,
        check: impl Fn(&Case) -> Result<(), Error>,
    ) -> Result<Option<WholeCase>, CaseRefusal> {
        let mut change = Cow::Borrowed(change);
        let Some((mut before, stored)) = self.case_get(id).await? else {
            return Ok(None);
        };
        check(&before)?;
        let after = changed_by(&before, &change, by)?;
        let interactions = merged(stored.clone(), change.interactions.clone());
        let mut whole = (after, interactions);
        let mut lesson = self
            .lesson(Written::new(before.customer, parts(&whole), &stored), learning, by)
            .await?;
        let most_taught = lesson.writes.len();
        let mut items = self.interaction_items(id, &changed(&stored, &whole.1))?;
        let news = items.len();
        let mut room = MOST_WRITES - CHANGED_CASE_WRITES - most_taught;
        if finds_customer(&before, change.customer.unwrap_or(before.customer)) {
            room -= MOST_PLACE_ITEMS;
        }
        let last = items.split_off(items.len().saturating_sub(room));
        let ahead: Vec<Key> = items.iter().filter_map(key_of).collect();
        if !items.is_empty() {
            // Items that are written ahead of the transaction must not be written if the transaction will be refused.
            if let Some(customer) = change.customer.filter(|&customer| customer != before.customer)
                && self.customer_get(customer).await?.is_none()
            {
                return Err(CaseRefusal::NoSuchCustomer);
            }
            self.database.put_many(items).await?;
        }
        for round in 0..TRIES {
            if round > 0 {
                back_off(round).await;
                let Some(newer) = self.case_head(id).await? else {
                    // Items that were written ahead no longer belong to a case.
                    self.delete_each(ahead).await?;
                    return Ok(None);
                };
                before = newer;
                whole.0 = changed_by(&before, &change, by)?;
                lesson = Lesson::default();
                if round < learning::TRIES {
                    let written = Written::new(before.customer, parts(&whole), &stored);
                    lesson = self.lesson(written, learning, by).await?;
                }
                if lesson.writes.len() > most_taught {
                    lesson = Lesson::default();
                }
            }
            if let Some(survivor) = lesson.customer
                && change.customer.is_some_and(|customer| customer != survivor)
            {
                change.to_mut().customer = Some(survivor);
                whole.0 = changed_by(&before, &change, by)?;
            }
            let after = &whole.0;
            let teaches = !lesson.writes.is_empty();
            let mut writes = self.changed_case(&before, after, by, audit, news)?;
            writes.append(&mut lesson.writes);
            if finds_customer(&before, after.customer) {
                writes.extend(self.waits_no_more(id).await?);
            }
            writes.extend(last.iter().cloned().map(Write::Put));
            if writes.len() > MOST_WRITES {
                // Its customer was deleted meanwhile. The retry begins from there.
                break;
            }
            match self.database.transact(writes).await {
                Ok(()) => return Ok(Some(whole)),
                Err(Refusal::Failed(error)) => return Err(error.into()),
                Err(Refusal::Conditions(refused)) if !teaches && refused.iter().any(|refused| refused.place == CUSTOMER_PLACE) => {
                    // The customer may have been merged into another.
                    let survivor = self.survivor_of(after.customer).await?;
                    let survivor = survivor.ok_or(CaseRefusal::NoSuchCustomer)?;
                    change.to_mut().customer = Some(survivor);
                    whole.0 = changed_by(&before, &change, by)?;
                }
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("update a case").into())
    }

    /// Deletes items in batches, each on its own.
    async fn delete_each(&self, keys: Vec<Key>) -> Result<(), Error> {
        let deletes: Vec<Write> = keys.into_iter().map(Write::Delete).collect();
        let parts = deletes.chunks(MOST_WRITES).map(async |part| {
            let done = self.database.transact(part.to_vec()).await;
            done.map_err(|refusal| refusal.unexpected("delete what went ahead"))
        });
        try_join_all(parts).await.map(drop)
    }

    /// The writes of a case that changed. So many interactions are new, or have another text.
    pub(super) fn changed_case(
        &self,
        before: &Case,
        after: &Case,
        by: &Change,
        audit: &Audit,
        interactions: usize,
    ) -> Result<Vec<Write>, Error> {
        let mut writes = vec![Write::PutOver {
            item: items::write(&self.keys.case(after.id), after)?,
            version: before.version,
        }];
        if before.customer != after.customer {
            writes.push(Write::RequireRecord(self.keys.customer(after.customer)));
            writes.push(self.pointer(after));
            writes.push(Write::Delete(self.keys.case_pointer(
                before.customer,
                before.created.at,
                before.id,
            )));
        }
        writes.push(audit.write(&self.keys.case_partition(after.id), by)?);
        let kind = if before.customer != after.customer {
            NoticeKind::CaseMoved
        } else if interactions > 0 && audit.fields.is_empty() {
            NoticeKind::CaseInteractionsAdded
        } else {
            NoticeKind::CaseUpdated
        };
        let notice = Notice {
            interactions,
            ..audit.notice(kind, by)
        };
        writes.push(self.tell_of_case(before, after, notice));
        Ok(writes)
    }

    /// The write that tells others of a case as it is after a change.
    pub(super) fn tell_of_case(&self, before: &Case, after: &Case, notice: Notice) -> Write {
        let from = somebody(before.customer).filter(|_| before.customer != after.customer);
        self.tell(of_case(after, Notice { from, ..notice }))
    }

    pub(super) fn pointer(&self, case: &Case) -> Write {
        Write::Put(items::key_item(&self.keys.case_pointer(
            case.customer,
            case.created.at,
            case.id,
        )))
    }

    /// The items of interactions.
    pub(super) fn interaction_items(&self, case: CaseId, interactions: &[Interaction]) -> Result<Vec<Item>, Error> {
        let item = |one: &Interaction| items::write(&self.keys.interaction(case, one), one);
        interactions.iter().map(item).collect()
    }

    /// The items of a partition between two sort keys, both included, in order.
    pub(super) async fn query(&self, partition: &str, first: &str, last: &str) -> Result<Vec<Item>, Error> {
        self.query_within(partition, first, last, &AtomicUsize::new(MOST_READ)).await
    }

    /// The same, until the budget of bytes, `left`, is used up.
    async fn query_within(&self, partition: &str, first: &str, last: &str, left: &AtomicUsize) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        let mut from = None;
        loop {
            let page = self.between(partition, first, last).set_exclusive_start_key(from).send();
            let page = page.await.map_err(failed("query a partition"))?;
            let found = page.items.unwrap_or_default();
            let bytes: usize = found.iter().map(items::size).sum();
            // No other task runs between these two lines.
            left.store(left.load(Ordering::Relaxed).saturating_sub(bytes), Ordering::Relaxed);
            items.extend(found);
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(items);
            }
            if left.load(Ordering::Relaxed) == 0 {
                tracing::warn!("the requested cases have more than {MOST_READ} bytes; the rest is not shown");
                return Ok(items);
            }
        }
    }

    pub(super) fn between(
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

/// The case, if it is this customer's. A case that was moved away since its number was read is another's. One that is
/// still with a merged record, or returned there since the customer was read, counts as the customer's.
pub(super) fn of_customer(case: Case, customer: &Customer) -> Option<Case> {
    let is_theirs = customer.is_of(case.customer);
    let case = Case {
        customer: customer.id,
        ..case
    };
    is_theirs.then_some(case)
}

/// A case after a change.
///
/// # Errors
/// [`Error::Invalid`] where the record would be too large.
fn changed_by(before: &Case, change: &CaseChange, by: &Change) -> Result<Case, Error> {
    let mut after = before.clone();
    after.apply(change);
    after.check_size(Some(before)).map_err(Error::Invalid)?;
    after.version += 1;
    after.updated = by.clone();
    Ok(after)
}

pub(super) fn parts((case, interactions): &WholeCase) -> (&Case, &[Interaction]) {
    (case, interactions)
}

/// Whether a case without a customer gets one. Then it may be a waiting case.
pub(super) fn finds_customer(before: &Case, customer: CustomerId) -> bool {
    before.customer == CustomerId::NOBODY && customer != CustomerId::NOBODY
}

/// The interactions of `after` that differ from `before`. An interaction that is sent again unchanged is not written.
pub(super) fn changed(before: &[Interaction], after: &[Interaction]) -> Vec<Interaction> {
    let identity = |of: &Interaction| (of.service.clone(), of.service_id.clone());
    let stored: HashMap<_, _> = before.iter().map(|one| (identity(one), one)).collect();
    after
        .iter()
        .filter(|one| stored.get(&identity(one)) != Some(one))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use crm_domain::{Actor, MergeId, Merged, Timestamp};

    use super::*;

    #[test]
    fn a_case_that_has_returned_to_a_merged_record_is_still_listed() {
        let (at, by) = (Timestamp::from_milliseconds(1_795_305_600_000), Actor::default());
        let change = Change { at, by };
        let [survivor, merged, other] = [1, 2, 3].map(|random| CustomerId::draw(at, random));
        let mut customer = Customer::new(survivor, change.clone());
        customer.merged.push(Merged {
            id: merged,
            receipt: MergeId::draw(merged, 1),
            at,
            external_id: None,
            is_moving: false,
        });
        let listed = |of: CustomerId| {
            let case = Case::new(CaseId::draw(at, 1), of, change.clone());
            of_customer(case, &customer).map(|case| case.customer)
        };
        assert_eq!([survivor, merged, other].map(listed), [Some(survivor), Some(survivor), None]);
    }
}
