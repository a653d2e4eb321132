//! Looking customers up by their terms.

use std::collections::BTreeSet;

use futures::future::try_join_all;

use super::{
    Store,
    error::failed,
    items::{text, text_of},
    keys::TOKEN,
};
use crate::{
    domain::{CustomerId, Term},
    error::Error,
};

/// The customers that an index names under one term.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Their numbers. An index can be behind: these are candidates, not matches.
    pub ids: BTreeSet<CustomerId>,
    /// Whether these are all; if not, they are the newest (of a name, the first by the rest of the name).
    pub complete: bool,
}

impl Store {
    /// Looks terms up, all at once, at most `limit` customers each. One round trip.
    pub async fn customer_find(&self, terms: &[Term], limit: i32) -> Result<Vec<Found>, Error> {
        try_join_all(terms.iter().map(|term| self.found_under(term, limit))).await
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
            .expression_attribute_values(":partition", text(place.partition))
            .limit(limit);
        query = match place.token {
            Some(prefix) => query
                .key_condition_expression("#partition = :partition AND begins_with(#token, :prefix)")
                .expression_attribute_names("#token", TOKEN)
                .expression_attribute_values(":prefix", text(prefix)),
            None => query
                .key_condition_expression("#partition = :partition")
                .scan_index_forward(false),
        };
        let answer = query.send().await.map_err(failed("query an index"))?;
        let items = answer.items.unwrap_or_default();
        Ok(Found {
            ids: items
                .iter()
                .filter_map(|item| self.keys.customer_of(text_of(item, "pk")?))
                .collect(),
            complete: answer.last_evaluated_key.is_none(),
        })
    }
}
