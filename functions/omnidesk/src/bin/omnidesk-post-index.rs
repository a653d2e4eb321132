//! `POST /api/v2/customer`: see [`omnidesk::post_index`].

shared::serve!(omnidesk::endpoints::POST_INDEX);
