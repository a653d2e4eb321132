//! `POST /api/v1/case`: see [`khoros::cases::create_case`].

crm_lambda::serve!(khoros::endpoints::CREATE_CASE);
