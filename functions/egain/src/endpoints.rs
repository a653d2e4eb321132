//! The operation, and what answers every other path: routes with their handlers.

use crm_lambda::{
    handler,
    routes::{self, Route, egain},
    runtime::{Endpoint, Work},
};

use crate::{DIALECT, search};

/// See [`search::search_customers`].
pub static SEARCH_CUSTOMERS: Endpoint = endpoint(&egain::SEARCH_CUSTOMERS, handler!(search::search_customers));
/// See [`routes::unknown_route`].
pub static UNKNOWN_ROUTE: Endpoint = endpoint(&egain::UNKNOWN_ROUTE, handler!(routes::unknown_route));

const fn endpoint(route: &'static Route, work: Work) -> Endpoint {
    Endpoint {
        route,
        dialect: &DIALECT,
        work,
    }
}
