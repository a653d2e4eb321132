//! The dialect's JSON (contract sections 2 to 4, and 6).

use crm_domain::{Actor, Change, Customer, CustomerId, Identifier};
use crm_service::{Distinct, Duplicate, Duplicates, DuplicatesPage, Merge, MergePlan, NoticesPage, Session, change_json};
use serde_json::{Map, Value, json};

/// A dry run's result.
pub fn plan(plan: &MergePlan, session: &Session, origin: &str) -> Value {
    json!({
        "dryRun": true,
        "refused": plan.is_refused(),
        "differences": plan.differences,
        "distinct": plan.distinct.as_ref().map(mark),
        "customer": whole_customer(&plan.customer, session, origin),
    })
}

fn mark(distinct: &Distinct) -> Value {
    json!({"reason": distinct.reason, "marked": change(&distinct.marked)})
}

/// A customer as Khoros shows it, with all contact points and references, including those that no field of the
/// data model shows.
fn whole_customer(customer: &Customer, session: &Session, origin: &str) -> Value {
    let mut wire = khoros::wire::customer(customer, session, origin);
    let all: Vec<Value> = customer.identifiers.iter().map(contact_point).collect();
    wire["contactPoints"] = all.into();
    wire
}

fn contact_point(one: &Identifier) -> Value {
    json!({"kind": one.role.name(), "network": one.network, "value": one.value, "field": one.field})
}

/// A merge with its receipt.
pub fn merge(merge: &Merge) -> Value {
    let receipt = &merge.receipt;
    json!({
        "receipt": receipt.id,
        "survivor": receipt.survivor,
        "merged": receipt.id.merged,
        "made": change(&receipt.made),
        "take": receipt.take,
        "overruled": receipt.overruled,
        "cases": merge.cases,
        "events": merge.events,
        "moving": merge.is_moving,
        "undone": receipt.undone.as_ref().map(change),
        "kept": receipt.kept,
    })
}

fn change(change: &Change) -> Value {
    json!({"at": change.at.iso_seconds(), "by": actor(&change.by)})
}

/// The acting user, as far as the request named one.
fn actor(actor: &Actor) -> Value {
    let parts = [
        ("agent", actor.agent.clone().map(Value::from)),
        ("initiative", actor.initiative.map(Value::from)),
        ("company", actor.company.map(Value::from)),
    ];
    let known = parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.collect::<Map<String, Value>>().into()
}

/// A customer with the records that may belong to the same person.
pub fn duplicates(found: &Duplicates, session: &Session, origin: &str) -> Value {
    let others: Vec<Value> = found.others.iter().map(|one| duplicate(one, session, origin)).collect();
    let mut wire = named(found.customer.id, session, origin);
    wire["duplicates"] = others.into();
    wire
}

/// A page of a tenant's duplicates, and the cursor of the next one.
pub fn page(page: &DuplicatesPage, session: &Session, origin: &str) -> Value {
    let found: Vec<Value> = page.found.iter().map(|one| duplicates(one, session, origin)).collect();
    json!({
        "customers": found,
        "lookedAt": page.looked_at,
        "cursor": page.next.as_ref().map(ToString::to_string),
    })
}

fn duplicate(one: &Duplicate, session: &Session, origin: &str) -> Value {
    let mut wire = named(one.customer.id, session, origin);
    wire["confidence"] = json!(one.confidence);
    wire["score"] = ((one.judgement.score * 100.0).round() / 100.0).into();
    wire["conflicts"] = json!(one.conflicts);
    wire["observations"] = json!(one.judgement.observations());
    wire
}

fn named(id: CustomerId, session: &Session, origin: &str) -> Value {
    json!({"id": id, "url": session.customer_link(id, origin)})
}

/// Some changes, and where the next ones are.
pub fn changes(page: &NoticesPage, session: &Session) -> Value {
    let tenant = &session.grant.key.tenant;
    let changes: Vec<Value> = page.told.iter().map(|told| change_json(told, tenant)).collect();
    json!({"changes": changes, "cursor": page.next.to_string(), "more": page.is_more})
}
