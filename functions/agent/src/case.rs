//! The page of a case.

use std::sync::Arc;

use askama::Template;
use crm_domain::{CustomerId, Status, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::{CaseEnd, Session};

use crate::{
    asset::{ASSETS, Assets},
    customer::ChangeMark,
    fact::{self, Fact},
    page,
    text::Text,
    timeline::{Entry, MOST_ENTRIES, Page, Timeline, page_number},
};

/// `GET /agent/case/{id}`.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Unauthorized`] if the tenant's links lead to another system.
pub async fn case_page(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let settings = &session.grant.settings;
    if settings.case_link.is_some() {
        return Err(Error::Unauthorized("the tenant's links lead into another system"));
    }
    let number = page_number(&request, "page");
    let end = crm_service::case_end(&session, request.path_parameter("id"), number * MOST_ENTRIES).await?;
    page::html(200, &CasePage::new(&session, &request, &end, number), &settings.frame_origins)
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    assets: &'static Assets,
    title: Text,
    number: String,
    is_open: bool,
    description: Text,
    /// The link to the customer's page; `None` if the customer was erased.
    customer: Option<String>,
    facts: Vec<Fact>,
    conversation: Page,
    earlier: String,
    later: String,
    created: ChangeMark,
    updated: ChangeMark,
}

impl CasePage {
    fn new(session: &Session, request: &Request, end: &CaseEnd, number: usize) -> Self {
        let case = &end.case;
        let mut timeline = Timeline::default();
        timeline.add_case(end, None);
        let conversation = timeline.page(number);
        let to_page = |number| page::turned(request, &[("page", number)]);
        let mut facts = fact::of_case(case, session.case_model());
        facts.extend(
            case.external_id
                .iter()
                .map(|external| fact::plain("Id in another system", &external.id)),
        );
        Self {
            assets: &ASSETS,
            title: Text::new(&case.title),
            number: case.id.case_number(),
            is_open: case.status == Status::Open,
            description: Text::new(&case.description),
            customer: (case.customer != CustomerId::NOBODY).then(|| session.customer_link(case.customer, "")),
            facts,
            earlier: to_page(conversation.number + 1),
            later: to_page(conversation.number.saturating_sub(1)),
            conversation,
            created: (&case.created).into(),
            updated: (&case.updated).into(),
        }
    }
}
