//! Customers, by number.

use std::collections::BTreeSet;

use crm_domain::{Change, Customer, CustomerId, Notice, NoticeKind, ObjectStructure, error::Error};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    Audit, Created, OnceKey, Store, back_off,
    batch::MOST_KEYS,
    external,
    once::remembered,
    transaction::{Refusal, Write},
};
use crate::random;

/// How often a write is tried when other writers of the record come first or its drawn number is taken.
pub(super) const TRIES: u32 = 24;

/// The part of many records that was picked.
#[derive(Debug)]
pub struct Picked<T> {
    /// The picked values, ordered by the customers' numbers.
    pub picked: Vec<T>,
    /// Whether there is no more.
    pub is_all: bool,
}

/// How many batches of records are read at once.
const BATCHES_AT_ONCE: usize = 10;

/// Why a customer was not written.
#[derive(Debug)]
pub enum CustomerRefusal {
    /// Another customer has its external id.
    ExternalIdTaken,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for CustomerRefusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl CustomerRefusal {
    /// The error of an edit that does not touch the external id.
    pub fn unexpected(self, what: &'static str) -> Error {
        match self {
            Self::Failed(error) => error,
            Self::ExternalIdTaken => Error::internal(what, "an external id is taken that was not touched"),
        }
    }
}

impl Store {
    /// Creates a customer, once per `once` if there is one. One round trip.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the record would be too large.
    pub async fn customer_create(
        &self,
        mut customer: Customer,
        model: &ObjectStructure,
        once: Option<&OnceKey>,
        audit: &Audit,
    ) -> Result<Created<Customer>, CustomerRefusal> {
        customer.check_size(None, model).map_err(Error::Invalid)?;
        // A created-once record of a deleted customer is overwritten.
        let mut gone: Option<CustomerId> = None;
        for _ in 0..TRIES {
            let others = self.creation(&customer, once, gone, audit)?;
            // The last of the others, which come after the record.
            let external = others.len();
            let terms = self.term_changes(None, &customer, model);
            let refused = match self.write_with_terms(None, &customer, others, terms, model).await {
                Ok(()) => return Ok(Created::Now(customer)),
                Err(Refusal::Failed(error)) => return Err(error.into()),
                Err(Refusal::Conditions(refused)) => refused,
            };
            let earlier = refused
                .iter()
                .find_map(|refused| CustomerId::parse(remembered(refused.found.as_ref())?));
            if let Some(id) = earlier {
                if let Some(first) = self.customer_get(id).await? {
                    return Ok(Created::Before(self.customer_settled(first, model).await?));
                }
                gone = Some(id);
            } else if customer.external_id.is_some() && refused.iter().any(|refused| refused.place == external) {
                return Err(CustomerRefusal::ExternalIdTaken);
            } else {
                customer.id = CustomerId::draw(customer.created.at, random::bits());
                gone = None;
            }
        }
        Err(Error::Busy("create a customer").into())
    }

    /// The writes of a new customer beside its record and terms. The external id is the last one.
    fn creation(
        &self,
        customer: &Customer,
        once: Option<&OnceKey>,
        gone: Option<CustomerId>,
        audit: &Audit,
    ) -> Result<Vec<Write>, Error> {
        let mut writes = vec![
            audit.write_once(&self.keys.customer_partition(customer.id), &customer.created, once)?,
            self.tell_of(customer, audit.notice(NoticeKind::CustomerCreated, &customer.created)),
        ];
        if let Some(once) = once {
            let remember = self.remember(once, &customer.id, customer.created.at)?;
            writes.push(match (remember, gone) {
                (Write::PutOverExpired { item, .. }, Some(gone)) => Write::PutOwned {
                    item,
                    owner: gone.to_string(),
                },
                (remember, _) => remember,
            });
        }
        let external = customer.external_id.as_ref();
        writes.extend(self.external_changes(external::CUSTOMER, &customer.id, None, external)?);
        Ok(writes)
    }

    /// The write that tells others of a customer as it is after a change.
    pub(super) fn tell_of(&self, customer: &Customer, notice: Notice) -> Write {
        self.tell(Notice {
            customer: Some(customer.id),
            version: Some(customer.version),
            ..notice
        })
    }

    /// Reads a customer, edits it and writes it back. It repeats from the read if another writer came first, so that both edits are kept.
    /// An edit that changes nothing is not written, unless an earlier one was interrupted. Then it completes that one's terms. `None` if there is
    /// no such customer. Two round trips.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the record would be too large.
    pub async fn customer_update(
        &self,
        id: CustomerId,
        model: &ObjectStructure,
        change: &Change,
        audit: &Audit,
        edit: impl Fn(&mut Customer) -> Result<(), Error>,
    ) -> Result<Option<Customer>, CustomerRefusal> {
        for round in 0..TRIES {
            back_off(round).await;
            let Some(before) = self.customer_get(id).await? else {
                return Ok(None);
            };
            let mut after = before.clone();
            edit(&mut after)?;
            if after == before {
                return Ok(Some(self.customer_settled(before, model).await?));
            }
            after.check_size(Some(&before), model).map_err(Error::Invalid)?;
            after.version += 1;
            after.updated = change.clone();
            after.unsettled = false;
            let id = before.id;
            let mut others = vec![
                audit.write(&self.keys.customer_partition(id), change)?,
                self.tell_of(&after, audit.notice(NoticeKind::CustomerUpdated, change)),
            ];
            // After the record.
            let external = others.len() + 1;
            let (old, new) = (before.external_id.as_ref(), after.external_id.as_ref());
            others.extend(self.external_changes(external::CUSTOMER, &id, old, new)?);
            let terms = self.term_changes(Some(&before), &after, model);
            match self.write_with_terms(Some(&before), &after, others, terms, model).await {
                Ok(()) => return Ok(Some(after)),
                Err(Refusal::Failed(error)) => return Err(error.into()),
                Err(Refusal::Conditions(refused)) => {
                    let is_taken = old != new && new.is_some() && refused.iter().any(|refused| refused.place == external);
                    if is_taken && refused.iter().all(|refused| refused.place == external) {
                        return Err(CustomerRefusal::ExternalIdTaken);
                    }
                }
            }
        }
        Err(Error::Busy("update a customer").into())
    }

    /// Reads customers in the order of their numbers and picks values from them, up to a bound. The records are read in parts, some in
    /// parallel, so that only what is picked stays in memory.
    pub async fn customer_pick<T>(
        &self,
        ids: BTreeSet<CustomerId>,
        most: usize,
        pick: impl Fn(Customer) -> Option<T>,
    ) -> Result<Picked<T>, Error> {
        let ids: Vec<CustomerId> = ids.into_iter().collect();
        let parts = ids.chunks(MOST_KEYS).map(|part| self.customer_get_many(part.iter().copied()));
        let mut parts = stream::iter(parts).buffered(BATCHES_AT_ONCE);
        let (mut picked, mut seen) = (Vec::new(), BTreeSet::new());
        while let Some(mut part) = parts.try_next().await? {
            // An index may name a record that was merged into another record of the list.
            part.retain(|customer| seen.insert(customer.id));
            part.sort_by_key(|customer| customer.id);
            picked.extend(part.into_iter().filter_map(&pick));
            if picked.len() > most {
                picked.truncate(most);
                return Ok(Picked { picked, is_all: false });
            }
        }
        Ok(Picked { picked, is_all: true })
    }
}
