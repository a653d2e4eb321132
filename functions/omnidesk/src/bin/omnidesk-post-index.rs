//! `POST /api/v2/customer`: see [`omnidesk::post_index`].

crm_lambda::serve!(omnidesk::endpoints::POST_INDEX);
