//! `GET /admin/v1/customers/{id}/duplicates`: see [`admin::duplicates::find_duplicates`].

crm_lambda::serve!(admin::endpoints::FIND_DUPLICATES);
