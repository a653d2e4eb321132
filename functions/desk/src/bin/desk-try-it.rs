//! `POST /desk`: see [`desk::try_it::try_it`].

crm_lambda::serve!(desk::endpoints::TRY_IT);
