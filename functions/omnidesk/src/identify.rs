//! Finding the customer that a request names (section 3.5).

use crm_domain::{
    Brand, Customer, CustomerId, ExternalId, Identifier,
    error::{Absent, Error},
};
use crm_service::{Address, Session, Sharing};

use crate::{
    channels,
    parameters::Parameters,
    texts::{MISSING, NO_SUCH_BRAND, OTHER_BRAND, UNIDENTIFIED, invalid},
};

pub const NOT_FOUND: Error = Error::NotFound(Absent::Customer);

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
            Some(own_id) => Some(crm_service::customers_by_external_id(session, own_id, brand).await?),
            None => None,
        };
        match (self.number, by_own_id) {
            (None, None) => Err(UNIDENTIFIED.refused()),
            (None, Some(found)) => one_of(found)?.ok_or(NOT_FOUND),
            (Some(number), None) => {
                let found = crm_service::customer_of_number(session, number).await?.ok_or(NOT_FOUND)?;
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
        let brands = &session.grant.settings.tenant.brands;
        let only = || brands.keys().next().filter(|_| brands.len() == 1)?.parse().ok().map(Self);
        Self::read(parameters, name)?.or_else(only).ok_or_else(|| MISSING.about(name))
    }

    /// The id and settings of the brand.
    pub fn existing(self, session: &Session) -> Result<(&str, &Brand), Error> {
        let found = session.grant.settings.tenant.brands.get_key_value(&self.0.to_string());
        found
            .map(|(id, brand)| (id.as_str(), brand))
            .ok_or_else(|| NO_SUCH_BRAND.refused())
    }
}

/// The id of the brand, if one is named.
pub fn existing(named: Option<NamedBrand>, session: &Session) -> Result<Option<&str>, Error> {
    named.map(|brand| Ok(brand.existing(session)?.0)).transpose()
}

/// The settings of a brand.
pub fn settings_of<'session>(brand: &str, session: &'session Session) -> Option<&'session Brand> {
    session.grant.settings.tenant.brands.get(brand)
}

/// Checks that a brand sent with the request is the customer's.
pub fn check_brand(customer: &Customer, brand: Option<&str>, session: &Session) -> Result<(), Error> {
    match brand {
        Some(brand) if session.brand_of(customer) != Some(brand) => Err(OTHER_BRAND.refused()),
        _ => Ok(()),
    }
}

/// Finds the customers of a brand who have this address on any channel.
pub async fn find_by_address(session: &Session, address: &str, brand: &str) -> Result<Sharing, Error> {
    let types = channels::types(&session.grant.settings);
    let is_channel = |one: &Identifier| channels::type_of(one, &types).is_some();
    let address = Address::new(address.to_owned(), session, &is_channel);
    crm_service::customers_by_address(session, &address, brand).await
}
