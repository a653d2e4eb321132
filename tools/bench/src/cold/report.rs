//! The figures as Markdown: medians over all lives.

use std::{fmt::Write as _, time::Duration};

use super::life::{Life, Took};

/// The lives of one program.
#[derive(Debug)]
pub struct Lives {
    /// The build's or the peer's name.
    pub contender: String,
    /// The function.
    pub function: &'static str,
    /// The size of its zip in bytes, if it is one.
    pub zip_bytes: Option<u64>,
    /// What was measured.
    pub all: Vec<Life>,
}

impl Lives {
    fn median<T: Ord + Copy + Default>(&self, figure: impl Fn(&Life) -> T) -> T {
        let mut all: Vec<T> = self.all.iter().map(figure).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default()
    }

    fn took(&self, part: impl Fn(&Life) -> Took) -> String {
        let time = self.median(|life| part(life).time);
        let processor = self.median(|life| part(life).processor);
        format!("{:.2} / {:.2}", milliseconds(time), milliseconds(processor))
    }

    /// From the start of the process until the first answer.
    fn cold(&self) -> Duration {
        self.median(|life| life.init.time + life.first.time)
    }

    /// The figures that are compared: time and processor time, cold and warm.
    fn compared(&self) -> [Duration; 4] {
        [
            self.cold(),
            self.median(|life| life.init.processor + life.first.processor),
            self.median(|life| life.warm.time),
            self.median(|life| life.warm.processor),
        ]
    }
}

/// All lives in one table, and how many times longer the others take than the first contender.
pub fn markdown(all: &[Lives]) -> String {
    let mut text = String::from(
        "| function | | INIT | first answer | cold | warm | connections | peak memory | zip | status |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for lives in all {
        let [before, during] = [0, 1].map(|at| lives.median(|life| life.connections[at]));
        let zip = lives
            .zip_bytes
            .map_or_else(|| "-".to_owned(), |bytes| format!("{:.2} MB", megabytes(bytes)));
        // Writing to a text cannot fail.
        _ = writeln!(
            text,
            "| {} | {} | {} | {} | {:.2} | {} | {before} + {during} | {:.1} MB | {zip} | {} |",
            lives.function,
            lives.contender,
            lives.took(|life| life.init),
            lives.took(|life| life.first),
            milliseconds(lives.cold()),
            lives.took(|life| life.warm),
            megabytes(lives.median(|life| life.memory)),
            lives.median(|life| life.status),
        );
    }
    text + &ratios(all)
}

fn ratios(all: &[Lives]) -> String {
    let mut rows = String::new();
    for lives in all {
        let ours = all.iter().find(|ours| ours.function == lives.function);
        let Some(ours) = ours.filter(|ours| ours.contender != lives.contender) else {
            continue;
        };
        let ratios = lives.compared().into_iter().zip(ours.compared());
        let ratios = ratios.map(|(theirs, own)| format!("{:.2}", theirs.as_secs_f64() / own.as_secs_f64()));
        let ratios = ratios.collect::<Vec<_>>().join(" | ");
        _ = writeln!(rows, "| {} | {} | {ratios} |", lives.function, lives.contender);
    }
    let Some(first) = all.first().filter(|_| !rows.is_empty()) else {
        return rows;
    };
    format!(
        "\nTimes of the others, divided by those of {}:\n\n| function | | cold | cold, processor | warm | warm, processor |\n|---|---|---|---|---|---|\n{rows}",
        first.contender
    )
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "no size has so many digits")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}
