//! `GET /admin/v1/duplicates`: see [`admin::duplicates::list_duplicates`].

crm_lambda::serve!(admin::endpoints::LIST_DUPLICATES);
