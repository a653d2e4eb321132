//! Finding customers by the client's own id or by an address.

use std::collections::BTreeSet;

use crm_domain::{AskedIdentifier, Customer, CustomerId, ExternalId, Identifier, Role, Term, error::Error};
use crm_store::Picked;

use super::Session;

/// The largest number of a brand's customers that are found for a shared address.
const MOST_SHARING: usize = 1_000;
/// The largest number of customers of any brand that are read for a shared address.
const MOST_CANDIDATES: i32 = 10_000;

/// The customers with this external id, of one brand or of any. An id that was imported without a brand counts in its customer's
/// brand.
pub async fn customers_by_external_id(session: &Session, external_id: &str, brand: Option<&str>) -> Result<Vec<Customer>, Error> {
    let all = session.grant.settings.tenant.brands.keys().map(String::as_str);
    let brands: Vec<&str> = brand.map_or_else(|| all.collect(), |brand| vec![brand]);
    let id = |brand: Option<&str>| ExternalId {
        brand: brand.map(str::to_owned),
        id: external_id.to_owned(),
    };
    let mut ids: Vec<ExternalId> = brands.into_iter().map(|brand| id(Some(brand))).collect();
    ids.push(id(None));
    let found = session.store().customers_by_external(&ids).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut customers = session.store().customer_get_many(found).await?;
    customers.retain(|customer| {
        let merged = customer.merged.iter().filter_map(|merged| merged.external_id.as_ref());
        let mut merged = merged.filter(|external| external.id == external_id);
        let is_of_brand = brand.is_none() || session.brand_of(customer) == brand;
        customer.is_called(external_id) && (is_of_brand || merged.any(|external| external.brand.as_deref() == brand))
    });
    Ok(customers)
}

/// The customers who share an address.
#[derive(Debug)]
pub struct Sharing {
    /// The customers, ordered by number.
    pub customers: Vec<Customer>,
    /// Whether these are all.
    pub is_complete: bool,
}

/// The customers of a brand who have this address.
pub async fn customers_by_address(session: &Session, address: &Address<'_>, brand: &str) -> Result<Sharing, Error> {
    let found = session.store().customer_find(&address.terms(), MOST_CANDIDATES).await?;
    let is_complete = found.iter().all(|list| list.complete);
    let ids: BTreeSet<CustomerId> = found.into_iter().flat_map(|list| list.ids).collect();
    let holder = |customer: Customer| {
        let is_holder = session.brand_of(&customer) == Some(brand) && address.is_of(&customer);
        is_holder.then_some(customer)
    };
    let Picked { picked, is_all } = session.store().customer_pick(ids, MOST_SHARING, holder).await?;
    Ok(Sharing {
        customers: picked,
        is_complete: is_complete && is_all,
    })
}

/// An address that may be an e-mail, a phone or a handle.
pub struct Address<'dialect> {
    /// The text of the request.
    pub text: String,
    /// Its meaning in each role that it can have.
    readings: Vec<AskedIdentifier>,
    /// Whether the dialect knows a contact point at all.
    is_known: &'dialect dyn Fn(&Identifier) -> bool,
}

impl<'dialect> Address<'dialect> {
    /// Reads the address. Contact points that the dialect does not know do not count.
    pub fn new(text: String, session: &Session, is_known: &'dialect dyn Fn(&Identifier) -> bool) -> Self {
        let readings =
            [Role::Email, Role::Phone, Role::Handle].map(|role| AskedIdentifier::new(role, &text, None, session.region()));
        Self {
            readings: readings.into_iter().filter(|reading| !reading.is_empty()).collect(),
            text,
            is_known,
        }
    }

    fn terms(&self) -> Vec<Term> {
        self.readings.iter().flat_map(AskedIdentifier::terms).collect()
    }

    /// Whether the customer has the address.
    pub(super) fn is_of(&self, customer: &Customer) -> bool {
        let is_this = |one: &Identifier| self.readings.iter().any(|reading| reading.is(one)) && (self.is_known)(one);
        customer.identifiers.iter().any(is_this)
    }
}
