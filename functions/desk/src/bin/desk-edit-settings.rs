//! `POST /desk/settings/edit`: see [`desk::edit_settings::edit_settings`].

crm_lambda::serve!(desk::endpoints::EDIT_SETTINGS);
