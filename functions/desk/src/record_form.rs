//! The form of a record: a customer or a case, to be created or edited. What is sent becomes the JSON that Khoros would send.

use agent::{
    text::Text,
    timeline::{Entry, Page},
};
use askama::Template;
use crm_domain::{FieldDefinition, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::{OnceKey, Session};
use khoros::wire;
use serde_json::{Map, Value};

use crate::{
    curl::Exchange,
    form::{self, Input, Kind, Problem},
    page::{self, Bar, INLINE, Inline, Place, SAVED},
    random_word::random_word,
};

/// The input that says what is to be done, and its value for looking at Khoros' request first. Fields of data models have no hyphens.
const DO: &str = "form-do";
const SHOW: &str = "show";
/// The input with a word by which a form that is sent twice creates one record.
const ONCE: &str = "form-once";
/// The longest such word that is read.
const LONGEST_WORD: usize = 64;

#[derive(Template)]
#[template(path = "record_form.html")]
struct RecordFormPage<'a> {
    inline: &'static Inline,
    bar: Bar,
    about: &'a RecordForm<'a>,
    /// The word that the form repeats, if it creates a record.
    once: Option<String>,
    inputs: Vec<Input>,
    notice: Option<String>,
    exchange: Option<Exchange>,
}

/// What a form is about.
pub struct RecordForm<'a> {
    /// The heading.
    pub title: &'static str,
    /// The record that it belongs to, and its page.
    pub of: Option<(Text, String)>,
    /// Where it is sent.
    pub action: String,
    /// The button's text.
    pub save: &'static str,
    /// The fields, each with its stored value.
    pub fields: Vec<(&'a FieldDefinition, String)>,
    /// Khoros' request: method and path under `/api/v1`.
    pub khoros: (&'static str, String),
    /// The end of the conversation of the case that it is about, and where earlier messages are.
    pub conversation: Option<(Page, String)>,
}

/// What a request with a form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The form.
    Form,
    /// What Khoros would send.
    Request,
    /// To store it.
    Save,
}

impl Asked {
    /// Reads a request.
    fn of(request: &Request) -> Self {
        match request.method.as_str() {
            "POST" if request.form_value(DO) == SHOW => Self::Request,
            "POST" => Self::Save,
            _ => Self::Form,
        }
    }
}

impl RecordForm<'_> {
    /// The form, Khoros' request, or the way to the page of the record that `store` has stored the body in.
    ///
    /// # Errors
    /// Those of `store` that nobody can correct in the form.
    pub async fn answer<Stored>(
        &self,
        session: &Session,
        request: &Request,
        body: Map<String, Value>,
        store: impl FnOnce(Map<String, Value>) -> Stored,
    ) -> Result<Response, Error>
    where
        Stored: Future<Output = Result<String, Error>>,
    {
        match Asked::of(request) {
            Asked::Form => self.show(session, request),
            Asked::Request => self.show_request(session, request, body),
            Asked::Save => match store(body.clone()).await {
                Ok(link) => Ok(page::see_other(&format!("{link}?{SAVED}=1"))),
                Err(error) => self.refuse(session, request, body, error),
            },
        }
    }

    /// Whatever was typed, as the body of a create.
    pub fn filled(&self, request: &Request) -> Map<String, Value> {
        let typed = self.fields.iter().filter_map(|(field, _)| {
            let value = form::typed(field, request).filter(|value| !value.is_empty())?;
            Some((field.name.clone(), value.into()))
        });
        typed.collect()
    }

    /// Whatever was changed, as the body of an update. An emptied field is cleared.
    pub fn changes(&self, request: &Request) -> Map<String, Value> {
        let changed = self.fields.iter().filter_map(|(field, _)| {
            let value = form::changed(field, request)?;
            let value = if value.is_empty() { Value::Null } else { value.into() };
            Some((field.name.clone(), value))
        });
        changed.collect()
    }

    /// The form, empty or with what is stored.
    fn show(&self, session: &Session, request: &Request) -> Result<Response, Error> {
        self.page(session, request, &Problem::default(), None)
    }

    /// The form with what was typed, and the request that Khoros would send.
    fn show_request(&self, session: &Session, request: &Request, body: Map<String, Value>) -> Result<Response, Error> {
        self.page(session, request, &Problem::default(), Some(self.exchange(request, body)))
    }

    /// The form with what was typed, and what is wrong with it, as Khoros would be told, too.
    fn refuse(&self, session: &Session, request: &Request, body: Map<String, Value>, error: Error) -> Result<Response, Error> {
        let answer = wire::error(&error, request);
        let told: Option<Value> = answer.body.and_then(|body| serde_json::from_str(&body).ok());
        let exchange = self.exchange(request, body).answered(answer.status, told.as_ref());
        self.page(session, request, &Problem::of(error)?, Some(exchange))
    }

    fn exchange(&self, request: &Request, body: Map<String, Value>) -> Exchange {
        let (method, path) = &self.khoros;
        Exchange::request(method, &request.origin(), path, &body.into())
    }

    fn page(&self, session: &Session, request: &Request, problem: &Problem, exchange: Option<Exchange>) -> Result<Response, Error> {
        let fields = self.fields.iter();
        let is_new = self.khoros.0 == "POST";
        let inputs: Vec<Input> = fields
            .map(|(field, stored)| {
                let input = Input::edited(field, stored, request).with_mistake_of(&problem.fields);
                let before = input.before.filter(|_| !is_new);
                Input { before, ..input }
            })
            .collect();
        let page = RecordFormPage {
            inline: &INLINE,
            bar: Bar::new(session, request, Place::Elsewhere),
            about: self,
            once: is_new.then(|| once_word(request)).transpose()?,
            notice: problem.above(&inputs),
            inputs,
            exchange,
        };
        page::html(problem.status(), &page)
    }
}

fn once_word(request: &Request) -> Result<String, Error> {
    match request.form_value(ONCE) {
        "" => random_word(),
        word => Ok(word.chars().take(LONGEST_WORD).collect()),
    }
}

/// What makes this form's create one, however often the form is sent. Two forms create two records, also equal ones.
pub fn once_key(operation: &str, session: &Session, request: &Request, body: &Map<String, Value>) -> OnceKey {
    let agent = session.actor.agent.as_deref().unwrap_or_default();
    let word: String = request.form_value(ONCE).chars().take(LONGEST_WORD).collect();
    let word = Some(word.as_str()).filter(|word| !word.is_empty());
    OnceKey::new(operation, agent, word, &Value::Object(body.clone()).to_string())
}
