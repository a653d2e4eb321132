//! What a changed data model leaves to do: the records of customers that were written before it.
//!
//! Nothing waits for it. Every customer is brought into the new form by itself, under the condition that nobody has written it
//! meanwhile, so that agents and a backfill never undo each other's work; and how far it is stands in the table, so that one
//! that was interrupted goes on where it was.

use std::collections::BTreeSet;

use crm_domain::{Customer, CustomerId, ObjectStructure, TenantSettings, Timestamp, error::Error};
use serde::{Deserialize, Serialize};

use crate::{
    Item, Store, back_off,
    customers::{TRIES, TermChanges},
    items,
    keys::{AFTER_TERMS, CUSTOMER, Key, TERMS, TenantKeys},
    transaction::{Refusal, Write},
};

const BACKFILL: &str = "backfill";

/// How far the stored customers have followed the data model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backfill {
    /// Grows by one with every page; the condition of the next one. The first is the time in milliseconds, so that no two
    /// backfills share one.
    version: u64,
    /// Not to begin before: until then functions may write by the model before.
    pub begins: Timestamp,
    /// The customer that was the last to follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<CustomerId>,
    /// How many were looked at.
    pub seen: u64,
    /// How many of them were written.
    pub written: u64,
    /// Whether all have followed.
    pub finished: bool,
}

impl Backfill {
    /// One that is to begin then.
    pub fn new(now: Timestamp, begins: Timestamp) -> Self {
        Self {
            version: u64::try_from(now.milliseconds()).unwrap_or_default(),
            begins,
            after: None,
            seen: 0,
            written: 0,
            finished: false,
        }
    }
}

impl Store {
    /// What is left to do; `None` if the model never left anything.
    pub async fn backfill_get(&self) -> Result<Option<Backfill>, Error> {
        self.database.get_as(self.keys.setting(BACKFILL)).await
    }

    /// Remembers one that is to begin, in place of the one `before`. `false`, and nothing remembered, if that is not what stands
    /// there any more.
    pub async fn backfill_begin(&self, before: Option<&Backfill>, backfill: &Backfill) -> Result<bool, Error> {
        let item = self.backfill_item(backfill)?;
        let put = match before {
            Some(before) => Write::PutOver {
                item,
                version: before.version,
            },
            None => Write::PutNew(item),
        };
        self.happened(put).await
    }

    /// Remembers how far it is. `false`, and nothing remembered, if somebody else is at it or the model has changed again.
    pub async fn backfill_save(&self, backfill: &mut Backfill) -> Result<bool, Error> {
        let before = backfill.version;
        backfill.version += 1;
        let over = Write::PutOver {
            item: self.backfill_item(backfill)?,
            version: before,
        };
        self.happened(over).await
    }

    /// Whether a write happened: its condition may not have held.
    async fn happened(&self, write: Write) -> Result<bool, Error> {
        match self.database.transact(vec![write]).await {
            Ok(()) => Ok(true),
            Err(Refusal::Conditions(_)) => Ok(false),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    pub(super) fn backfill_item(&self, backfill: &Backfill) -> Result<Item, Error> {
        items::write(&self.keys.setting(BACKFILL), backfill)
    }

    /// Brings a customer's record and terms into the form that the tenant's settings want, where they are not: whether they were
    /// not. Who changed the customer last, and when, stays: no value becomes another.
    pub async fn customer_settle(&self, id: CustomerId, settings: &TenantSettings) -> Result<bool, Error> {
        let model = &settings.customer_model;
        for round in 0..TRIES {
            back_off(round).await;
            let Some((before, held)) = self.customer_with_terms(id).await? else {
                return Ok(false);
            };
            let mut after = before.clone();
            after.settle(model, settings.default_region);
            after.settle_belonging(settings.newcomers());
            let terms = self.missing_and_surplus(&before, &after, &held, model);
            let mut record = Write::RequireVersion(self.keys.customer(id), before.version);
            if after != before {
                after.version += 1;
                record = Write::PutOver {
                    item: items::write(&self.keys.customer(id), &after)?,
                    version: before.version,
                };
            } else if terms.added.is_empty() && terms.removed.is_empty() {
                return Ok(false);
            }
            match self.write_with_terms(&after, vec![record], terms).await {
                Ok(()) => return Ok(true),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("bring a customer into the form of a changed data model"))
    }

    /// A customer and the sort keys of its terms, as they stand in the table.
    async fn customer_with_terms(&self, id: CustomerId) -> Result<Option<(Customer, BTreeSet<String>)>, Error> {
        let found = self.query(&self.keys.customer_partition(id), CUSTOMER, AFTER_TERMS).await?;
        let mut customer = None;
        let mut held = BTreeSet::new();
        for item in found {
            match items::text_of(&item, "sk") {
                Some(CUSTOMER) => customer = Some(items::read(item)?),
                Some(term) if term.starts_with(TERMS) => drop(held.insert(term.to_owned())),
                _ => {}
            }
        }
        Ok(customer.map(|customer| (customer, held)))
    }

    /// The terms to write and to remove. Removed are those of the record as it was, and all others of fields without role, which
    /// another model may have left behind; what else lies among the terms is not ours.
    fn missing_and_surplus(
        &self,
        before: &Customer,
        after: &Customer,
        held: &BTreeSet<String>,
        model: &ObjectStructure,
    ) -> TermChanges {
        let sort_key = |term| self.keys.term(before.id, term).sk;
        let (was, wanted) = (before.terms(model), after.terms(model));
        let was: BTreeSet<String> = was.iter().map(sort_key).collect();
        let missing = wanted.iter().filter(|term| !held.contains(&sort_key(term)));
        let added = missing.map(|term| self.term_item(before.id, term)).collect();
        let wanted: BTreeSet<String> = wanted.iter().map(sort_key).collect();
        let surplus = held.difference(&wanted);
        let removed = surplus
            .filter(|term| was.contains(*term) || TenantKeys::is_custom_term(term))
            .map(|term| {
                Write::Delete(Key {
                    sk: term.clone(),
                    ..self.keys.customer(before.id)
                })
            })
            .collect();
        TermChanges { added, removed }
    }
}
