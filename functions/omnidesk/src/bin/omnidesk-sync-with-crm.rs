//! `POST /api/v2/customer/syncWithCRM`: see [`omnidesk::sync_with_crm`].

crm_lambda::serve!(omnidesk::endpoints::SYNC_WITH_CRM);
