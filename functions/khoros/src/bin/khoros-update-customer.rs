//! `PATCH /api/v1/customer/{id}`: see [`khoros::customers::update_customer`].

shared::serve!(khoros::endpoints::UPDATE_CUSTOMER);
