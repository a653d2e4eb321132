//! `DELETE /api/v2/customer/purgeData/{id}`: see [`omnidesk::delete_item_purge_data`].

crm_lambda::serve!(omnidesk::endpoints::DELETE_ITEM_PURGE_DATA);
