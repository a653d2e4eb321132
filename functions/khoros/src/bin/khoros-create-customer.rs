//! `POST /api/v1/customer`: see [`khoros::customers::create_customer`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(khoros::DIALECT, "khoros-create-customer", khoros::customers::create_customer)
}
