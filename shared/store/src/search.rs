//! Looks up customers by their terms.

use std::{collections::BTreeSet, sync::atomic::Ordering::Relaxed};

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use crm_domain::{
    ActivityQuestion, Customer, CustomerId, Event, Medium, Mode, Span, Term,
    error::Error,
    term::{CREATED_PARTS, time_token},
};
use futures::{StreamExt as _, TryStreamExt as _, future::try_join_all, stream};

use super::{
    Item, Store,
    error::failed,
    items::{self, key_of, text, text_of},
    keys::{EVENTS, Index, TOKEN},
    pages::Order,
};

/// How many events of one timeline are checked. These are the newest.
const MOST_EVENTS_LOOKED_AT: usize = 1_000;
/// How many terms a new execution environment looks up at once, each over a connection of its own. It has one
/// connection, and opening another takes a TLS handshake, for which a small function has a third of a processor.
/// Later calls reuse the connections, and may open more.
const FIRST_AT_ONCE: usize = 4;
/// A character that sorts after every continuation of a token.
const END: char = '~';

/// The customers that an index has under one term.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Their numbers. They are candidates and not matches, because an index can be behind.
    pub ids: BTreeSet<CustomerId>,
    /// Whether these are all. If not, they are the newest; for a name, the first in alphabetical order.
    pub complete: bool,
}

impl Found {
    /// The customers of either list.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.ids.extend(other.ids);
        self.complete &= other.complete;
        self
    }
}

impl Store {
    /// Looks up terms in parallel, at most `limit` customers each. One round trip, except for the first call in an
    /// execution environment.
    pub async fn customer_find(&self, terms: &[Term], limit: i32) -> Result<Vec<Found>, Error> {
        let is_first = !self.database.has_looked_up.swap(true, Relaxed);
        let at_once = if is_first { FIRST_AT_ONCE } else { terms.len().max(1) };
        let found: Vec<_> = terms.iter().map(|term| self.found_under(term, limit)).collect();
        stream::iter(found).buffered(at_once).try_collect().await
    }

    async fn found_under(&self, term: &Term, limit: i32) -> Result<Found, Error> {
        let place = self.keys.place(term);
        let mut query = self
            .database
            .client
            .query()
            .table_name(&self.database.table)
            .index_name(place.index.name())
            .expression_attribute_names("#partition", place.index.attribute())
            .expression_attribute_values(":partition", text(place.partition));
        query = match place.token {
            Some(prefix) => query
                .key_condition_expression("#partition = :partition AND begins_with(#token, :prefix)")
                .expression_attribute_names("#token", TOKEN)
                .expression_attribute_values(":prefix", text(prefix)),
            None => query
                .key_condition_expression("#partition = :partition")
                .scan_index_forward(false),
        };
        let (items, complete) = page(query, limit).await?;
        Ok(self.found(&items, complete))
    }

    fn found(&self, items: &[Item], complete: bool) -> Found {
        let ids = items.iter().filter_map(|item| self.keys.customer_of(text_of(item, "pk")?));
        Found {
            ids: ids.collect(),
            complete,
        }
    }

    /// The customers who were created within a span of time, at most `limit` of each part. One round trip.
    pub async fn customers_created(&self, span: &Span, limit: i32) -> Result<Found, Error> {
        let parts = (0..CREATED_PARTS).map(|part| page(self.within(self.keys.created_part(part), Some(span)), limit));
        let parts = try_join_all(parts).await?;
        let found = parts.into_iter().map(|(items, complete)| self.found(&items, complete));
        Ok(found.reduce(Found::or).unwrap_or_default())
    }

    /// The customers who had an activity, at most `limit` activities of each medium and mode. The index proposes
    /// events, and their items are then checked. Two round trips.
    pub async fn customers_active(&self, asked: &ActivityQuestion, limit: i32) -> Result<Found, Error> {
        let media = Medium::ALL
            .into_iter()
            .filter(|medium| asked.medium.is_none_or(|wanted| wanted == *medium));
        let modes = Mode::ALL
            .into_iter()
            .filter(|mode| asked.mode.is_none_or(|wanted| wanted == *mode));
        let modes: Vec<Mode> = modes.collect();
        let places = media.flat_map(|medium| modes.iter().map(move |&mode| (medium, mode)));
        let pages = places.map(|(medium, mode)| page(self.within(self.keys.activities(medium, mode), asked.sent.as_ref()), limit));
        let pages = try_join_all(pages).await?;
        let most = usize::try_from(limit).unwrap_or_default();
        let complete = pages.iter().all(|(_, complete)| *complete);
        let keys: Vec<_> = pages.iter().flat_map(|(items, _)| items).filter_map(key_of).collect();
        if !complete || keys.len() > most {
            return Ok(Found::default());
        }
        let mut ids = BTreeSet::new();
        for item in self.database.get_many(keys).await? {
            let customer = text_of(&item, "pk").and_then(|partition| self.keys.customer_of(partition));
            let event: Event = items::read(item)?;
            ids.extend(customer.filter(|_| asked.is_met_by(&event)));
        }
        Ok(Found { ids, complete })
    }

    /// Whether a customer had such an activity. Only a bounded number of the newest events within the time is
    /// checked.
    pub async fn customer_was_active(&self, customer: &Customer, asked: &ActivityQuestion) -> Result<bool, Error> {
        let moving = customer.merged.iter().filter(|merged| merged.is_moving);
        for id in [customer.id].into_iter().chain(moving.map(|merged| merged.id)) {
            if self.had_activity_in(id, asked).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn had_activity_in(&self, customer: CustomerId, asked: &ActivityQuestion) -> Result<bool, Error> {
        let (from, until) = ends(asked.sent.as_ref());
        let partition = self.keys.customer_partition(customer);
        let (first, last) = (format!("{EVENTS}{from}"), format!("{EVENTS}{until}"));
        let events = self.each_between(&partition, &first, &last, Order::NewestFirst);
        let mut events = std::pin::pin!(events.take(MOST_EVENTS_LOOKED_AT));
        while let Some(item) = events.try_next().await? {
            if asked.is_met_by(&items::read(item)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A query of an index's partition that is sorted by time, within a span.
    pub(super) fn within(&self, partition: String, span: Option<&Span>) -> QueryFluentBuilder {
        let (from, until) = ends(span);
        self.database
            .client
            .query()
            .table_name(&self.database.table)
            .index_name(Index::Term.name())
            .key_condition_expression("#partition = :partition AND #token BETWEEN :from AND :until")
            .expression_attribute_names("#partition", Index::Term.attribute())
            .expression_attribute_names("#token", TOKEN)
            .expression_attribute_values(":partition", text(partition))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":until", text(until))
    }
}

/// Up to `limit` entries of a query, and whether these are all. DynamoDB's answers end at a megabyte.
pub(super) async fn page(query: QueryFluentBuilder, limit: i32) -> Result<(Vec<Item>, bool), Error> {
    let most = usize::try_from(limit).unwrap_or_default();
    let mut items = Vec::new();
    let mut from = None;
    loop {
        let left = i32::try_from(most - items.len()).unwrap_or(limit);
        let asked = match from {
            Some(from) => query.clone().set_exclusive_start_key(Some(from)),
            None => query.clone(),
        };
        let asked = asked.limit(left);
        let answer = asked.send().await.map_err(failed("query an index"))?;
        items.extend(answer.items.unwrap_or_default());
        from = answer.last_evaluated_key;
        if from.is_none() || items.len() >= most {
            return Ok((items, from.is_none()));
        }
    }
}

/// The bounds of a span in the form that keys have.
fn ends(span: Option<&Span>) -> (String, String) {
    let from = span.and_then(|span| span.from).map_or_else(|| "0".to_owned(), time_token);
    let until = span.and_then(|span| span.until).map_or_else(String::new, time_token);
    (from, format!("{until}{END}"))
}
