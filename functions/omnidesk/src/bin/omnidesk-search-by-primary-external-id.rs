//! `POST /api/v2/customer/SearchByPrimaryExternalID`: see [`omnidesk::search_by_primary_external_id`].

crm_lambda::serve!(omnidesk::endpoints::SEARCH_BY_PRIMARY_EXTERNAL_ID);
