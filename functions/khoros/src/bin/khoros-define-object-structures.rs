//! `GET /api/v1/meta/object/{type}`: see [`khoros::meta::define_object_structures`].

shared::serve!(khoros::endpoints::DEFINE_OBJECT_STRUCTURES);
