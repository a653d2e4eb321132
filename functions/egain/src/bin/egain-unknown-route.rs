//! Every other path below `/core`, and every other method: see [`egain::unknown_route::unknown_route`].

crm_lambda::serve!(egain::endpoints::UNKNOWN_ROUTE);
