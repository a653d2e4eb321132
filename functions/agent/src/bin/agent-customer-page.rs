//! `GET /agent/customer/{id}`: see [`agent::customer::customer_page`].

crm_lambda::serve!(agent::endpoints::CUSTOMER_PAGE);
