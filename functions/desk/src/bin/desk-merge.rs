//! `POST /desk/merge/{id}/{other}`: see [`desk::merge::merge`].

crm_lambda::serve!(desk::endpoints::MERGE);
