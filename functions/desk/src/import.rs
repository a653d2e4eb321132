//! An import: its columns and their fields, what it would do, its progress, its result, and taking it back.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc};

use agent::text::Text;
use askama::Template;
use crm_domain::{ObjectStructure, error::Error};
use crm_import::{
    columns::{BRAND, CREATED, CREATED_BY, DEPARTMENT, EXTERNAL_ID, Format, ID, KIND, Object, UPDATED, UPDATED_BY},
    manner::{Manner, MatchOn},
    mapping::Column,
    row_result::shown,
    times::DateOrder,
    upload::{self, Choices, Found, ImportRun, Reason, Stage, Understood, UnderstoodRow, Upload, UploadFailure},
};
use crm_lambda::{
    http::{Request, Response},
    local::is_local_stack,
};
use crm_service::Session;

use crate::{
    form::{Choice, Input, Kind},
    imports::{self, path},
    page::{self, Bar, INLINE, Inline, Place},
};

/// How many rows a second are applied. A customer with ten fields costs some 80 write units, so these take half of what a new table has, as
/// `crm import` does by default.
const RATE: NonZeroU32 = NonZeroU32::MIN.saturating_add(24);
/// The same for a database on this machine, which has nobody else to serve.
const LOCAL_RATE: NonZeroU32 = NonZeroU32::MIN.saturating_add(4_999);
/// The input that says what is to be done.
const DO: &str = "do";
/// The beginning of the names of the inputs with columns' fields.
const COLUMN: &str = "column-";
const MATCH: &str = "match";
const DATES: &str = "dates";
const WRONG_CELLS: &str = "wrong-cells";
const EMPTY_CELLS: &str = "empty-cells";
/// The value of an input that stands for a flag.
const YES: &str = "yes";

#[derive(Template)]
#[template(path = "import.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct ImportPage {
    inline: &'static Inline,
    bar: Bar,
    title: &'static str,
    file: Text,
    /// Where the forms are sent, and where the page is loaded again.
    action: String,
    stage: Stage,
    is_paused: bool,
    notice: Option<Text>,
    encoding: String,
    /// The choice of columns and their fields, and how rows are read.
    columns: Vec<Input>,
    options: Vec<Input>,
    preview: Option<Preview>,
    reported: u64,
    lines: u64,
    /// The results so far, in words.
    counts: String,
    rejected: u64,
    has_rejected: bool,
    is_text_gone: bool,
    /// Whether the import would write anything, or has.
    has_written: bool,
    reasons: Vec<Mistake>,
    alike: u64,
    undone: String,
    kept: u64,
}

impl ImportPage {
    /// Whether the next request goes on with the work.
    fn is_working(&self) -> bool {
        matches!(self.stage, Stage::Checking | Stage::Importing | Stage::Undoing) && !self.is_paused
    }

    /// Whether all rows were tried or imported.
    fn is_complete(&self) -> bool {
        matches!(self.stage, Stage::Checked | Stage::Done)
    }
}

/// The first rows as they are understood, side by side.
struct Preview {
    /// Their numbers.
    rows: Vec<u64>,
    fields: Vec<PreviewField>,
    /// The rows that are wrong.
    problems: Vec<PreviewProblem>,
}

struct PreviewField {
    label: Text,
    /// A value of each row.
    values: Vec<Text>,
}

struct PreviewProblem {
    row: u64,
    text: Text,
}

/// The same mistake of many rows.
struct Mistake {
    field: Text,
    message: Text,
    rows: u64,
    first: u64,
}

impl Mistake {
    fn new(reason: &Reason) -> Self {
        Self {
            field: Text::new(&reason.field),
            message: Text::new(&reason.message),
            rows: reason.rows,
            first: reason.first,
        }
    }
}

#[derive(Template)]
#[template(path = "import_run.html")]
struct RunPage {
    inline: &'static Inline,
    bar: Bar,
    file: Text,
    action: String,
    state: &'static str,
    counts: Option<String>,
    is_undone: bool,
}

/// `POST /desk/imports/{run}`, and `GET`, which shows the import, and goes on with work that a form has begun.
///
/// # Errors
/// [`Error::UnknownPath`].
pub async fn import(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let found = upload::find_run(&session, request.path_parameter("run")).await?;
    let found = found.ok_or(Error::UnknownPath)?;
    if request.method == "POST" {
        return act(&session, &request, found).await;
    }
    match found {
        Found::Upload(upload) => {
            let rate = if is_local_stack() { LOCAL_RATE } else { RATE };
            let upload = upload::go_on(&session, *upload, rate).await?;
            show(&session, &request, &upload, None, &[]).await
        }
        Found::Run(run) => show_run(&session, &request, &run),
    }
}

async fn act(session: &Session, request: &Request, found: Found) -> Result<Response, Error> {
    let run = match &found {
        Found::Upload(upload) => upload.run.clone(),
        Found::Run(run) => run.run.clone(),
    };
    match (request.form_value(DO), found) {
        ("check", Found::Upload(upload)) => return choose(session, request, *upload).await,
        ("columns", Found::Upload(upload)) => upload::choose_again(session, *upload).await?,
        ("import", Found::Upload(upload)) => upload::begin_import(session, *upload).await?,
        ("pause", Found::Upload(upload)) => upload::pause(session, *upload, true).await?,
        ("continue", Found::Upload(upload)) => upload::pause(session, *upload, false).await?,
        ("undo", found) => upload::begin_undo(session, found).await?,
        ("forget", Found::Upload(upload)) => {
            upload::forget(session, &upload).await?;
            return Ok(page::see_other(imports::PATH));
        }
        _ => {}
    }
    Ok(page::see_other(&path(run.as_str())))
}

async fn choose(session: &Session, request: &Request, upload: Upload) -> Result<Response, Error> {
    let fields: Vec<Option<String>> = (0..upload.head.columns.len())
        .map(|at| Some(request.form_value(&format!("{COLUMN}{at}")).to_owned()).filter(|field| !field.is_empty()))
        .collect();
    let choices = Choices {
        fields: fields.clone(),
        empty_clears: request.form_value(EMPTY_CELLS) == YES,
        manner: Manner {
            skip_bad_cells: request.form_value(WRONG_CELLS) == YES,
            match_on: match_on(request.form_value(MATCH)),
            dates: dates(request.form_value(DATES)),
            ..Manner::default()
        },
    };
    let mut chosen = upload.clone();
    chosen.head.choose(choices.clone());
    let repeated = repeated(&fields);
    if !repeated.is_empty() {
        return show(session, request, &chosen, None, &repeated).await;
    }
    if fields.iter().all(Option::is_none) {
        let notice = "Please choose a field for at least one column.".to_owned();
        return show(session, request, &chosen, Some(notice), &[]).await;
    }
    let run = upload.run.clone();
    match upload::choose(session, upload, choices).await {
        Ok(_) => Ok(page::see_other(&path(run.as_str()))),
        Err(UploadFailure::Refused(refused)) => show(session, request, &chosen, Some(refused.to_string()), &[]).await,
        Err(UploadFailure::Failed(error)) => Err(error),
    }
}

/// The places of columns whose field an earlier one has.
fn repeated(fields: &[Option<String>]) -> Vec<usize> {
    let is_repeated = |at: &usize| fields[*at].is_some() && fields[..*at].contains(&fields[*at]);
    (0..fields.len()).filter(is_repeated).collect()
}

fn match_on(value: &str) -> Option<MatchOn> {
    match value {
        "email" => Some(MatchOn::Email),
        "phone" => Some(MatchOn::Phone),
        "best" => Some(MatchOn::Best),
        _ => None,
    }
}

fn dates(value: &str) -> Option<DateOrder> {
    match value {
        "day-first" => Some(DateOrder::DayFirst),
        "month-first" => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

async fn show(
    session: &Session,
    request: &Request,
    upload: &Upload,
    notice: Option<String>,
    repeated: &[usize],
) -> Result<Response, Error> {
    let head = &upload.head;
    let model = session.customer_model();
    let status = if notice.is_some() || !repeated.is_empty() { 422 } else { 200 };
    let (mut columns, mut options, mut preview) = (Vec::new(), Vec::new(), None);
    let mut is_text_gone = false;
    if matches!(head.stage, Stage::Columns | Stage::Checked) || status != 200 {
        let understood = match upload::understood(session, upload).await {
            Ok(understood) => understood,
            // A field has two columns, or the model has lost one: what is chosen is shown without its meaning.
            Err(UploadFailure::Refused(_)) => Understood::default(),
            Err(UploadFailure::Failed(error)) => return Err(error),
        };
        is_text_gone = understood.is_text_gone;
        preview = Preview::new(&head.columns, &understood, model);
        if head.stage != Stage::Checked || status != 200 {
            columns = inputs(&head.columns, &understood, repeated, model);
            options = self::options(&head.manner, head.empty_clears);
        }
    }
    let counts = head.counts;
    let page = ImportPage {
        inline: &INLINE,
        bar: Bar::new(session, request, Place::Imports),
        title: if status == 200 {
            title(head.stage)
        } else {
            title(Stage::Columns)
        },
        file: Text::new(&head.file),
        action: path(upload.run.as_str()),
        stage: if status == 200 { head.stage } else { Stage::Columns },
        is_paused: head.is_paused,
        notice: notice.as_deref().map(Text::new),
        encoding: head.encoding.clone(),
        columns,
        options,
        preview,
        reported: head.reported,
        lines: head.lines,
        counts: shown(counts),
        rejected: counts.rejected,
        has_rejected: head.has_rejected,
        is_text_gone: head.is_text_gone || is_text_gone,
        has_written: counts.created + counts.updated > 0,
        reasons: head.reasons.iter().map(Mistake::new).collect(),
        alike: head.alike,
        undone: format!(
            "{} removed, {} restored, {} undone already, {} kept",
            head.undone.removed, head.undone.restored, head.undone.before, head.undone.kept
        ),
        kept: head.undone.kept,
    };
    page::html(status, &page)
}

fn show_run(session: &Session, request: &Request, run: &ImportRun) -> Result<Response, Error> {
    let page = RunPage {
        inline: &INLINE,
        bar: Bar::new(session, request, Place::Imports),
        file: Text::new(&run.file),
        action: path(run.run.as_str()),
        state: imports::state(run),
        counts: run.finished.map(|_| shown(run.counts)),
        is_undone: run.undone.is_some(),
    };
    page::html(200, &page)
}

fn title(stage: Stage) -> &'static str {
    match stage {
        Stage::Columns => "Which column is which field?",
        Stage::Checking => "Trying the rows",
        Stage::Checked => "What the import would do",
        Stage::Importing => "Importing",
        Stage::Done => "Imported",
        Stage::Undoing => "Undoing the import",
        Stage::Undone => "This import was undone",
    }
}

fn choice(value: &str, name: &str, chosen: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        name: Text::new(name),
        is_chosen: value == chosen,
    }
}

fn input(name: &str, label: &str, hint: String, value: &str, choices: Vec<Choice>) -> Input {
    Input {
        name: name.to_owned(),
        label: Text::new(label),
        hint,
        value: value.to_owned(),
        before: None,
        mistake: None,
        kind: Kind::Choice(choices),
    }
}

/// An input for each column.
fn inputs(columns: &[Column], understood: &Understood, repeated: &[usize], model: &ObjectStructure) -> Vec<Input> {
    let one = |(at, column): (usize, &Column)| {
        let chosen = column.field.as_deref().unwrap_or_default();
        let choices = fields(model).map(|(name, label)| choice(name, label, chosen)).collect();
        let samples = understood.samples.get(at).map(|samples| samples.join(" · "));
        let samples = Text::new(&samples.unwrap_or_default()).to_string();
        let mistake = repeated
            .contains(&at)
            .then(|| "Another column has this field. Please leave one of them out.".to_owned());
        Input {
            mistake,
            ..input(&format!("{COLUMN}{at}"), &column.name, samples, chosen, choices)
        }
    };
    columns.iter().enumerate().map(one).collect()
}

/// The fields that a column may have, with their labels.
fn fields(model: &ObjectStructure) -> impl Iterator<Item = (&str, &str)> {
    let known = Object::Customers.known_columns(Format::Csv);
    let own = known.into_iter().map(|name| (name, own_label(name)));
    let of_model = model.fields.iter().map(|field| (field.name.as_str(), field.label.as_str()));
    of_model.chain(own)
}

/// The label of a column that is not the data model's.
fn own_label(name: &'static str) -> &'static str {
    match name {
        ID => "Id in this CRM",
        EXTERNAL_ID => "Id in the other system",
        KIND => "Kind: individual, corporate or group",
        DEPARTMENT => "Department",
        BRAND => "Brand",
        CREATED => "Created at",
        CREATED_BY => "Created by",
        UPDATED => "Changed at",
        UPDATED_BY => "Changed by",
        other => other,
    }
}

/// How rows are read.
fn options(manner: &Manner, empty_clears: bool) -> Vec<Input> {
    let matched = manner.match_on.map_or("", |on| match on {
        MatchOn::Email => "email",
        MatchOn::Phone => "phone",
        MatchOn::Best => "best",
    });
    let dates = manner.dates.map_or("", |order| match order {
        DateOrder::DayFirst => "day-first",
        DateOrder::MonthFirst => "month-first",
    });
    let flag = |is_set: bool| if is_set { YES } else { "" };
    let (wrong, empty) = (flag(manner.skip_bad_cells), flag(empty_clears));
    vec![
        input(
            MATCH,
            "Rows without an id",
            "Empty: each creates a customer. Otherwise it changes the customer whom it is about.".to_owned(),
            matched,
            vec![
                choice("email", "Find the customer by e-mail address", matched),
                choice("phone", "Find the customer by telephone number", matched),
                choice("best", "Find the customer by best match", matched),
            ],
        ),
        input(
            DATES,
            "Dates such as 3/4/2021",
            "Empty: such a date is a mistake.".to_owned(),
            dates,
            vec![choice("day-first", "3 April", dates), choice("month-first", "March 4", dates)],
        ),
        input(
            WRONG_CELLS,
            "A wrong cell",
            "Empty: the row is rejected.".to_owned(),
            wrong,
            vec![choice(YES, "Leave it out, and apply the rest of the row", wrong)],
        ),
        input(
            EMPTY_CELLS,
            "An empty cell",
            "Empty: its field stays as it is.".to_owned(),
            empty,
            vec![choice(YES, "Clear its field", empty)],
        ),
    ]
}

impl Preview {
    /// `None` if no column has a field, or if nothing is understood.
    fn new(columns: &[Column], understood: &Understood, model: &ObjectStructure) -> Option<Self> {
        let chosen: Vec<&str> = columns.iter().filter_map(|column| column.field.as_deref()).collect();
        if chosen.is_empty() || understood.rows.is_empty() {
            return None;
        }
        let label = |name: &str| {
            let label = fields(model).find(|(known, _)| *known == name).map(|(_, label)| label);
            Text::new(label.unwrap_or_default())
        };
        let rows = &understood.rows;
        let field = |name: &&str| {
            let value = |values: &HashMap<String, String>| Text::new(values.get(*name).map(String::as_str).unwrap_or_default());
            PreviewField {
                label: label(name),
                values: rows.iter().map(|row| value(&row.values)).collect(),
            }
        };
        let problem = |row: &UnderstoodRow| {
            let text = Text::new(row.problem.as_deref()?);
            Some(PreviewProblem { row: row.row, text })
        };
        Some(Self {
            rows: rows.iter().map(|row| row.row).collect(),
            fields: chosen.iter().map(field).collect(),
            problems: rows.iter().filter_map(problem).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_one_column() {
        let fields = |names: &[&str]| -> Vec<Option<String>> {
            let field = |name: &&str| Some((*name).to_owned()).filter(|name| !name.is_empty());
            names.iter().map(field).collect()
        };
        assert_eq!(repeated(&fields(&["email", "", "", "city"])), [0; 0]);
        assert_eq!(repeated(&fields(&["email", "city", "email", "email"])), [2, 3]);
    }

    #[test]
    fn every_own_column_has_a_label() {
        let nothing = ObjectStructure { fields: Vec::new() };
        for (name, label) in fields(&nothing) {
            assert!(label != name, "{name}");
        }
    }
}
