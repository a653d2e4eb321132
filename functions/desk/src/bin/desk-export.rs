//! `GET /desk/people/{id}/export`: see [`desk::export::export`].

crm_lambda::serve!(desk::endpoints::EXPORT);
