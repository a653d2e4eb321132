//! `GET /api/v1/openapi.json`: see [`khoros::openapi::describe`].

shared::serve!(khoros::endpoints::OPENAPI);
