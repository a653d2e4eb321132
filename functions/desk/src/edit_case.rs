//! Editing a case, with its conversation in view.

use std::sync::Arc;

use agent::{
    text::Text,
    timeline::{MOST_ENTRIES, Timeline},
};
use crm_domain::error::Error;
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use khoros::cases;
use serde_json::{Map, Value};

use crate::{WAYS, case_fields::CaseFields, record_form::RecordForm};

/// `POST /desk/cases/{id}/edit`, and `GET`, which shows the form with what is stored.
///
/// # Errors
/// [`Error::NotFound`], and those of the operation.
pub async fn edit_case(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let (end, _) = crm_service::case_end(&session, request.path_parameter("id"), MOST_ENTRIES).await?;
    let (link, id) = (WAYS.to_case(end.case.id), end.case.id.to_string());
    let mut timeline = Timeline::default();
    timeline.add_case(&end, None);
    let every = CaseFields::new();
    let form = RecordForm {
        title: "Edit case",
        of: Some((Text::new(&end.case.title), link.clone())),
        action: format!("{link}/edit"),
        save: "Save",
        fields: every.of(&end.case, session.case_model()),
        khoros: ("PATCH", format!("/case/{id}")),
        conversation: Some((timeline.page(1), format!("{link}?page=2"))),
    };
    let body = form.changes(&request);
    let store = async |body: Map<String, Value>| {
        if !body.is_empty() {
            cases::update_from(body, &id, &session, &request.origin()).await?;
        }
        Ok(link)
    };
    form.answer(&session, &request, body, store).await
}
