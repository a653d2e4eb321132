//! `POST /desk/people/{id}/new-case`: see [`desk::new_case::new_case`].

crm_lambda::serve!(desk::endpoints::NEW_CASE);
