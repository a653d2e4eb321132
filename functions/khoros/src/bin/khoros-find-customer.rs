//! `GET /api/v1/customer/{id}`: see [`khoros::customers::find_customer`].

shared::serve!(khoros::endpoints::FIND_CUSTOMER);
