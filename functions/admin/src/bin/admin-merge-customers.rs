//! `POST /admin/v1/merges`: see [`admin::merges::merge_customers`].

crm_lambda::serve!(admin::endpoints::MERGE_CUSTOMERS);
