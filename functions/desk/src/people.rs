//! The search for customers, by the fields of the tenant's own model.

use std::sync::Arc;

use agent::{
    fact::{self, Fact},
    when::When,
};
use askama::Template;
use crm_domain::{Customer, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use khoros::{customers::criteria, wire};
use serde_json::{Map, Value};

use crate::{
    curl::Exchange,
    form::{Input, Kind, Problem},
    page::{self, Bar, INLINE, Inline, Place},
    record::Record,
};

/// How many contact points of a customer a list shows.
const MOST_FACTS: usize = 4;

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    inline: &'static Inline,
    bar: Bar,
    inputs: Vec<Input>,
    notice: Option<String>,
    result: Option<Found>,
    may_edit: bool,
}

struct Found {
    people: Vec<Person>,
    /// Whether there may be more.
    is_cut: bool,
    exchange: Exchange,
}

/// A customer in the list.
struct Person {
    record: Record,
    facts: Vec<Fact>,
    updated: When,
}

/// `POST /desk/people`, and `GET`, which shows the empty form.
///
/// # Errors
/// Those of the operation.
pub async fn find_people(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    if request.method == "GET" {
        return show(&session, &request, Problem::default(), None);
    }
    let body = body(&session, &request);
    let criteria = match criteria(body.clone(), &session) {
        Ok(criteria) => criteria,
        Err(error) => return show(&session, &request, Problem::of(error)?, None),
    };
    let matches = crm_service::search_customers(&session, &criteria).await?;
    let origin = request.origin();
    let answer = (!matches.customers.is_empty()).then(|| wire::customers(&matches.customers, &session, &origin));
    let found = Found {
        people: matches
            .customers
            .iter()
            .map(|customer| Person::new(customer, &session))
            .collect(),
        is_cut: matches.cut,
        exchange: Exchange::found(&origin, "/customers", &body.into(), answer.as_ref()),
    };
    show(&session, &request, Problem::default(), Some(found))
}

/// The criteria as Khoros would send them.
fn body(session: &Session, request: &Request) -> Map<String, Value> {
    let searchable = session.customer_model().fields.iter().filter(|field| field.searchable);
    let typed = searchable.map(|field| (field.name.clone(), request.form_value(&field.name).trim().into()));
    typed.filter(|(_, value): &(String, Value)| value != "").collect()
}

fn show(session: &Session, request: &Request, problem: Problem, result: Option<Found>) -> Result<Response, Error> {
    let status = problem.status();
    let searchable = session.customer_model().fields.iter().filter(|field| field.searchable);
    let page = PeoplePage {
        inline: &INLINE,
        bar: Bar::new(session, request, Place::People),
        inputs: searchable
            .map(|field| Input::criterion(field, request).with_mistake_of(&problem.fields))
            .collect(),
        notice: problem.notice,
        result,
        may_edit: page::may_edit(session),
    };
    page::html(status, &page)
}

impl Person {
    fn new(customer: &Customer, session: &Session) -> Self {
        let model = session.customer_model();
        let mut facts = fact::contact(customer, model)
            .map(|contact| contact.facts)
            .unwrap_or_default();
        facts.truncate(MOST_FACTS);
        Self {
            record: Record::new(customer, model),
            facts,
            updated: customer.updated.at.into(),
        }
    }
}
