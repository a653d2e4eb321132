//! `GET /desk/imports/{run}/rejected`: see [`desk::rejected_rows::rejected_rows`].

crm_lambda::serve!(desk::endpoints::REJECTED_ROWS);
