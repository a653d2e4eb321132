//! Timelines: a customer's events lie in the customer's partition and die with it. Activities also stand in the index of terms, by
//! what they are searched by.

use std::collections::HashMap;

use crm_domain::{Change, CustomerId, Event, error::Error};
use futures::{Stream, TryStreamExt as _};

use super::{
    Audit, Item, Store,
    items::{self, text},
    keys::{AFTER_EVENTS, EVENTS, Index, Key, TOKEN, TenantKeys},
    pages::Order,
    transaction::{Refusal, Write},
};

impl Store {
    /// Puts an event on a customer's timeline: `false` if there is no such customer. One round trip.
    pub async fn event_put(&self, customer: CustomerId, event: &Event, change: &Change, audit: &Audit) -> Result<bool, Error> {
        let writes = vec![
            Write::Require(self.keys.customer(customer)),
            Write::Put(self.event_item(customer, event)?),
            audit.write(&self.keys.customer_partition(customer), change)?,
        ];
        match self.database.transact(writes).await {
            Ok(()) => Ok(true),
            Err(Refusal::Conditions(_)) => Ok(false),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// A customer's timeline, the newest first, however long.
    pub fn customer_events(&self, customer: CustomerId) -> impl Stream<Item = Result<Event, Error>> + use<> {
        let partition = self.keys.customer_partition(customer);
        self.each_between(&partition, EVENTS, AFTER_EVENTS, Order::NewestFirst)
            .and_then(async |item| items::read(item))
    }

    /// Those of these events that the customer does not have, or has otherwise.
    pub async fn events_changed(&self, customer: CustomerId, events: &[Event]) -> Result<Vec<Event>, Error> {
        let stored = self.events_stored(customer, events).await?;
        let is_changed = |event: &&Event| stored.get(&self.keys.event(customer, event)) != Some(*event);
        Ok(events.iter().filter(is_changed).cloned().collect())
    }

    pub(super) async fn events_stored(&self, customer: CustomerId, events: &[Event]) -> Result<HashMap<Key, Event>, Error> {
        let keys = events.iter().map(|event| self.keys.event(customer, event)).collect();
        let found = self.database.get_many(keys).await?;
        let keyed = found
            .into_iter()
            .filter_map(|item| Some((items::key_of(&item)?, items::read(item))));
        keyed.map(|(key, event)| Ok((key, event?))).collect()
    }

    /// An event with its place in the index, if it is an activity.
    pub(super) fn event_item(&self, customer: CustomerId, event: &Event) -> Result<Item, Error> {
        let mut item = items::write(&self.keys.event(customer, event), event)?;
        if let Some(activity) = event.activity() {
            let place = self.keys.activities(activity.medium, activity.mode);
            item.insert(Index::Term.attribute().to_owned(), text(place));
            item.insert(TOKEN.to_owned(), text(TenantKeys::activity_token(event.at, activity)));
        }
        Ok(item)
    }
}
