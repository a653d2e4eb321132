//! `PUT /api/v2/customer/{id}`: see [`omnidesk::put_item`].

crm_lambda::serve!(omnidesk::endpoints::PUT_ITEM);
