//! `POST /api/v1/customer`: see [`khoros::customers::create_customer`].

crm_lambda::serve!(khoros::endpoints::CREATE_CUSTOMER);
