//! `DELETE /admin/v1/distinct/{id}/{other}`: see [`admin::distinct::lift_distinct`].

crm_lambda::serve!(admin::endpoints::LIFT_DISTINCT);
