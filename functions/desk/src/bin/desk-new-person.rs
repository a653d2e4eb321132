//! `POST /desk/people/new`: see [`desk::new_person::new_person`].

crm_lambda::serve!(desk::endpoints::NEW_PERSON);
