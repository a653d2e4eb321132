//! Every other path and method below `/api/v2/customer`: see [`omnidesk::unknown_route`].

crm_lambda::serve!(omnidesk::endpoints::UNKNOWN_ROUTE);
