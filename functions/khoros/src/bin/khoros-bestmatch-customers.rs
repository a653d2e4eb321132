//! `POST /api/v1/customer/bestmatch`: see [`khoros::customers::bestmatch_customers`].

crm_lambda::serve!(khoros::endpoints::BESTMATCH_CUSTOMERS);
