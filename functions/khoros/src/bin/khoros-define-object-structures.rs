//! `GET /api/v1/meta/object/{type}`: see [`khoros::meta::define_object_structures`].

crm_lambda::serve!(khoros::endpoints::DEFINE_OBJECT_STRUCTURES);
