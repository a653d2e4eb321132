//! `GET /desk/settings`: see [`desk::settings::settings`].

crm_lambda::serve!(desk::endpoints::SETTINGS);
