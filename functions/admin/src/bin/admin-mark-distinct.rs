//! `PUT /admin/v1/distinct/{id}/{other}`: see [`admin::distinct::mark_distinct`].

crm_lambda::serve!(admin::endpoints::MARK_DISTINCT);
