//! The operations: each route with its handler.

use crm_lambda::{endpoints, handler, routes};

use crate::{DIALECT, cases, customers, meta, openapi};

endpoints! {
    khoros, DIALECT:
    DEFINE_OBJECT_STRUCTURES = handler!(meta::define_object_structures);
    SEARCH_CUSTOMERS = handler!(customers::search_customers);
    BESTMATCH_CUSTOMERS = handler!(customers::bestmatch_customers);
    FIND_CUSTOMER = handler!(customers::find_customer);
    FIND_CASES = handler!(cases::find_cases);
    CREATE_CUSTOMER = handler!(customers::create_customer);
    UPDATE_CUSTOMER = handler!(customers::update_customer);
    CREATE_CASE = handler!(cases::create_case);
    LOOKUP_CASE = handler!(cases::lookup_case);
    UPDATE_CASE = handler!(cases::update_case);
    OPENAPI = handler!(openapi::describe);
    UNKNOWN_ROUTE = handler!(routes::unknown_route);
}
