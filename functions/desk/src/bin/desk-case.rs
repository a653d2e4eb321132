//! `GET /desk/cases/{id}`: see [`desk::case::case`].

crm_lambda::serve!(desk::endpoints::CASE);
