//! Customers: create, find, update.

use crm_domain::{
    Customer, CustomerId, FieldChange,
    error::{Absent, Error},
};
use crm_store::{Audit, Created, OnceKey, random};

use super::Session;

/// The customer of this text id.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find_customer(session: &Session, id: &str) -> Result<Customer, Error> {
    let id = customer_id(id)?;
    session.store().customer_get(id).await?.ok_or(NOT_FOUND)
}

/// The customer of this number, if there is one.
pub async fn customer_of_number(session: &Session, id: CustomerId) -> Result<Option<Customer>, Error> {
    session.store().customer_get(id).await
}

/// Whether there is a customer of this number.
pub async fn customer_exists(session: &Session, id: CustomerId) -> Result<bool, Error> {
    Ok(customer_of_number(session, id).await?.is_some())
}

/// Creates a customer, or returns the one that an equal request has created before.
///
/// # Errors
/// [`Error::Invalid`] if the record would be too large.
pub async fn create_customer(session: &Session, fields: &[FieldChange<'_>], once: &OnceKey) -> Result<Customer, Error> {
    let id = CustomerId::draw(session.now, random::bits());
    let mut customer = Customer::new(id, session.change());
    customer.apply(fields, session.region(), session.now);
    customer.settle_belonging(session.newcomers());
    let audit = audit("createCustomer", fields);
    let created = session
        .store()
        .customer_create(customer, session.customer_model(), Some(once), &audit)
        .await;
    match created.map_err(|refusal| refusal.unexpected("create a customer"))? {
        Created::Now(customer) | Created::Before(customer) => Ok(customer),
    }
}

/// Sets and clears the named fields. Other writers' changes of other fields stay.
///
/// # Errors
/// [`Error::NotFound`], and [`Error::Invalid`] if the record would be too large.
pub async fn update_customer(session: &Session, id: &str, fields: &[FieldChange<'_>]) -> Result<Customer, Error> {
    let model = session.customer_model();
    if fields.is_empty() {
        let customer = find_customer(session, id).await?;
        return session.store().customer_settled(customer, model).await;
    }
    let edit = |customer: &mut Customer| {
        customer.apply(fields, session.region(), session.now);
        customer.settle_belonging(session.newcomers());
        Ok(())
    };
    let audit = audit("updateCustomer", fields);
    let updated = session
        .store()
        .customer_update(customer_id(id)?, model, &session.change(), &audit, edit)
        .await;
    let updated = updated.map_err(|refusal| refusal.unexpected("update a customer"))?;
    updated.ok_or(NOT_FOUND)
}

/// An edit of a customer. Other parts stay as they are.
pub struct CustomerEdit<'edit> {
    /// The operation's name, for the history.
    pub operation: &'static str,
    /// The names of the edited parts, for the history.
    pub parts: Vec<String>,
    /// Applies the edit. It is called again if another writer came first.
    pub apply: &'edit dyn Fn(&mut Customer) -> Result<(), Error>,
}

impl CustomerEdit<'_> {
    pub(super) fn audit(&self) -> Audit {
        Audit {
            operation: self.operation,
            fields: self.parts.clone(),
            interactions: 0,
        }
    }
}

/// Edits the customer of this number.
///
/// # Errors
/// [`Error::NotFound`], those of the edit, and [`Error::Invalid`] where the record would be too large.
pub async fn edit_customer(session: &Session, id: CustomerId, edit: &CustomerEdit<'_>) -> Result<Customer, Error> {
    let updated = session
        .store()
        .customer_update(id, session.customer_model(), &session.change(), &edit.audit(), edit.apply)
        .await;
    let updated = updated.map_err(|refusal| refusal.unexpected("edit a customer"))?;
    updated.ok_or(NOT_FOUND)
}

pub(super) const NOT_FOUND: Error = Error::NotFound(Absent::Customer);

pub(super) fn customer_id(text: &str) -> Result<CustomerId, Error> {
    // A text that is not an id names no customer.
    CustomerId::parse(text).ok_or(NOT_FOUND)
}

fn audit(operation: &'static str, fields: &[FieldChange<'_>]) -> Audit {
    Audit {
        operation,
        fields: fields.iter().map(|change| change.field.name.clone()).collect(),
        interactions: 0,
    }
}
