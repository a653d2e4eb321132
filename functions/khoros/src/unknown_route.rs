//! Requests that no route matches: API Gateway's `$default` route.

use std::sync::Arc;

use shared::{
    error::Error,
    http::{Request, Response},
    operations::Session,
    routes::{Lookup, lookup},
};

/// Answers 404 for an unknown path and 405 for a method that a known path does not have.
pub async fn unknown_route(_: Session, request: Arc<Request>) -> Result<Response, Error> {
    Err(match lookup(&request.method, &request.path) {
        Lookup::OtherMethods(methods) => Error::MethodNotAllowed(methods),
        // A known route arrives here only where the gateway does not have it, because its dialect is not deployed.
        Lookup::Found(..) | Lookup::Unknown => Error::UnknownPath,
    })
}
