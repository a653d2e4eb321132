//! The operation `searchCustomers`.

use std::{collections::BTreeSet, sync::Arc};

use crm_domain::{Customer, CustomerId, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::{Directory, DirectoryQuery, MOST_FOUND, Session, search_directory};
use serde_json::{Value, json};

use crate::{
    actor::Actor,
    parameters::{self, Parameters, ShownPart},
    representation::Representation,
    rules,
    wire::{self, View},
};

/// `GET core/customermgr/v3/customer` (`searchCustomers`).
pub async fn search_customers(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let actor = Actor::of(&session)?;
    let representation = Representation::of(&request)?;
    let asked = parameters::read(request.query_parameters().to_vec(), &actor, &session)?;
    let found = match &actor {
        // Documented: customers see their own profile, whatever department it is in.
        Actor::Customer(id) => vec![own_record(&session, *id).await?],
        Actor::Client | Actor::User(_) => found(&session, &actor, &asked).await?,
    };
    let view = View {
        settings: &session.grant.settings,
        language: representation.language,
        selection: &asked.attributes,
        is_own: matches!(actor, Actor::Customer(_)),
    };
    let count = found.len();
    let sorted = asked.sorting.sorted(found);
    let (before, most) = asked.part.bounds();
    let shown: Vec<Value> = sorted
        .iter()
        .skip(before)
        .take(most)
        .map(|one| wire::customer(one, &view))
        .collect();
    if shown.is_empty() {
        return Ok(Response::no_content());
    }
    let shown_count = shown.len();
    let mut body = json!({});
    if !view.is_own {
        body["link"] = json!([wire::link("self", &wire::request_link(&asked.received))]);
    }
    body["customer"] = shown.into();
    if let (ShownPart::Page { number, size }, false) = (asked.part, view.is_own) {
        body["paginationInfo"] = pagination(&asked, count, number, size);
    }
    let answer = representation.answer(200, "customers", &body)?;
    // One customer always fits, so that asking for fewer helps.
    if !answer.is_sendable() {
        let fewer = (shown_count / 2).max(1).to_string();
        return Err(rules::invalid(asked.part.size_parameter(), "at-most", &fewer));
    }
    Ok(answer)
}

/// The record of a customer who asks for themselves. Without a record their key is refused, so that a deletion or
/// erasure ends it at once and without a write. Inferred.
async fn own_record(session: &Session, id: CustomerId) -> Result<Customer, Error> {
    let found = crm_service::customer_of_number(session, id).await?;
    found.ok_or(Error::Unauthorized("the customer whose key this is has no record"))
}

async fn found(session: &Session, actor: &Actor, asked: &Parameters) -> Result<Vec<Customer>, Error> {
    let query = DirectoryQuery {
        questions: asked.questions.clone(),
        kind: asked.kind,
        departments: departments(session, actor, asked),
    };
    let (reason, names) = match search_directory(session, &query).await? {
        Directory::Found(customers) => return Ok(customers),
        Directory::TooMany => ("too-many", MOST_FOUND.to_string()),
        Directory::TooBroad => ("too-broad", String::new()),
    };
    let criteria = asked.received.keys().filter(|name| rules::CRITERIA.contains(&name.as_str()));
    let criteria: Vec<&str> = criteria.map(String::as_str).collect();
    Err(rules::invalid(&criteria.join(", "), reason, &names))
}

/// The departments whose customers the actor sees; `None` for all customers. Inferred: with departments off, the
/// parameter is ignored, and an unknown department has no customers.
fn departments(session: &Session, actor: &Actor, asked: &Parameters) -> Option<BTreeSet<String>> {
    let settings = &session.grant.settings;
    if !settings.tenant.departmentalized {
        return None;
    }
    match actor {
        Actor::User(departments) => Some(departments.clone()),
        Actor::Client | Actor::Customer(_) => asked.department.as_ref().map(|wanted| {
            let named = settings.tenant.departments.iter().filter(|(_, name)| *name == wanted);
            named.map(|(id, _)| id.clone()).collect()
        }),
    }
}

/// The answer's `paginationInfo` (section 4.1). `count` is the number of matching customers.
fn pagination(asked: &Parameters, count: usize, number: usize, size: usize) -> Value {
    let mut links = Vec::new();
    let link = |rel, number: usize| {
        let mut parameters = asked.received.clone();
        parameters.insert(rules::PAGE_NUMBER.to_owned(), number.to_string());
        wire::link(rel, &wire::request_link(&parameters))
    };
    if number > 1 {
        links.push(link("prev", number - 1));
    }
    if number.saturating_mul(size) < count {
        links.push(link("next", number + 1));
    }
    let mut wire = json!({"count": count, "pagenum": number, "pagesize": size});
    if !links.is_empty() {
        wire["link"] = links.into();
    }
    wire
}
