//! `POST /api/v1/customer/bestmatch`: see [`khoros::customers::bestmatch_customers`].

shared::serve!(khoros::endpoints::BESTMATCH_CUSTOMERS);
