//! `POST /api/v1/customers`: see [`khoros::customers::search_customers`].

shared::serve!(khoros::endpoints::SEARCH_CUSTOMERS);
