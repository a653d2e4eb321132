//! `POST /api/v2/customer/externalEvent`: see [`omnidesk::external_event`].

shared::serve!(omnidesk::endpoints::EXTERNAL_EVENT);
