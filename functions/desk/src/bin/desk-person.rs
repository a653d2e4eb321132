//! `GET /desk/people/{id}`: see [`desk::person::person`].

crm_lambda::serve!(desk::endpoints::PERSON);
