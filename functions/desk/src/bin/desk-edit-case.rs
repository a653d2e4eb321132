//! `POST /desk/cases/{id}/edit`: see [`desk::edit_case::edit_case`].

crm_lambda::serve!(desk::endpoints::EDIT_CASE);
