//! Best match, as Khoros would ask for it, with the reasons.

use std::sync::Arc;

use askama::Template;
use crm_domain::{Customer, error::Error};
use crm_lambda::{
    http::{Request, Response},
    local::is_local_stack,
};
use crm_service::Session;
use khoros::{identity, wire};
use serde_json::{Map, Value, json};

use crate::{
    TOKEN, cookie,
    curl::Exchange,
    explained::Verdict,
    form::{Input, Kind},
    page::{self, Bar, INLINE, Inline, Place},
};

/// The members of an identity that are texts, with their labels and hints.
const TEXTS: [(&str, &str, &str); 5] = [
    ("displayName", "Name on the network", "such as Dr. Jane ✨"),
    ("screenName", "Handle", "such as @drjanesparkles"),
    ("profileUrl", "Profile", "such as instagram.com/drjane"),
    ("email", "E-mail address", ""),
    ("description", "Profile description", ""),
];
/// Those that are lists.
const LISTS: [(&str, &str, &str); 4] = [
    ("phoneNumbers", "Telephone numbers", "several with commas between them"),
    ("orderNumbers", "Orders", ""),
    ("accountNumbers", "Accounts", ""),
    ("caseNumbers", "Cases in other systems", ""),
];
/// Those of its address.
const PLACES: [(&str, &str, &str); 4] = [
    ("streetOne", "Street and number", ""),
    ("zip", "Postcode", ""),
    ("city", "City", ""),
    ("state", "State or province", ""),
];
/// The members in the first row; the others unfold.
const FIRST: [&str; 6] = [
    "displayName",
    "screenName",
    "profileUrl",
    "email",
    "phoneNumbers",
    "description",
];

/// The tenant of `make run`.
const DEMO: &str = "demo";

/// An identity to try, which fits the sample of `make run`.
struct Sample {
    label: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

const SAMPLES: [Sample; 6] = [
    Sample {
        label: "A handle and a name",
        fields: &[("displayName", "Dr. Jane ✨"), ("screenName", "@DrJaneSparkles")],
    },
    Sample {
        label: "A name that two people have",
        fields: &[("displayName", "Jane Doe")],
    },
    Sample {
        label: "The same name and a place",
        fields: &[("displayName", "Jane Doe"), ("city", "Leeds"), ("zip", "LS6 3AA")],
    },
    Sample {
        label: "A family’s telephone",
        fields: &[("displayName", "Hugo Molina"), ("phoneNumbers", "+34 612-345-678")],
    },
    Sample {
        label: "Another spelling",
        fields: &[("displayName", "Juergen Weiss"), ("screenName", "juergenwei_demo")],
    },
    Sample {
        label: "A stranger",
        fields: &[("displayName", "Ada Lovelace"), ("screenName", "@countess_of_code")],
    },
];

#[derive(Template)]
#[template(path = "try_it.html")]
struct TryItPage {
    inline: &'static Inline,
    bar: Bar,
    first: Vec<Input>,
    more: Vec<Input>,
    is_more_filled: bool,
    samples: &'static [Sample],
    notice: Option<&'static str>,
    result: Option<Tried>,
}

struct Tried {
    verdict: Verdict,
    exchange: Exchange,
}

/// `POST /desk`, and `GET`, which shows the empty form.
///
/// # Errors
/// Those of the operation.
pub async fn try_it(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    if let Some(token) = request.query_parameter(TOKEN).filter(|_| is_local_stack()) {
        return Ok(page::see_other("/desk").with("set-cookie", cookie::of_token(token)));
    }
    if request.method == "GET" {
        return show(&session, &request, None, None);
    }
    let body = body(&request);
    if body.is_empty() {
        return show(&session, &request, Some("Please fill in what you know of the person."), None);
    }
    let identity = identity::read(body.clone())?;
    let judged = crm_service::judge(&session, &identity).await?;
    let verdict = Verdict::new(&judged, session.strictness(), session.customer_model());
    let found: Vec<Customer> = judged.into_iter().take(verdict.shown.len()).map(|one| one.customer).collect();
    let origin = request.origin();
    let answer = wire::customers(&found, &session, &origin);
    let exchange = Exchange::found(&origin, "/customer/bestmatch", &body.into(), Some(&answer));
    show(&session, &request, None, Some(Tried { verdict, exchange }))
}

/// The identity as Khoros would send it.
fn body(request: &Request) -> Map<String, Value> {
    let typed = |name: &str| Some(request.form_value(name).trim()).filter(|value| !value.is_empty());
    let mut body = Map::new();
    for (name, ..) in TEXTS {
        body.extend(typed(name).map(|value| (name.to_owned(), json!(value))));
    }
    for (name, ..) in LISTS {
        let list = |value: &str| -> Value { value.split(',').map(str::trim).filter(|one| !one.is_empty()).collect() };
        body.extend(typed(name).map(|value| (name.to_owned(), list(value))));
    }
    let place: Map<String, Value> = PLACES
        .iter()
        .filter_map(|(name, ..)| Some(((*name).to_owned(), json!(typed(name)?))))
        .collect();
    if !place.is_empty() {
        body.insert("addresses".to_owned(), json!([place]));
    }
    body
}

fn show(session: &Session, request: &Request, notice: Option<&'static str>, result: Option<Tried>) -> Result<Response, Error> {
    let all = TEXTS.iter().chain(&LISTS).chain(&PLACES);
    let inputs = all.map(|(name, label, hint)| Input::line(name, label, hint, request));
    let (mut first, more): (Vec<Input>, Vec<Input>) = inputs.partition(|input| FIRST.contains(&input.name.as_str()));
    first.sort_by_key(|input| FIRST.iter().position(|name| *name == input.name));
    if let Some(description) = first.iter_mut().find(|input| input.name == "description") {
        description.kind = Kind::Lines;
    }
    let is_demo = is_local_stack() && session.grant.key.tenant.as_str() == DEMO;
    let page = TryItPage {
        inline: &INLINE,
        bar: Bar::new(session, request, Place::TryIt),
        is_more_filled: more.iter().any(Input::is_filled),
        first,
        more,
        samples: if is_demo { &SAMPLES } else { &[] },
        notice,
        result,
    };
    page::html(if notice.is_some() { 422 } else { 200 }, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_of_an_identity_has_an_input() {
        let mut request = Request::default();
        request.body = [
            "displayName=+Ada+&screenName=ada&profileUrl=x.com%2Fada&email=a%40x.example&description=Hi",
            "phoneNumbers=1,+,2&orderNumbers=3&accountNumbers=&caseNumbers=4&city=Ulm&zip=%20&form-code=x",
        ]
        .join("&")
        .into_bytes();
        let body = body(&request);
        let wanted = json!({
            "displayName": "Ada", "screenName": "ada", "profileUrl": "x.com/ada", "email": "a@x.example", "description": "Hi",
            "phoneNumbers": ["1", "2"], "orderNumbers": ["3"], "caseNumbers": ["4"], "addresses": [{"city": "Ulm"}],
        });
        assert_eq!(Value::Object(body.clone()), wanted);
        assert!(identity::read(body).is_ok());
    }

    #[test]
    fn samples_fill_inputs_that_there_are() {
        let names: Vec<&str> = TEXTS.iter().chain(&LISTS).chain(&PLACES).map(|(name, ..)| *name).collect();
        for (name, _) in SAMPLES.iter().flat_map(|sample| sample.fields) {
            assert!(names.contains(name), "{name}");
        }
    }
}
