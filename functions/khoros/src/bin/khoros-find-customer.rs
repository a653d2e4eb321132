//! `GET /api/v1/customer/{id}`: see [`khoros::customers::find_customer`].

crm_lambda::serve!(khoros::endpoints::FIND_CUSTOMER);
