//! Customers: the record and its terms move together.

use std::collections::BTreeSet;

use crm_domain::{Change, Customer, CustomerId, ObjectStructure, Term, error::Error};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    Audit, Created, Item, OnceKey, Store, back_off,
    batch::MOST_KEYS,
    external, items,
    keys::TOKEN,
    once::remembered,
    transaction::{MOST_WRITES, Refusal, Write},
};
use crate::random;

/// How often a write is tried that lost to another writer of the same record, or whose drawn number was taken.
pub(super) const TRIES: u32 = 24;

/// What was picked from many records.
#[derive(Debug)]
pub struct Picked<T> {
    /// In the order of the customers' numbers.
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
    /// The error, where no external id was given or changed.
    pub fn unexpected(self, what: &'static str) -> Error {
        match self {
            Self::Failed(error) => error,
            Self::ExternalIdTaken => Error::internal(what, "an external id is taken that was not touched"),
        }
    }
}

impl Store {
    /// Reads a customer. One round trip.
    pub async fn customer_get(&self, id: CustomerId) -> Result<Option<Customer>, Error> {
        self.database.get_as(self.keys.customer(id)).await
    }

    /// Makes a customer, once per `once` where there is one. One round trip.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the record would be too large.
    pub async fn customer_create(
        &self,
        mut customer: Customer,
        model: &ObjectStructure,
        once: Option<&OnceKey>,
        audit: &Audit,
    ) -> Result<Created<Customer>, CustomerRefusal> {
        customer.check_size(None, model).map_err(Error::Invalid)?;
        // What a created-once record remembers of a customer that is gone gives way.
        let mut gone: Option<CustomerId> = None;
        for _ in 0..TRIES {
            let writes = self.creation(&customer, once, gone, audit)?;
            let external = writes.len() - usize::from(customer.external_id.is_some());
            let terms = TermChanges::new(self, customer.id, &BTreeSet::new(), &customer.terms(model));
            let refused = match self.write_with_terms(&customer, writes, terms).await {
                Ok(()) => return Ok(Created::Now(customer)),
                Err(Refusal::Failed(error)) => return Err(error.into()),
                Err(Refusal::Conditions(refused)) => refused,
            };
            let earlier = refused
                .iter()
                .find_map(|refused| CustomerId::parse(remembered(refused.found.as_ref())?));
            if let Some(id) = earlier {
                if let Some(first) = self.customer_get(id).await? {
                    return Ok(Created::Before(first));
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

    /// The writes of a new customer beside its terms: the record first, the external id last.
    fn creation(
        &self,
        customer: &Customer,
        once: Option<&OnceKey>,
        gone: Option<CustomerId>,
        audit: &Audit,
    ) -> Result<Vec<Write>, Error> {
        let mut writes = vec![
            Write::PutNew(items::write(&self.keys.customer(customer.id), customer)?),
            audit.write_creation(&self.keys.customer_partition(customer.id), &customer.created, once)?,
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

    /// Reads a customer, edits it and writes it back; again from the reading where another writer came first, so that both
    /// edits stand. An edit that changes nothing writes nothing. `None` if there is no such customer. Two round trips.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the record would be too large.
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
                return Ok(Some(before));
            }
            after.check_size(Some(&before), model).map_err(Error::Invalid)?;
            after.version += 1;
            after.updated = change.clone();
            let mut writes = vec![
                Write::PutOver {
                    item: items::write(&self.keys.customer(id), &after)?,
                    version: before.version,
                },
                audit.write(&self.keys.customer_partition(id), change)?,
            ];
            let external = writes.len();
            let (old, new) = (before.external_id.as_ref(), after.external_id.as_ref());
            writes.extend(self.external_changes(external::CUSTOMER, &id, old, new)?);
            let terms = TermChanges::new(self, id, &before.terms(model), &after.terms(model));
            match self.write_with_terms(&after, writes, terms).await {
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

    /// Reads customers by number, in any order.
    pub async fn customer_get_many(&self, ids: impl IntoIterator<Item = CustomerId>) -> Result<Vec<Customer>, Error> {
        let keys = ids.into_iter().map(|id| self.keys.customer(id)).collect();
        self.database.get_many(keys).await?.into_iter().map(items::read).collect()
    }

    /// Reads customers in the order of their numbers and picks what is wanted of them, at most so much. The records are read in parts,
    /// some at once, so that of many candidates only what is picked is held.
    pub async fn customer_pick<T>(
        &self,
        ids: BTreeSet<CustomerId>,
        most: usize,
        pick: impl Fn(Customer) -> Option<T>,
    ) -> Result<Picked<T>, Error> {
        let ids: Vec<CustomerId> = ids.into_iter().collect();
        let parts = ids.chunks(MOST_KEYS).map(|part| self.customer_get_many(part.iter().copied()));
        let mut parts = stream::iter(parts).buffered(BATCHES_AT_ONCE);
        let mut picked = Vec::new();
        while let Some(mut part) = parts.try_next().await? {
            part.sort_by_key(|customer| customer.id);
            picked.extend(part.into_iter().filter_map(&pick));
            if picked.len() > most {
                picked.truncate(most);
                return Ok(Picked { picked, is_all: false });
            }
        }
        Ok(Picked { picked, is_all: true })
    }

    /// Writes a record, which comes first in `writes`, and the difference of its terms in one transaction. Terms beyond what a
    /// transaction holds are added before it and removed after it: an index entry without its value in the record finds
    /// nobody, since candidates are compared with their records.
    pub(super) async fn write_with_terms(
        &self,
        customer: &Customer,
        mut writes: Vec<Write>,
        terms: TermChanges,
    ) -> Result<(), Refusal> {
        let TermChanges { mut added, mut removed } = terms;
        let room = MOST_WRITES - writes.len();
        let ahead = added.split_off(added.len().min(room));
        let behind = removed.split_off(removed.len().min(room - added.len()));
        self.database.put_many(ahead).await?;
        writes.extend(added.into_iter().map(Write::Put));
        writes.extend(removed);
        self.database.transact(writes).await?;
        for part in behind.chunks(MOST_WRITES - 1) {
            let unchanged = Write::RequireVersion(self.keys.customer(customer.id), customer.version);
            match self.database.transact([vec![unchanged], part.to_vec()].concat()).await {
                Ok(()) => {}
                // Another writer came and may want these terms. Left over, they cost a read at worst.
                Err(Refusal::Conditions(_)) => break,
                Err(failed) => return Err(failed),
            }
        }
        Ok(())
    }
}

/// The writes that turn one set of terms into another.
pub(super) struct TermChanges {
    pub(super) added: Vec<Item>,
    pub(super) removed: Vec<Write>,
}

impl TermChanges {
    pub(super) fn new(store: &Store, id: CustomerId, before: &BTreeSet<Term>, after: &BTreeSet<Term>) -> Self {
        let added = after.difference(before).map(|term| store.term_item(id, term)).collect();
        let removed = before
            .difference(after)
            .map(|term| Write::Delete(store.keys.term(id, term)))
            .collect();
        Self { added, removed }
    }
}

impl Store {
    /// The items that make a customer: its record and its terms. What [`Self::customer_create`] writes beside them is history and
    /// the created-once record. For whoever fills a database past its own interface.
    pub fn customer_items(&self, customer: &Customer, model: &ObjectStructure) -> Result<Vec<Item>, Error> {
        let terms = customer.terms(model);
        let mut made = vec![items::write(&self.keys.customer(customer.id), customer)?];
        made.extend(terms.iter().map(|term| self.term_item(customer.id, term)));
        Ok(made)
    }

    pub(super) fn term_item(&self, id: CustomerId, term: &Term) -> Item {
        let place = self.keys.place(term);
        let mut item = items::key_item(&self.keys.term(id, term));
        item.insert(place.index.attribute().to_owned(), items::text(place.partition));
        if place.index == super::keys::Index::Term {
            // An index's entry needs its sort key; where nothing is looked up by prefix, the newest customer comes last.
            let token = place.token.unwrap_or_else(|| id.to_string());
            item.insert(TOKEN.to_owned(), items::text(token));
        }
        item
    }
}
