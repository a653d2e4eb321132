//! The operation: its route with its handler.

use shared::{
    handler,
    routes::{Route, egain},
    runtime::{Endpoint, Work},
};

use crate::{DIALECT, search};

/// See [`search::search_customers`].
pub static SEARCH_CUSTOMERS: Endpoint = endpoint(&egain::SEARCH_CUSTOMERS, handler!(search::search_customers));

const fn endpoint(route: &'static Route, work: Work) -> Endpoint {
    Endpoint {
        route,
        dialect: &DIALECT,
        work,
    }
}
