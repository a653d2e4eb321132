//! The Khoros custom CRM contract, in its order, and the catch-all for requests of no dialect.

use crm_domain::Permission;

use super::{ANY, Admission, Route};
use crate::table_use::{
    TableUse::{QueryContacts, QueryPartition, QueryTerms},
    WRITE_CASES, WRITE_RECORDS,
};

const BY_KEY: Admission = Admission::Key(&[Permission::Khoros]);

super::table! {
    /// `defineObjectStructures`.
    DEFINE_OBJECT_STRUCTURES = Route {
        function: "khoros-define-object-structures",
        links: false,
        method: "GET",
        paths: &["/api/v1/meta/object/{type}"],
        admission: BY_KEY,
        table_uses: &[],
    };
    /// `searchCustomers`.
    SEARCH_CUSTOMERS = Route {
        function: "khoros-search-customers",
        links: true,
        method: "POST",
        paths: &["/api/v1/customers"],
        admission: BY_KEY,
        table_uses: &[QueryContacts, QueryTerms],
    };
    /// `bestmatchCustomers`.
    BESTMATCH_CUSTOMERS = Route {
        function: "khoros-bestmatch-customers",
        links: true,
        method: "POST",
        paths: &["/api/v1/customer/bestmatch"],
        admission: BY_KEY,
        table_uses: &[QueryContacts, QueryTerms],
    };
    /// `findCustomer`.
    FIND_CUSTOMER = Route {
        function: "khoros-find-customer",
        links: true,
        method: "GET",
        paths: &["/api/v1/customer/{id}"],
        admission: BY_KEY,
        table_uses: &[],
    };
    /// `findCases`.
    FIND_CASES = Route {
        function: "khoros-find-cases",
        links: true,
        method: "GET",
        paths: &["/api/v1/customer/{id}/cases"],
        admission: BY_KEY,
        table_uses: &[QueryPartition],
    };
    /// `createCustomer`.
    CREATE_CUSTOMER = Route {
        function: "khoros-create-customer",
        links: true,
        method: "POST",
        paths: &["/api/v1/customer"],
        admission: BY_KEY,
        table_uses: WRITE_RECORDS,
    };
    /// `updateCustomer`.
    UPDATE_CUSTOMER = Route {
        function: "khoros-update-customer",
        links: true,
        method: "PATCH",
        paths: &["/api/v1/customer/{id}"],
        admission: BY_KEY,
        table_uses: WRITE_RECORDS,
    };
    /// `createCase`.
    CREATE_CASE = Route {
        function: "khoros-create-case",
        links: true,
        method: "POST",
        paths: &["/api/v1/case"],
        admission: BY_KEY,
        table_uses: WRITE_CASES,
    };
    /// `lookupCase`.
    LOOKUP_CASE = Route {
        function: "khoros-lookup-case",
        links: true,
        method: "GET",
        paths: &["/api/v1/case/{id}"],
        admission: BY_KEY,
        table_uses: &[QueryPartition],
    };
    /// `updateCase`.
    UPDATE_CASE = Route {
        function: "khoros-update-case",
        links: true,
        method: "PATCH",
        paths: &["/api/v1/case/{id}"],
        admission: BY_KEY,
        table_uses: WRITE_CASES,
    };
    /// The OpenAPI document, with the tenant's own fields.
    OPENAPI = Route {
        function: "khoros-openapi",
        links: false,
        method: "GET",
        paths: &["/api/v1/openapi.json"],
        admission: BY_KEY,
        table_uses: &[],
    };
    /// Every request that has no route: API Gateway's `$default`.
    UNKNOWN_ROUTE = Route {
        function: "khoros-unknown-route",
        links: false,
        method: ANY,
        paths: &[],
        admission: Admission::AnyKey,
        table_uses: &[],
    };
}
