//! `DELETE /api/v2/customer/purgeData/{id}`: see [`omnidesk::delete_item_purge_data`].

shared::serve!(omnidesk::endpoints::DELETE_ITEM_PURGE_DATA);
