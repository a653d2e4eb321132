//! `POST /api/v2/customer/createCustomerCRUD`: see [`omnidesk::create_customer_crud`].

shared::serve!(omnidesk::endpoints::CREATE_CUSTOMER_CRUD);
