//! `POST /api/v2/customer/externalEvent`: see [`omnidesk::external_event`].

crm_lambda::serve!(omnidesk::endpoints::EXTERNAL_EVENT);
