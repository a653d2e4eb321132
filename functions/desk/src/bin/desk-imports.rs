//! `POST /desk/imports`: see [`desk::imports::imports`].

crm_lambda::serve!(desk::endpoints::IMPORTS);
