//! `POST /desk/people/{id}/accounts`: see [`desk::accounts::accounts`].

crm_lambda::serve!(desk::endpoints::ACCOUNTS);
