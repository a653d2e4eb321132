//! `POST /desk/merges/{receipt}/undo`: see [`desk::receipt::undo`].

crm_lambda::serve!(desk::endpoints::UNDO);
