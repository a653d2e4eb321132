//! Finding the customer that a request names (section 3.5).

use std::collections::BTreeSet;

use crm_domain::{
    Brand, Customer, CustomerId, ExternalId, Identifier, Role, Term, TermKind,
    error::{Absent, Error},
};
use crm_service::Session;
use crm_store::Picked;

use crate::{
    channels::{self, ChannelType},
    parameters::Parameters,
    texts::{MISSING, NO_SUCH_BRAND, OTHER_BRAND, UNIDENTIFIED, invalid},
};

pub const NOT_FOUND: Error = Error::NotFound(Absent::Customer);

/// The largest number of a brand's customers that are found for a shared address.
const MOST_SHARING: usize = 1_000;
/// The largest number of customers of any brand that are read for a shared address.
const MOST_CANDIDATES: i32 = 10_000;

/// The names of the parameters that identify a customer. They differ per operation.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The parameter of the customer's number, if the operation takes it.
    pub number: Option<&'static str>,
    /// The parameter of the client's own id.
    pub own_id: &'static str,
    /// The parameter of the brand.
    pub brand: &'static str,
}

/// The identifiers of a request.
#[derive(Debug)]
pub struct Identity<'request> {
    number: Option<CustomerId>,
    own_id: Option<&'request str>,
    /// The brand that the request names.
    pub brand: Option<NamedBrand>,
}

impl<'request> Identity<'request> {
    /// Reads the identifiers.
    pub fn read(parameters: &'request Parameters, names: Names) -> Result<Self, Error> {
        let number = match names.number {
            Some(name) => parameters.number(name)?,
            None => None,
        };
        Ok(Self {
            number: number.and_then(CustomerId::from_number),
            own_id: own_id(parameters, names.own_id)?,
            brand: NamedBrand::read(parameters, names.brand)?,
        })
    }

    /// Finds the customer.
    pub async fn find(&self, session: &Session) -> Result<Customer, Error> {
        let brand = existing(self.brand, session)?;
        let by_own_id = match self.own_id {
            Some(own_id) => Some(find_by_own_id(session, own_id, brand).await?),
            None => None,
        };
        match (self.number, by_own_id) {
            (None, None) => Err(UNIDENTIFIED.refused()),
            (None, Some(found)) => one_of(found)?.ok_or(NOT_FOUND),
            (Some(number), None) => {
                let found = session.store().customer_get(number).await?.ok_or(NOT_FOUND)?;
                check_brand(&found, brand, session)?;
                Ok(found)
            }
            (Some(number), Some(found)) => {
                let found = one_of(found)?;
                found.filter(|found| found.id == number).ok_or_else(|| UNIDENTIFIED.refused())
            }
        }
    }
}

/// The only one of the customers, or nobody; several are an error.
fn one_of(mut found: Vec<Customer>) -> Result<Option<Customer>, Error> {
    if found.len() > 1 {
        return Err(UNIDENTIFIED.refused());
    }
    Ok(found.pop())
}

/// Reads the client's own id of a customer.
pub fn own_id<'request>(parameters: &'request Parameters, name: &str) -> Result<Option<&'request str>, Error> {
    let Some(text) = parameters.text(name) else {
        return Ok(None);
    };
    match ExternalId::of_brand("", text) {
        Ok(_) => Ok(Some(text)),
        Err(reason) => Err(invalid(name, &reason)),
    }
}

/// The number of a brand that a request names. Whether the brand exists is checked after all parameters have been
/// read, because invalid values are reported first (section 5.2).
#[derive(Debug, Clone, Copy)]
pub struct NamedBrand(u64);

impl NamedBrand {
    /// Reads the parameter.
    pub fn read(parameters: &Parameters, name: &str) -> Result<Option<Self>, Error> {
        Ok(parameters.number(name)?.map(Self))
    }

    /// Reads the parameter; without it, the only brand of the account.
    pub fn needed(parameters: &Parameters, name: &str, session: &Session) -> Result<Self, Error> {
        let brands = &session.grant.settings.brands;
        let only = || brands.keys().next().filter(|_| brands.len() == 1)?.parse().ok().map(Self);
        Self::read(parameters, name)?.or_else(only).ok_or_else(|| MISSING.about(name))
    }

    /// The id and settings of the brand.
    pub fn existing(self, session: &Session) -> Result<(&str, &Brand), Error> {
        let found = session.grant.settings.brands.get_key_value(&self.0.to_string());
        found
            .map(|(id, brand)| (id.as_str(), brand))
            .ok_or_else(|| NO_SUCH_BRAND.refused())
    }
}

/// The id of the brand, if one is named.
pub fn existing(named: Option<NamedBrand>, session: &Session) -> Result<Option<&str>, Error> {
    named.map(|brand| Ok(brand.existing(session)?.0)).transpose()
}

/// The id of a customer's brand: the tenant's first, if the customer has none of its own.
pub fn brand_of<'a>(customer: &'a Customer, session: &'a Session) -> Option<&'a str> {
    customer.party.brand.as_deref().or_else(|| session.default_brand())
}

/// The settings of a brand.
pub fn settings_of<'session>(brand: &str, session: &'session Session) -> Option<&'session Brand> {
    session.grant.settings.brands.get(brand)
}

/// Checks that a brand sent with the request is the customer's.
pub fn check_brand(customer: &Customer, brand: Option<&str>, session: &Session) -> Result<(), Error> {
    match brand {
        Some(brand) if brand_of(customer, session) != Some(brand) => Err(OTHER_BRAND.refused()),
        _ => Ok(()),
    }
}

/// Finds the customers with this client's id, of one brand or of any. An id that was imported without a brand counts
/// in its customer's brand.
pub async fn find_by_own_id(session: &Session, own_id: &str, brand: Option<&str>) -> Result<Vec<Customer>, Error> {
    let all = session.grant.settings.brands.keys().map(String::as_str);
    let brands: Vec<&str> = brand.map_or_else(|| all.collect(), |brand| vec![brand]);
    let id = |brand: Option<&str>| ExternalId {
        brand: brand.map(str::to_owned),
        id: own_id.to_owned(),
    };
    let mut ids: Vec<ExternalId> = brands.into_iter().map(|brand| id(Some(brand))).collect();
    ids.push(id(None));
    let found = session.store().customers_by_external(&ids).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let mut customers = session.store().customer_get_many(found).await?;
    customers.retain(|customer| {
        let is_called_so = customer.external_id.as_ref().is_some_and(|external| external.id == own_id);
        is_called_so && (brand.is_none() || brand_of(customer, session) == brand)
    });
    Ok(customers)
}

/// The customers who share an address.
#[derive(Debug)]
pub struct Holders {
    /// The customers, ordered by number.
    pub customers: Vec<Customer>,
    /// Whether these are all.
    pub is_complete: bool,
}

/// Finds the customers of a brand who have this address on any channel.
pub async fn find_by_address(session: &Session, address: &str, brand: &str) -> Result<Holders, Error> {
    let address = Address::new(address, session);
    let found = session.store().customer_find(&address.terms(), MOST_CANDIDATES).await?;
    let is_complete = found.iter().all(|list| list.complete);
    let ids: BTreeSet<CustomerId> = found.into_iter().flat_map(|list| list.ids).collect();
    let holder = |customer: Customer| {
        let is_holder = brand_of(&customer, session) == Some(brand) && address.is_of(&customer);
        is_holder.then_some(customer)
    };
    let Picked { picked, is_all } = session.store().customer_pick(ids, MOST_SHARING, holder).await?;
    Ok(Holders {
        customers: picked,
        is_complete: is_complete && is_all,
    })
}

/// An address of unknown channel type.
pub struct Address {
    /// Its normal form in each role that it can have.
    readings: Vec<(Role, String)>,
    types: Vec<ChannelType>,
}

impl Address {
    /// Brings the address into its normal forms.
    pub fn new(text: &str, session: &Session) -> Self {
        let readings = [Role::Email, Role::Phone, Role::Handle].map(|role| (role, role.normal(text, session.region())));
        Self {
            readings: readings.into_iter().filter(|(_, normal)| !normal.is_empty()).collect(),
            types: channels::types(&session.grant.settings),
        }
    }

    fn terms(&self) -> Vec<Term> {
        let readings = self.readings.iter();
        readings
            .map(|(role, normal)| Term::new(TermKind::Role(*role), normal))
            .collect()
    }

    /// Whether the customer has the address.
    pub fn is_of(&self, customer: &Customer) -> bool {
        let is_this = |one: &Identifier| {
            let mut readings = self.readings.iter();
            readings.any(|(role, normal)| one.role == *role && one.normal == *normal)
                && channels::type_of(one, &self.types).is_some()
        };
        customer.identifiers.iter().any(is_this)
    }
}
