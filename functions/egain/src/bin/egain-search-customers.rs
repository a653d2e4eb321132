//! `GET /core/customermgr/v3/customer`: see [`egain::search::search_customers`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(egain::DIALECT, "egain-search-customers", egain::search::search_customers)
}
