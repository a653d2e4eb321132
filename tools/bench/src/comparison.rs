//! Measures the time of best match without the database: reading a question, and comparing it with each proposed
//! customer.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Args;
use evaluate::{
    index::{Asked, Index},
    sample::{Purpose, Sample, Settings},
};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The number of customers of the sample
    #[arg(long, default_value_t = 10_000)]
    customers: usize,
    /// The number of questions
    #[arg(long, default_value_t = 500)]
    questions: usize,
    /// The seed: the same seed gives the same sample
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often each question is compared; the shortest time counts
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// The times of one question.
struct Times {
    candidates: usize,
    reading: Duration,
    comparing: Duration,
}

/// Asks all questions and prints a table.
pub fn run(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.rounds > 0, "give at least one round");
    let sample = Sample::generate(&Settings {
        seed: arguments.seed,
        customers: arguments.customers,
        questions: arguments.questions,
        purpose: Purpose::Judging,
    });
    let index = Index::of_sample(&sample)?;
    let mut all = Vec::with_capacity(sample.questions.len());
    for question in &sample.questions {
        let (reading, asked) = shortest(arguments.rounds, || index.ask(question));
        let asked: Asked<'_> = asked?;
        let (comparing, judged) = shortest(arguments.rounds, || asked.judged());
        all.push(Times {
            candidates: judged.len(),
            reading,
            comparing,
        });
    }
    print!("{}", table(&all));
    Ok(())
}

/// The shortest time of some calls, and the last result.
fn shortest<T>(calls: usize, call: impl Fn() -> T) -> (Duration, T) {
    let measure = || {
        let began = Instant::now();
        let result = call();
        (began.elapsed(), result)
    };
    let (mut least, mut result) = measure();
    for _ in 1..calls {
        let (took, newest) = measure();
        least = least.min(took);
        result = newest;
    }
    (least, result)
}

fn table(all: &[Times]) -> String {
    let compared: usize = all.iter().map(|times| times.candidates).sum();
    let together: Duration = all.iter().map(|times| times.comparing).sum();
    let each = together.as_secs_f64() * 1e6 / f64::from(u32::try_from(compared.max(1)).unwrap_or(u32::MAX));
    let percentiles = |of: &dyn Fn(&Times) -> Duration| {
        let mut took: Vec<Duration> = all.iter().map(of).collect();
        took.sort_unstable();
        [50, 99, 100].map(|percent| {
            let place = (took.len() * percent).div_ceil(100).saturating_sub(1);
            took.get(place).map_or(0.0, |took| took.as_secs_f64() * 1e3)
        })
    };
    let row = |name: &str, [half, most, longest]: [f64; 3]| format!("| {name} | {half:.2} | {most:.2} | {longest:.2} |\n");
    let mut text = format!(
        "{} questions, {compared} comparisons, {each:.1} µs each\n\n| milliseconds per question | p50 | p99 | longest |\n|---|---|---|---|\n",
        all.len()
    );
    text.push_str(&row("reading and look-ups in memory", percentiles(&|times| times.reading)));
    text.push_str(&row("comparing all candidates", percentiles(&|times| times.comparing)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_time_of_one_comparison() {
        let times = |candidates, comparing| Times {
            candidates,
            reading: Duration::from_micros(100),
            comparing: Duration::from_micros(comparing),
        };
        let text = table(&[times(40, 800), times(10, 200)]);
        assert!(text.starts_with("2 questions, 50 comparisons, 20.0 µs each"), "{text}");
        assert!(text.contains("| comparing all candidates | 0.20 | 0.80 | 0.80 |"), "{text}");
    }
}
