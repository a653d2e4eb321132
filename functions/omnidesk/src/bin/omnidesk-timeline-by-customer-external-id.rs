//! `GET /api/v2/customer/timelineByCustomerExternalID`: see [`omnidesk::timeline_by_customer_external_id`].

crm_lambda::serve!(omnidesk::endpoints::TIMELINE_BY_CUSTOMER_EXTERNAL_ID);
