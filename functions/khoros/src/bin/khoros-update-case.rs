//! `PATCH /api/v1/case/{id}`: see [`khoros::cases::update_case`].

shared::serve!(khoros::endpoints::UPDATE_CASE);
