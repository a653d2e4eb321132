//! What no operation answers below `/core`: it is said in eGain's shape (contract section 9).

use std::sync::Arc;

use crm_domain::error::Error;
use crm_lambda::{
    http::{Request, Response},
    routes::refusal,
};
use crm_service::Session;

/// 404 for a path that does not exist, 405 for a method that a path does not have.
pub async fn unknown_route(_: Session, request: Arc<Request>) -> Result<Response, Error> {
    Err(refusal(&request.method, &request.path))
}
