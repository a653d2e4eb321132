//! `GET /agent/case/{id}`: see [`agent::case::case_page`].

crm_lambda::serve!(agent::endpoints::CASE_PAGE);
