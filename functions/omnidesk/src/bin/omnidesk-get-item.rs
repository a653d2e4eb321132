//! `GET /api/v2/customer/{id}`: see [`omnidesk::get_item`].

crm_lambda::serve!(omnidesk::endpoints::GET_ITEM);
