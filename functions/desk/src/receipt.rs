//! The receipt of a merge, and taking the merge back.

use std::sync::Arc;

use agent::{customer::ChangeMark, text::Text};
use askama::Template;
use crm_domain::{
    MergeId,
    error::{Absent, Error},
};
use crm_lambda::http::{Request, Response};
use crm_service::{Merge, SeparateRefusal, Session};

use crate::{
    WAYS,
    difference::label_of,
    page::{self, Bar, INLINE, Inline, Place},
};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    inline: &'static Inline,
    bar: Bar,
    receipt: String,
    survivor: String,
    survivor_link: String,
    merged: String,
    merged_link: String,
    made: ChangeMark,
    undone: Option<ChangeMark>,
    take: Option<Text>,
    overruled: Option<Text>,
    kept: Option<Text>,
    cases: usize,
    may_undo: bool,
    /// A later merge, which has to be taken back before this one.
    later: Option<MergeId>,
}

/// `GET /desk/merges/{receipt}`.
///
/// # Errors
/// [`Error::NotFound`] if there is no such merge, or the person was erased.
pub async fn receipt(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    show(&session, &request, None).await
}

/// `POST /desk/merges/{receipt}/undo`, and `GET`, which leads to the receipt.
///
/// # Errors
/// [`Error::NotFound`] if there is no such merge, or the person was erased.
pub async fn undo(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let id = id(&request)?;
    if request.method != "POST" {
        return Ok(to_receipt(id));
    }
    match crm_service::undo_merge(&session, id, &[]).await {
        Ok(_) => Ok(to_receipt(id)),
        Err(SeparateRefusal::Blocked(later)) => show(&session, &request, Some(later)).await,
        Err(refusal) => Err(told(refusal)),
    }
}

fn told(refusal: SeparateRefusal) -> Error {
    match refusal {
        SeparateRefusal::Failed(error) => error,
        _ => Error::NotFound(Absent::Customer),
    }
}

async fn show(session: &Session, request: &Request, later: Option<MergeId>) -> Result<Response, Error> {
    let merge = crm_service::find_merge(session, id(request)?).await.map_err(told)?;
    page::html(
        if later.is_some() { 409 } else { 200 },
        &ReceiptPage::new(session, request, &merge, later),
    )
}

impl ReceiptPage {
    fn new(session: &Session, request: &Request, merge: &Merge, later: Option<MergeId>) -> Self {
        let receipt = &merge.receipt;
        let listed = |names: &[String]| {
            let labels: Vec<&str> = names.iter().map(|name| label_of(name, session.customer_model())).collect();
            (!labels.is_empty()).then(|| Text::new(&labels.join(", ")))
        };
        Self {
            inline: &INLINE,
            bar: Bar::new(session, request, Place::Elsewhere),
            receipt: receipt.id.to_string(),
            survivor: receipt.survivor.to_string(),
            survivor_link: WAYS.to_customer(receipt.survivor),
            merged: receipt.id.merged.to_string(),
            merged_link: WAYS.to_customer(receipt.id.merged),
            made: (&receipt.made).into(),
            undone: receipt.undone.as_ref().map(Into::into),
            take: listed(&receipt.take),
            overruled: listed(&receipt.overruled),
            kept: listed(&receipt.kept),
            cases: merge.cases.len(),
            may_undo: receipt.undone.is_none() && page::may_edit(session),
            later,
        }
    }
}

fn to_receipt(id: MergeId) -> Response {
    page::see_other(&format!("/desk/merges/{id}"))
}

fn id(request: &Request) -> Result<MergeId, Error> {
    // A text that is no receipt names no merge.
    MergeId::parse(request.path_parameter("receipt")).ok_or(Error::NotFound(Absent::Customer))
}
