//! The data model, by which Khoros configures its forms (contract section 3).

use std::sync::Arc;

use crm_domain::error::{Error, FieldError};
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::wire;

/// `GET meta/object/{type}`.
pub async fn define_object_structures(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let body = match request.path_parameter("type") {
        "customer" => wire::object_structure("customer", &wire::CUSTOMER_ASSIGNED, session.customer_model()),
        "case" => wire::object_structure("case", &wire::CASE_ASSIGNED, session.case_model()),
        _ => {
            return Err(Error::UnknownFields(vec![FieldError::new(
                "type",
                "must be customer or case",
            )]));
        }
    };
    Ok(Response::json(200, &body))
}
