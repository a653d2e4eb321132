//! Records that may be of one person: a tenant's, page by page, and one customer's.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use agent::text::Text;
use askama::Template;
use crm_domain::{Customer, error::Error, matching::Confidence};
use crm_lambda::http::{Request, Response};
use crm_service::{Duplicate, Duplicates, DuplicatesPage as DuplicatesFound, Extent, Session, Turn};

use crate::{
    difference::label_of,
    explained::{LEAST_SCALE, Reason},
    page::{self, Bar, INLINE, Inline, Place},
    record::Record,
};

/// How much of the tenant one page looks at: each customer takes a dozen look-ups, and a request has seven seconds.
const EXTENT: Extent = Extent {
    customers: 40,
    at_once: 4,
    time: Duration::from_secs(3),
    since: None,
};
/// How long a page goes on looking while there is nothing to show.
const TO_LOOK: Duration = Duration::from_secs(2);
/// The parameter with the place where a page begins.
const CURSOR: &str = "cursor";

#[derive(Template)]
#[template(path = "duplicates.html")]
struct DuplicatesPage {
    inline: &'static Inline,
    bar: Bar,
    /// The customer whose duplicates these are; `None` for a page of the tenant's.
    of: Option<Record>,
    found: Vec<Group>,
    looked_at: usize,
    next: Option<String>,
}

/// A customer, with records that may be of the same person.
struct Group {
    record: Record,
    others: Vec<Other>,
}

/// A record that may be of the same person.
struct Other {
    record: Record,
    confidence: &'static str,
    is_certain: bool,
    reasons: Vec<Reason>,
    /// What a merge would have to decide.
    conflicts: Option<Text>,
    /// Where the two are compared and merged, for whoever may do so.
    merge: Option<String>,
}

/// `GET /desk/duplicates`, and `GET /desk/people/{id}/duplicates`.
///
/// # Errors
/// [`Error::NotFound`], and [`Error::Malformed`] for a place that no page has named.
pub async fn duplicates(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let id = request.path_parameter("id");
    if !id.is_empty() {
        let found = crm_service::find_duplicates(&session, id).await?;
        let of = Record::new(&found.customer, session.customer_model());
        let groups = if found.others.is_empty() {
            Vec::new()
        } else {
            vec![Group::new(&found, &session)]
        };
        return show(&session, &request, Some(of), groups, 0, None);
    }
    let from = match request.query_parameter(CURSOR).filter(|cursor| !cursor.is_empty()) {
        None => Turn::default(),
        Some(cursor) => Turn::parse(cursor).ok_or_else(|| Error::Malformed("This is the cursor of no page.".to_owned()))?,
    };
    let page = first_with_any(&session, from).await?;
    let groups = page.found.iter().map(|found| Group::new(found, &session)).collect();
    let next = page.next.map(|next| format!("?{CURSOR}={next}"));
    show(&session, &request, None, groups, page.looked_at, next)
}

/// The first page from a place on that has duplicates, or the last one that there was time for.
async fn first_with_any(session: &Session, from: Turn) -> Result<DuplicatesFound, Error> {
    let begun = Instant::now();
    let (mut from, mut before) = (from, 0);
    loop {
        let mut page = crm_service::list_duplicates(session, &from, EXTENT).await?;
        page.looked_at += before;
        match &page.next {
            Some(next) if page.found.is_empty() && begun.elapsed() < TO_LOOK => {
                before = page.looked_at;
                from = next.clone();
            }
            _ => return Ok(page),
        }
    }
}

fn show(
    session: &Session,
    request: &Request,
    of: Option<Record>,
    found: Vec<Group>,
    looked_at: usize,
    next: Option<String>,
) -> Result<Response, Error> {
    let place = if of.is_some() { Place::Elsewhere } else { Place::Duplicates };
    let page = DuplicatesPage {
        inline: &INLINE,
        bar: Bar::new(session, request, place),
        of,
        found,
        looked_at,
        next,
    };
    page::html(200, &page)
}

impl Group {
    fn new(found: &Duplicates, session: &Session) -> Self {
        let others = found.others.iter();
        Self {
            record: Record::new(&found.customer, session.customer_model()),
            others: others.map(|other| Other::new(&found.customer, other, session)).collect(),
        }
    }
}

impl Other {
    fn new(customer: &Customer, other: &Duplicate, session: &Session) -> Self {
        let observations = other.judgement.observations();
        let scale = observations.iter().map(|one| one.weight.abs()).fold(LEAST_SCALE, f64::max);
        let model = session.customer_model();
        let conflicts: Vec<&str> = other.conflicts.iter().map(|name| label_of(name, model)).collect();
        // The record that was made first stays, unless whoever merges decides otherwise.
        let (first, second) = (customer.id.min(other.customer.id), customer.id.max(other.customer.id));
        Self {
            record: Record::new(&other.customer, model),
            confidence: words(other.confidence),
            is_certain: other.confidence == Confidence::Certain,
            reasons: Reason::all(&observations, scale),
            conflicts: (!conflicts.is_empty()).then(|| Text::new(&conflicts.join(", "))),
            merge: page::may_edit(session).then(|| format!("/desk/merge/{first}/{second}")),
        }
    }
}

fn words(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "next to no doubt",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    }
}
