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
    ways::Ways,
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
    let page = CasePage {
        assets: &ASSETS,
        record: CaseRecord::new(&session, (&end, customer.as_ref()), number, &Ways::signed(&session, &request)),
    };
    page::html(200, &page, &settings.tenant.frame_origins)
}

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    assets: &'static Assets,
    record: CaseRecord,
}

/// A case as pages show it (`case_record.html`).
pub struct CaseRecord {
    /// Its title.
    pub title: Text,
    /// Its number, as people read it out.
    pub number: String,
    /// Whether it is open.
    pub is_open: bool,
    /// Its description.
    pub description: Text,
    /// The customer's name, and the link to their page; `None` if the customer was erased.
    pub customer: Option<Whose>,
    /// The fields of the model.
    pub facts: Vec<Fact>,
    /// What was written.
    pub conversation: Page,
    /// The link to earlier messages.
    pub earlier: String,
    /// The link to later messages.
    pub later: String,
    /// Who added it.
    pub created: ChangeMark,
    /// Who changed it last.
    pub updated: ChangeMark,
}

/// Whose case it is.
pub struct Whose {
    /// The customer's name.
    pub name: Text,
    /// The customer's page.
    pub link: String,
}

impl CaseRecord {
    /// The view of a case, with this page of its conversation.
    pub fn new(session: &Session, (end, customer): (&CaseEnd, Option<&Customer>), number: usize, ways: &Ways<'_>) -> Self {
        let case = &end.case;
        let mut timeline = Timeline::default();
        timeline.add_case(end, None);
        let conversation = timeline.page(number);
        let to_page = |number| ways.turned(&[("page", number)]);
        let mut facts = fact::of_case(case, session.case_model());
        facts.extend(
            case.external_id
                .iter()
                .map(|external| fact::plain("Id in another system", &external.id)),
        );
        Self {
            title: Text::new(&case.title),
            number: case.id.case_number(),
            is_open: case.status == Status::Open,
            description: Text::new(&case.description),
            customer: customer.map(|customer| Whose {
                name: customer::names(customer, session.customer_model()).0,
                link: ways.to_customer(customer.id),
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
