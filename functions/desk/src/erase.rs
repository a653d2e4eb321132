//! The erasure of a person: what would go, the confirmation, and the receipt.

use std::sync::Arc;

use agent::when::When;
use askama::Template;
use crm_domain::{
    Customer, CustomerId,
    error::{Absent, Error},
};
use crm_lambda::http::{Request, Response};
use crm_service::{DataCounts, DataKind, Erasure, ErasureState, Session};

use crate::{
    WAYS,
    form::{Input, Kind},
    page::{self, Bar, INLINE, Inline, Place},
    record::Record,
};

/// The input in which the customer's id is typed.
const CONFIRM: &str = "confirm";
/// The input that says what is to be done, and its value for going on with an erasure.
const DO: &str = "do";
const COMPLETE: &str = "complete";

#[derive(Template)]
#[template(path = "erase.html")]
struct ErasePage {
    inline: &'static Inline,
    bar: Bar,
    record: Record,
    /// What would go; `None` if that is too much to be counted here.
    parts: Option<Vec<Part>>,
    confirm: Input,
    action: String,
}

#[derive(Template)]
#[template(path = "erased.html")]
struct ErasedPage {
    inline: &'static Inline,
    bar: Bar,
    receipt: String,
    at: When,
    /// What is gone, where this page has counted it.
    parts: Vec<Part>,
    digests: Option<usize>,
    is_complete: bool,
    action: String,
}

/// So many items of a kind.
struct Part {
    count: u64,
    what: &'static str,
}

/// `POST /desk/people/{id}/erase`, and `GET`, which shows what would go, or the receipt.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn erase(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    // A text that is no id names no customer.
    let id = CustomerId::parse(request.path_parameter("id")).ok_or(Error::NotFound(Absent::Customer))?;
    let is_sent = request.method == "POST";
    if is_sent && request.form_value(DO) == COMPLETE {
        return match crm_service::complete_erasure(&session, id).await {
            Ok((erasure, is_complete)) => receipt(&session, &request, id, &erasure, is_complete),
            // Another request has completed it.
            Err(Error::NotFound(_)) => state(&session, &request, id).await,
            Err(error) => Err(error),
        };
    }
    let Some(customer) = crm_service::customer_of_number(&session, id).await? else {
        return state(&session, &request, id).await;
    };
    let typed = request.form_value(CONFIRM).trim();
    if is_sent && typed.eq_ignore_ascii_case(&customer.id.to_string()) {
        let erasure = crm_service::erase_person(&session, customer.id).await?;
        return receipt(&session, &request, customer.id, &erasure, false);
    }
    ask(&session, &request, &customer, is_sent).await
}

async fn ask(session: &Session, request: &Request, customer: &Customer, is_wrong: bool) -> Result<Response, Error> {
    let parts = crm_service::plan_erasure(session, customer.id).await?;
    let mut confirm = Input::line(CONFIRM, "The customer’s id", "Type it as it stands above.", request);
    confirm.mistake = is_wrong.then(|| "This is not the id of this customer. Nothing was erased.".to_owned());
    let page = ErasePage {
        inline: &INLINE,
        bar: Bar::new(session, request, Place::Elsewhere),
        record: Record::new(customer, session.customer_model()),
        parts: parts.as_ref().map(Part::all),
        confirm,
        action: path(customer.id),
    };
    page::html(if is_wrong { 422 } else { 200 }, &page)
}

/// The receipt of an erasure that was begun before.
async fn state(session: &Session, request: &Request, id: CustomerId) -> Result<Response, Error> {
    match crm_service::erasure_state(session, id).await? {
        ErasureState::UnderWay(erasure) => receipt(session, request, id, &erasure, false),
        ErasureState::Done(erased) => {
            let page = ErasedPage {
                inline: &INLINE,
                bar: Bar::new(session, request, Place::Elsewhere),
                receipt: erased.number.to_string(),
                at: erased.at.into(),
                parts: Vec::new(),
                digests: None,
                is_complete: true,
                action: path(id),
            };
            page::html(200, &page)
        }
    }
}

fn receipt(session: &Session, request: &Request, id: CustomerId, erasure: &Erasure, is_complete: bool) -> Result<Response, Error> {
    let page = ErasedPage {
        inline: &INLINE,
        bar: Bar::new(session, request, Place::Elsewhere),
        receipt: erasure.number.to_string(),
        at: erasure.at.into(),
        parts: Part::all(&erasure.parts),
        digests: Some(erasure.digests),
        is_complete,
        action: path(id),
    };
    page::html(200, &page)
}

fn path(id: CustomerId) -> String {
    format!("{}/erase", WAYS.to_customer(id))
}

impl Part {
    fn all(counts: &DataCounts) -> Vec<Self> {
        let some = DataKind::ALL.into_iter().filter_map(|kind| {
            let count = *counts.get(&kind)?;
            (count > 0).then(|| Self {
                count,
                what: crm_service::words_of(kind, count),
            })
        });
        some.collect()
    }
}
