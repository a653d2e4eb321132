//! The pages: each route with its handler.

use crm_lambda::{endpoints, handler, runtime::Work};

use crate::{DIALECT, asset, case, customer};

endpoints! {
    agent, DIALECT:
    CUSTOMER_PAGE = handler!(customer::customer_page);
    CASE_PAGE = handler!(case::case_page);
    ASSET = Work::Open(asset::asset);
}
