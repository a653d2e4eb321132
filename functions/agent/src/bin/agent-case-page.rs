//! `GET /agent/case/{id}`: see [`agent::case::case_page`].

shared::serve!(agent::endpoints::CASE_PAGE);
