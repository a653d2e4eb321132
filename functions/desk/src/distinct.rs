//! Marks that two records are of different people.

use std::sync::Arc;

use crm_domain::{
    CustomerId,
    error::{Absent, Error},
};
use crm_lambda::http::{Request, Response};
use crm_service::{DistinctRefusal, Session};

use crate::page;

/// The input with the reason, and the one whose value lifts the mark.
const REASON: &str = "reason";
const LIFT: &str = "lift";

/// `POST /desk/distinct/{id}/{other}`, and `GET`, which leads to where the two are compared.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn distinct(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    // A text that is no id names no customer.
    let id = |name| CustomerId::parse(request.path_parameter(name)).ok_or(Error::NotFound(Absent::Customer));
    let ids = [id("id")?, id("other")?];
    if request.method == "POST" {
        let done = if request.form_value(LIFT).is_empty() {
            let reason = Some(request.form_value(REASON).trim()).filter(|reason| !reason.is_empty());
            crm_service::mark_distinct(&session, ids, reason.map(str::to_owned)).await
        } else {
            crm_service::lift_distinct(&session, ids).await
        };
        match done {
            Ok(_) | Err(DistinctRefusal::NoMark) => {}
            Err(DistinctRefusal::NoOne | DistinctRefusal::NoOther | DistinctRefusal::SameRecord) => {
                return Err(Error::NotFound(Absent::Customer));
            }
            Err(DistinctRefusal::LongReason) => return Err(Error::invalid_field(REASON, "is too long")),
            Err(DistinctRefusal::Failed(error)) => return Err(error),
        }
    }
    let [one, other] = ids;
    Ok(page::see_other(&format!("/desk/merge/{one}/{other}")))
}
