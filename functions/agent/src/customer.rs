//! The page of a customer.

use std::{cmp::Reverse, sync::Arc};

use askama::Template;
use crm_domain::{Case, Change, Customer, ObjectStructure, Role, Status, error::Error, matching::Confidence};
use crm_lambda::http::{Request, Response};
use crm_service::{CaseEnd, Duplicate, Overview, Session};
use futures::future::try_join;

use crate::{
    asset::{ASSETS, Assets},
    fact::{self, Section},
    page,
    text::Text,
    timeline::{Entry, LONGEST_NAME, MOST_ENTRIES, Page, Timeline, page_number},
    ways::Ways,
    when::When,
};

/// The number of cases on one page of the list.
const MOST_CASES: usize = 20;
/// The parameter by which the page also shows records that may be of the same person.
const SAME: &str = "same";
/// The most of these.
const MOST_SAME: usize = 5;
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
    let id = request.path_parameter("id");
    let overview = crm_service::customer_overview(&session, id, turn.entries());
    let same = same_person(&session, &request, id);
    let (overview, same) = try_join(overview, same).await?;
    let ways = Ways::signed(&session, &request);
    let page = CustomerPage {
        assets: &ASSETS,
        record: CustomerRecord::new(&session, id, &overview, turn, &ways),
        same,
        to_same: format!("{}&{SAME}=shown", turn.link(&ways)),
    };
    page::html(200, &page, &settings.tenant.frame_origins)
}

/// The pages of the long lists that a request asks for.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    page: usize,
    cases: usize,
}

impl Turn {
    /// Reads a request.
    pub fn of(request: &Request) -> Self {
        Self {
            page: page_number(request, "page"),
            cases: page_number(request, "cases"),
        }
    }

    /// How many entries of each conversation have to be read.
    pub fn entries(self) -> usize {
        self.page * MOST_ENTRIES
    }

    fn link(self, ways: &Ways<'_>) -> String {
        ways.turned(&[("page", self.page), ("cases", self.cases)])
    }
}

#[derive(Template)]
#[template(path = "customer.html")]
struct CustomerPage {
    assets: &'static Assets,
    record: CustomerRecord,
    /// Records that may be of the same person, if the request asks for them.
    same: Option<Vec<SameLine>>,
    /// The link that asks for them.
    to_same: String,
}

/// A record that may be of the same person. It has no link: this page's link opens one person's page.
struct SameLine {
    name: Text,
    id: String,
    is_certain: bool,
}

/// The records that are likely of the same person. They are looked up only if the request asks for them, since that takes as much as a best
/// match.
async fn same_person(session: &Session, request: &Request, id: &str) -> Result<Option<Vec<SameLine>>, Error> {
    if request.query_parameter(SAME).is_none() {
        return Ok(None);
    }
    let found = crm_service::find_duplicates(session, id).await?;
    let likely = found.others.iter().filter(|other| other.confidence >= Confidence::Likely);
    let line = |other: &Duplicate| SameLine {
        name: names(&other.customer, session.customer_model()).0,
        id: other.customer.id.to_string(),
        is_certain: other.confidence == Confidence::Certain,
    };
    Ok(Some(likely.take(MOST_SAME).map(line).collect()))
}

/// A customer as pages show it (`customer_record.html`).
pub struct CustomerRecord {
    /// The name in the heading.
    pub name: Text,
    /// First and last name, if the heading shows another name.
    pub full_name: Option<Text>,
    /// Its id.
    pub id: String,
    /// The customer's number in the link, if that record was merged into this one.
    pub asked: Option<Text>,
    /// The contact points.
    pub contact: Option<Section>,
    /// The lines of the postal address.
    pub address: Vec<Text>,
    /// The facts beside the contact points.
    pub sections: Vec<Section>,
    /// The cases.
    pub cases: CaseList,
    /// What was written and what happened.
    pub conversation: Page,
    /// The number of cases whose messages the conversation has.
    pub with_conversation: usize,
    /// The number of older ones that it leaves out.
    pub without_conversation: usize,
    /// The link to earlier messages.
    pub earlier: String,
    /// The link to later messages.
    pub later: String,
    /// Who added it.
    pub created: ChangeMark,
    /// Who changed it last.
    pub updated: ChangeMark,
}

/// One page of a customer's cases.
pub struct CaseList {
    /// The cases of the page.
    pub shown: Vec<CaseLine>,
    /// How many there are on all pages.
    pub count: usize,
    /// How many of these are open.
    pub open: usize,
    /// The link to the page before.
    pub previous: Option<String>,
    /// The link to the next page.
    pub next: Option<String>,
}

/// A case in the list of cases.
pub struct CaseLine {
    /// Its page.
    pub link: String,
    /// Its title.
    pub title: Text,
    /// Its number, as people read it out.
    pub number: String,
    /// Whether it is open.
    pub is_open: bool,
    /// When it was opened.
    pub opened: When,
    /// When the case was last changed, if it ever was.
    pub changed: Option<When>,
    /// Its last message.
    pub last: Option<LastMessage>,
}

/// The last message of a case.
pub struct LastMessage {
    /// Who wrote it.
    pub by: Text,
    /// How it begins.
    pub beginning: Text,
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

impl CustomerRecord {
    /// The view of a customer whom a request called `asked`.
    pub fn new(session: &Session, asked: &str, overview: &Overview, turn: Turn, ways: &Ways<'_>) -> Self {
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
            timeline.add_case(end, Some(&ways.to_case(end.case.id)));
        }
        for event in events {
            timeline.add_happening(event);
        }
        for merged in &customer.merged {
            timeline.add_event(merged.at, &format!("The customer {} was merged into this one", merged.id));
        }
        let conversation = timeline.page(turn.page);
        let to_page = |page| Turn { page, ..turn }.link(ways);
        Self {
            name,
            full_name,
            id: customer.id.to_string(),
            asked: Some(asked).filter(|asked| *asked != customer.id.to_string()).map(Text::new),
            contact: fact::contact(customer, model),
            address: address(customer, model),
            sections: fact::other_than_contact(customer, &session.grant.settings),
            cases: CaseList::new(overview, turn, ways),
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
    fn new(overview: &Overview, turn: Turn, ways: &Ways<'_>) -> Self {
        let recent = overview.recent.iter().map(|end| CaseLine::new(&end.case, Some(end), ways));
        let earlier = overview.earlier.iter().map(|case| CaseLine::new(case, None, ways));
        let mut all: Vec<CaseLine> = recent.chain(earlier).collect();
        // The sort is stable, and the newest come first already.
        all.sort_by_key(|case| Reverse(case.is_open));
        let (count, open) = (all.len(), all.iter().filter(|case| case.is_open).count());
        let parts = count.div_ceil(MOST_CASES).max(1);
        let part = turn.cases.min(parts);
        let link = |cases| Turn { cases, ..turn }.link(ways);
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
    fn new(case: &Case, end: Option<&CaseEnd>, ways: &Ways<'_>) -> Self {
        let last = end.and_then(|end| end.newest.last());
        Self {
            link: ways.to_case(case.id),
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
pub fn address(customer: &Customer, model: &ObjectStructure) -> Vec<Text> {
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
