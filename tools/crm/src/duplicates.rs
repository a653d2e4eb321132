//! `crm duplicates`: the records of a tenant that may be of one person.

use std::{
    fs,
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use crm_domain::{Timestamp, matching::Confidence};
use crm_service::{Duplicate, Duplicates, DuplicatesPage, Extent, Turn, list_duplicates};
use serde_json::{Value, json};

use crate::{
    Exit, Misuse,
    best_match::show_observations,
    connection::{Connection, failed, wait},
    output::{Output, Progress, Tone, plural},
    whole_file::WholeFile,
};

/// The beginning of `crm duplicates --help`.
pub const ABOUT: &str = "\
List records that may be of the same person, with the reasons field by field

Each customer is compared with others as best match does it. This takes a dozen look-ups per customer, so a large tenant takes a while. \
Each pair is listed once, under the record that was created later. Pairs that are marked as different people are left out. \
`crm customer merge` merges a pair, and `crm customer distinct` marks it as different people.";

const EXAMPLES: &str = "\
Examples:
  crm duplicates --tenant acme --at-least likely
  crm duplicates --since 2026-11-30T00:00:00Z
  crm duplicates --state walk.txt          # run it again to continue after an interruption
  crm --json duplicates > found.jsonl      # one line for each customer with duplicates";

/// How many customers are processed in parallel, and how many make a step after which the
/// progress is stored.
const AT_ONCE: usize = 8;
const STEP: usize = 200;

/// The command's arguments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// Only pairs with a record that was changed since this time, such as 2026-11-30T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<Timestamp>,
    /// Only pairs with at least this confidence: possible, likely or certain
    #[arg(long, value_name = "CONFIDENCE", default_value = "possible", value_parser = confidence)]
    at_least: Confidence,
    /// A file for the progress, with which the same command continues after an interruption. It
    /// is removed at the end
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Leave out the reasons
    #[arg(long)]
    brief: bool,
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "must be a time such as 2026-11-30T00:00:00Z".to_owned())
}

fn confidence(text: &str) -> Result<Confidence, String> {
    Confidence::from_str(text).map_err(|_| "must be possible, likely or certain".to_owned())
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    wait(walk(arguments, output))
}

async fn walk(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let session = arguments.connection.session().await?;
    let extent = Extent {
        customers: STEP,
        at_once: AT_ONCE,
        time: Duration::MAX,
        since: arguments.since,
    };
    let mut next = begin(arguments.state.as_deref())?;
    let (mut looked_at, mut pairs) = (0, 0);
    let mut progress = Progress::new(output, "customers", None);
    while let Some(from) = next {
        let page = list_duplicates(&session, &from, extent).await.map_err(failed)?;
        progress.advance(page.looked_at as u64);
        looked_at += page.looked_at as u64;
        pairs += show_page(&page, arguments, output)?;
        next = page.next;
        if let Some(state) = &arguments.state {
            write_down(state, next.as_ref())?;
        }
    }
    drop(progress);
    output.line(&format!("{} in {}", plural(pairs, "pair"), plural(looked_at, "customer")));
    if output.is_json() {
        writeln!(output.stream(), "{}", json!({"lookedAt": looked_at, "pairs": pairs}))?;
    }
    Ok(Exit::Passed)
}

/// The place to begin, which is where an earlier run was interrupted according to the file.
fn begin(state: Option<&Path>) -> anyhow::Result<Option<Turn>> {
    let Some(path) = state else {
        return Ok(Some(Turn::default()));
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Some(Turn::default())),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let foreign = || {
        Misuse(format!(
            "{} is not a state file of `crm duplicates`: name another file with --state",
            path.display()
        ))
    };
    Ok(Some(Turn::parse(text.trim()).ok_or_else(foreign)?))
}

/// Stores the progress, or removes the file at the end.
fn write_down(path: &Path, next: Option<&Turn>) -> anyhow::Result<()> {
    if let Some(next) = next {
        let mut file = WholeFile::create(path)?;
        writeln!(file, "{next}").with_context(|| format!("cannot write {}", path.display()))?;
        return file.finish();
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed.with_context(|| format!("cannot write {}", path.display())),
    }
}

/// Shows a page of pairs, and returns their number.
fn show_page(page: &DuplicatesPage, arguments: &Arguments, output: &mut Output) -> io::Result<u64> {
    let mut pairs = 0;
    for Duplicates { customer, others } in &page.found {
        let sure: Vec<&Duplicate> = others.iter().filter(|one| one.confidence >= arguments.at_least).collect();
        if sure.is_empty() {
            continue;
        }
        pairs += sure.len() as u64;
        if output.is_json() {
            let others: Vec<Value> = sure.iter().map(|one| document(one)).collect();
            writeln!(output.stream(), "{}", json!({"customer": customer.id, "duplicates": others}))?;
            continue;
        }
        output.line(&customer.id.to_string());
        for one in sure {
            show(one, !arguments.brief, output);
        }
    }
    Ok(pairs)
}

/// A record that may be of the same person, and why.
pub fn show(one: &Duplicate, explain: bool, output: &mut Output) {
    let name: &str = one.confidence.into();
    let tone = if one.confidence == Confidence::Certain {
        Tone::Good
    } else {
        Tone::Quiet
    };
    let conflicts = if one.conflicts.is_empty() {
        String::new()
    } else {
        format!(", differs in {}", one.conflicts.join(", "))
    };
    let confidence = output.tinted(tone, name);
    output.line(&format!("  {}  {confidence}{conflicts}", one.customer.id));
    if explain {
        show_observations(&one.judgement.observations(), output);
    }
}

/// The same for programs.
pub fn document(one: &Duplicate) -> Value {
    json!({
        "id": one.customer.id,
        "confidence": one.confidence,
        "conflicts": one.conflicts,
        "observations": one.judgement.observations(),
    })
}
