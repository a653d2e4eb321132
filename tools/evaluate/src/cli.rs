//! The command line, and the only place that prints results.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Result, bail, ensure};
use clap::{Args, Parser, Subcommand};

use crate::{
    ask,
    client::Client,
    directory::{self, BEST_MATCH, EQUALITY},
    duplicates::{self, Figures},
    equality, extra, index,
    report::{self, Methods},
    sample::{Purpose, Sample, Settings},
    stack::OwnStack,
};

const EXAMPLES: &str = "\
Example:
  evaluate generate --seed 1 target/evaluate/1
  evaluate ask target/evaluate/1
  evaluate equality target/evaluate/1
  evaluate report target/evaluate/1";

/// Measure the quality of best match: ask it the questions of a labelled sample over HTTP, and compare it
/// with baselines.
#[derive(Debug, Parser)]
#[command(name = "evaluate", version, after_help = EXAMPLES, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Generate a sample: customers.jsonl and questions.jsonl
    Generate(Generate),
    /// Convert a sample from another source: customers.jsonl and queries.jsonl
    Bring(Bring),
    /// Load samples into a CRM and ask it all questions
    Ask(Ask),
    /// Answer every question by plain equality of fields
    Equality(Directories),
    /// Print the figures of every method that has answered
    Report(Report),
    /// Measure the recognition of duplicates, with samples in which some people have two records
    Duplicates(Duplicates),
}

#[derive(Debug, Args)]
struct Generate {
    /// The seed: the same seed gives the same sample
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of customers
    #[arg(long, default_value_t = 10_000)]
    customers: usize,
    /// The number of questions
    #[arg(long, default_value_t = 5_000)]
    questions: usize,
    /// The directory to write to
    directory: PathBuf,
}

#[derive(Debug, Args)]
struct Bring {
    /// The directory of the other sample
    from: PathBuf,
    /// The directory to write to
    directory: PathBuf,
}

#[derive(Debug, Args)]
struct Directories {
    /// Directories of samples
    #[arg(required = true)]
    directories: Vec<PathBuf>,
}

#[derive(Debug, Args)]
struct Ask {
    /// The instanceUrl of an empty CRM; if it is not given, one is started for each sample
    #[arg(long, requires = "auth")]
    url: Option<String>,
    /// Ask the functions' code over an index in memory instead: the same answers in less time
    #[arg(long, conflicts_with = "url")]
    in_memory: bool,
    /// Its Authorization value
    #[arg(long, env = "EVALUATE_AUTH", hide_env_values = true)]
    auth: Option<String>,
    #[command(flatten)]
    samples: Directories,
}

#[derive(Debug, Args)]
struct Report {
    /// Print one JSON document instead of tables
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    samples: Directories,
}

#[derive(Debug, Args)]
struct Duplicates {
    /// The seeds: the same seed gives the same sample
    #[arg(long, num_args = 1.., default_values_t = [1, 2, 3])]
    seed: Vec<u64>,
    /// The number of people
    #[arg(long, default_value_t = 10_000)]
    people: usize,
    /// The share of them that have two records
    #[arg(long, default_value_t = 0.1)]
    share: f64,
    /// Write the observations of other samples, to fit a model to, instead of judging
    #[arg(long, value_name = "FILE")]
    observe: Option<PathBuf>,
}

/// Reads the command line, runs the subcommand, and reports errors.
pub fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("evaluate: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Command {
    fn run(&self) -> Result<()> {
        match self {
            Self::Generate(generate) => generate.run(),
            Self::Bring(bring) => directory::write(&bring.directory, &extra::read(&bring.from)?),
            Self::Ask(ask) => ask.run(),
            Self::Equality(samples) => samples.each(|sample| Ok((EQUALITY, equality::answers(sample)))),
            Self::Report(report) => report.run(),
            Self::Duplicates(duplicates) => duplicates.run(),
        }
    }
}

impl Generate {
    fn run(&self) -> Result<()> {
        ensure!(self.customers > 0, "a sample needs at least one customer");
        let sample = Sample::generate(&Settings {
            seed: self.seed,
            customers: self.customers,
            questions: self.questions,
            purpose: Purpose::Judging,
        });
        directory::write(&self.directory, &sample)?;
        if sample.questions.len() < self.questions {
            bail!(
                "only {} fair questions can be generated for so few customers: use more customers",
                sample.questions.len()
            );
        }
        println!(
            "seed {}: {} customers, {} questions in {}",
            self.seed,
            self.customers,
            self.questions,
            self.directory.display()
        );
        Ok(())
    }
}

impl Directories {
    fn each(&self, answer: impl Fn(&Sample) -> Result<(&'static str, Vec<directory::Answer>)>) -> Result<()> {
        for path in &self.directories {
            let (method, answers) = answer(&directory::read(path)?)?;
            directory::write_answers(path, method, &answers)?;
        }
        Ok(())
    }
}

impl Ask {
    fn run(&self) -> Result<()> {
        ensure!(
            self.url.is_none() || self.samples.directories.len() == 1,
            "two samples in one CRM would distort each other: give only one"
        );
        self.samples.each(|sample| {
            let answers = if self.in_memory {
                index::answers(sample)?
            } else if let (Some(url), Some(auth)) = (&self.url, &self.auth) {
                let client = Client::new(url, auth);
                ask::answers(&client, sample, ask::make_customers(&client, sample)?)?
            } else {
                let stack = OwnStack::start(None)?;
                let ids = stack.load(&sample.customers, 0);
                let answers = ids.and_then(|ids| ask::answers(&stack.client(), sample, ids));
                stack.stop();
                answers?
            };
            Ok((BEST_MATCH, answers))
        })
    }
}

impl Duplicates {
    fn run(&self) -> Result<()> {
        if let Some(file) = &self.observe {
            return self.write_observations(file);
        }
        let mut all: Vec<Figures> = Vec::new();
        for &seed in &self.seed {
            let figures = duplicates::figures(&self.settings(seed))?;
            all = if all.is_empty() {
                figures
            } else {
                all.into_iter().zip(figures).map(|(one, other)| one.and(other)).collect()
            };
        }
        print!("{}", report::duplicates(&all));
        Ok(())
    }

    fn write_observations(&self, file: &Path) -> Result<()> {
        let mut out = BufWriter::new(File::create(file)?);
        for &seed in &self.seed {
            for line in duplicates::observations(&self.settings(seed))? {
                writeln!(out, "{line}")?;
            }
        }
        Ok(out.flush()?)
    }

    fn settings(&self, seed: u64) -> duplicates::Settings {
        duplicates::Settings {
            seed,
            people: self.people,
            share: self.share,
        }
    }
}

impl Report {
    fn run(&self) -> Result<()> {
        let mut methods = Methods::new();
        for path in &self.samples.directories {
            let questions = directory::questions(path)?;
            let methods_here = directory::answers(path)?;
            ensure!(
                !methods_here.is_empty(),
                "there are no answers to the questions in {} yet: run `evaluate ask`",
                path.display()
            );
            for (method, answers) in methods_here {
                ensure!(
                    answers.len() == questions.len(),
                    "{method} answered {} of the {} questions in {}: run `evaluate ask` again",
                    answers.len(),
                    questions.len(),
                    path.display()
                );
                methods.entry(method).or_default().count(&questions, &answers);
            }
        }
        let text = if self.json {
            report::json(&methods)?
        } else {
            report::table(&methods)
        };
        println!("{}", text.trim_end());
        Ok(())
    }
}
