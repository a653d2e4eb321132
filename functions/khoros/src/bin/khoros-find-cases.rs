//! `GET /api/v1/customer/{id}/cases`: see [`khoros::cases::find_cases`].

shared::serve!(khoros::endpoints::FIND_CASES);
