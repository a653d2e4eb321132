//! `PUT /api/v2/customer/{id}`: see [`omnidesk::put_item`].

shared::serve!(omnidesk::endpoints::PUT_ITEM);
