//! `PUT /api/v2/customer/updateCustomer`: see [`omnidesk::update_customer`].

crm_lambda::serve!(omnidesk::endpoints::UPDATE_CUSTOMER);
