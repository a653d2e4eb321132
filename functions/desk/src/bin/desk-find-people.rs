//! `POST /desk/people`: see [`desk::people::find_people`].

crm_lambda::serve!(desk::endpoints::FIND_PEOPLE);
