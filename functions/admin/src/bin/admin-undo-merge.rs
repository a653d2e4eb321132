//! `DELETE /admin/v1/merges/{receipt}`: see [`admin::merges::undo_merge`].

crm_lambda::serve!(admin::endpoints::UNDO_MERGE);
