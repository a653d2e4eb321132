//! `GET /admin/v1/changes`: see [`admin::changes::list_changes`].

crm_lambda::serve!(admin::endpoints::LIST_CHANGES);
