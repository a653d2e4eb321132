//! What no operation answers: API Gateway's `$default` route.

use std::sync::Arc;

use shared::{
    error::Error,
    http::{Request, Response},
    operations::Session,
    routes::{Lookup, lookup},
};

/// 404 for a path that does not exist, 405 for a method that a path does not have.
pub async fn unknown_route(_: Session, request: Arc<Request>) -> Result<Response, Error> {
    Err(match lookup(&request.method, &request.path) {
        Lookup::OtherMethods(methods) => Error::MethodNotAllowed(methods),
        // A route that exists comes here only where the gateway does not know it: to the caller it does not exist.
        Lookup::Found(..) | Lookup::Unknown => Error::UnknownPath,
    })
}
