//! Requests that no route matches: API Gateway's `$default` route.

use std::sync::Arc;

use shared::{
    error::Error,
    http::{Request, Response},
    operations::Session,
    routes::refusal,
};

/// Answers 404 for an unknown path and 405 for a method that a known path does not have.
pub async fn unknown_route(_: Session, request: Arc<Request>) -> Result<Response, Error> {
    Err(refusal(&request.method, &request.path))
}
