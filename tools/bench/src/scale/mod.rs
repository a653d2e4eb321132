//! Measures whether size matters: asks the same questions in a CRM of few customers and of many. Costs and latencies
//! should be the same.

mod population;
mod question;
mod table;

use std::{cell::Cell, path::PathBuf, time::Instant};

use anyhow::{Result, ensure};
use clap::Args;
use evaluate::{client::Client, progress::Progress, stack::OwnStack};

use self::{
    population::Population,
    question::{KINDS, QuestionKind},
    table::{Loading, PerQuestion, Row},
};
use crate::{data_file, latency::Latencies, meter::Meter};

/// How often each kind of question is asked before measuring, so that the functions' processes are warm.
const WARM_UP: usize = 5;
/// How often each kind of question is asked to count its requests, which vary little.
const COUNTED: usize = 20;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The numbers of customers, in ascending order
    #[arg(long, value_delimiter = ' ', num_args = 1.., default_values_t = [1_000, 10_000, 100_000])]
    sizes: Vec<usize>,
    /// How often each kind of question is asked for its latency
    #[arg(long, default_value_t = 200)]
    questions: usize,
    /// The seed: the same seed gives the same customers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep the data in this file while it runs instead of in memory; it is removed at the end
    #[arg(long)]
    data: Option<PathBuf>,
}

/// Loads, asks and prints.
pub fn run(arguments: &Arguments) -> Result<()> {
    let sizes = &arguments.sizes;
    ensure!(
        sizes.is_sorted_by(|one, next| one < next) && sizes[0] >= population::KNOWN,
        "the sizes must ascend, and the smallest must be at least {}",
        population::KNOWN
    );
    let text = data_file::kept(arguments.data.as_deref(), || measure(arguments))?;
    println!("{text}");
    Ok(())
}

fn measure(arguments: &Arguments) -> Result<String> {
    let largest = arguments.sizes.last().copied().unwrap_or_default();
    let began = Instant::now();
    let population = Population::new(arguments.seed, largest);
    let made = began.elapsed();
    let mut stack = OwnStack::start(arguments.data.as_deref())?;
    let meter = stack.wait(Meter::start(stack.database_endpoint()))?;
    let metered = stack.client_through(meter.endpoint())?;
    let direct = stack.client();
    let mut loadings = Vec::new();
    let mut rows: Vec<Row> = KINDS.iter().map(|kind| Row::new(kind.name)).collect();
    let mut known = Vec::new();
    let mut loaded = 0;
    for &size in &arguments.sizes {
        let began = Instant::now();
        let ids = stack.load(&population.customers[loaded..size], loaded)?;
        loadings.push(Loading::new(size, size - loaded, began.elapsed()));
        if known.is_empty() {
            known = population.known(&ids);
        }
        loaded = size;
        let progress = Progress::new("kinds of questions asked", KINDS.len());
        for (kind, row) in KINDS.iter().zip(&mut rows) {
            let asker = Asker {
                kind,
                known: &known,
                size,
                wrong: Cell::new(0),
            };
            let usage = asker.usage(&metered, &meter)?;
            let latencies = asker.latencies(&direct, arguments.questions)?;
            row.add(&usage, &latencies, asker.wrong.get());
            progress.advance(1);
        }
    }
    stack.stop();
    Ok(table::markdown(&rows, &loadings, largest, made))
}

/// Asks questions of one kind.
struct Asker<'a> {
    kind: &'a QuestionKind,
    known: &'a [population::Known],
    size: usize,
    /// How many answers named somebody else, or nobody.
    wrong: Cell<usize>,
}

impl Asker<'_> {
    fn ask(&self, client: &Client, purpose: &str, number: usize) -> Result<()> {
        let known = &self.known[number % self.known.len()];
        let unique = format!("{purpose}{}", in_letters(number * 7 + self.size));
        if !self.kind.ask(client, known, &unique)? {
            self.wrong.update(|wrong| wrong + 1);
        }
        Ok(())
    }

    /// What one question costs on average.
    fn usage(&self, metered: &Client, meter: &Meter) -> Result<PerQuestion> {
        for number in 0..WARM_UP {
            self.ask(metered, "warming", number)?;
        }
        meter.take();
        for number in 0..COUNTED {
            self.ask(metered, "counted", number)?;
        }
        let used = meter.take();
        let counted = f64::from(u32::try_from(COUNTED)?);
        Ok(PerQuestion {
            requests: f64::from(used.requests) / counted,
            units: used.units / counted,
        })
    }

    fn latencies(&self, direct: &Client, times: usize) -> Result<Latencies> {
        for number in 0..WARM_UP {
            self.ask(direct, "heating", number)?;
        }
        Latencies::of(times, |number| self.ask(direct, "timed", number))
    }
}

/// A number as a word: best match reads digits in names as the letters that they look like.
fn in_letters(number: usize) -> String {
    let letter = |digit: char| char::from(b'b' + u8::try_from(digit.to_digit(10).unwrap_or_default()).unwrap_or_default());
    number.to_string().chars().map(letter).collect()
}
