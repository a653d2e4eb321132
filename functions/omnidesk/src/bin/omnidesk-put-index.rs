//! `PUT /api/v2/customer`: see [`omnidesk::put_index`].

shared::serve!(omnidesk::endpoints::PUT_INDEX);
