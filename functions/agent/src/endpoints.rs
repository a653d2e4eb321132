//! The pages: each route with its handler.

use crm_lambda::{
    handler,
    routes::{Route, agent},
    runtime::{Endpoint, Work},
};

use crate::{DIALECT, asset, case, customer};

/// See [`customer::customer_page`].
pub static CUSTOMER_PAGE: Endpoint = endpoint(&agent::CUSTOMER_PAGE, handler!(customer::customer_page));

/// See [`case::case_page`].
pub static CASE_PAGE: Endpoint = endpoint(&agent::CASE_PAGE, handler!(case::case_page));

/// See [`asset::asset`].
pub static ASSET: Endpoint = endpoint(&agent::ASSET, Work::Open(asset::asset));

const fn endpoint(route: &'static Route, work: Work) -> Endpoint {
    Endpoint {
        route,
        dialect: &DIALECT,
        work,
    }
}
