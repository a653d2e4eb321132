//! `GET /desk/merges/{receipt}`: see [`desk::receipt::receipt`].

crm_lambda::serve!(desk::endpoints::RECEIPT);
