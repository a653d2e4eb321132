//! `POST /desk/people/{id}/erase`: see [`desk::erase::erase`].

crm_lambda::serve!(desk::endpoints::ERASE);
