//! `POST /api/v1/customer`: see [`khoros::customers::create_customer`].

shared::serve!(khoros::endpoints::CREATE_CUSTOMER);
