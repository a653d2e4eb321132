//! `crm index`: checks the items of a tenant in the table.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use crm_store::{Finding, Problem};
use serde_json::{Value, json};

use crate::{
    Exit,
    connection::{Connection, failed, wait},
    output::{Output, Progress, Tone, plural},
};

/// The largest number of records that are named per problem.
const MOST_NAMED: usize = 10;

const EXAMPLES: &str = "\
Examples:
  crm index check --tenant acme
  crm index check --tenant acme --repair

Exit codes:
  0  there are no problems, or all of them are repaired
  1  something is wrong and not repaired";

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
    /// Find items without a record, and records with missing or outdated items
    ///
    /// Reads the whole table, which costs a read unit for every 8 KB and some more for each case. Functions may run meanwhile. Their work
    /// in progress is not reported.
    Check {
        /// Repair what is found. No data of an existing customer or case are lost: search terms and pointers are rebuilt from the records,
        /// and only items without a record are deleted
        #[arg(long)]
        repair: bool,
    },
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    match arguments.action {
        Action::Check { repair } => wait(check(&arguments.connection, repair, output)),
    }
}

/// A problem and how often it was found.
#[derive(Default)]
struct Count {
    records: u64,
    items: u64,
    repaired: u64,
    /// The first records with it.
    named: Vec<String>,
}

impl Count {
    fn add(&mut self, finding: Finding) {
        self.records += 1;
        self.items += finding.items as u64;
        self.repaired += u64::from(finding.is_repaired);
        if self.named.len() < MOST_NAMED {
            self.named.push(finding.of);
        }
    }
}

async fn check(connection: &Connection, repair: bool, output: &mut Output) -> anyhow::Result<Exit> {
    let (_, store) = if repair {
        connection.open_to_write(output).await?
    } else {
        connection.open().await?
    };
    let settings = store.settings_get().await.map_err(failed)?;
    let mut walk = store.check(&settings, repair);
    let mut counts: BTreeMap<Problem, Count> = BTreeMap::new();
    let (mut items, mut records) = (0, 0);
    let mut progress = Progress::new(output, "items", None);
    while let Some(page) = walk.next().await.map_err(failed)? {
        progress.advance(page.items);
        items += page.items;
        records += page.records;
        for finding in page.findings {
            counts.entry(finding.problem).or_default().add(finding);
        }
    }
    drop(progress);
    output.line(&format!(
        "{items} items of tenant {}, {records} customers and cases among them",
        connection.tenant()?.as_str()
    ));
    for (problem, count) in &counts {
        show(*problem, count, repair, output);
    }
    let left: u64 = counts.values().map(|count| count.records - count.repaired).sum();
    output.line(match (counts.is_empty(), left, repair) {
        (true, ..) => "all items are consistent",
        (false, 0, _) => "all problems are repaired",
        (false, _, true) => {
            "some problems could not be repaired, perhaps because the records were just written: run the same command again"
        }
        (false, _, false) => "nothing was changed: --repair repairs these problems",
    });
    let found: Vec<Value> = counts.iter().map(|(problem, count)| document(*problem, count)).collect();
    output.document(&json!({"items": items, "records": records, "found": found, "unrepaired": left}));
    Ok(if left == 0 { Exit::Passed } else { Exit::Failed })
}

fn show(problem: Problem, count: &Count, repair: bool, output: &mut Output) {
    let tone = if count.repaired == count.records {
        Tone::Careful
    } else {
        Tone::Bad
    };
    let repaired = if repair {
        format!("; {} of {} repaired", count.repaired, count.records)
    } else {
        String::new()
    };
    let text = format!(
        "{}: {} of {}{repaired}",
        words(problem),
        plural(count.items, "item"),
        count.records
    );
    output.line(&output.tinted(tone, &text));
    let more = if count.records > count.named.len() as u64 {
        " …"
    } else {
        ""
    };
    output.line(&format!("  {}{more}", count.named.join(" ")));
}

fn document(problem: Problem, count: &Count) -> Value {
    json!({
        "problem": problem, "records": count.records, "items": count.items, "repaired": count.repaired, "first": count.named,
    })
}

/// The description of the problem.
fn words(problem: Problem) -> &'static str {
    match problem {
        Problem::UnreadableRecords => "records that cannot be read; a backup may have them",
        Problem::LeftOfCustomers => "items of customers who do not exist",
        Problem::LeftOfCases => "items of cases that do not exist",
        Problem::SurplusTerms => "search terms that the customer's record does not have",
        Problem::MissingTerms => "search terms that are missing",
        Problem::OldForms => "contact points in the normal form of an earlier version",
        Problem::Unfinished => "begun but never completed",
        Problem::UnfinishedEntries => "wrong entries in the lists of unfinished work",
        Problem::PointersWithoutCase => "pointers to cases that do not exist, or are another customer's",
        Problem::CasesWithoutPointer => "cases that their customer does not point to",
        Problem::CasesWithoutCustomer => "cases of a customer who does not exist",
        Problem::ExternalIdsWithoutRecord => "external ids that no record has",
        Problem::RecordsWithoutExternalId => "records that their external id does not lead to",
        Problem::OnceWithoutRecord => "created-once records without a record",
        Problem::BrokenMerges => "merged records that their customer does not list, or the reverse; a backup may have them",
        Problem::PlacesWithoutCase => "waiting places of cases that do not wait there",
        Problem::CasesWithoutPlace => "waiting cases that are not listed at their place",
        Problem::SyncedRowsWithoutRecord => "rows of extracts whose record does not know them",
        Problem::LeftOfUploads => "parts of uploaded files that are without the rest",
        Problem::UnreadableNotices => "notices in the feed of changes that cannot be read",
    }
}
