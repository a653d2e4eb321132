//! Reading one customer, and searching by id or address.

use std::sync::Arc;

use crm_domain::error::Error;
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{
    channels,
    identify::{self, Identity, NOT_FOUND, NamedBrand, Names},
    parameters::Parameters,
    rules::{self, MOST_LIMIT},
    spelling,
    texts::MISSING,
    timeline, wire,
};

/// `GET /api/v2/customer/{id}` (section 6.2).
pub async fn get_item(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    if spelling::is_action(&request, rules::TIMELINE) {
        return timeline::timeline_by_customer_external_id(session, request).await;
    }
    let id = spelling::customer_in_path(&request)?;
    let found = crm_service::customer_of_number(&session, id).await?.ok_or(NOT_FOUND)?;
    Ok(wire::item(&wire::customer(&found, &session)))
}

/// `POST /api/v2/customer/SearchByPrimaryExternalID` (section 6.7).
pub async fn search_by_primary_external_id(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let names = Names {
        number: None,
        own_id: "primary_id",
        brand: "brand_id",
    };
    parameters.needed(names.own_id)?;
    let found = Identity::read(&parameters, names)?.find(&session).await?;
    Ok(wire::item(&wire::customer(&found, &session)))
}

/// `POST /api/v2/customer/SearchByCustomerChannelValue` (section 6.8).
pub async fn search_by_customer_channel_value(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let address = channels::asked(&parameters, "customerChannelValue")?;
    let address = address.ok_or_else(|| MISSING.about("customerChannelValue"))?;
    let (brand, _) = NamedBrand::needed(&parameters, "brand_id", &session)?.existing(&session)?;
    let found = identify::find_by_address(&session, &address, brand).await?;
    let shown = found.customers.iter().take(MOST_LIMIT);
    let shown = shown.map(|customer| wire::customer(customer, &session));
    Ok(wire::items(0, MOST_LIMIT, found.customers.len(), found.is_complete, shown))
}
