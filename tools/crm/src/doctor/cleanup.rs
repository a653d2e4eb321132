//! Cleans up. The contract has no delete, so cases are closed, customers are emptied except for the mark, and the remaining records are
//! reported.

use super::visit::{Record, Visit};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A record that stays behind.
#[derive(Debug, Serialize)]
pub struct Leftover {
    /// `customer` or `case`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its state.
    pub state: String,
}

/// Closes the cases and empties the customers that the visit created.
pub fn tidy(visit: &Visit) -> Vec<Leftover> {
    visit.records.iter().map(|record| tidy_one(visit, record)).collect()
}

fn tidy_one(visit: &Visit, record: &Record) -> Leftover {
    let state = match record.kind {
        "case" => close(visit, record),
        _ => empty(visit, record),
    };
    Leftover {
        kind: record.kind,
        id: record.id.clone(),
        state,
    }
}

fn close(visit: &Visit, record: &Record) -> String {
    let title = format!("{} (a test, please ignore)", visit.mark.text());
    let reply = visit
        .gateway
        .patch(&record.path(), &json!({"title": title, "status": "closed"}));
    if reply.is_success() {
        "closed".to_owned()
    } else {
        format!("could not be closed: {}", reply.came())
    }
}

/// Clears every field except the mark's, all at once or else one by one.
fn empty(visit: &Visit, record: &Record) -> String {
    let stored = visit.gateway.get(&record.path()).json();
    let mark = visit.mark_field().map(|field| field.name).unwrap_or_default();
    let is_filled = |name: &&str| *name != mark && stored.get(*name).is_some_and(|value| !value.is_null());
    let filled: Vec<&str> = visit
        .customer_model
        .fillable()
        .map(|field| field.name.as_str())
        .filter(is_filled)
        .collect();
    let mut body: Map<String, Value> = filled.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    if !mark.is_empty() {
        body.insert(mark.clone(), json!(visit.mark.text()));
    }
    if visit.gateway.patch(&record.path(), &Value::Object(body)).is_success() {
        return format!("cleared, {mark} is {:?}", visit.mark.text());
    }
    let clear = |name: &&str| visit.gateway.patch(&record.path(), &json!({*name: null})).is_success();
    let kept: Vec<&str> = filled.into_iter().filter(|name| !clear(name)).collect();
    format!("{mark} is {:?}, could not be cleared: {}", visit.mark.text(), kept.join(", "))
}
