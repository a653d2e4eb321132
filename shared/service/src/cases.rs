//! Cases: create, find, update, and a customer's cases.

use crm_domain::{
    Case, CaseChange, CaseId, ContactPointKey, Customer, CustomerId, NewContactPoint,
    error::{Absent, Error},
};
use crm_store::{Audit, CaseRefusal, Created, OnceKey, WholeCase, random};

use super::{
    Session,
    customers::{self, customer_id},
};

pub(super) const NOT_FOUND: Error = Error::NotFound(Absent::Case);

/// A case to be created: all that an edit could set, and the customer.
#[derive(Debug)]
pub struct NewCase {
    /// The customer's id.
    pub customer: CustomerId,
    /// All other content.
    pub content: CaseChange,
}

/// The case of this text id, with its interactions.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find_case(session: &Session, id: &str) -> Result<WholeCase, Error> {
    session.store().case_get(case_id(id)?).await?.ok_or(NOT_FOUND)
}

/// The cases of the customer of this text id, the newest first.
///
/// # Errors
/// [`Error::NotFound`] if there is no such customer.
pub async fn find_cases(session: &Session, customer: &str) -> Result<Vec<WholeCase>, Error> {
    session
        .store()
        .case_list_for(customer_id(customer)?)
        .await?
        .ok_or(customers::NOT_FOUND)
}

/// Creates a case, or returns the one that an equal request has created before.
///
/// # Errors
/// [`Error::Invalid`] on `customerId` if there is no such customer.
pub async fn create_case(session: &Session, new: NewCase, once: &OnceKey) -> Result<WholeCase, Error> {
    let id = CaseId::draw(session.now, random::bits());
    let mut case = Case::new(id, new.customer, session.change());
    case.apply(&new.content);
    let audit = audit("createCase", &new.content);
    match session
        .store()
        .case_create(case, new.content.interactions, once, &audit, session.learning())
        .await
    {
        Ok(Created::Now(case) | Created::Before(case)) => Ok(case),
        Err(refusal) => Err(refused(refusal)),
    }
}

/// Applies a change, appends its interactions, and moves the case if the change names another customer. `check` may refuse after seeing the
/// case.
///
/// # Errors
/// [`Error::NotFound`], and [`Error::Invalid`] on `customerId` if there is no such customer.
pub async fn update_case(
    session: &Session,
    id: &str,
    change: &CaseChange,
    check: impl Fn(&Case) -> Result<(), Error>,
) -> Result<WholeCase, Error> {
    if *change == CaseChange::default() {
        let whole = find_case(session, id).await?;
        check(&whole.0)?;
        return Ok(whole);
    }
    let audit = audit("updateCase", change);
    let updated = session
        .store()
        .case_update(case_id(id)?, change, &session.change(), &audit, session.learning(), check)
        .await;
    updated.map_err(refused)?.ok_or(NOT_FOUND)
}

/// Whether the case of this number belongs to the brand: its customer's, or, if it has no customer, the one stored with the case. A case
/// without a brand may belong to any.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn is_case_of_brand(session: &Session, id: CaseId, brand: &str) -> Result<bool, Error> {
    let case = session.store().case_head(id).await?.ok_or(NOT_FOUND)?;
    if case.customer == CustomerId::NOBODY {
        return Ok(case.brand.is_none_or(|of| of == brand));
    }
    let holder = session.store().customer_get(case.customer).await?.ok_or(NOT_FOUND)?;
    Ok(session.brand_of(&holder) == Some(brand))
}

/// Moves the case of this number to a customer. `operation` is the name for the histories.
///
/// # Errors
/// [`Error::NotFound`] if there is no such case or no such customer.
pub async fn move_case(session: &Session, id: CaseId, customer: CustomerId, operation: &'static str) -> Result<(), Error> {
    let change = CaseChange {
        customer: Some(customer),
        ..CaseChange::default()
    };
    let audit = audit(operation, &change);
    let moved = session
        .store()
        .case_update(id, &change, &session.change(), &audit, session.learning(), |_| Ok(()))
        .await;
    match moved {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(NOT_FOUND),
        Err(CaseRefusal::NoSuchCustomer) => Err(customers::NOT_FOUND),
        Err(CaseRefusal::Failed(error)) => Err(error),
    }
}

/// Assigns waiting cases to the customer: those that wait under contact points of the customer that equal these. `operation` is the name
/// for the histories.
pub async fn claim_waiting_cases(
    session: &Session,
    customer: &Customer,
    points: &[NewContactPoint],
    operation: &'static str,
) -> Result<(), Error> {
    let Some(brand) = session.brand_of(customer) else {
        return Ok(());
    };
    let held = points
        .iter()
        .flat_map(|point| customer.contact_points_like(point, session.region()));
    let held: Vec<ContactPointKey> = held.map(ContactPointKey::from).collect();
    let audit = audit(operation, &CaseChange::default());
    session
        .store()
        .cases_claim(customer.id, (brand, &held), &session.change(), &audit, session.learning())
        .await
}

/// The message for a reference to a customer that does not exist.
pub const NO_SUCH_CUSTOMER: &str = "must be the id of a customer that exists";

fn refused(refusal: CaseRefusal) -> Error {
    match refusal {
        CaseRefusal::NoSuchCustomer => Error::invalid_field("customerId", NO_SUCH_CUSTOMER),
        CaseRefusal::Failed(error) => error,
    }
}

pub(super) fn case_id(text: &str) -> Result<CaseId, Error> {
    // A text that is not an id names no case.
    CaseId::parse(text).ok_or(NOT_FOUND)
}

fn audit(operation: &'static str, change: &CaseChange) -> Audit {
    let named = [
        ("customerId", change.customer.is_some()),
        ("title", change.title.is_some()),
        ("description", change.description.is_some()),
        ("status", change.status.is_some()),
    ];
    let fixed = named.into_iter().filter(|(_, named)| *named).map(|(name, _)| name.to_owned());
    Audit {
        operation,
        fields: fixed.chain(change.custom.iter().map(|(name, _)| name.clone())).collect(),
        interactions: change.interactions.len(),
    }
}
