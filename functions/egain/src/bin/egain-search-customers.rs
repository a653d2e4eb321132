//! `GET /core/customermgr/v3/customer`: see [`egain::search::search_customers`].

crm_lambda::serve!(egain::endpoints::SEARCH_CUSTOMERS);
