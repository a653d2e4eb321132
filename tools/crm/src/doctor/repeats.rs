//! Repeated requests, and values that two customers share (contract sections 4 and 7).

use super::check::{Check, Severity};
use super::customers::contact;
use super::model::Format;
use super::outcome::{Outcome, Trouble, ensure};
use super::visit::{Visit, id_of};
use serde_json::{Value, json};

/// The checks on repetition and sharing.
pub const CHECKS: &[Check] = &[
    Check {
        id: "customer-shared-contact",
        section: "4",
        severity: Severity::Failure,
        writes: true,
        rule: "two customers may share an e-mail address",
        agent: "an error for the second member of a family that has one address",
        fix: "drop the uniqueness constraint; a different body creates a new customer with its own id",
        run: second_customer,
    },
    Check {
        id: "customer-retry",
        section: "7",
        severity: Severity::Warning,
        writes: true,
        rule: "a repeated create of a customer is answered with the first one's id",
        agent: "two identical customers after \"try again\"",
        fix: "remember for ten minutes which record an agent, operation and body (or Idempotency-Key) created, and answer 201 with it",
        run: repeated_customer,
    },
    Check {
        id: "case-retry",
        section: "7",
        severity: Severity::Warning,
        writes: true,
        rule: "a repeated create of a case is answered with the first one's id",
        agent: "two identical cases after \"try again\"",
        fix: "remember for ten minutes which record an agent, operation and body (or Idempotency-Key) created, and answer 201 with it",
        run: repeated_case,
    },
];

fn second_body(visit: &Visit) -> Result<Value, Trouble> {
    match contact(visit, Format::Email) {
        Ok((name, value)) => visit.marked(&[(&name, value)]),
        Err(_) => visit.marked(&[]),
    }
}

fn second_customer(visit: &mut Visit) -> Outcome {
    let first = visit.customer_id()?;
    let body = second_body(visit)?;
    let reply = visit.create("customer", &body);
    let customer = reply.object(201)?;
    let is_new = id_of(&customer).is_some_and(|id| id != first);
    visit.second = is_new.then_some(customer);
    ensure(is_new, "201 with an id of its own", || reply.came())?;
    Ok(None)
}

fn repeated_customer(visit: &mut Visit) -> Outcome {
    let first = visit.second_id()?;
    let body = second_body(visit)?;
    let reply = visit.create("customer", &body);
    let customer = reply.object(201)?;
    ensure(customer["id"] == first, &format!("201 with id {first} again"), || {
        reply.came()
    })?;
    Ok(None)
}

fn repeated_case(visit: &mut Visit) -> Outcome {
    let body = json!({"customerId": visit.second_id()?, "title": format!("{}: sent twice", visit.mark.text())});
    let first = visit.create("case", &body).object(201)?;
    let reply = visit.create("case", &body);
    let second = reply.object(201)?;
    ensure(
        first["id"] == second["id"],
        &format!("201 with id {} again", first["id"]),
        || reply.came(),
    )?;
    Ok(None)
}
