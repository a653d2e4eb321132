//! Where tenants' changes are sent, and how far each delivery is (decision 0047).
//!
//! A tenant's delivery is one item with a version. Who delivers writes it with every step, on the condition of the version that was read. So
//! of two deliverers that ran into each other one stops at its next step, and what one step changes is changed by one transaction: the place
//! in the feed, and the notices that wait or were given up.

use crm_domain::{Notice, PushTarget, TenantId, Timestamp, error::Error};
use serde::{Deserialize, Serialize};

use super::{
    Database, Item, NOTICES_KEPT_DAYS, NoticePlace, Store,
    error::failed,
    items::{self, text, text_of},
    keys::{PARKED, WAITING, WEBHOOKS},
    transaction::{Refusal, Write},
};

/// How long a notice that was given up is kept, in seconds: as long as the feed's.
const PARKED_FOR: i64 = (NOTICES_KEPT_DAYS + 1) * 86_400;
/// The character after `#`: what sorts after all that a prefix begins.
const AFTER_PREFIX: &str = "$";

/// How far a tenant's delivery is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Grows with every write.
    pub version: u64,
    /// Every change up to this place was accepted, waits, or was given up.
    pub cursor: NoticePlace,
    /// Until when somebody delivers. Nobody else begins before.
    pub busy_until: Timestamp,
    /// When the endpoint accepted something last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Timestamp>,
    /// Since when the endpoint accepts nothing, if it is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<Failing>,
    /// When the delivery was given up, because the endpoint had accepted nothing for too long. An operator continues it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Timestamp>,
}

/// Attempts that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// When it began.
    pub since: Timestamp,
    /// How many there were.
    pub tries: u32,
    /// When the next one is due.
    pub next: Timestamp,
    /// Why the last one failed, in words of ours.
    pub reason: String,
}

/// A notice that waits for the endpoint, or was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// Where it is in the feed, which is its id.
    pub place: NoticePlace,
    /// The notice.
    pub notice: Notice,
    /// The attempts so far. There are none for a notice that waits behind another one.
    pub failing: Failing,
}

#[derive(Serialize, Deserialize)]
struct UndeliveredItem {
    notice: Notice,
    failing: Failing,
    /// Seconds since 1970: the table's time-to-live attribute. A notice that waits has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
}

/// What a step of a delivery does to one notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It waits.
    Wait(Undelivered),
    /// It is given up.
    Park(Undelivered),
    /// It was accepted, and no longer waits.
    Accepted(NoticePlace),
}

impl Step {
    /// The largest number of writes of one.
    pub const MOST_WRITES: usize = 2;
}

/// Which undelivered notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undelivereds {
    /// Those that wait.
    Waiting,
    /// Those that were given up.
    Parked,
}

impl Undelivereds {
    fn prefix(self) -> &'static str {
        match self {
            Self::Waiting => WAITING,
            Self::Parked => PARKED,
        }
    }
}

impl Database {
    /// All tenants whose changes are sent, and where.
    pub async fn push_targets(&self) -> Result<Vec<(TenantId, PushTarget)>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :partition")
            .expression_attribute_values(":partition", text(WEBHOOKS))
            .consistent_read(true);
        let mut pages = query.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.try_next().await.map_err(failed("list the targets of changes"))? {
            for item in page.items.unwrap_or_default() {
                if let Some(tenant) = text_of(&item, "sk").and_then(TenantId::parse) {
                    found.push((tenant, items::read(item)?));
                }
            }
        }
        Ok(found)
    }
}

impl Store {
    /// Where the tenant's changes are sent, if anywhere.
    pub async fn push_target_get(&self) -> Result<Option<PushTarget>, Error> {
        self.database.get_as(self.keys.webhook()).await
    }

    /// Stores where the tenant's changes are sent, if functions can work with it. The delivery goes on where it is.
    pub async fn push_target_put(&self, target: &PushTarget) -> Result<(), Error> {
        target.check().map_err(|wrong| Error::Invalid(vec![wrong]))?;
        let item = items::write(&self.keys.webhook(), target)?;
        let put = self.database.transact(vec![Write::Put(item)]).await;
        put.map_err(|refusal| refusal.unexpected("put the target of changes"))
    }

    /// Removes where the tenant's changes are sent, with all that was kept for the delivery.
    pub async fn push_target_remove(&self) -> Result<(), Error> {
        let own = vec![Write::Delete(self.keys.webhook()), Write::Delete(self.keys.delivery())];
        let deleted = self.database.transact(own).await;
        deleted.map_err(|refusal| refusal.unexpected("remove the target of changes"))?;
        for kind in [Undelivereds::Waiting, Undelivereds::Parked] {
            self.forget_undelivered(kind, None).await?;
        }
        Ok(())
    }

    /// How far the delivery is; `None` before its first step.
    pub async fn delivery_get(&self) -> Result<Option<Delivery>, Error> {
        self.database.get_as(self.keys.delivery()).await
    }

    /// Takes one step of the delivery, which must have followed on the version before. Returns whether it did. If not, somebody else
    /// delivers, and nothing was written.
    pub async fn delivery_put(&self, delivery: &Delivery, steps: Vec<Step>) -> Result<bool, Error> {
        let item = items::write(&self.keys.delivery(), delivery)?;
        let first = match delivery.version.checked_sub(1) {
            None | Some(0) => Write::PutNew(item),
            Some(version) => Write::PutOver { item, version },
        };
        let mut writes = vec![first];
        for step in steps {
            writes.extend(self.writes_of(step)?);
        }
        match self.database.transact(writes).await {
            Ok(()) => Ok(true),
            Err(Refusal::Conditions(_)) => Ok(false),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    fn writes_of(&self, step: Step) -> Result<Vec<Write>, Error> {
        let (prefix, undelivered) = match step {
            Step::Accepted(place) => return Ok(vec![Write::Delete(self.keys.undelivered(WAITING, place))]),
            Step::Wait(undelivered) => (WAITING, undelivered),
            Step::Park(undelivered) => (PARKED, undelivered),
        };
        let Undelivered { place, notice, failing } = undelivered;
        let parked = prefix == PARKED;
        let item = UndeliveredItem {
            notice,
            failing,
            expires: parked.then(|| place.at.plus_seconds(PARKED_FOR).seconds()),
        };
        let put = Write::Put(items::write(&self.keys.undelivered(prefix, place), &item)?);
        let no_longer = parked.then(|| Write::Delete(self.keys.undelivered(WAITING, place)));
        Ok([put].into_iter().chain(no_longer).collect())
    }

    /// The tenant's undelivered notices, in order.
    pub async fn undelivered(&self, kind: Undelivereds) -> Result<Vec<Undelivered>, Error> {
        let found = self.undelivered_items(kind, None).await?;
        found.into_iter().map(|item| undelivered(kind, item)).collect()
    }

    /// Begins the delivery again after a place: all that comes after it in the feed is sent, whether it was before or not. Returns `None`
    /// if there was no delivery yet.
    pub async fn delivery_replay(&self, after: NoticePlace, now: Timestamp) -> Result<Option<Delivery>, Error> {
        const TO_FORGET: i64 = 60;
        const TRIES: usize = 100;
        for _ in 0..TRIES {
            let Some(found) = self.delivery_get().await? else {
                return Ok(None);
            };
            // First of all, so that nothing is lost if this ends early. Who delivers stops at the next step, and nobody begins before the
            // notices that will be sent again no longer wait.
            let held = Delivery {
                version: found.version + 1,
                cursor: after,
                busy_until: now.plus_seconds(TO_FORGET),
                failing: None,
                stopped: None,
                ..found
            };
            if !self.delivery_put(&held, Vec::new()).await? {
                continue;
            }
            for kind in [Undelivereds::Waiting, Undelivereds::Parked] {
                self.forget_undelivered(kind, Some(after)).await?;
            }
            let free = Delivery {
                version: held.version + 1,
                busy_until: now,
                ..held
            };
            if self.delivery_put(&free, Vec::new()).await? {
                return Ok(Some(free));
            }
        }
        Err(Error::Busy("begin a delivery again"))
    }

    /// Deletes undelivered notices, those after a place or all.
    async fn forget_undelivered(&self, kind: Undelivereds, after: Option<NoticePlace>) -> Result<(), Error> {
        const AT_ONCE: usize = 100;
        let found = self.undelivered_items(kind, after).await?;
        let keys: Vec<_> = found.iter().filter_map(items::key_of).collect();
        for some in keys.chunks(AT_ONCE) {
            let deleted = self
                .database
                .transact(some.iter().cloned().map(Write::Delete).collect())
                .await;
            deleted.map_err(|refusal| refusal.unexpected("forget undelivered changes"))?;
        }
        Ok(())
    }

    async fn undelivered_items(&self, kind: Undelivereds, after: Option<NoticePlace>) -> Result<Vec<Item>, Error> {
        let prefix = kind.prefix();
        let first = after.map_or_else(|| prefix.to_owned(), |after| format!("{prefix}{after}~"));
        let last = prefix.replace('#', AFTER_PREFIX);
        self.query(&self.keys.deliveries(), &first, &last).await
    }
}

fn undelivered(kind: Undelivereds, item: Item) -> Result<Undelivered, Error> {
    let place = text_of(&item, "sk").and_then(|sk| NoticePlace::parse(sk.strip_prefix(kind.prefix())?));
    let place = place.ok_or_else(|| Error::internal("read an undelivered change", "not the key of one"))?;
    let UndeliveredItem { notice, failing, .. } = items::read(item)?;
    Ok(Undelivered { place, notice, failing })
}

#[cfg(test)]
mod tests {
    use crm_domain::{Actor, CustomerId, NoticeKind};

    use super::*;
    use crate::items::number;

    const AT: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);

    fn waiting() -> Undelivered {
        let notice = Notice {
            customer: CustomerId::parse("C00000000001"),
            ..Notice::new(NoticeKind::CustomerUpdated, "updateCustomer", &Actor::default())
        };
        Undelivered {
            place: NoticePlace::after(AT),
            notice,
            failing: Failing {
                since: AT,
                tries: 2,
                next: AT.plus_seconds(5),
                reason: "the status is 500".to_owned(),
            },
        }
    }

    fn store() -> Store {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .build();
        let database = Database::new(aws_sdk_dynamodb::Client::from_conf(config), "none".to_owned());
        database.of(&TenantId::parse("acme").unwrap())
    }

    #[test]
    fn a_notice_that_waits_reads_back_and_one_that_is_given_up_expires_with_the_feeds() {
        let writes = store().writes_of(Step::Wait(waiting())).unwrap();
        let [Write::Put(item)] = writes.as_slice() else {
            panic!("{writes:?}")
        };
        assert!(!item.contains_key("expires"));
        assert_eq!(undelivered(Undelivereds::Waiting, item.clone()).unwrap(), waiting());
        let writes = store().writes_of(Step::Park(waiting())).unwrap();
        let [Write::Put(item), Write::Delete(gone)] = writes.as_slice() else {
            panic!("{writes:?}")
        };
        assert_eq!(item["expires"], number(AT.plus_seconds(31 * 86_400).seconds()));
        assert_eq!(gone.sk, format!("waiting#{}", NoticePlace::after(AT)));
        assert_eq!(undelivered(Undelivereds::Parked, item.clone()).unwrap(), waiting());
    }
}
