//! `GET /desk/duplicates`: see [`desk::duplicates::duplicates`].

crm_lambda::serve!(desk::endpoints::DUPLICATES);
