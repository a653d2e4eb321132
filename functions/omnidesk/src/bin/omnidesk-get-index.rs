//! `GET /api/v2/customer`: see [`omnidesk::get_index`].

crm_lambda::serve!(omnidesk::endpoints::GET_INDEX);
