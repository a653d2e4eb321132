//! `PATCH /api/v1/customer/{id}`: see [`khoros::customers::update_customer`].

crm_lambda::serve!(khoros::endpoints::UPDATE_CUSTOMER);
