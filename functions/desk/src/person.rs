//! A customer, with cases, conversation and history.

use std::sync::Arc;

use agent::{
    customer::{CustomerRecord, Turn},
    timeline::Entry,
    when::When,
};
use askama::Template;
use crm_domain::{Customer, Merged, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{
    WAYS,
    history::{Line, MOST_ENTRIES},
    page::{self, Bar, INLINE, Inline, Place},
};

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    inline: &'static Inline,
    bar: Bar,
    record: CustomerRecord,
    is_saved: bool,
    /// What can be done with it, as far as the person may.
    tools: Vec<Tool>,
    /// Where the records are that may be of the same person.
    duplicates: String,
    merges: Vec<MergeMark>,
    history: Vec<Line>,
    /// Whether there are older entries.
    is_cut: bool,
}

/// A link to a form about the record, or to a file.
struct Tool {
    text: &'static str,
    link: String,
    is_file: bool,
}

/// A record that was merged into this one.
struct MergeMark {
    id: String,
    receipt: String,
    when: When,
}

/// `GET /desk/people/{id}`.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn person(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let (asked, turn) = (request.path_parameter("id"), Turn::of(&request));
    let overview = crm_service::customer_overview(&session, asked, turn.entries()).await?;
    let entries = crm_service::customer_history(&session, &overview.customer, MOST_ENTRIES + 1).await?;
    let model = session.customer_model();
    let link = WAYS.to_customer(overview.customer.id);
    let page = PersonPage {
        inline: &INLINE,
        bar: Bar::new(&session, &request, Place::Elsewhere),
        record: CustomerRecord::new(&session, asked, &overview, turn, &WAYS),
        is_saved: page::is_saved(&request),
        tools: Tool::all(&session, &overview.customer, &link),
        duplicates: format!("{link}/duplicates"),
        merges: overview.customer.merged.iter().map(MergeMark::new).collect(),
        history: entries
            .iter()
            .take(MOST_ENTRIES)
            .map(|entry| Line::new(entry, model))
            .collect(),
        is_cut: entries.len() > MOST_ENTRIES,
    };
    page::html(200, &page)
}

impl Tool {
    fn all(session: &Session, customer: &Customer, record: &str) -> Vec<Self> {
        let tool = |text, path: &str| Self {
            text,
            link: format!("{record}/{path}"),
            is_file: path == "export",
        };
        let mut tools = Vec::new();
        if page::may_edit(session) {
            tools.extend([tool("Edit", "edit"), tool("New case", "new-case")]);
            tools.extend(customer.accounts().next().map(|_| tool("Accounts", "accounts")));
        }
        if page::may_administer(session) {
            tools.extend([tool("Export", "export"), tool("Erase", "erase")]);
        }
        tools
    }
}

impl MergeMark {
    fn new(merged: &Merged) -> Self {
        Self {
            id: merged.id.to_string(),
            receipt: merged.receipt.to_string(),
            when: merged.at.into(),
        }
    }
}
