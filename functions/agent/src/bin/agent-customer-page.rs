//! `GET /agent/customer/{id}`: see [`agent::customer::customer_page`].

shared::serve!(agent::endpoints::CUSTOMER_PAGE);
