//! The operations: each route with its handler. Other spellings of an action find their operation in [`ALL`].

use std::sync::Arc;

use crm_domain::error::Error;
use crm_lambda::{
    endpoints, handler,
    http::{Request, Response},
    routes::{Admission, Route},
    runtime::{Handler, Work},
};
use crm_service::Session;

use crate::{DIALECT, list, reading, removal, spelling, sync, timeline, writing};

endpoints! {
    omnidesk, DIALECT:
    GET_INDEX = handler!(list::get_index);
    GET_ITEM = handler!(reading::get_item);
    POST_INDEX = handler!(writing::post_index);
    PUT_INDEX = handler!(writing::put_index);
    PUT_ITEM = handler!(writing::put_item);
    DELETE_ITEM = handler!(removal::delete_item);
    SEARCH_BY_PRIMARY_EXTERNAL_ID = handler!(reading::search_by_primary_external_id);
    SEARCH_BY_CUSTOMER_CHANNEL_VALUE = handler!(reading::search_by_customer_channel_value);
    ADD_CHANNEL_ONLY = handler!(writing::add_channel_only);
    UPDATE_CUSTOMER = handler!(writing::update_customer);
    DELETE_ITEM_CHANNEL = handler!(removal::delete_item_channel);
    DELETE_ITEM_PURGE_DATA = handler!(removal::delete_item_purge_data);
    TIMELINE_BY_CUSTOMER_EXTERNAL_ID = handler!(timeline::timeline_by_customer_external_id);
    EXTERNAL_EVENT = handler!(timeline::external_event);
    SYNC_WITH_CRM = handler!(sync::sync_with_crm);
    CREATE_CUSTOMER_CRUD = handler!(writing::create_customer_crud);
    UNKNOWN_ROUTE = handler!(unknown_route);
}

/// Answers a request that no route matched exactly, if a route matches another spelling of its path.
///
/// # Errors
/// [`Error::UnknownPath`], [`Error::MethodNotAllowed`], [`Error::Forbidden`], and those of the operation.
pub async fn unknown_route(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let route = spelling::route(&request.method, &request.path)?;
    let (Some(handler), Admission::Key(permissions)) = (handler_of(route), route.admission) else {
        return Err(Error::UnknownPath);
    };
    session.grant.key.check(permissions, session.actor.company, session.now)?;
    handler(session, request).await
}

fn handler_of(route: &Route) -> Option<Handler> {
    let endpoint = ALL.iter().find(|endpoint| endpoint.route == route)?;
    match endpoint.work {
        Work::Gated(handler) => Some(handler),
        Work::Open(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crm_lambda::routes::omnidesk;

    use super::*;

    #[test]
    fn every_route_is_forwarded() {
        for route in omnidesk::ALL.iter().filter(|route| !route.is_catch_all()) {
            assert!(handler_of(route).is_some(), "{route:?}");
            assert!(matches!(route.admission, Admission::Key(_)), "{route:?}");
        }
    }
}
