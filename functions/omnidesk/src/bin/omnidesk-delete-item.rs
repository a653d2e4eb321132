//! `DELETE /api/v2/customer/{id}`: see [`omnidesk::delete_item`].

shared::serve!(omnidesk::endpoints::DELETE_ITEM);
