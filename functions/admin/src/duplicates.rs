//! Possible duplicates (contract section 4).

use std::{sync::Arc, time::Duration};

use crm_domain::error::Error;
use crm_lambda::http::{Request, Response};
use crm_service::{Extent, Session, Turn};

use crate::wire;

/// How many customers one request checks. Each takes a dozen look-ups, and a request has seven seconds.
const EXTENT: Extent = Extent {
    customers: 20,
    at_once: 2,
    time: Duration::from_secs(3),
    since: None,
};

/// `GET customers/{id}/duplicates` (`findDuplicates`).
pub async fn find_duplicates(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let found = crm_service::find_duplicates(&session, request.path_parameter("id")).await?;
    Ok(Response::json(200, &wire::duplicates(&found, &session, &request.origin())))
}

/// `GET duplicates` (`listDuplicates`).
pub async fn list_duplicates(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let from = match request.query_parameter("cursor").filter(|cursor| !cursor.is_empty()) {
        None => Turn::default(),
        Some(cursor) => Turn::parse(cursor).ok_or_else(|| Error::invalid_field("cursor", "must be the cursor of an answer"))?,
    };
    let page = crm_service::list_duplicates(&session, &from, EXTENT).await?;
    Ok(Response::json(200, &wire::page(&page, &session, &request.origin())))
}
