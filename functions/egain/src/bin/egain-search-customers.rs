//! `GET /core/customermgr/v3/customer`: see [`egain::search::search_customers`].

shared::serve!(egain::endpoints::SEARCH_CUSTOMERS);
