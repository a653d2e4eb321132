//! `GET /api/v2/customer`: see [`omnidesk::get_index`].

shared::serve!(omnidesk::endpoints::GET_INDEX);
