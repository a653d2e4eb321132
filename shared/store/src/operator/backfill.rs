//! What a changed data model leaves to do: the records of customers that were written before it.
//!
//! Nothing waits for it. Every customer is brought into the new form by itself, under the condition that nobody has written it
//! meanwhile, so that agents and a backfill never undo each other's work; and how far it is stands in the table, so that one
//! that was interrupted goes on where it was.

use crm_domain::{CustomerId, TenantSettings, Timestamp, error::Error};
use serde::{Deserialize, Serialize};

use crate::{
    Item, Store, back_off,
    customers::TRIES,
    items,
    terms::TermChanges,
    transaction::{MOST_WRITES, Refusal, Write},
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
            let Some(before) = self.customer_own(id).await? else {
                return Ok(false);
            };
            let held = self.held_terms(id).await?;
            let mut after = before.clone();
            after.settle(model, settings.default_region);
            after.settle_belonging(settings.newcomers());
            let terms = self.term_writes(&after, &held, model);
            let is_unchanged = after == before;
            if is_unchanged && before.unsettled {
                self.settle_terms(&before, model).await?;
                return Ok(true);
            }
            if is_unchanged && terms.is_empty() {
                return Ok(false);
            }
            let written = if is_unchanged && terms.len() < MOST_WRITES {
                let unchanged = Write::RequireVersion(self.keys.customer(id), before.version);
                self.database.transact([vec![unchanged], terms].concat()).await
            } else {
                after.version += 1;
                let changes = if before.unsettled {
                    TermChanges::Unknown
                } else {
                    TermChanges::Known(terms)
                };
                self.write_with_terms(Some(&before), &after, Vec::new(), changes, model).await
            };
            match written {
                Ok(()) => return Ok(true),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("bring a customer into the form of a changed data model"))
    }
}
