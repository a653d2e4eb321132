//! `POST /desk/distinct/{id}/{other}`: see [`desk::distinct::distinct`].

crm_lambda::serve!(desk::endpoints::DISTINCT);
