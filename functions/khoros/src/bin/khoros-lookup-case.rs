//! `GET /api/v1/case/{id}`: see [`khoros::cases::lookup_case`].

crm_lambda::serve!(khoros::endpoints::LOOKUP_CASE);
