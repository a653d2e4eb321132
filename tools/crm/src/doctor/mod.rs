//! `crm doctor`: plays Khoros against any deployment, and reports where it breaks the contract.
//!
//! A check is data ([`check::Check`]) with a small function. The modules are the contract's areas, and [`AREAS`] is the order of a visit.
//! Later checks find what earlier ones learned or created in the `Visit`. Rules about all answers (`observed`) are checked at the end.

mod authentication;
mod bestmatch;
mod cases;
pub mod check;
mod cleanup;
mod connection;
mod customers;
mod gateway;
mod interactions;
mod limits;
mod links;
mod mark;
mod meta;
mod model;
mod observed;
mod outcome;
mod removal;
mod repeats;
pub mod report;
mod search;
mod visit;

use crate::connection::{Connection, wait};
use crate::instance_url::InstanceUrl;
use crate::output::Output;
use crate::secret::{Secret, check_header_value};
use crate::{Exit, Misuse};
use check::Check;
use clap::Args;
use cleanup::Leftover;
use crm_store::Store;
use gateway::Gateway;
use http_client::{Cause, NoAnswer};
use mark::VisitMark;
use outcome::not_asked;
use report::{Finding, Report, Summary};
use serde_json::json;
use std::time::{Duration, Instant};
use visit::Visit;

/// How many calls in a row may have no answer before the visit ends.
const PATIENT_WITH_SILENCE: usize = 4;

/// The order of a visit.
pub const AREAS: &[(&str, &[Check])] = &[
    ("connection", connection::CHECKS),
    ("authentication", authentication::CHECKS),
    ("data model", meta::CHECKS),
    ("customers", customers::CHECKS),
    ("search", search::CHECKS),
    ("best match", bestmatch::CHECKS),
    ("cases", cases::CHECKS),
    ("interactions", interactions::CHECKS),
    ("repetition", repeats::CHECKS),
    ("limits", limits::CHECKS),
    ("links", links::CHECKS),
    ("every answer", observed::CHECKS),
];

/// The beginning of `crm doctor --help`.
pub const ABOUT: &str = "\
Plays Khoros against a deployment of the custom CRM contract, this one or any other, and reports where it breaks the contract.

It calls every operation, with records of its own that carry a mark such as \"crm-doctor 3f9a2c1b\". The contract has no delete, so \
at the end its cases are closed, its customers are emptied, and the report lists the records that stay. If you have access to the \
table, --remove erases them. With --read-only nothing is written.";

const EXAMPLES: &str = "\
Examples:
  A test system, thoroughly:
    crm doctor https://crm-test.example.com/api/v1 --auth 'Bearer 8f2c…'
  Production, without writing anything; the key from the environment:
    CRM_AUTH='Bearer 8f2c…' crm doctor https://crm.example.com/api/v1 --read-only
  This machine, after `make run`; the records go from the table at the end:
    crm doctor http://127.0.0.1:9000/api/v1 --auth 'Bearer demo-key' --remove --endpoint-url http://127.0.0.1:9001
  The ids of the broken rules, for a script:
    crm --json doctor URL --auth … | jq -r '.checks[] | select(.outcome == \"failed\") | .id'

Exit codes: 0 all passed (warnings allowed), 1 failures or cut short, 2 command line, 3 not reachable at all";

/// The command's arguments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The instanceUrl: what is registered with Khoros, ending in /api/v1
    pub url: String,
    /// The whole value of the Authorization header, scheme word included; quote it
    #[arg(long, env = "CRM_AUTH", hide_env_values = true)]
    pub auth: Secret,
    /// Write nothing: check only the model, 401s, 404s, and searches that find nobody
    #[arg(long)]
    pub read_only: bool,
    /// Erase the records of this visit from the table at the end (--table, --endpoint-url, --tenant); keyed digests
    /// of them stay
    #[arg(long, conflicts_with = "read_only")]
    pub remove: bool,
    #[command(flatten)]
    connection: Connection,
    /// The Khoros company id to send along, for keys that are bound to one
    #[arg(long, value_name = "ID")]
    pub company_id: Option<u64>,
    /// The time limit of a call in seconds; Khoros itself waits 8 (20 for /meta)
    #[arg(long, value_name = "SECONDS", default_value_t = 25, value_parser = clap::value_parser!(u64).range(1..=120))]
    pub timeout: u64,
    /// How many seconds searches and best match may lag behind a write
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub patience: u64,
    /// End the visit after this many seconds; remaining checks count as not examined
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub limit: u64,
    /// List the checks that passed, too
    #[arg(long, short)]
    pub verbose: bool,
}

/// Examines a deployment.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let url = InstanceUrl::parse(&arguments.url)?;
    check_auth(&arguments.auth)?;
    let company = arguments.company_id.map(|id| id.to_string());
    let gateway = Gateway::new(url, arguments.auth.clone(), company, Duration::from_secs(arguments.timeout));
    let table = open_table(arguments, output)?;
    if let Err(no_answer) = gateway.get("/meta/object/customer").result {
        return Ok(unreachable(&arguments.url, &no_answer, output));
    }
    let mark = VisitMark::new();
    output.line(&format!("{} ({})", gateway.base(), kind_of_visit(arguments, &mark)));
    output.line("");
    let mut report = examine(
        Visit::new(gateway, mark, Duration::from_secs(arguments.patience)),
        arguments,
        output,
    );
    if let Some(store) = table {
        output.progress("removing the records");
        let made = report.left_behind.len();
        report.left_behind = wait(removal::remove(&store, &report.mark, report.left_behind))?;
        output.progress("");
        let removed = made - report.left_behind.len();
        report
            .notes
            .push(format!("{removed} records of this visit were erased from the table."));
    }
    report.print(arguments.verbose, output);
    Ok(report.summary.exit())
}

/// The table, if the records are to be removed from it. It is opened before anything is written.
fn open_table(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Option<Store>> {
    if !arguments.remove {
        return Ok(None);
    }
    wait(async {
        let (_, store) = arguments.connection.open_to_write(output).await?;
        Ok(Some(store))
    })
}

fn check_auth(auth: &Secret) -> Result<(), Misuse> {
    check_header_value("--auth", auth)
}

fn kind_of_visit(arguments: &Arguments, mark: &VisitMark) -> String {
    if arguments.read_only {
        "read only: nothing is written".to_owned()
    } else {
        format!("records of this visit are called {:?}", mark.text())
    }
}

fn unreachable(url: &str, no_answer: &NoAnswer, output: &mut Output) -> Exit {
    let what = match no_answer.cause {
        Cause::Dns => "unknown host",
        Cause::Refused => "connection refused",
        Cause::Tls => "no trusted TLS connection",
        Cause::Timeout => "no answer in time",
        Cause::Other => "no HTTP answer",
    };
    output.problem(&format!(
        "{url} cannot be reached: {what} ({}). {}",
        no_answer.detail,
        no_answer.advice()
    ));
    output.document(&json!({"url": url, "unreachable": what, "detail": no_answer.detail, "advice": no_answer.advice()}));
    Exit::Unreachable
}

fn examine(mut visit: Visit, arguments: &Arguments, output: &mut Output) -> Report {
    let end = Instant::now() + Duration::from_secs(arguments.limit);
    let mut findings = Vec::new();
    for (area, checks) in AREAS {
        for check in checks.iter().filter(|check| !(check.writes && arguments.read_only)) {
            output.progress(&format!("{area}: {}", check.id));
            findings.push(find(&mut visit, area, check, end));
        }
    }
    report::join_causes(&mut findings, &visit.gateway.seen());
    let incomplete = visit.stop.is_some();
    output.progress("tidying up");
    let left_behind = if visit.gateway.is_silent(PATIENT_WITH_SILENCE) {
        not_tidied(&visit)
    } else {
        cleanup::tidy(&visit)
    };
    output.progress("");
    let clean = |text: &str| visit.gateway.authorization().redact(text);
    Report {
        url: visit.gateway.base().to_string(),
        mark: visit.mark.text(),
        read_only: arguments.read_only,
        summary: Summary::of(&findings, incomplete),
        checks: findings,
        notes: notes(&visit, arguments).iter().map(|note| clean(note)).collect(),
        left_behind: left_behind
            .into_iter()
            .map(|leftover| Leftover {
                state: clean(&leftover.state),
                ..leftover
            })
            .collect(),
    }
}

fn find(visit: &mut Visit, area: &'static str, check: &Check, end: Instant) -> Finding {
    if visit.stop.is_none() && Instant::now() >= end {
        visit.stop = Some("the visit ran out of time (--limit)".to_owned());
    }
    if visit.stop.is_none() && visit.gateway.is_silent(PATIENT_WITH_SILENCE) {
        visit.stop = Some("the server stopped answering".to_owned());
    }
    // The answers so far are checked in any case.
    let is_asked = visit.stop.is_none() || area == "every answer";
    let outcome = match &visit.stop {
        Some(reason) if !is_asked => Err(not_asked(reason.clone())),
        _ => (check.run)(visit),
    };
    Finding::new(area, check, outcome, |text| visit.gateway.authorization().redact(text))
}

fn not_tidied(visit: &Visit) -> Vec<Leftover> {
    let leftover = |record: &visit::Record| Leftover {
        kind: record.kind,
        id: record.id.clone(),
        state: "as it was created: the server stopped answering".to_owned(),
    };
    visit.records.iter().map(leftover).collect()
}

fn notes(visit: &Visit, arguments: &Arguments) -> Vec<String> {
    let seen = visit.gateway.seen();
    let mut notes = vec![format!(
        "{} calls; slowest: {}",
        seen.len(),
        observed::slowest(&seen).unwrap_or_default()
    )];
    notes.extend(
        visit
            .search_lag
            .map(|lag| format!("A search found the new customer after {:.2} s.", lag.as_secs_f64())),
    );
    if arguments.read_only {
        notes.push("Read only: checks that create or update records were left out.".to_owned());
    }
    if let Some(reason) = &visit.stop {
        notes.push(format!("The visit was cut short: {reason}."));
    }
    if visit.unanswered_creates > 0 {
        notes.push(format!(
            "{} creates went unanswered and may have left records: search for {:?}.",
            visit.unanswered_creates,
            visit.mark.text()
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn all() -> impl Iterator<Item = &'static Check> {
        AREAS.iter().flat_map(|(_, checks)| checks.iter())
    }

    #[test]
    fn ids_are_unique_and_plain() {
        let mut seen = HashSet::new();
        for check in all() {
            assert!(seen.insert(check.id), "{} twice", check.id);
            assert!(
                check
                    .id
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{}",
                check.id
            );
        }
    }

    #[test]
    fn every_check_says_what_and_why_and_how() {
        for check in all() {
            for text in [check.rule, check.agent, check.fix, check.section] {
                assert!(
                    !text.is_empty() && text.trim() == text && !text.ends_with('.'),
                    "{}: {text}",
                    check.id
                );
            }
        }
    }
}
