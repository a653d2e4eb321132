//! Backfills: adapting the customers that were stored before the data model changed.
//!
//! Nothing waits for a backfill. Each customer is adapted by itself, on the condition that nobody has written it meanwhile, so agents and a
//! backfill never overwrite each other's changes. The progress is stored in the table, so an interrupted backfill continues.

use crm_domain::{CustomerId, TenantSettings, Timestamp, error::Error};
use serde::{Deserialize, Serialize};

use crate::{
    Item, Store, back_off,
    customers::TRIES,
    items,
    tenants::BACKFILL,
    terms::TermChanges,
    transaction::{MOST_WRITES, Refusal, Write},
};

/// The progress of a backfill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backfill {
    /// A number that grows by one with every page. Every page is conditional on it. It begins with the time in milliseconds, so that no two
    /// backfills share one.
    version: u64,
    /// The earliest time to begin. Until then functions may still write by the former model.
    pub begins: Timestamp,
    /// The last customer that was adapted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<CustomerId>,
    /// The number of customers that were read.
    pub seen: u64,
    /// The number of customers that were written.
    pub written: u64,
    /// Whether it is complete.
    pub finished: bool,
}

impl Backfill {
    /// A backfill that is to begin at this time.
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
    /// The stored backfill; `None` if there never was one.
    pub async fn backfill_get(&self) -> Result<Option<Backfill>, Error> {
        self.database.get_as(self.keys.setting(BACKFILL)).await
    }

    /// Stores a backfill that is to begin, replacing the one `before`. `false`, and nothing stored, if `before` is no longer the stored
    /// one.
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

    /// Stores the progress. `false`, and nothing stored, if somebody else continues it or the model has changed again.
    pub async fn backfill_save(&self, backfill: &mut Backfill) -> Result<bool, Error> {
        let before = backfill.version;
        backfill.version += 1;
        let over = Write::PutOver {
            item: self.backfill_item(backfill)?,
            version: before,
        };
        self.happened(over).await
    }

    /// Whether a conditional write happened.
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

    /// Brings a customer's record and terms into the form of the tenant's settings. Returns whether that was needed. The record keeps who
    /// changed it last and when, since no value changes.
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
                // No value changes, so others are not told.
                let untold = vec![Write::Untold(self.keys.customer(id))];
                self.write_with_terms(Some(&before), &after, untold, changes, model).await
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
