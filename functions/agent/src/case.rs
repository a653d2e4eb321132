//! The page of a case.

use std::sync::Arc;

use askama::Template;
use crm_domain::{Customer, Status, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::{CaseEnd, Session};

use crate::{
    asset::{ASSETS, Assets},
    customer::{self, ChangeMark},
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
    if settings.tenant.case_link.is_some() {
        return Err(Error::Unauthorized("the tenant's links lead into another system"));
    }
    let number = page_number(&request, "page");
    let (end, customer) = crm_service::case_end(&session, request.path_parameter("id"), number * MOST_ENTRIES).await?;
    let page = CasePage::new(&session, &request, (&end, customer.as_ref()), number);
    page::html(200, &page, &settings.tenant.frame_origins)
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    assets: &'static Assets,
    title: Text,
    number: String,
    is_open: bool,
    description: Text,
    /// The customer's name, and the link to their page; `None` if the customer was erased.
    customer: Option<Whose>,
    facts: Vec<Fact>,
    conversation: Page,
    earlier: String,
    later: String,
    created: ChangeMark,
    updated: ChangeMark,
}

/// Whose case it is.
struct Whose {
    name: Text,
    link: String,
}

impl CasePage {
    fn new(session: &Session, request: &Request, (end, customer): (&CaseEnd, Option<&Customer>), number: usize) -> Self {
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
            customer: customer.map(|customer| Whose {
                name: customer::names(customer, session.customer_model()).0,
                link: session.customer_link(customer.id, ""),
            }),
            facts,
            earlier: to_page(conversation.number + 1),
            later: to_page(conversation.number.saturating_sub(1)),
            conversation,
            created: (&case.created).into(),
            updated: (&case.updated).into(),
        }
    }
}
