//! The list of imports, and the upload of a file.

use std::sync::Arc;

use agent::{text::Text, when::When};
use askama::Template;
use crm_domain::error::Error;
use crm_import::{
    row_result::shown,
    upload::{self, ImportRun, MOST_LINES, Stage, Upload, UploadFailure},
};
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{
    page::{self, Bar, INLINE, Inline, Place},
    upload_form,
};

/// Where imports are.
pub const PATH: &str = "/desk/imports";

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    inline: &'static Inline,
    bar: Bar,
    /// What is wrong with the file.
    mistake: Option<Text>,
    most_lines: u64,
    /// Files that are not imported yet.
    waiting: Vec<Waiting>,
    runs: Vec<Run>,
}

struct Waiting {
    link: String,
    file: Text,
}

struct Run {
    link: String,
    file: Text,
    object: String,
    state: &'static str,
    counts: Option<String>,
    started: When,
}

/// `POST /desk/imports`, and `GET`, which shows the empty form and the runs.
///
/// # Errors
/// Those of the table.
pub async fn imports(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    if request.method != "POST" {
        return show(&session, &request, None).await;
    }
    let Some(form) = upload_form::read(&request).filter(|form| !form.content.is_empty()) else {
        return show(&session, &request, Some("Please choose a file that is not empty.".to_owned())).await;
    };
    match upload::begin_upload(&session, &form.name, &form.content).await {
        Ok(run) => Ok(page::see_other(&path(run.as_str()))),
        Err(UploadFailure::Refused(refused)) => show(&session, &request, Some(refused.to_string())).await,
        Err(UploadFailure::Failed(error)) => Err(error),
    }
}

/// The page of a run.
pub fn path(run: &str) -> String {
    format!("{PATH}/{run}")
}

async fn show(session: &Session, request: &Request, mistake: Option<String>) -> Result<Response, Error> {
    let (uploads, runs) = upload::list_runs(session).await?;
    let is_waiting = |upload: &&Upload| matches!(upload.head.stage, Stage::Columns | Stage::Checking | Stage::Checked);
    let status = if mistake.is_some() { 422 } else { 200 };
    let page = ImportsPage {
        inline: &INLINE,
        bar: Bar::new(session, request, Place::Imports),
        mistake: mistake.as_deref().map(Text::new),
        most_lines: MOST_LINES,
        waiting: uploads.iter().filter(is_waiting).map(Waiting::new).collect(),
        runs: runs.iter().map(Run::new).collect(),
    };
    page::html(status, &page)
}

impl Waiting {
    fn new(upload: &Upload) -> Self {
        Self {
            link: path(upload.run.as_str()),
            file: Text::new(&upload.head.file),
        }
    }
}

impl Run {
    fn new(run: &ImportRun) -> Self {
        Self {
            link: path(run.run.as_str()),
            file: Text::new(&run.file),
            object: run.object.clone(),
            state: state(run),
            counts: run.finished.map(|_| shown(run.counts)),
            started: run.started.into(),
        }
    }
}

/// How far a run is, in words.
pub fn state(run: &ImportRun) -> &'static str {
    match (run.undone, run.finished) {
        (Some(_), _) => "undone",
        (None, Some(_)) => "finished",
        (None, None) => "unfinished",
    }
}
