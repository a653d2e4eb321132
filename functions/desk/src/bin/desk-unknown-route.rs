//! Every other path under `/desk`: a page that says so.

crm_lambda::serve!(desk::endpoints::UNKNOWN_ROUTE);
