//! Requests that no route matches: API Gateway's `$default` route.

use std::sync::Arc;

use crm_domain::error::Error;
use crm_lambda::{
    http::{Request, Response},
    routes::refusal,
};
use crm_service::Session;

/// Answers 404 for an unknown path and 405 for a method that a known path does not have.
pub async fn unknown_route(_: Session, request: Arc<Request>) -> Result<Response, Error> {
    Err(refusal(&request.method, &request.path))
}
