//! `crm model`: a tenant's data model as a file. [`mod@file`] reads one and finds its mistakes, the domain says what it would change, and
//! [`backfill`] adapts the stored customers to it.

mod backfill;
mod document;
#[cfg(test)]
mod examples;
mod file;

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use crm_domain::{
    Actor, Change, DataModel,
    model::{
        Object,
        difference::{Difference, Effect, differences},
    },
};
use crm_service::FOLLOWED;
use crm_store::{Backfill, PastModel, Store, clock};
use serde_json::json;

use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    output::{Output, Tone, plural},
};

/// The largest file in bytes, several times the largest model.
const LARGEST_FILE: u64 = 2_000_000;
const EXAMPLES: &str = "\
Examples:
  Change the model of a tenant:
    crm model show --tenant acme > model.yaml
    crm model check model.yaml
    crm model diff --tenant acme model.yaml
    crm model apply --tenant acme model.yaml
  Take the last change back:
    crm model rollback --tenant acme
  Go on with a backfill that was interrupted:
    crm model backfill --tenant acme
  Make an updated CRM find customers from before by its new keys:
    crm model backfill --tenant acme --all";

/// The command's arguments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// The subcommand.
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the tenant's model as YAML, or with --json as JSON, for the other commands
    Show,
    /// Check a file without a database
    Check {
        /// The model, in YAML or JSON; - for standard input
        file: PathBuf,
    },
    /// Show what a file would change for agents and for stored data
    Diff {
        /// The model, in YAML or JSON; - for standard input
        file: PathBuf,
    },
    /// Apply a file as the tenant's model; running functions follow within a minute
    Apply {
        /// The model, in YAML or JSON; - for standard input
        file: PathBuf,
        /// Do not ask, even if fields are removed
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        pace: Pace,
    },
    /// List the replaced models
    Log,
    /// Restore the model from before its last replacement, or before the one at a given time
    Rollback {
        /// The time, as `crm model log` shows it
        time: Option<String>,
        /// Do not ask, even if fields are removed
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        pace: Pace,
    },
    /// Continue an interrupted backfill
    Backfill {
        /// Adapt all customers, even if no backfill is pending: after an update of the CRM, stored customers get the search terms, normal
        /// forms and best match's keys of the new version
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        pace: Pace,
    },
}

#[derive(Debug, Args)]
struct Pace {
    /// Backfill at once, without waiting for running functions. This is safe if none is running; a function with the old model could write
    /// customers that the backfill has passed
    #[arg(long)]
    no_wait: bool,
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let connection = &arguments.connection;
    match &arguments.action {
        Action::Show => wait(show(connection, output)),
        Action::Check { file } => check(file, output),
        Action::Diff { file } => match read(file, output)? {
            Some(model) => wait(diff(connection, &model, output)),
            None => Ok(Exit::Failed),
        },
        Action::Apply { file, yes, pace } => match read(file, output)? {
            Some(model) => wait(async {
                let (_, store) = connection.open_to_write(output).await?;
                apply(connection, &store, &model, *yes, pace, output).await
            }),
            None => Ok(Exit::Failed),
        },
        Action::Log => wait(log(connection, output)),
        Action::Rollback { time, yes, pace } => wait(rollback(connection, time.as_deref(), *yes, pace, output)),
        Action::Backfill { all, pace } => wait(go_on(connection, *all, pace, output)),
    }
}

async fn show(connection: &Connection, output: &mut Output) -> anyhow::Result<Exit> {
    let (_, store) = connection.open().await?;
    let model = store.model_get().await.map_err(failed)?;
    let document = file::Document::new(&model);
    output.line(serde_norway::to_string(&document)?.trim_end());
    output.document(&document);
    Ok(Exit::Passed)
}

fn check(file: &Path, output: &mut Output) -> anyhow::Result<Exit> {
    let Some(model) = read(file, output)? else {
        return Ok(Exit::Failed);
    };
    let [customer, case] = Object::ALL.map(|object| model.of(object).fields.len());
    output.line(&format!(
        "{} is sound; fields of customers: {customer}, of cases: {case}",
        file.display()
    ));
    output.document(&json!({"mistakes": []}));
    Ok(Exit::Passed)
}

async fn diff(connection: &Connection, model: &DataModel, output: &mut Output) -> anyhow::Result<Exit> {
    let (_, store) = connection.open().await?;
    let stored = store.model_get().await.map_err(failed)?;
    let changes = changes(&stored, model, output);
    let unfinished = unfinished(&store).await?;
    output.document(&json!({"changes": changes, "backfill": unfinished.as_ref().map(backfill::document)}));
    if let Some(left) = &unfinished {
        output.problem(&format!(
            "a backfill has not finished: {} customers were seen, and the others still have the form of the former model. \
             `crm model backfill` continues",
            left.seen
        ));
    }
    let is_done = !is_refused(&changes) && unfinished.is_none();
    Ok(if is_done { Exit::Passed } else { Exit::Failed })
}

async fn unfinished(store: &Store) -> anyhow::Result<Option<Backfill>> {
    let backfill = store.backfill_get().await.map_err(failed)?;
    Ok(backfill.filter(|backfill| !backfill.finished))
}

async fn apply(
    connection: &Connection,
    store: &Store,
    model: &DataModel,
    is_said: bool,
    pace: &Pace,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let stored = store.model_get().await.map_err(failed)?;
    let changes = changes(&stored, model, output);
    if is_refused(&changes) {
        output.document(&json!({"changes": changes, "applied": false}));
        output.problem("nothing was applied: the changes marked with ! cannot be made");
        return Ok(Exit::Failed);
    }
    let hidden: Vec<&str> = changes
        .iter()
        .filter(|change| change.change == "removed")
        .map(|change| change.field.as_str())
        .collect();
    if !hidden.is_empty() {
        let question = format!("Agents will no longer see {}. Apply it?", hidden.join(", "));
        if !output.confirm(is_said, &question)? {
            output.line("nothing was applied");
            return Ok(Exit::Failed);
        }
    }
    if !changes.is_empty() {
        let backfill = backfill_for(store, &changes).await?;
        let change = Change {
            at: clock::now(),
            by: Actor {
                agent: Some(format!("crm model, {}", operator())),
                ..Actor::default()
            },
        };
        let put = store.model_replace(&stored, model, backfill.as_ref(), &change).await;
        put.map_err(failed)?;
        let minute = FOLLOWED.as_secs();
        output.line(&format!(
            "applied to tenant {}: running functions follow within {minute} s",
            connection.tenant()?.as_str()
        ));
    }
    let done = backfill::run(store, !pace.no_wait, output).await?;
    output.document(&json!({"changes": changes, "applied": true, "backfill": done.as_ref().map(backfill::document)}));
    Ok(Exit::Passed)
}

/// The user who runs this, as far as the machine knows.
fn operator() -> String {
    let name = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok());
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| "an unknown user".to_owned())
}

async fn log(connection: &Connection, output: &mut Output) -> anyhow::Result<Exit> {
    let (_, store) = connection.open().await?;
    let past = store.models_past().await.map_err(failed)?;
    let mut next = store.model_get().await.map_err(failed)?;
    let mut entries = Vec::new();
    for PastModel { replaced, model } in past {
        let changes = differences(&model, &next);
        let who = replaced.by.agent.clone().unwrap_or_default();
        let fields: Vec<String> = changes
            .iter()
            .map(|change| format!("{} {}", change.field, change.change))
            .collect();
        output.line(&format!("{}  {who}: {}", replaced.at.iso_milliseconds(), fields.join(", ")));
        entries.push(json!({"replaced": replaced.at.iso_milliseconds(), "by": who, "changes": changes}));
        next = model;
    }
    if entries.is_empty() {
        output.line("the model was never replaced, or only by an earlier version of `crm`");
    }
    output.document(&entries);
    Ok(Exit::Passed)
}

async fn rollback(
    connection: &Connection,
    time: Option<&str>,
    is_said: bool,
    pace: &Pace,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (_, store) = connection.open_to_write(output).await?;
    let past = store.models_past().await.map_err(failed)?;
    let is_it = |past: &PastModel| time.is_none_or(|time| past.replaced.at.iso_milliseconds().starts_with(time));
    let Some(past) = past.into_iter().find(is_it) else {
        return Err(Misuse("no model was replaced then: `crm model log` shows when".to_owned()).into());
    };
    output.line(&format!(
        "the model before its replacement at {}:",
        past.replaced.at.iso_milliseconds()
    ));
    apply(connection, &store, &past.model, is_said, pace, output).await
}

/// The backfill that the changes need. An unfinished one begins again: it may have passed customers that these changes are about.
async fn backfill_for(store: &Store, changes: &[Difference]) -> anyhow::Result<Option<Backfill>> {
    let unfinished = unfinished(store).await?;
    let now = clock::now();
    let any = |effect: Effect| changes.iter().any(|change| change.effect == effect);
    let begins = if any(Effect::BackfillLater) {
        let seconds = i64::try_from(FOLLOWED.as_secs()).unwrap_or(i64::MAX);
        now.plus_seconds(seconds)
    } else if let Some(unfinished) = unfinished {
        unfinished.begins.max(now)
    } else if any(Effect::Backfill) {
        now
    } else {
        return Ok(None);
    };
    Ok(Some(Backfill::new(now, begins)))
}

async fn go_on(connection: &Connection, all: bool, pace: &Pace, output: &mut Output) -> anyhow::Result<Exit> {
    let (_, store) = connection.open_to_write(output).await?;
    if all {
        backfill::begin_again(&store).await?;
    }
    let done = backfill::run(&store, !pace.no_wait, output).await?;
    if done.is_none() {
        output.line("nothing to do: every customer has the form of the model");
    }
    output.document(&json!({"backfill": done.as_ref().map(backfill::document)}));
    Ok(Exit::Passed)
}

/// The model of a file; `None` if it has mistakes, which are shown.
fn read(file: &Path, output: &mut Output) -> anyhow::Result<Option<DataModel>> {
    let mistakes = match file::read(&content(file)?) {
        Ok(model) => return Ok(Some(model)),
        Err(mistakes) => mistakes,
    };
    for mistake in &mistakes {
        output.line(&format!("{}:{mistake}", file.display()));
    }
    output.document(&json!({"mistakes": mistakes}));
    let count = plural(mistakes.len() as u64, "mistake");
    output.problem(&format!("{} has {count}", file.display()));
    Ok(None)
}

fn content(file: &Path) -> anyhow::Result<String> {
    let mut content = String::new();
    let opened: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        let opened = std::fs::File::open(file);
        Box::new(opened.map_err(|error| Misuse(format!("{} cannot be opened: {error}", file.display())))?)
    };
    let read = opened.take(LARGEST_FILE + 1).read_to_string(&mut content);
    read.with_context(|| format!("{} cannot be read", file.display()))?;
    if content.len() as u64 > LARGEST_FILE {
        return Err(Misuse(format!(
            "{} is larger than {LARGEST_FILE} bytes, which no model is",
            file.display()
        ))
        .into());
    }
    Ok(content)
}

/// Shows what a model would change.
fn changes(stored: &DataModel, model: &DataModel, output: &mut Output) -> Vec<Difference> {
    let changes = differences(stored, model);
    if changes.is_empty() {
        output.line("the file is the tenant's model: nothing to change");
    }
    for object in Object::ALL {
        let of_object: Vec<&Difference> = changes.iter().filter(|change| change.object == object).collect();
        if !of_object.is_empty() {
            output.line(object.name());
        }
        for change in of_object {
            let (mark, tone) = mark(change);
            let mark = output.tinted(tone, mark);
            let field = if change.field.is_empty() {
                "(all fields)"
            } else {
                &change.field
            };
            output.line(&format!("  {mark} {field:<20} {}: {}", change.change, change.meaning));
        }
    }
    changes
}

fn mark(change: &Difference) -> (&'static str, Tone) {
    match (change.effect, change.change) {
        (Effect::Refused, _) => ("!", Tone::Bad),
        (_, "added") => ("+", Tone::Good),
        (_, "removed") => ("-", Tone::Careful),
        _ => ("~", Tone::Careful),
    }
}

fn is_refused(changes: &[Difference]) -> bool {
    changes.iter().any(|change| change.effect == Effect::Refused)
}
