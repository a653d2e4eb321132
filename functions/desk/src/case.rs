//! A case, with its conversation.

use std::sync::Arc;

use agent::{
    case::CaseRecord,
    timeline::{Entry, MOST_ENTRIES, page_number},
};
use askama::Template;
use crm_domain::error::Error;
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{
    WAYS,
    history::{Line, MOST_ENTRIES as MOST_LINES},
    page::{self, Bar, INLINE, Inline, Place},
};

#[derive(Template)]
#[template(path = "case_page.html")]
struct CasePage {
    inline: &'static Inline,
    bar: Bar,
    record: CaseRecord,
    is_saved: bool,
    /// Where the case is edited, for whoever may do so.
    edit: Option<String>,
    history: Vec<Line>,
}

/// `GET /desk/cases/{id}`.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn case(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let number = page_number(&request, "page");
    let (end, customer) = crm_service::case_end(&session, request.path_parameter("id"), number * MOST_ENTRIES).await?;
    let history = crm_service::case_history(&session, end.case.id, MOST_LINES).await?;
    let page = CasePage {
        inline: &INLINE,
        bar: Bar::new(&session, &request, Place::Elsewhere),
        record: CaseRecord::new(&session, (&end, customer.as_ref()), number, &WAYS),
        is_saved: page::is_saved(&request),
        edit: page::may_edit(&session).then(|| format!("{}/edit", WAYS.to_case(end.case.id))),
        history: history.iter().map(|entry| Line::new(entry, session.case_model())).collect(),
    };
    page::html(200, &page)
}
