//! `POST /desk/people/{id}/edit`: see [`desk::edit_person::edit_person`].

crm_lambda::serve!(desk::endpoints::EDIT_PERSON);
