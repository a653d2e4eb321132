//! `GET /api/v1/customer/{id}/cases`: see [`khoros::cases::find_cases`].

crm_lambda::serve!(khoros::endpoints::FIND_CASES);
