//! `POST /api/v2/customer/syncWithCRM`: see [`omnidesk::sync_with_crm`].

shared::serve!(omnidesk::endpoints::SYNC_WITH_CRM);
