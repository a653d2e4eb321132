//! What best match observes about labelled samples: the input of `weights.py`, which makes `shared/src/domain/matching/weights.rs`.
//!
//! The very code of the functions runs here, over an index in memory in place of the table: the same keys, the same look-ups with
//! the same limits, the same candidates, the same signals.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use clap::Parser;
use evaluate::sample::{Question, Sample, Settings};
use serde_json::{Map, Value, json};
use shared::{
    domain::{
        Actor, Change, Customer, CustomerId, FieldChange, ObjectStructure, Term, Timestamp,
        matching::{Candidate, Evidence, Frequencies, MOST_LOOKED_UP, most_proposed},
    },
    normal::Region,
};

/// What the command line says.
#[derive(Debug, Parser)]
struct Arguments {
    /// The samples, each as seed and number of customers: 1:10000
    #[arg(long, value_delimiter = ',', required = true, value_parser = seed_and_customers)]
    samples: Vec<(u64, usize)>,
    /// Questions per sample
    #[arg(long, default_value_t = 6_000)]
    questions: usize,
    /// Where the observations go, a line of JSON per question
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
    under: HashMap<Term, Vec<usize>>,
}

impl Index {
    fn new(sample: &Sample) -> Result<Self> {
        let model = ObjectStructure::default_customer();
        let customers = (0..)
            .zip(&sample.customers)
            .map(|(place, fields)| customer(place, fields, &model))
            .collect::<Result<Vec<Customer>>>()?;
        let mut under: HashMap<Term, Vec<usize>> = HashMap::new();
        for (place, customer) in customers.iter().enumerate() {
            for term in customer.terms(&model) {
                under.entry(term).or_default().push(place);
            }
        }
        let keys: usize = under.values().map(Vec::len).sum();
        eprintln!(
            "{} customers with {} terms each",
            customers.len(),
            keys / customers.len().max(1)
        );
        Ok(Self { customers, under })
    }

    fn observe(&self, question: &Question, seed: u64) -> Result<Value> {
        let Value::Object(body) = question.identity.clone() else {
            anyhow::bail!("an identity is an object");
        };
        let identity = khoros::identity::read(body).map_err(|error| anyhow::anyhow!(error.log_text()))?;
        let evidence = Evidence::new(&identity, Region::US);
        let lookups = evidence.lookups();
        let lists: Vec<BTreeSet<CustomerId>> = lookups.iter().map(|term| self.found_under(term)).collect();
        let frequencies: Frequencies = lookups.into_iter().zip(lists.iter().map(BTreeSet::len)).collect();
        let proposed = most_proposed(&lists)
            .into_iter()
            .map(|id| self.customers[place_of(id)].clone());
        let judged = evidence.judge(proposed.collect(), &frequencies);
        let answers: Vec<usize> = question.answer.into_iter().chain(question.also.iter().copied()).collect();
        Ok(json!({
            "seed": seed,
            "scenario": question.scenario,
            "answers": answers.len(),
            "candidates": judged.iter().map(|one| observed(one, &answers)).collect::<Vec<_>>(),
        }))
    }

    /// The newest of those under a term, as the index gives them.
    fn found_under(&self, term: &Term) -> BTreeSet<CustomerId> {
        let most = usize::try_from(MOST_LOOKED_UP).unwrap_or(0);
        let under = self.under.get(term).map_or(&[][..], Vec::as_slice);
        under.iter().rev().take(most).map(|&place| self.customers[place].id).collect()
    }
}

fn observed(candidate: &Candidate, answers: &[usize]) -> Value {
    let signals: Map<String, Value> = candidate
        .comparison
        .signals
        .iter()
        .map(|(signal, amount)| (format!("{signal:?}"), json!(amount)))
        .collect();
    json!({"match": answers.contains(&place_of(candidate.customer.id)), "signals": signals})
}

/// Customers are numbered in the order of the sample.
fn id_of(place: usize) -> Result<CustomerId> {
    CustomerId::parse(&format!("C{place:011}")).context("a place is a number")
}

fn place_of(id: CustomerId) -> usize {
    id.to_string()[1..].parse().unwrap_or(usize::MAX)
}

fn customer(place: usize, fields: &Map<String, Value>, model: &ObjectStructure) -> Result<Customer> {
    let now = Timestamp::from_milliseconds(0);
    let by = Actor::default();
    let mut customer = Customer::new(id_of(place)?, Change { at: now, by });
    let mut changes = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let field = model.field(name).with_context(|| format!("the model has no field {name}"))?;
        // What the CRM would refuse, it does not have.
        if let Ok(value) = field.read(value, Region::US) {
            changes.push(FieldChange { field, value });
        }
    }
    customer.apply(&changes, Region::US, now);
    Ok(customer)
}
