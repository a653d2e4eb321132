//! `GET /admin/v1/merges/{receipt}`: see [`admin::merges::find_merge`].

crm_lambda::serve!(admin::endpoints::FIND_MERGE);
