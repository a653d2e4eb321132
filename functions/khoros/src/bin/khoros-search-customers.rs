//! `POST /api/v1/customers`: see [`khoros::customers::search_customers`].

crm_lambda::serve!(khoros::endpoints::SEARCH_CUSTOMERS);
