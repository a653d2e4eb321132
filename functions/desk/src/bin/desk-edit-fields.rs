//! `POST /desk/settings/fields/{object}`: see [`desk::edit_fields::edit_fields`].

crm_lambda::serve!(desk::endpoints::EDIT_FIELDS);
