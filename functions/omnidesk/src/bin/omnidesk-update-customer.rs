//! `PUT /api/v2/customer/updateCustomer`: see [`omnidesk::update_customer`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(omnidesk::DIALECT, "omnidesk-update-customer", omnidesk::update_customer)
}
