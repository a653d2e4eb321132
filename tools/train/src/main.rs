//! Writes the observations of best match about labelled samples. They are the input of `fit.py`, which generates
//! `shared/domain/src/matching/weights.rs`.
//!
//! It runs the functions' own code over an index in memory instead of the table: the same keys, the same look-ups with
//! the same limits, the same candidates, the same signals.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
    thread,
};

use anyhow::{Context, Result};
use clap::Parser;
use crm_domain::matching::{Candidate, Direction, Signal, probabilities};
use evaluate::{
    directory,
    index::Index,
    sample::{Purpose, Question, Sample, Settings},
};
use serde_json::{Value, json};

/// The arguments.
#[derive(Debug, Parser)]
struct Arguments {
    /// Samples that are generated, each as seed and number of customers: 1:10000
    #[arg(long, value_delimiter = ',', value_parser = seed_and_customers)]
    samples: Vec<(u64, usize)>,
    /// Directories of samples, beside those that are generated
    #[arg(long, num_args = 1..)]
    directories: Vec<PathBuf>,
    /// Questions per generated sample
    #[arg(long, default_value_t = 6_000)]
    questions: usize,
    /// The file for the observations, a line of JSON per question
    #[arg(long, default_value = "target/observations.jsonl")]
    output: PathBuf,
}

/// A sample for the observations.
enum Source {
    Generated(u64, usize),
    Directory(PathBuf),
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let file = File::create(&arguments.output).with_context(|| format!("cannot write {}", arguments.output.display()))?;
    let mut out = BufWriter::new(file);
    writeln!(out, "{}", json!({"signals": signals()}))?;
    let generated = arguments
        .samples
        .iter()
        .map(|&(seed, customers)| Source::Generated(seed, customers));
    let directories = arguments.directories.iter().cloned().map(Source::Directory);
    for source in generated.chain(directories) {
        let (name, sample) = source.sample(arguments.questions)?;
        for line in observe_all(&name, &sample)? {
            writeln!(out, "{line}")?;
        }
    }
    Ok(out.flush()?)
}

/// Every signal, and whether it counts for or against a match.
fn signals() -> Vec<Value> {
    let signals = Signal::ALL.iter();
    signals
        .map(|signal| json!([format!("{signal:?}"), signal.direction() == Direction::For]))
        .collect()
}

impl Source {
    fn sample(self, questions: usize) -> Result<(String, Sample)> {
        match self {
            Self::Generated(seed, customers) => {
                let settings = Settings {
                    seed,
                    customers,
                    questions,
                    purpose: Purpose::Training,
                };
                Ok((seed.to_string(), Sample::generate(&settings)))
            }
            Self::Directory(path) => {
                let name = path
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                Ok((name, directory::read(&path)?))
            }
        }
    }
}

fn seed_and_customers(text: &str) -> Result<(u64, usize)> {
    let (seed, customers) = text.split_once(':').context("a sample is SEED:CUSTOMERS, such as 1:10000")?;
    Ok((seed.parse()?, customers.parse()?))
}

/// Observes the questions of a sample, in parallel on two threads.
fn observe_all(name: &str, sample: &Sample) -> Result<Vec<String>> {
    let observer = Observer {
        index: Index::of_sample(sample)?,
    };
    let half = sample.questions.len().div_ceil(2).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = sample
            .questions
            .chunks(half)
            .map(|part| {
                let observer = &observer;
                scope.spawn(move || {
                    part.iter()
                        .map(|question| observer.observe(question, name))
                        .collect::<Result<Vec<String>>>()
                })
            })
            .collect();
        let lists = parts.into_iter().map(|part| match part.join() {
            Ok(lines) => lines,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        Ok(lists.collect::<Result<Vec<_>>>()?.concat())
    })
}

struct Observer {
    index: Index,
}

impl Observer {
    fn observe(&self, question: &Question, source: &str) -> Result<String> {
        let judged = self.index.ask(question)?.judged();
        let answers: Vec<usize> = question.answer.into_iter().chain(question.also.iter().copied()).collect();
        let likely = probabilities(&judged);
        let candidates = judged
            .iter()
            .zip(likely)
            .map(|(one, likely)| self.observed(one, likely, &answers));
        let line = json!({
            "source": source,
            "scenario": question.scenario,
            "culture": question.culture,
            "aside": question.aside,
            "answers": answers.len(),
            "candidates": candidates.collect::<Vec<_>>(),
            "identity": question.identity,
            "answer": question.answer,
        });
        Ok(line.to_string())
    }

    fn observed(&self, candidate: &Candidate, likely: f64, answers: &[usize]) -> Value {
        let place = self.index.place(candidate.customer.id);
        let is_match = place.is_some_and(|place| answers.contains(&place));
        let signals: Vec<Value> = candidate
            .comparison
            .signals
            .iter()
            .map(|(signal, amount)| json!([*signal as usize, (amount * 100.0).round() / 100.0]))
            .collect();
        json!([
            i32::from(is_match),
            signals,
            place,
            (likely * 10_000.0).round() / 10_000.0,
            candidate.score
        ])
    }
}
