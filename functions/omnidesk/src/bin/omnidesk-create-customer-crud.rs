//! `POST /api/v2/customer/createCustomerCRUD`: see [`omnidesk::create_customer_crud`].

fn main() -> Result<(), lambda_runtime::Error> {
    shared::runtime::serve(
        omnidesk::DIALECT,
        "omnidesk-create-customer-crud",
        omnidesk::create_customer_crud,
    )
}
