//! `POST /api/v2/customer/createCustomerCRUD`: see [`omnidesk::create_customer_crud`].

crm_lambda::serve!(omnidesk::endpoints::CREATE_CUSTOMER_CRUD);
