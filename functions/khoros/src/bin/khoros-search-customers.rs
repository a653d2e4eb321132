//! `POST /api/v1/customers`: see [`khoros::customers::search_customers`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(
        khoros::DIALECT,
        "khoros-search-customers",
        khoros::customers::search_customers,
    )
}
