//! The operations: each route with its handler. Other spellings of an action find their operation in [`ALL`].

use crm_lambda::{
    handler,
    routes::{Route, omnidesk},
    runtime::{Endpoint, Work},
};

use crate::{DIALECT, list, reading, removal, spelling, sync, timeline, writing};

/// See [`list::get_index`].
pub static GET_INDEX: Endpoint = endpoint(&omnidesk::GET_INDEX, handler!(list::get_index));

/// See [`reading::get_item`].
pub static GET_ITEM: Endpoint = endpoint(&omnidesk::GET_ITEM, handler!(reading::get_item));

/// See [`writing::post_index`].
pub static POST_INDEX: Endpoint = endpoint(&omnidesk::POST_INDEX, handler!(writing::post_index));

/// See [`writing::put_index`].
pub static PUT_INDEX: Endpoint = endpoint(&omnidesk::PUT_INDEX, handler!(writing::put_index));

/// See [`writing::put_item`].
pub static PUT_ITEM: Endpoint = endpoint(&omnidesk::PUT_ITEM, handler!(writing::put_item));

/// See [`removal::delete_item`].
pub static DELETE_ITEM: Endpoint = endpoint(&omnidesk::DELETE_ITEM, handler!(removal::delete_item));

/// See [`reading::search_by_primary_external_id`].
pub static SEARCH_BY_PRIMARY_EXTERNAL_ID: Endpoint = endpoint(
    &omnidesk::SEARCH_BY_PRIMARY_EXTERNAL_ID,
    handler!(reading::search_by_primary_external_id),
);

/// See [`reading::search_by_customer_channel_value`].
pub static SEARCH_BY_CUSTOMER_CHANNEL_VALUE: Endpoint = endpoint(
    &omnidesk::SEARCH_BY_CUSTOMER_CHANNEL_VALUE,
    handler!(reading::search_by_customer_channel_value),
);

/// See [`writing::add_channel_only`].
pub static ADD_CHANNEL_ONLY: Endpoint = endpoint(&omnidesk::ADD_CHANNEL_ONLY, handler!(writing::add_channel_only));

/// See [`writing::update_customer`].
pub static UPDATE_CUSTOMER: Endpoint = endpoint(&omnidesk::UPDATE_CUSTOMER, handler!(writing::update_customer));

/// See [`removal::delete_item_channel`].
pub static DELETE_ITEM_CHANNEL: Endpoint = endpoint(&omnidesk::DELETE_ITEM_CHANNEL, handler!(removal::delete_item_channel));

/// See [`removal::delete_item_purge_data`].
pub static DELETE_ITEM_PURGE_DATA: Endpoint =
    endpoint(&omnidesk::DELETE_ITEM_PURGE_DATA, handler!(removal::delete_item_purge_data));

/// See [`timeline::timeline_by_customer_external_id`].
pub static TIMELINE_BY_CUSTOMER_EXTERNAL_ID: Endpoint = endpoint(
    &omnidesk::TIMELINE_BY_CUSTOMER_EXTERNAL_ID,
    handler!(timeline::timeline_by_customer_external_id),
);

/// See [`timeline::external_event`].
pub static EXTERNAL_EVENT: Endpoint = endpoint(&omnidesk::EXTERNAL_EVENT, handler!(timeline::external_event));

/// See [`sync::sync_with_crm`].
pub static SYNC_WITH_CRM: Endpoint = endpoint(&omnidesk::SYNC_WITH_CRM, handler!(sync::sync_with_crm));

/// See [`writing::create_customer_crud`].
pub static CREATE_CUSTOMER_CRUD: Endpoint = endpoint(&omnidesk::CREATE_CUSTOMER_CRUD, handler!(writing::create_customer_crud));

/// See [`spelling::unknown_route`].
pub static UNKNOWN_ROUTE: Endpoint = endpoint(&omnidesk::UNKNOWN_ROUTE, handler!(spelling::unknown_route));

/// The operations that have a route.
pub static ALL: &[&Endpoint] = &[
    &GET_INDEX,
    &GET_ITEM,
    &POST_INDEX,
    &PUT_INDEX,
    &PUT_ITEM,
    &DELETE_ITEM,
    &SEARCH_BY_PRIMARY_EXTERNAL_ID,
    &SEARCH_BY_CUSTOMER_CHANNEL_VALUE,
    &ADD_CHANNEL_ONLY,
    &UPDATE_CUSTOMER,
    &DELETE_ITEM_CHANNEL,
    &DELETE_ITEM_PURGE_DATA,
    &TIMELINE_BY_CUSTOMER_EXTERNAL_ID,
    &EXTERNAL_EVENT,
    &SYNC_WITH_CRM,
    &CREATE_CUSTOMER_CRUD,
];

const fn endpoint(route: &'static Route, work: Work) -> Endpoint {
    Endpoint {
        route,
        dialect: &DIALECT,
        work,
    }
}
