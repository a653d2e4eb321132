//! `GET /api/v1/case/{id}`: see [`khoros::cases::lookup_case`].

shared::serve!(khoros::endpoints::LOOKUP_CASE);
