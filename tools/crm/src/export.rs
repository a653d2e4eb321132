//! `crm export`: writes all customers or cases to a file that `crm import` reads.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use crm_domain::{Case, Change, Customer, CustomerKind, Hidden, Interaction, TenantSettings, Timestamp};
use crm_import::columns::{
    BRAND, CREATED, CREATED_BY, CUSTOMER_ID, DEPARTMENT, EVENTS, EXTERNAL_ID, Format, HIDDEN, ID, INTERACTIONS, KIND, Object,
    UPDATED, UPDATED_BY,
};
use crm_store::{MOST_EVENTS, Store, Walked};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Map, Value, json};

use crate::{
    Exit,
    connection::{Connection, failed, wait},
    customer::view,
    output::{Output, Progress, plural},
    whole_file::WholeFile,
};

/// How many cases are read in parallel.
const AT_ONCE: usize = 16;
/// The largest size of the interactions in one line, in bytes. An import accepts lines of 4 MB. A longer case continues on further lines.
const MOST_IN_LINE: usize = 3 << 20;
/// The description in `crm export --help`.
pub const ABOUT: &str = "\
Write all customers or cases to a file that an import reads

Importing the file into an empty store creates the same records, including ids, times and authors. CSV contains what the data model shows. \
JSONL contains everything: also the interactions of cases, values that no field of the model shows, and the initiatives of the authors.

Cells are written unchanged. A spreadsheet takes a cell that begins with =, +, - or @ for a formula. Open a file with other people's \
texts by the spreadsheet's data import, with every column as text.

The whole table is read once. With a large table this takes time and read capacity.";

/// The command's arguments.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// What to write
    object: Object,
    /// The file to write, .csv or .jsonl, readable by its owner only; `-` for standard output
    file: PathBuf,
    /// The format, if the file's name does not tell it
    #[arg(long)]
    format: Option<Format>,
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let path = &arguments.file;
    let format = Format::of(path, arguments.format)?;
    wait(async {
        let (_, store) = arguments.connection.open().await?;
        let settings = store.settings_get().await.map_err(failed)?;
        let export = Export {
            store,
            layout: Layout::new(arguments.object, format, &settings),
            settings,
            progress: Progress::new(output, arguments.object.name(), None),
        };
        if path.as_os_str() == "-" {
            export.write(output.stream()).await.context("standard output")?;
            return Ok(Exit::Passed);
        }
        let count = write(path, export).await?;
        let counted = plural(count, arguments.object.one());
        output.line(&format!("{counted} in {}", path.display()));
        output.document(&json!({"object": arguments.object.name(), "file": path.display().to_string(), "count": count}));
        Ok(Exit::Passed)
    })
}

/// An interrupted export must not look like a complete one.
async fn write(path: &Path, export: Export) -> anyhow::Result<u64> {
    let mut file = WholeFile::create(path)?;
    let count = export
        .write(&mut file)
        .await
        .with_context(|| format!("cannot write {}", path.display()))?;
    file.finish()?;
    Ok(count)
}

/// The records and the way to write them.
struct Export {
    store: Store,
    settings: TenantSettings,
    layout: Layout,
    progress: Progress,
}

impl Export {
    async fn write(mut self, out: &mut dyn Write) -> anyhow::Result<u64> {
        out.write_all(&self.layout.header()?)?;
        let count = match self.layout.object {
            Object::Customers => self.customers(out).await?,
            Object::Cases => self.cases(out).await?,
        };
        out.flush()?;
        Ok(count)
    }

    async fn customers(&mut self, out: &mut dyn Write) -> anyhow::Result<u64> {
        let (mut count, mut from) = (0, None);
        loop {
            let (page, next) = self.store.customers_and_events(from).await.map_err(failed)?;
            let lines = self.customer_lines(&page);
            for line in &lines {
                out.write_all(&self.layout.line(line)?)?;
            }
            let customers = page.iter().filter(|one| matches!(one, Walked::Customer(_))).count() as u64;
            count += customers;
            self.progress.advance(customers);
            from = next;
            if from.is_none() {
                return Ok(count);
            }
        }
    }

    /// One line per customer, followed by lines with its id and its events, as many as a row of an import may have.
    fn customer_lines(&self, page: &[Walked]) -> Vec<Map<String, Value>> {
        let mut lines: Vec<Map<String, Value>> = Vec::new();
        for one in page {
            match one {
                Walked::Customer(one) => lines.push(self.customer_line(one)),
                Walked::Event(..) if self.layout.format == Format::Csv => {}
                Walked::Event(customer, event) => {
                    let id = Value::from(customer.to_string());
                    let has_room = |line: &&mut Map<String, Value>| {
                        let events = line.get(EVENTS).and_then(Value::as_array);
                        line.get(ID) == Some(&id) && events.is_some_and(|events| events.len() < MOST_EVENTS)
                    };
                    let open = lines
                        .last_mut()
                        .filter(has_room)
                        .and_then(|line| line.get_mut(EVENTS)?.as_array_mut());
                    match open {
                        Some(events) => events.push(view::event(event)),
                        None => lines.push(Map::from_iter([
                            (ID.to_owned(), id),
                            (EVENTS.to_owned(), json!([view::event(event)])),
                        ])),
                    }
                }
            }
        }
        lines
    }

    fn customer_line(&self, one: &Customer) -> Map<String, Value> {
        let mut line = customer(one, &self.settings);
        if self.layout.format == Format::Jsonl {
            line.extend(view::party(one, self.settings.default_region));
        }
        line
    }

    async fn cases(&mut self, out: &mut dyn Write) -> anyhow::Result<u64> {
        let (mut count, mut last) = (0, None);
        loop {
            let page = self.store.cases_page(last).await.map_err(failed)?;
            let Some(end) = page.last() else { return Ok(count) };
            last = Some(end.id);
            count += page.len() as u64;
            self.progress.advance(page.len() as u64);
            let lines: Vec<_> = stream::iter(page)
                .map(|one| self.case(one))
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            for line in lines.iter().flatten() {
                out.write_all(&self.layout.line(line)?)?;
            }
        }
    }

    async fn case(&self, head: Case) -> anyhow::Result<Vec<Map<String, Value>>> {
        if self.layout.format == Format::Csv {
            return Ok(vec![case(&head, &self.settings)]);
        }
        // A record that was removed between the two reads is skipped.
        let whole = self.store.case_get(head.id).await.map_err(failed)?;
        Ok(whole.map_or_else(Vec::new, |(head, interactions)| {
            with_interactions(case(&head, &self.settings), &interactions)
        }))
    }
}

/// Writes records as lines of a file.
struct Layout {
    object: Object,
    format: Format,
    columns: Vec<String>,
}

impl Layout {
    fn new(object: Object, format: Format, settings: &TenantSettings) -> Self {
        let (before, after) = object.own_columns();
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let model = object.model(settings).fields.iter().map(|field| field.name.clone());
        Self {
            object,
            format,
            columns: [own(before), model.collect(), own(after)].concat(),
        }
    }

    fn header(&self) -> anyhow::Result<Vec<u8>> {
        match self.format {
            Format::Csv => csv_line(self.columns.iter().map(String::as_str)),
            Format::Jsonl => Ok(Vec::new()),
        }
    }

    fn line(&self, values: &Map<String, Value>) -> anyhow::Result<Vec<u8>> {
        match self.format {
            Format::Csv => csv_line(self.columns.iter().map(|column| values.get(column).map_or("", cell))),
            Format::Jsonl => {
                let mut line = serde_json::to_vec(values)?;
                line.push(b'\n');
                Ok(line)
            }
        }
    }
}

fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    Ok(writer.into_inner()?)
}

/// The text of a value in a cell. For an actor it is the agent.
fn cell(value: &Value) -> &str {
    match value {
        Value::String(text) => text,
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Object(actor) => actor.get("agent").and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}

fn customer(customer: &Customer, settings: &TenantSettings) -> Map<String, Value> {
    let model = &settings.customer_model;
    let mut values = Map::new();
    values.insert(ID.to_owned(), customer.id.to_string().into());
    if let Some(external) = &customer.external_id {
        values.insert(EXTERNAL_ID.to_owned(), external.id.as_str().into());
    }
    add_party(&mut values, customer, settings);
    for field in &model.fields {
        if let Some(value) = customer.field(field) {
            values.insert(field.name.clone(), (&value).into());
        }
    }
    add_origin(&mut values, &customer.created, &customer.updated);
    add_hidden(&mut values, &customer.hidden(model));
    values
}

fn case(case: &Case, settings: &TenantSettings) -> Map<String, Value> {
    let model = &settings.case_model;
    let mut values = Map::new();
    values.insert(ID.to_owned(), case.id.to_string().into());
    if let Some(external) = &case.external_id {
        values.insert(EXTERNAL_ID.to_owned(), external.id.as_str().into());
    }
    values.insert(CUSTOMER_ID.to_owned(), case.customer.to_string().into());
    values.insert("title".to_owned(), case.title.as_str().into());
    values.insert("description".to_owned(), case.description.as_str().into());
    values.insert("status".to_owned(), case.status.name().into());
    for field in &model.fields {
        if let Some(value) = case.custom.get(&field.name) {
            values.insert(field.name.clone(), value.into());
        }
    }
    add_origin(&mut values, &case.created, &case.updated);
    add_hidden(&mut values, &case.hidden(model));
    values
}

/// The cells about the kind of customer. Departments and brands are written by their names, since other tenants number them differently.
fn add_party(values: &mut Map<String, Value>, customer: &Customer, settings: &TenantSettings) {
    let party = &customer.party;
    let department = party.department.as_ref();
    let department = department.map(|id| settings.tenant.departments.get(id).unwrap_or(id).as_str());
    let brand = party.brand.as_ref();
    let brand = brand.map(|id| {
        settings
            .tenant
            .brands
            .get(id)
            .map_or(id.as_str(), |brand| brand.name.as_str())
    });
    let kind = (party.kind != CustomerKind::Individual).then(|| party.kind.name());
    for (name, value) in [(KIND, kind), (DEPARTMENT, department), (BRAND, brand)] {
        if let Some(value) = value {
            values.insert(name.to_owned(), value.into());
        }
    }
}

fn add_origin(values: &mut Map<String, Value>, created: &Change, updated: &Change) {
    for (at, by, change) in [(CREATED, CREATED_BY, created), (UPDATED, UPDATED_BY, updated)] {
        values.insert(at.to_owned(), change.at.iso_milliseconds().into());
        let actor = &change.by;
        let by_whom = match (&actor.agent, actor.initiative, actor.company, &actor.user) {
            (None, None, None, None) => Value::Null,
            (Some(agent), None, None, None) => agent.as_str().into(),
            _ => json!(actor),
        };
        values.insert(by.to_owned(), by_whom);
    }
}

fn add_hidden(values: &mut Map<String, Value>, hidden: &Hidden) {
    if !hidden.is_empty() {
        values.insert(HIDDEN.to_owned(), json!(hidden));
    }
}

/// A case's line with as many interactions as fit, followed by lines with the case's id and the rest, which an import appends.
fn with_interactions(mut first: Map<String, Value>, interactions: &[Interaction]) -> Vec<Map<String, Value>> {
    let id = first.get(ID).cloned().unwrap_or_default();
    let mut parts: Vec<Vec<Value>> = vec![Vec::new()];
    let mut room = MOST_IN_LINE;
    for interaction in interactions {
        let value = crm_service::json::interaction(interaction, Timestamp::iso_milliseconds);
        let size = value.to_string().len();
        if size > room {
            parts.push(Vec::new());
            room = MOST_IN_LINE;
        }
        room = room.saturating_sub(size);
        if let Some(part) = parts.last_mut() {
            part.push(value);
        }
    }
    let mut lines = Vec::with_capacity(parts.len());
    for part in parts {
        first.insert(INTERACTIONS.to_owned(), part.into());
        lines.push(std::mem::take(&mut first));
        first.insert(ID.to_owned(), id.clone());
    }
    lines
}
