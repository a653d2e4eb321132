//! Deleting customers and channels, and purging a person.

use std::sync::Arc;

use crm_domain::{
    CustomerId, Identifier,
    error::{Absent, Error},
};
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{
    channels,
    identify::{Identity, NOT_FOUND, Names},
    parameters::Parameters,
    rules, spelling,
    texts::{self, UNIDENTIFIED},
    wire,
};

/// `DELETE /api/v2/customer/{id}`. Tickets stay, and wait for another customer with one of the addresses (section
/// 6.6).
pub async fn delete_item(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    if spelling::is_action(&request, rules::PURGE) {
        return delete_item_purge_data(session, request).await;
    }
    let id = spelling::customer_in_path(&request)?;
    crm_service::delete_customer(&session, id).await?;
    Ok(wire::result(texts::DELETED, None))
}

/// `DELETE /api/v2/customer/purgeData/{id}`, or without a number in the path (section 6.12).
pub async fn delete_item_purge_data(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let id = if spelling::is_action(&request, rules::PURGE) {
        customer_in_parameters(&session, &request).await?
    } else {
        spelling::customer_in_path(&request)?
    };
    crm_service::erase_customer(&session, id).await?;
    Ok(wire::result(texts::PURGED, None))
}

async fn customer_in_parameters(session: &Session, request: &Request) -> Result<CustomerId, Error> {
    let parameters = Parameters::of(request).await?;
    let (id, customer_id) = (parameters.number("id")?, parameters.number("customer_id")?);
    if id.is_some() && customer_id.is_some() && id != customer_id {
        return Err(UNIDENTIFIED.refused());
    }
    let number = if id.is_some() { "id" } else { "customer_id" };
    let names = Names {
        number: Some(number),
        own_id: "primary_id",
        brand: "brand_id",
    };
    let is_number_alone = parameters.text(names.own_id).is_none() && parameters.text(names.brand).is_none();
    if let (true, Some(number)) = (is_number_alone, id.or(customer_id)) {
        // The number may be that of a customer whose removal was interrupted and who can no longer be found.
        return CustomerId::from_number(number).ok_or(NOT_FOUND);
    }
    let identity = Identity::read(&parameters, names)?;
    Ok(identity.find(session).await?.id)
}

/// `DELETE /api/v2/customer/channel/{id}` (section 6.11).
pub async fn delete_item_channel(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let number = spelling::number_in_path(&request)?.ok_or(Error::NotFound(Absent::ContactPoint))?;
    let types = channels::types(&session.grant.settings);
    let is_channel = |one: &Identifier| channels::type_of(one, &types).is_some();
    crm_service::remove_contact_point(&session, number, is_channel, "DELETE itemChannel").await?;
    Ok(wire::result(texts::CHANNEL_DELETED, None))
}
