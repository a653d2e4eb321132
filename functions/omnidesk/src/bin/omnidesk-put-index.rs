//! `PUT /api/v2/customer`: see [`omnidesk::put_index`].

crm_lambda::serve!(omnidesk::endpoints::PUT_INDEX);
