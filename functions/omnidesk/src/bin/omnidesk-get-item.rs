//! `GET /api/v2/customer/{id}`: see [`omnidesk::get_item`].

shared::serve!(omnidesk::endpoints::GET_ITEM);
