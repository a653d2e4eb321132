//! `DELETE /api/v2/customer/channel/{id}`: see [`omnidesk::delete_item_channel`].

shared::serve!(omnidesk::endpoints::DELETE_ITEM_CHANNEL);
