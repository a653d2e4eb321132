//! Measures a walk over all customers for duplicates: `crm duplicates` itself, over a store in which it is known who has two
//! records.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    str::FromStr as _,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use crm_domain::matching::Confidence;
use evaluate::{
    duplicates::{Known, Pair, Settings},
    load::made_at,
    progress::Progress,
    report,
    stack::{OwnStack, TENANT},
};
use local::stack::{TABLE, binaries};
use serde::Deserialize;

use crate::{
    data_file,
    memory::peak_memory,
    meter::{Meter, Usage},
};

/// After how many lines the walk's memory is read again.
const LINES_PER_READING: usize = 50;
/// The share of the people who have two records.
const SHARE: f64 = 0.1;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The number of customers
    #[arg(long, default_value_t = 100_000)]
    customers: usize,
    /// The seed: the same seed gives the same customers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Walk with --since, as a company does every night: only the newest tenth of the records, in which are all second ones,
    /// is compared with all others
    #[arg(long)]
    recent: bool,
    /// Keep the data in this file while it runs instead of in memory; it is removed at the end
    #[arg(long)]
    data: Option<PathBuf>,
}

/// A line of the walk: a customer with duplicates. The last one has none.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    customer: String,
    #[serde(default)]
    duplicates: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    id: String,
    confidence: String,
}

/// What the walk took.
struct Walk {
    told: Vec<(Pair, Confidence)>,
    took: Duration,
    memory: u64,
    usage: Usage,
}

/// Loads, walks and prints.
pub fn run(arguments: &Arguments) -> Result<()> {
    let text = data_file::kept(arguments.data.as_deref(), || measure(arguments))?;
    println!("{text}");
    Ok(())
}

fn measure(arguments: &Arguments) -> Result<String> {
    let known = Known::generate(&Settings {
        seed: arguments.seed,
        people: people_for(arguments.customers),
        share: SHARE,
    });
    let stack = OwnStack::start(arguments.data.as_deref())?;
    let meter = stack.wait(Meter::start(stack.database_endpoint()))?;
    let began = Instant::now();
    let ids = stack.load(&known.records, 0)?;
    let loading = began.elapsed();
    let first = if arguments.recent { known.first_second() } else { 0 };
    let walked = walk(&meter, &ids, first);
    stack.stop();
    let walked = walked?;
    let figures = report::duplicates(&known.figures(&walked.told));
    let summary = walked.summary(ids.len(), ids.len() - first, loading);
    Ok(format!("{summary}\n\n{}", figures.trim_end()))
}

/// How many people have so many records together, about.
fn people_for(customers: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a number of people"
    )]
    let people = (customers as f64 / (1.0 + SHARE)).round() as usize;
    people
}

/// Walks, and compares the customers from a place on.
fn walk(meter: &Meter, ids: &[String], first: usize) -> Result<Walk> {
    let places: HashMap<&str, usize> = ids.iter().map(String::as_str).zip(0..).collect();
    let place = |id: &str| places.get(id).copied().context("the walk names nobody of the sample");
    meter.take();
    let began = Instant::now();
    let mut process = start(meter, first)?;
    let out = process.stdout.take().context("the walk has an output")?;
    let progress = Progress::new("customers looked at", ids.len());
    let (mut told, mut memory, mut reached) = (Vec::new(), 0, first);
    progress.advance(first);
    for (number, line) in BufReader::new(out).lines().enumerate() {
        let line: Line = serde_json::from_str(&line?)?;
        if line.customer.is_empty() {
            break;
        }
        let later = place(&line.customer)?;
        for other in line.duplicates {
            let earlier = place(&other.id)?;
            let confidence = Confidence::from_str(&other.confidence)?;
            told.push(((earlier.min(later), earlier.max(later)), confidence));
        }
        if number % LINES_PER_READING == 0 {
            memory = memory.max(peak_memory(process.id())?);
        }
        progress.advance(later.saturating_sub(reached));
        reached = reached.max(later);
    }
    ensure!(process.wait()?.success(), "the walk failed");
    Ok(Walk {
        told,
        took: began.elapsed(),
        memory,
        usage: meter.take(),
    })
}

fn start(meter: &Meter, first: usize) -> Result<Child> {
    let program = binaries()?.join("crm");
    let since = made_at(first)?.iso_seconds();
    Command::new(&program)
        .args([
            "duplicates",
            "--json",
            "--table",
            TABLE,
            "--tenant",
            TENANT,
            "--since",
            &since,
        ])
        .args(["--endpoint-url", &meter.endpoint()])
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))
}

impl Walk {
    fn summary(&self, customers: usize, compared: usize, loading: Duration) -> String {
        let each = f64::from(u32::try_from(compared.max(1)).unwrap_or(u32::MAX));
        let seconds = self.took.as_secs_f64();
        let requests = f64::from(self.usage.requests);
        #[expect(clippy::cast_precision_loss, reason = "megabytes")]
        let memory = self.memory as f64 / 1_048_576.0;
        format!(
            "{customers} customers, loaded in {:.0} s; {compared} of them were compared with all others.\n\n\
             | | in all | per compared customer |\n|---|---|---|\n\
             | time | {seconds:.0} s | {:.1} ms |\n\
             | requests to the database | {requests:.0} | {:.1} |\n\
             | read units | {:.0} | {:.1} |\n\
             | peak memory of `crm` | {memory:.0} MB | |",
            loading.as_secs_f64(),
            seconds * 1_000.0 / each,
            requests / each,
            self.usage.units,
            self.usage.units / each,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_a_walk_are_those_of_each_customer_too() {
        let walk = Walk {
            told: Vec::new(),
            took: Duration::from_secs(20),
            memory: 31_457_280,
            usage: Usage {
                requests: 1_200,
                units: 2_500.0,
            },
        };
        let text = walk.summary(1_000, 100, Duration::from_secs(3));
        for row in [
            "1000 customers, loaded in 3 s; 100 of them were compared",
            "| time | 20 s | 200.0 ms |",
            "| requests to the database | 1200 | 12.0 |",
            "| read units | 2500 | 25.0 |",
            "| peak memory of `crm` | 30 MB | |",
        ] {
            assert!(text.contains(row), "{row}: {text}");
        }
        assert_eq!(people_for(110), 100);
    }

    #[test]
    fn the_last_line_of_the_walk_is_about_nobody() {
        let line: Line = serde_json::from_str(r#"{"lookedAt":3,"pairs":1}"#).unwrap();
        assert!(line.customer.is_empty() && line.duplicates.is_empty());
        let line = r#"{"customer":"C1","duplicates":[{"id":"C2","confidence":"likely","conflicts":[]}]}"#;
        let line: Line = serde_json::from_str(line).unwrap();
        assert_eq!(Confidence::from_str(&line.duplicates[0].confidence), Ok(Confidence::Likely));
    }
}
