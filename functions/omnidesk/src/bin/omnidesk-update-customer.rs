//! `PUT /api/v2/customer/updateCustomer`: see [`omnidesk::update_customer`].

shared::serve!(omnidesk::endpoints::UPDATE_CUSTOMER);
