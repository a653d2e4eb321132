//! `POST /desk/imports/{run}`: see [`desk::import::import`].

crm_lambda::serve!(desk::endpoints::IMPORT_RUN);
