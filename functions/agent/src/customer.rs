//! The page of a customer.

use std::{cmp::Reverse, sync::Arc};

use askama::Template;
use crm_domain::{Case, Change, Customer, ObjectStructure, Role, Status, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::{CaseEnd, Overview, Session};

use crate::{
    asset::{ASSETS, Assets},
    fact::{self, Section},
    page,
    text::Text,
    timeline::{Entry, LONGEST_NAME, MOST_ENTRIES, Page, Timeline, page_number},
    when::When,
};

/// The number of cases on one page of the list.
const MOST_CASES: usize = 20;
/// How many characters of a case's last message the list shows.
const LAST_MESSAGE: usize = 140;

/// `GET /agent/customer/{id}`.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Unauthorized`] if the tenant's links lead to another system.
pub async fn customer_page(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let settings = &session.grant.settings;
    if settings.tenant.customer_link.is_some() {
        return Err(Error::Unauthorized("the tenant's links lead into another system"));
    }
    let turn = Turn::of(&request);
    let overview = crm_service::customer_overview(&session, request.path_parameter("id"), turn.page * MOST_ENTRIES).await?;
    page::html(
        200,
        &CustomerPage::new(&session, &request, &overview, turn),
        &settings.tenant.frame_origins,
    )
}

/// The pages of the long lists that a request asks for.
#[derive(Debug, Clone, Copy)]
struct Turn {
    page: usize,
    cases: usize,
}

impl Turn {
    fn of(request: &Request) -> Self {
        Self {
            page: page_number(request, "page"),
            cases: page_number(request, "cases"),
        }
    }

    fn link(self, request: &Request) -> String {
        page::turned(request, &[("page", self.page), ("cases", self.cases)])
    }
}

#[derive(Template)]
#[template(path = "customer.html")]
struct CustomerPage {
    assets: &'static Assets,
    name: Text,
    /// First and last name, if the heading shows another name.
    full_name: Option<Text>,
    id: String,
    /// The customer's number in the link, if that record was merged into this one.
    asked: Option<Text>,
    contact: Option<Section>,
    address: Vec<Text>,
    /// The facts beside the contact points.
    sections: Vec<Section>,
    cases: CaseList,
    conversation: Page,
    /// The number of cases whose messages the conversation has, and of older ones that it leaves out.
    with_conversation: usize,
    without_conversation: usize,
    earlier: String,
    later: String,
    created: ChangeMark,
    updated: ChangeMark,
}

struct CaseList {
    shown: Vec<CaseLine>,
    count: usize,
    open: usize,
    previous: Option<String>,
    next: Option<String>,
}

/// A case in the list of cases.
struct CaseLine {
    link: String,
    title: Text,
    number: String,
    is_open: bool,
    opened: When,
    /// When the case was last changed, if it ever was.
    changed: Option<When>,
    last: Option<LastMessage>,
}

struct LastMessage {
    by: Text,
    beginning: Text,
}

/// Who did something, and when.
pub struct ChangeMark {
    /// When.
    pub when: When,
    /// The agent's address, if an agent did it.
    pub by: Option<Text>,
}

impl From<&Change> for ChangeMark {
    fn from(change: &Change) -> Self {
        Self {
            when: change.at.into(),
            by: change.by.agent.as_deref().map(Text::new),
        }
    }
}

impl CustomerPage {
    fn new(session: &Session, request: &Request, overview: &Overview, turn: Turn) -> Self {
        let Overview {
            customer,
            recent,
            earlier,
            events,
        } = overview;
        let model = session.customer_model();
        let (name, full_name) = names(customer, model);
        let mut timeline = Timeline::default();
        timeline.add_event(customer.created.at, "The customer was added to the CRM");
        for end in recent {
            timeline.add_case(end, Some(&session.case_link(end.case.id, "")));
        }
        for event in events {
            timeline.add_happening(event);
        }
        for merged in &customer.merged {
            timeline.add_event(merged.at, &format!("The customer {} was merged into this one", merged.id));
        }
        let conversation = timeline.page(turn.page);
        let to_page = |page| Turn { page, ..turn }.link(request);
        Self {
            assets: &ASSETS,
            name,
            full_name,
            id: customer.id.to_string(),
            asked: Some(request.path_parameter("id"))
                .filter(|asked| *asked != customer.id.to_string())
                .map(Text::new),
            contact: fact::contact(customer, model),
            address: address(customer, model),
            sections: fact::other_than_contact(customer, &session.grant.settings),
            cases: CaseList::new(session, request, overview, turn),
            earlier: to_page(conversation.number + 1),
            later: to_page(conversation.number.saturating_sub(1)),
            conversation,
            with_conversation: recent.len(),
            without_conversation: earlier.len(),
            created: (&customer.created).into(),
            updated: (&customer.updated).into(),
        }
    }
}

impl CaseList {
    /// One page of the customer's cases: open ones first, each group with the newest first.
    fn new(session: &Session, request: &Request, overview: &Overview, turn: Turn) -> Self {
        let recent = overview.recent.iter().map(|end| CaseLine::new(session, &end.case, Some(end)));
        let earlier = overview.earlier.iter().map(|case| CaseLine::new(session, case, None));
        let mut all: Vec<CaseLine> = recent.chain(earlier).collect();
        // The sort is stable, and the newest come first already.
        all.sort_by_key(|case| Reverse(case.is_open));
        let (count, open) = (all.len(), all.iter().filter(|case| case.is_open).count());
        let parts = count.div_ceil(MOST_CASES).max(1);
        let part = turn.cases.min(parts);
        let link = |cases| Turn { cases, ..turn }.link(request);
        Self {
            shown: all.into_iter().skip((part - 1) * MOST_CASES).take(MOST_CASES).collect(),
            count,
            open,
            previous: (part > 1).then(|| link(part - 1)),
            next: (part < parts).then(|| link(part + 1)),
        }
    }
}

impl CaseLine {
    fn new(session: &Session, case: &Case, end: Option<&CaseEnd>) -> Self {
        let last = end.and_then(|end| end.newest.last());
        Self {
            link: session.case_link(case.id, ""),
            title: Text::new(&case.title),
            number: case.id.case_number(),
            is_open: case.status == Status::Open,
            opened: case.created.at.into(),
            changed: (case.updated.at > case.created.at).then(|| case.updated.at.into()),
            last: last.map(|last| LastMessage {
                by: Text::beginning(
                    last.author.as_ref().map_or("Unknown author", |author| &author.name),
                    LONGEST_NAME,
                ),
                beginning: Text::beginning(&last.body, LAST_MESSAGE),
            }),
        }
    }
}

/// The name in a heading, and first and last name if that is another one.
pub fn names(customer: &Customer, model: &ObjectStructure) -> (Text, Option<Text>) {
    let shown = shown(customer, model, Role::DisplayName);
    let parts: Vec<String> = [Role::FirstName, Role::LastName]
        .into_iter()
        .filter_map(|role| self::shown(customer, model, role))
        .collect();
    let full = Some(parts.join(" ")).filter(|full| !full.is_empty());
    match (shown, full) {
        (Some(name), full) => {
            let other = full.filter(|full| *full != name);
            (Text::new(&name), other.map(|full| Text::new(&full)))
        }
        (None, Some(full)) => (Text::new(&full), None),
        (None, None) => (Text::new("Customer without a name"), None),
    }
}

/// The lines of the postal address.
fn address(customer: &Customer, model: &ObjectStructure) -> Vec<Text> {
    let line = |roles: &[Role]| {
        let parts: Vec<String> = roles.iter().filter_map(|role| shown(customer, model, *role)).collect();
        Text::new(&parts.join(" "))
    };
    let lines = [
        line(&[Role::StreetOne]),
        line(&[Role::StreetTwo]),
        line(&[Role::City, Role::State, Role::Zip]),
    ];
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// The value of a role of which a customer has only one, if a field of the model shows it.
fn shown(customer: &Customer, model: &ObjectStructure, role: Role) -> Option<String> {
    let field = model.fields.iter().find(|field| field.role == Some(role))?;
    Some(customer.field(field)?.as_text().to_owned())
}
