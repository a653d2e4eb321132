//! The operation, and what answers every other path: routes with their handlers.

use crm_lambda::{endpoints, handler, routes};

use crate::{DIALECT, search};

endpoints! {
    egain, DIALECT:
    SEARCH_CUSTOMERS = handler!(search::search_customers);
    UNKNOWN_ROUTE = handler!(routes::unknown_route);
}
