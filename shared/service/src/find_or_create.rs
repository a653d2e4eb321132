//! Find-or-create: a customer of a brand, by the client's own id or an address, edited in either case.

use crm_domain::{Customer, CustomerId, ExternalId, NewContactPoint, error::Error};
use crm_store::{self as store, Created, OnceKey, random};

use super::{Address, CustomerEdit, Session, customers_by_address, customers_by_external_id};

/// How often find-or-create is tried while another request creates the same customer.
const TRIES: u32 = 3;

/// The customer to find or create.
pub struct FindOrCreate<'request> {
    /// The id of the brand.
    pub brand: &'request str,
    /// The client's own id.
    pub external_id: Option<&'request str>,
    /// An address by which the customer may be found.
    pub address: Option<Address<'request>>,
    /// The contact points that the edit adds where the customer lacks them.
    pub points: &'request [NewContactPoint],
    /// The edit of whoever is found or created.
    pub edit: CustomerEdit<'request>,
}

/// A customer that was found or created.
pub struct FoundOrCreated {
    /// The customer with the edit made.
    pub customer: Customer,
    /// Whether it was created.
    pub is_new: bool,
    /// Whether a contact point was added.
    pub is_linked: bool,
}

/// Why a customer was not created.
#[derive(Debug)]
pub enum CustomerRefusal {
    /// Another customer has its external id.
    ExternalIdTaken,
    /// The record would be empty.
    NothingKnown,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for CustomerRefusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Finds the customer or creates it, and makes the edit.
///
/// # Errors
/// [`CustomerRefusal::NothingKnown`], and those of the edit.
pub async fn find_or_create_customer(session: &Session, wanted: &FindOrCreate<'_>) -> Result<FoundOrCreated, CustomerRefusal> {
    for _ in 0..TRIES {
        let mut found = wanted.find(session).await?;
        if found.is_none() {
            match wanted.create(session).await {
                Ok(Created::Now(customer)) => {
                    return Ok(FoundOrCreated {
                        customer,
                        is_new: true,
                        is_linked: !wanted.points.is_empty(),
                    });
                }
                Ok(Created::Before(customer)) => found = Some(customer),
                // Another request created the customer meanwhile.
                Err(CustomerRefusal::ExternalIdTaken) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        if let Some(before) = found
            && let Some(customer) = wanted.update(session, before.id).await?
        {
            return Ok(FoundOrCreated {
                customer,
                is_new: false,
                is_linked: wanted.points.iter().any(|point| !has(&before, point, session)),
            });
        }
    }
    Err(Error::Busy("find or make a customer").into())
}

/// Creates a customer of a brand without looking for an existing one.
///
/// # Errors
/// [`CustomerRefusal`].
pub async fn create_customer_of_brand(
    session: &Session,
    brand: &str,
    external_id: &str,
    edit: &CustomerEdit<'_>,
) -> Result<Customer, CustomerRefusal> {
    match create(session, brand, Some(external_id), edit, None).await? {
        Created::Now(customer) | Created::Before(customer) => Ok(customer),
    }
}

impl FindOrCreate<'_> {
    /// Finds the customer by the client's own id, or else by address. Of several customers who share an address the one updated last is
    /// taken. Customers with another own id are left out.
    async fn find(&self, session: &Session) -> Result<Option<Customer>, Error> {
        if let Some(external_id) = self.external_id {
            let found = customers_by_external_id(session, external_id, Some(self.brand)).await?;
            if let Some(found) = found.into_iter().next() {
                return Ok(Some(found));
            }
        }
        let Some(address) = &self.address else {
            return Ok(None);
        };
        let found = customers_by_address(session, address, self.brand).await?;
        let open = found
            .customers
            .into_iter()
            .filter(|customer| self.external_id.is_none() || customer.external_id.is_none());
        Ok(open.max_by_key(|customer| (customer.updated.at, customer.id)))
    }

    /// Creates the customer. An index can be behind, so a create of the last minutes for the same address is found by its created-once
    /// record, as long as its customer has the address.
    async fn create(&self, session: &Session) -> Result<Created<Customer>, CustomerRefusal> {
        let create = async |once: Option<&OnceKey>| create(session, self.brand, self.external_id, &self.edit, once).await;
        let (Some(address), None) = (&self.address, self.external_id) else {
            return create(None).await;
        };
        let key = format!("{}/{}", self.brand, address.text.to_lowercase());
        let once = OnceKey::new(self.edit.operation, "", Some(&key), &key);
        match create(Some(&once)).await? {
            Created::Before(earlier) if !self.is_still(&earlier, address, session) => create(None).await,
            created => Ok(created),
        }
    }

    fn is_still(&self, earlier: &Customer, address: &Address<'_>, session: &Session) -> bool {
        address.is_of(earlier) || self.points.iter().any(|point| has(earlier, point, session))
    }

    /// Edits a customer that was found. `None` if it is gone, or if another customer got this own id meanwhile: the next round finds that
    /// customer.
    async fn update(&self, session: &Session, id: CustomerId) -> Result<Option<Customer>, Error> {
        let external_id = self.external_id.map(|id| external(self.brand, id));
        let edit = |customer: &mut Customer| {
            if customer.external_id.is_none() {
                customer.external_id.clone_from(&external_id);
            }
            (self.edit.apply)(customer)
        };
        let (model, change, audit) = (session.customer_model(), session.change(), self.edit.audit());
        match session.store().customer_update(id, model, &change, &audit, edit).await {
            Ok(customer) => Ok(customer),
            Err(store::CustomerRefusal::ExternalIdTaken) => Ok(None),
            Err(store::CustomerRefusal::Failed(error)) => Err(error),
        }
    }
}

fn has(customer: &Customer, point: &NewContactPoint, session: &Session) -> bool {
    customer.contact_points_like(point, session.region()).next().is_some()
}

fn external(brand: &str, id: &str) -> ExternalId {
    ExternalId {
        brand: Some(brand.to_owned()),
        id: id.to_owned(),
    }
}

async fn create(
    session: &Session,
    brand: &str,
    external_id: Option<&str>,
    edit: &CustomerEdit<'_>,
    once: Option<&OnceKey>,
) -> Result<Created<Customer>, CustomerRefusal> {
    let id = CustomerId::draw(session.now, random::bits());
    let mut customer = Customer::new(id, session.change());
    customer.party.brand = Some(brand.to_owned());
    customer.external_id = external_id.map(|id| external(brand, id));
    (edit.apply)(&mut customer)?;
    customer.settle_belonging(session.newcomers());
    if customer.is_blank() && customer.external_id.is_none() {
        return Err(CustomerRefusal::NothingKnown);
    }
    let (model, audit) = (session.customer_model(), edit.audit());
    let created = session.store().customer_create(customer, model, once, &audit).await;
    created.map_err(|refusal| match refusal {
        store::CustomerRefusal::ExternalIdTaken => CustomerRefusal::ExternalIdTaken,
        store::CustomerRefusal::Failed(error) => CustomerRefusal::Failed(error),
    })
}
