//! `POST /api/v1/case`: see [`khoros::cases::create_case`].

shared::serve!(khoros::endpoints::CREATE_CASE);
