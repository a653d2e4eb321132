//! Omnidesk's customer controller, in the order of its contract. Its own catch-all answers every other spelling of an action, since
//! API Gateway compares paths to the letter.

use crm_domain::Permission;

use super::{ANY, Admission, Route};
use crate::table_use::{
    ANY_OF_OMNIDESK, FIND_AND_WRITE, REMOVE_CUSTOMER,
    TableUse::{Check, Delete, Put, QueryContacts, QueryPartition, QueryTerms},
    WRITE_RECORDS,
};

const READ: Admission = Admission::Key(&[Permission::CustomerRead]);
const WRITE: Admission = Admission::Key(&[Permission::CustomerCud]);

super::table! {
    /// `index`: the list of customers.
    GET_INDEX = Route {
        function: "omnidesk-get-index",
        links: false,
        method: "GET",
        paths: &["/api/v2/customer"],
        admission: READ,
        table_uses: &[QueryTerms],
    };
    /// `item`: one customer.
    GET_ITEM = Route {
        function: "omnidesk-get-item",
        links: false,
        method: "GET",
        paths: &["/api/v2/customer/{id}"],
        admission: READ,
        table_uses: &[QueryPartition],
    };
    /// `index`: find or create, and link.
    POST_INDEX = Route {
        function: "omnidesk-post-index",
        links: false,
        method: "POST",
        paths: &["/api/v2/customer"],
        admission: WRITE,
        table_uses: FIND_AND_WRITE,
    };
    /// `index`: an update by any identifier.
    PUT_INDEX = Route {
        function: "omnidesk-put-index",
        links: false,
        method: "PUT",
        paths: &["/api/v2/customer"],
        admission: WRITE,
        table_uses: WRITE_RECORDS,
    };
    /// `item`: an update by number.
    PUT_ITEM = Route {
        function: "omnidesk-put-item",
        links: false,
        method: "PUT",
        paths: &["/api/v2/customer/{id}"],
        admission: WRITE,
        table_uses: WRITE_RECORDS,
    };
    /// `item`: removes a customer, not its tickets.
    DELETE_ITEM = Route {
        function: "omnidesk-delete-item",
        links: false,
        method: "DELETE",
        paths: &["/api/v2/customer/{id}"],
        admission: WRITE,
        table_uses: REMOVE_CUSTOMER,
    };
    /// `SearchByPrimaryExternalID`.
    SEARCH_BY_PRIMARY_EXTERNAL_ID = Route {
        function: "omnidesk-search-by-primary-external-id",
        links: false,
        method: "POST",
        paths: &["/api/v2/customer/SearchByPrimaryExternalID"],
        admission: READ,
        table_uses: &[],
    };
    /// `SearchByCustomerChannelValue`.
    SEARCH_BY_CUSTOMER_CHANNEL_VALUE = Route {
        function: "omnidesk-search-by-customer-channel-value",
        links: false,
        method: "POST",
        paths: &["/api/v2/customer/SearchByCustomerChannelValue"],
        admission: READ,
        table_uses: &[QueryContacts],
    };
    /// `addChannelOnly`.
    ADD_CHANNEL_ONLY = Route {
        function: "omnidesk-add-channel-only",
        links: false,
        method: "POST",
        paths: &["/api/v2/customer/addChannelOnly"],
        admission: WRITE,
        table_uses: WRITE_RECORDS,
    };
    /// `updateCustomer`: an update by the client's own id.
    UPDATE_CUSTOMER = Route {
        function: "omnidesk-update-customer",
        links: false,
        method: "PUT",
        paths: &["/api/v2/customer/updateCustomer"],
        admission: WRITE,
        table_uses: WRITE_RECORDS,
    };
    /// `itemChannel`: removes an address.
    DELETE_ITEM_CHANNEL = Route {
        function: "omnidesk-delete-item-channel",
        links: false,
        method: "DELETE",
        paths: &["/api/v2/customer/channel/{id}"],
        admission: WRITE,
        table_uses: &[QueryTerms, QueryPartition, Put, Delete, Check],
    };
    /// `itemPurgeData`: erases a customer with everything that belongs to it.
    DELETE_ITEM_PURGE_DATA = Route {
        function: "omnidesk-delete-item-purge-data",
        links: false,
        method: "DELETE",
        paths: &["/api/v2/customer/purgeData/{id}"],
        admission: WRITE,
        table_uses: REMOVE_CUSTOMER,
    };
    /// `timelineByCustomerExternalID`.
    TIMELINE_BY_CUSTOMER_EXTERNAL_ID = Route {
        function: "omnidesk-timeline-by-customer-external-id",
        links: false,
        method: "GET",
        paths: &["/api/v2/customer/timelineByCustomerExternalID"],
        admission: READ,
        table_uses: &[QueryPartition],
    };
    /// `externalEvent`.
    EXTERNAL_EVENT = Route {
        function: "omnidesk-external-event",
        links: false,
        method: "POST",
        paths: &["/api/v2/customer/externalEvent"],
        admission: WRITE,
        table_uses: WRITE_RECORDS,
    };
    /// `syncWithCRM`: asks the client's CRM.
    SYNC_WITH_CRM = Route {
        function: "omnidesk-sync-with-crm",
        links: false,
        method: "POST",
        paths: &["/api/v2/customer/syncWithCRM"],
        admission: WRITE,
        table_uses: FIND_AND_WRITE,
    };
    /// `createCustomerCRUD`: creates and never links tickets.
    CREATE_CUSTOMER_CRUD = Route {
        function: "omnidesk-create-customer-crud",
        links: false,
        method: "POST",
        paths: &["/api/v2/customer/createCustomerCRUD"],
        admission: WRITE,
        table_uses: WRITE_RECORDS,
    };
    /// Every other path and method under the controller's path.
    UNKNOWN_ROUTE = Route {
        function: "omnidesk-unknown-route",
        links: false,
        method: ANY,
        paths: &["/api/v2/customer", "/api/v2/customer/", "/api/v2/customer/{action+}"],
        // The function checks that the key allows the action that the path spells.
        admission: Admission::AnyKey,
        table_uses: ANY_OF_OMNIDESK,
    };
}
