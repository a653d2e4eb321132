//! Every other path and method: see [`khoros::unknown_route::unknown_route`].

crm_lambda::serve!(khoros::endpoints::UNKNOWN_ROUTE);
