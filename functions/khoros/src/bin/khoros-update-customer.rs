//! `PATCH /api/v1/customer/{id}`: see [`khoros::customers::update_customer`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(khoros::DIALECT, "khoros-update-customer", khoros::customers::update_customer)
}
