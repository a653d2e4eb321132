//! Timelines: a customer's events are in the customer's partition and are deleted with it. Activities are also in the index of terms, by
//! the attributes that searches use.

use std::collections::{BTreeMap, HashMap};

use crm_domain::{Change, Customer, CustomerId, Event, Notice, NoticeKind, error::Error};
use futures::{Stream, StreamExt as _, TryFutureExt as _, TryStreamExt as _, stream};

use super::{
    Audit, Item, Store,
    forward::HOPS,
    items::{self, text},
    keys::{AFTER_EVENTS, EVENTS, Index, Key, TOKEN, TenantKeys},
    pages::Order,
    transaction::{Refusal, Write},
};

/// What the feed of changes calls the timeline, among the fields of a customer.
const TIMELINE: &str = "timeline";

impl Store {
    /// Adds an event to a customer's timeline; `false` if there is no such customer. One round trip; three if the customer was merged into
    /// another.
    pub async fn event_put(&self, id: CustomerId, event: &Event, change: &Change, audit: &Audit) -> Result<bool, Error> {
        let mut customer = id;
        for _ in 0..HOPS {
            let writes = vec![
                Write::RequireRecord(self.keys.customer(customer)),
                Write::Put(self.event_item(customer, event)?),
                audit.write(&self.keys.customer_partition(customer), change)?,
                self.tell(Notice {
                    customer: Some(customer),
                    fields: vec![TIMELINE.to_owned()],
                    ..audit.notice(NoticeKind::CustomerUpdated, change)
                }),
            ];
            match self.database.transact(writes).await {
                Ok(()) => return Ok(true),
                Err(Refusal::Conditions(_)) => match self.survivor_of(customer).await? {
                    Some(survivor) => customer = survivor,
                    None => return Ok(false),
                },
                Err(Refusal::Failed(error)) => return Err(error),
            }
        }
        Err(Error::Busy("write an event of a customer that is being merged"))
    }

    /// A stream of a customer's timeline, the newest first.
    pub fn customer_events(&self, customer: &Customer) -> impl Stream<Item = Result<Event, Error>> + use<> {
        let moving = customer.merged.iter().filter(|merged| merged.is_moving);
        let moving: Vec<CustomerId> = moving.map(|merged| merged.id).collect();
        let own = self.events_in(customer.id);
        if moving.is_empty() {
            return own.left_stream();
        }
        // The customer's own events are read before and after those of merged records, as pointers to cases are.
        let others = moving.into_iter().map(|id| self.events_in(id));
        let parts: Vec<_> = [own].into_iter().chain(others).chain([self.events_in(customer.id)]).collect();
        let all = async {
            let events: Vec<Event> = stream::iter(parts).flatten().try_collect().await?;
            let by_place: BTreeMap<_, Event> = events.into_iter().map(|event| ((event.at, event.id), event)).collect();
            Ok(stream::iter(by_place.into_values().rev().map(Ok)))
        };
        all.try_flatten_stream().right_stream()
    }

    fn events_in(&self, customer: CustomerId) -> impl Stream<Item = Result<Event, Error>> + use<> {
        let partition = self.keys.customer_partition(customer);
        self.each_between(&partition, EVENTS, AFTER_EVENTS, Order::NewestFirst)
            .and_then(async |item| items::read(item))
    }

    /// The events that the customer lacks, or has with other content.
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
