//! Every other path and method: see [`khoros::unknown_route::unknown_route`].

shared::serve!(khoros::endpoints::UNKNOWN_ROUTE);
