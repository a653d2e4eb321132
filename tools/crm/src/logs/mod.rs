//! `crm logs`: shows the functions' log lines, of one request or live, from CloudWatch or from the file of `make run`.

mod cloud_watch;
mod file;
mod line;

use std::{collections::BTreeSet, path::PathBuf, thread, time::Duration};

use clap::Args;
use crm_store::clock;
use serde_json::Value;

use crate::{
    Exit, Misuse,
    connection::{Connection, wait},
    output::Output,
};
use cloud_watch::CloudWatch;
use file::LogFile;

/// How often `tail` looks for more.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
/// CloudWatch shows a line some seconds after it was written, and lines of several functions out of order.
const LATE: Duration = Duration::from_secs(30);

const EXAMPLES: &str = "\
Examples:
  What happened to the request whose trace code an agent reads out:
    crm logs 69535d61b371 --table crm-Table-1QXWZ
  What comes in right now, for one tenant:
    crm logs tail --tenant acme --table crm-Table-1QXWZ
  The same for `make run` on this machine:
    crm logs tail --file /tmp/khoros-crm-9000.log";

/// The command's arguments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The trace code of a request, which every error shows; or `tail`, to follow the lines until Ctrl-C
    #[arg(value_name = "TRACE|tail")]
    wanted: String,
    /// How far back to look for a trace: 90m, 24h, 14d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = time_back)]
    since: Duration,
    /// The functions' log group in CloudWatch [default: that of the stack of --table]
    #[arg(long, value_name = "NAME")]
    log_group: Option<String>,
    /// The file with the lines, instead of CloudWatch; `make run` prints the name of its file
    #[arg(long, env = "CRM_LOG", value_name = "FILE", conflicts_with = "log_group")]
    file: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

/// The source of lines.
enum Source {
    CloudWatch(CloudWatch),
    File(LogFile),
}

/// Which lines.
#[derive(Debug, Clone, Copy)]
enum Wanted<'a> {
    /// The lines of one request.
    Trace(&'a str),
    /// The lines of this tenant, or of all tenants.
    Tenant(Option<&'a str>),
}

impl Wanted<'_> {
    fn is(self, line: &Value) -> bool {
        match self {
            Self::Trace(trace) => line["trace"] == trace,
            Self::Tenant(tenant) => tenant.is_none_or(|tenant| line["tenant"] == tenant),
        }
    }
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    if arguments.wanted == "tail" {
        if output.is_json() {
            return Err(Misuse("tail has no end, so it cannot print one document: leave out --json".to_owned()).into());
        }
        return tail(&mut arguments.source()?, arguments.connection.tenant.as_deref(), output);
    }
    let trace = trace_code(&arguments.wanted)?;
    let mut source = arguments.source()?;
    let from = clock::now().milliseconds() - milliseconds(arguments.since);
    let found = source.lines(Wanted::Trace(trace), from)?;
    if found.is_empty() {
        anyhow::bail!(
            "no line of the last {} has the trace {trace} in {}: --since looks further back, and a request that never reached a function \
             has no line",
            in_words(arguments.since),
            source.name()
        );
    }
    for found in &found {
        line::show(found, output);
    }
    output.document(&found);
    Ok(Exit::Passed)
}

fn tail(source: &mut Source, tenant: Option<&str>, output: &mut Output) -> anyhow::Result<Exit> {
    output.note(&format!("the lines of {}, until Ctrl-C", source.name()));
    let mut from = clock::now().milliseconds();
    let mut shown: BTreeSet<(i64, String)> = BTreeSet::new();
    loop {
        for found in source.lines(Wanted::Tenant(tenant), from)? {
            if shown.insert((line::time_of(&found), found.to_string())) {
                line::show(&found, output);
            }
        }
        from = from.max(clock::now().milliseconds() - milliseconds(LATE));
        shown = shown.split_off(&(from, String::new()));
        thread::sleep(BETWEEN_LOOKS);
    }
}

impl Arguments {
    fn source(&self) -> anyhow::Result<Source> {
        if let Some(file) = &self.file {
            return Ok(Source::File(LogFile::open(file)?));
        }
        if self.connection.is_local() {
            return Err(Misuse(
                "the lines of `make run` are in the file whose name it prints: --file, or the variable CRM_LOG".to_owned(),
            )
            .into());
        }
        let group = match &self.log_group {
            Some(group) => group.clone(),
            None => log_group(&self.connection.table)?,
        };
        Ok(Source::CloudWatch(wait(CloudWatch::open(group))?))
    }
}

impl Source {
    fn name(&self) -> String {
        match self {
            Self::CloudWatch(cloud_watch) => format!("the log group {}", cloud_watch.group),
            Self::File(file) => file.name(),
        }
    }

    /// The requested lines, from a time on (in milliseconds), in order.
    fn lines(&mut self, wanted: Wanted<'_>, from: i64) -> anyhow::Result<Vec<Value>> {
        let mut found = match self {
            Self::CloudWatch(cloud_watch) => cloud_watch.lines(wanted, from)?,
            Self::File(file) => file.lines()?,
        };
        found.retain(|found| wanted.is(found) && line::time_of(found) >= from);
        found.sort_by_key(line::time_of);
        Ok(found)
    }
}

/// The log group of the stack that created a table (infra/template.yaml).
fn log_group(table: &str) -> Result<String, Misuse> {
    match table.split_once("-Table-") {
        Some((stack, _)) if !stack.is_empty() => Ok(format!("/khoros-crm/{stack}/functions")),
        _ => Err(Misuse(format!(
            "the name of the table {table} does not say which stack it belongs to: name the log, as in --log-group \
             /khoros-crm/STACK/functions"
        ))),
    }
}

fn trace_code(text: &str) -> Result<&str, Misuse> {
    let text = text.trim();
    if (6..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(text);
    }
    Err(Misuse(format!(
        "{text:?} is not a trace code such as 69535d61b371, which every error contains. `crm logs tail` shows what comes in"
    )))
}

fn time_back(text: &str) -> Result<Duration, String> {
    let wrong = || "write it as 90m, 24h or 14d".to_owned();
    let unit = match text.chars().last() {
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(number.saturating_mul(unit)))
}

fn in_words(time: Duration) -> String {
    match time.as_secs() / 60 {
        minutes if minutes % 1_440 == 0 && minutes > 1_440 => format!("{} days", minutes / 1_440),
        minutes if minutes % 60 == 0 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_which_log_is_its_stacks() {
        assert_eq!(log_group("crm-Table-1QXWZ").unwrap(), "/khoros-crm/crm/functions");
        for table in ["khoros-crm", "-Table-1"] {
            assert!(log_group(table).unwrap_err().0.contains("--log-group"), "{table}");
        }
    }

    #[test]
    fn how_far_back_is_a_number_with_its_unit() {
        assert_eq!(time_back("90m").unwrap(), Duration::from_mins(90));
        assert_eq!(time_back("14d").unwrap(), Duration::from_hours(14 * 24));
        for wrong in ["", "h", "24", "1w", "-1h", "1.5h", "5ü"] {
            assert!(time_back(wrong).is_err(), "{wrong}");
        }
        assert_eq!(in_words(Duration::from_hours(24)), "24 hours");
        assert_eq!(in_words(Duration::from_mins(90)), "90 minutes");
    }

    #[test]
    fn a_trace_is_a_code_and_no_pattern() {
        assert_eq!(trace_code(" 69535d61b371 ").unwrap(), "69535d61b371");
        for wrong in ["", "tails", "a\" || 1", "69535d61b371 x"] {
            assert!(trace_code(wrong).is_err(), "{wrong}");
        }
    }
}
