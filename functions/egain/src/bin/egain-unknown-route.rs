//! Every other path below `/core`, and every other method: see [`egain::unknown_route::unknown_route`].

shared::serve!(egain::endpoints::UNKNOWN_ROUTE);
