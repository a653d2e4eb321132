//! `GET /api/v1/customer/{id}`: see [`khoros::customers::find_customer`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(khoros::DIALECT, "khoros-find-customer", khoros::customers::find_customer)
}
