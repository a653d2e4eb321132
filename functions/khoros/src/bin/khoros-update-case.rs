//! `PATCH /api/v1/case/{id}`: see [`khoros::cases::update_case`].

crm_lambda::serve!(khoros::endpoints::UPDATE_CASE);
