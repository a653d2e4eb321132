//! The operations: each route with its handler.

use crm_lambda::{
    handler,
    routes::{self, Route, khoros},
    runtime::{Endpoint, Work},
};

use crate::{DIALECT, cases, customers, meta, openapi};

/// See [`meta::define_object_structures`].
pub static DEFINE_OBJECT_STRUCTURES: Endpoint =
    endpoint(&khoros::DEFINE_OBJECT_STRUCTURES, handler!(meta::define_object_structures));

/// See [`customers::search_customers`].
pub static SEARCH_CUSTOMERS: Endpoint = endpoint(&khoros::SEARCH_CUSTOMERS, handler!(customers::search_customers));

/// See [`customers::bestmatch_customers`].
pub static BESTMATCH_CUSTOMERS: Endpoint = endpoint(&khoros::BESTMATCH_CUSTOMERS, handler!(customers::bestmatch_customers));

/// See [`customers::find_customer`].
pub static FIND_CUSTOMER: Endpoint = endpoint(&khoros::FIND_CUSTOMER, handler!(customers::find_customer));

/// See [`cases::find_cases`].
pub static FIND_CASES: Endpoint = endpoint(&khoros::FIND_CASES, handler!(cases::find_cases));

/// See [`customers::create_customer`].
pub static CREATE_CUSTOMER: Endpoint = endpoint(&khoros::CREATE_CUSTOMER, handler!(customers::create_customer));

/// See [`customers::update_customer`].
pub static UPDATE_CUSTOMER: Endpoint = endpoint(&khoros::UPDATE_CUSTOMER, handler!(customers::update_customer));

/// See [`cases::create_case`].
pub static CREATE_CASE: Endpoint = endpoint(&khoros::CREATE_CASE, handler!(cases::create_case));

/// See [`cases::lookup_case`].
pub static LOOKUP_CASE: Endpoint = endpoint(&khoros::LOOKUP_CASE, handler!(cases::lookup_case));

/// See [`cases::update_case`].
pub static UPDATE_CASE: Endpoint = endpoint(&khoros::UPDATE_CASE, handler!(cases::update_case));

/// See [`openapi::describe`].
pub static OPENAPI: Endpoint = endpoint(&khoros::OPENAPI, handler!(openapi::describe));

/// See [`routes::unknown_route`].
pub static UNKNOWN_ROUTE: Endpoint = endpoint(&khoros::UNKNOWN_ROUTE, handler!(routes::unknown_route));

const fn endpoint(route: &'static Route, work: Work) -> Endpoint {
    Endpoint {
        route,
        dialect: &DIALECT,
        work,
    }
}
