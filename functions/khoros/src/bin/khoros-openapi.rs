//! `GET /api/v1/openapi.json`: see [`khoros::openapi::describe`].

crm_lambda::serve!(khoros::endpoints::OPENAPI);
