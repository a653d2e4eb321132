//! What best match observes about labelled samples: the input of `weights.py`, which makes `shared/domain/src/matching/weights.rs`.
//!
//! It runs the functions' own code over an index in memory instead of the table: the same keys, the same look-ups with
//! the same limits, the same candidates, the same signals.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use clap::Parser;
use crm_domain::{
    Customer, CustomerId, TenantSettings, Term,
    matching::{Candidate, Evidence, Frequencies, MOST_LOOKED_UP, most_proposed},
    normal::Region,
};
use evaluate::{
    load::customer,
    sample::{Question, Sample, Settings},
};
use serde_json::{Map, Value, json};

/// What the command line says.
#[derive(Debug, Parser)]
struct Arguments {
    /// The samples, each as seed and number of customers: 1:10000
    #[arg(long, value_delimiter = ',', required = true, value_parser = seed_and_customers)]
    samples: Vec<(u64, usize)>,
    /// Questions per sample
    #[arg(long, default_value_t = 6_000)]
    questions: usize,
    /// The file for the observations, a line of JSON per question
    #[arg(long, default_value = "target/observations.jsonl")]
    output: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let file = File::create(&arguments.output).with_context(|| format!("cannot write {}", arguments.output.display()))?;
    let mut out = BufWriter::new(file);
    for &(seed, customers) in &arguments.samples {
        let sample = Sample::generate(&Settings {
            seed,
            customers,
            questions: arguments.questions,
        });
        let index = Index::new(&sample)?;
        for question in &sample.questions {
            writeln!(out, "{}", index.observe(question, seed)?)?;
        }
    }
    Ok(out.flush()?)
}

fn seed_and_customers(text: &str) -> Result<(u64, usize)> {
    let (seed, customers) = text.split_once(':').context("a sample is SEED:CUSTOMERS, such as 1:10000")?;
    Ok((seed.parse()?, customers.parse()?))
}

/// The table, as far as best match sees it.
struct Index {
    customers: Vec<Customer>,
    places: HashMap<CustomerId, usize>,
    under: HashMap<Term, Vec<usize>>,
}

impl Index {
    fn new(sample: &Sample) -> Result<Self> {
        let settings = TenantSettings::default();
        let customers = (0..)
            .zip(&sample.customers)
            .map(|(place, fields)| customer(fields, place, &settings))
            .collect::<Result<Vec<Customer>>>()?;
        let mut under: HashMap<Term, Vec<usize>> = HashMap::new();
        for (place, customer) in customers.iter().enumerate() {
            for term in customer.terms(&settings.customer_model) {
                under.entry(term).or_default().push(place);
            }
        }
        let keys: usize = under.values().map(Vec::len).sum();
        eprintln!(
            "{} customers with {} terms each",
            customers.len(),
            keys / customers.len().max(1)
        );
        let places = (0..).zip(&customers).map(|(place, customer)| (customer.id, place)).collect();
        Ok(Self {
            customers,
            places,
            under,
        })
    }

    fn observe(&self, question: &Question, seed: u64) -> Result<Value> {
        let Value::Object(body) = question.identity.clone() else {
            anyhow::bail!("an identity must be an object");
        };
        let identity = khoros::identity::read(body).map_err(|error| anyhow::anyhow!(error.log_text()))?;
        let evidence = Evidence::new(&identity, Region::US);
        let lookups = evidence.lookups();
        let lists: Vec<BTreeSet<CustomerId>> = lookups.iter().map(|term| self.found_under(term)).collect();
        let frequencies: Frequencies = lookups.into_iter().zip(lists.iter().map(BTreeSet::len)).collect();
        let proposed = most_proposed(&lists)
            .into_iter()
            .filter_map(|id| self.customers.get(*self.places.get(&id)?).cloned());
        let judged = evidence.judge(proposed.collect(), &frequencies);
        let answers: Vec<usize> = question.answer.into_iter().chain(question.also.iter().copied()).collect();
        Ok(json!({
            "seed": seed,
            "scenario": question.scenario,
            "answers": answers.len(),
            "candidates": judged.iter().map(|one| self.observed(one, &answers)).collect::<Vec<_>>(),
        }))
    }

    /// The newest customers under a term, as the index returns them.
    fn found_under(&self, term: &Term) -> BTreeSet<CustomerId> {
        let most = usize::try_from(MOST_LOOKED_UP).unwrap_or(0);
        let under = self.under.get(term).map_or(&[][..], Vec::as_slice);
        under.iter().rev().take(most).map(|&place| self.customers[place].id).collect()
    }

    fn observed(&self, candidate: &Candidate, answers: &[usize]) -> Value {
        let signals: Map<String, Value> = candidate
            .comparison
            .signals
            .iter()
            .map(|(signal, amount)| (format!("{signal:?}"), json!(amount)))
            .collect();
        json!({"match": self.places.get(&candidate.customer.id).is_some_and(|place| answers.contains(place)), "signals": signals})
    }
}
