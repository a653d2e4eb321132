//! `DELETE /api/v2/customer/{id}`: see [`omnidesk::delete_item`].

crm_lambda::serve!(omnidesk::endpoints::DELETE_ITEM);
