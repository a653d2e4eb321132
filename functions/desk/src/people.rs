//! The search for customers, by the fields of the tenant's own model.

use std::sync::Arc;

use agent::{
    customer::names,
    fact::{self, Fact},
    text::Text,
    when::When,
};
use askama::Template;
use crm_domain::{
    Customer,
    error::{Error, FieldError},
};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use khoros::{customers::criteria, wire};
use serde_json::{Map, Value};

use crate::{
    WAYS,
    curl::Exchange,
    form::{Input, Kind},
    page::{self, Bar, INLINE, Inline, Place},
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
}

struct Found {
    people: Vec<Person>,
    /// Whether there may be more.
    is_cut: bool,
    exchange: Exchange,
}

/// A customer in the list.
struct Person {
    name: Text,
    full_name: Option<Text>,
    id: String,
    link: String,
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
        Err(Error::Malformed(sentence)) => return show(&session, &request, Problem::of_all(sentence), None),
        Err(Error::Invalid(fields) | Error::UnknownFields(fields)) => {
            return show(&session, &request, Problem::of_fields(fields), None);
        }
        Err(other) => return Err(other),
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
        exchange: Exchange::new(&origin, "/customers", &body.into(), answer.as_ref()),
    };
    show(&session, &request, Problem::default(), Some(found))
}

/// The criteria as Khoros would send them.
fn body(session: &Session, request: &Request) -> Map<String, Value> {
    let searchable = session.customer_model().fields.iter().filter(|field| field.searchable);
    let typed = searchable.map(|field| (field.name.clone(), request.form_value(&field.name).trim().into()));
    typed.filter(|(_, value): &(String, Value)| value != "").collect()
}

/// What is wrong with what was typed.
#[derive(Debug, Default)]
struct Problem {
    notice: Option<String>,
    fields: Vec<FieldError>,
}

impl Problem {
    fn of_all(sentence: String) -> Self {
        Self {
            notice: Some(sentence),
            fields: Vec::new(),
        }
    }

    fn of_fields(fields: Vec<FieldError>) -> Self {
        Self { notice: None, fields }
    }

    fn status(&self) -> u16 {
        if self.notice.is_none() && self.fields.is_empty() {
            200
        } else {
            422
        }
    }
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
    };
    page::html(status, &page)
}

impl Person {
    fn new(customer: &Customer, session: &Session) -> Self {
        let model = session.customer_model();
        let (name, full_name) = names(customer, model);
        let mut facts = fact::contact(customer, model)
            .map(|contact| contact.facts)
            .unwrap_or_default();
        facts.truncate(MOST_FACTS);
        Self {
            name,
            full_name,
            id: customer.id.to_string(),
            link: WAYS.to_customer(customer.id),
            facts,
            updated: customer.updated.at.into(),
        }
    }
}
