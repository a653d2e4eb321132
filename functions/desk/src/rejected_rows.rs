//! The rejected rows of an import, as a file.

use std::sync::Arc;

use crm_domain::error::Error;
use crm_import::upload::{Found, find_run, rejected_rows as read};
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{page, refusal};

/// `GET /desk/imports/{run}/rejected`: the rows with their row in a spreadsheet and their mistake, to be corrected and imported. Its cells
/// are as they were uploaded, like those of `crm import`.
///
/// # Errors
/// [`Error::UnknownPath`] if there are none, or none any more.
pub async fn rejected_rows(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let Some(Found::Upload(upload)) = find_run(&session, request.path_parameter("run")).await? else {
        return Err(Error::UnknownPath);
    };
    let rows = read(&session, &upload).await?;
    if rows.is_empty() {
        return Err(Error::UnknownPath);
    }
    let name = format!("rejected-{}.csv", upload.run.as_str());
    let download = page::file(rows, "text/csv; charset=utf-8", &name);
    if download.is_sendable() {
        Ok(download)
    } else {
        refusal::too_large_to_export(&request)
    }
}
