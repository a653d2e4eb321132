//! `DELETE /api/v2/customer/channel/{id}`: see [`omnidesk::delete_item_channel`].

crm_lambda::serve!(omnidesk::endpoints::DELETE_ITEM_CHANNEL);
