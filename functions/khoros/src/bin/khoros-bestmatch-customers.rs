//! `POST /api/v1/customer/bestmatch`: see [`khoros::customers::bestmatch_customers`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(
        khoros::DIALECT,
        "khoros-bestmatch-customers",
        khoros::customers::bestmatch_customers,
    )
}
