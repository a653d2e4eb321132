//! The figures as Markdown.

use std::{fmt::Write as _, time::Duration};

use crate::latency::Latencies;

/// Cost and latency of one kind of question at every size.
pub struct Row {
    name: &'static str,
    figures: Vec<Figures>,
}

/// The average cost of a question.
pub struct PerQuestion {
    /// Requests to the database.
    pub requests: f64,
    /// Capacity units.
    pub units: f64,
}

struct Figures {
    requests: f64,
    units: f64,
    wrong: usize,
    median: f64,
    slowest: f64,
}

impl Row {
    /// A row without figures.
    pub fn new(name: &'static str) -> Self {
        let figures = Vec::new();
        Self { name, figures }
    }

    /// Adds the figures of the next size.
    pub fn add(&mut self, usage: &PerQuestion, latencies: &Latencies, wrong: usize) {
        self.figures.push(Figures {
            requests: usage.requests,
            units: usage.units,
            wrong,
            median: latencies.percentile(50),
            slowest: latencies.percentile(99),
        });
    }

    /// The largest size's figure divided by the smallest's.
    fn ratio(&self, figure: impl Fn(&Figures) -> f64) -> f64 {
        match (self.figures.first(), self.figures.last()) {
            (Some(first), Some(last)) if figure(first) > 0.0 => figure(last) / figure(first),
            _ => 1.0,
        }
    }
}

/// The duration of loading.
pub struct Loading {
    size: usize,
    count: usize,
    took: Duration,
}

impl Loading {
    /// The loading of the customers that brought the store to this size.
    pub fn new(size: usize, count: usize, took: Duration) -> Self {
        Self { size, count, took }
    }
}

/// All figures.
pub fn markdown(rows: &[Row], loadings: &[Loading], made: usize, making: Duration) -> String {
    let cost = |figures: &Figures| format!("{:.1} / {:.1}", figures.requests, figures.units);
    let time = |figures: &Figures| format!("{:.1} / {:.1}", figures.median, figures.slowest);
    let mut text = format!("{made} customers were generated in {:.1} s.\n", making.as_secs_f64());
    for Loading { size, count, took } in loadings {
        let per_second = f64::from(u32::try_from(*count).unwrap_or(u32::MAX)) / took.as_secs_f64();
        _ = writeln!(
            text,
            "{count} customers were loaded in {:.1} s, {per_second:.0} a second, for a total of {size}.",
            took.as_secs_f64()
        );
    }
    text += "\nDynamoDB requests / capacity units per question:\n\n";
    text += &table(rows, loadings, cost, |row| row.ratio(|figures| figures.units));
    text += "\nMilliseconds, p50 / p99:\n\n";
    text += &table(rows, loadings, time, |row| row.ratio(|figures| figures.median));
    text += &wrong_answers(rows, loadings);
    text.trim_end().to_owned()
}

/// Reports wrong answers, since a cheap answer must also be right.
fn wrong_answers(rows: &[Row], loadings: &[Loading]) -> String {
    let mut text = String::new();
    for row in rows {
        for (figures, loading) in row.figures.iter().zip(loadings) {
            if figures.wrong > 0 {
                let (wrong, size) = (figures.wrong, thousands(loading.size));
                _ = write!(text, "\nWrong answers: {wrong}, {}, {size} customers.", row.name);
            }
        }
    }
    text
}

fn table(rows: &[Row], loadings: &[Loading], cell: impl Fn(&Figures) -> String, ratio: impl Fn(&Row) -> f64) -> String {
    let sizes: Vec<String> = loadings.iter().map(|loading| thousands(loading.size)).collect();
    let mut text = format!(
        "| customers | {} | ratio |\n|---|{}---|\n",
        sizes.join(" | "),
        "---|".repeat(sizes.len())
    );
    for row in rows {
        let cells: Vec<String> = row.figures.iter().map(&cell).collect();
        _ = writeln!(text, "| {} | {} | {:.2} |", row.name, cells.join(" | "), ratio(row));
    }
    text
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_ends_with_the_ratio_of_the_largest_to_the_smallest_size() {
        let mut row = Row::new("search");
        for units in [2.0, 3.0] {
            let latencies = Latencies::of(0, |_| Ok(()));
            row.add(
                &PerQuestion { requests: 1.0, units },
                &latencies.unwrap(),
                usize::from(units > 2.0),
            );
        }
        let loading = |size| Loading::new(size, size, Duration::from_secs(1));
        let text = markdown(&[row], &[loading(1_000), loading(1_000_000)], 1, Duration::ZERO);
        assert!(
            text.contains("| customers | 1,000 | 1,000,000 | ratio |\n|---|---|---|---|\n"),
            "{text}"
        );
        assert!(text.contains("| search | 1.0 / 2.0 | 1.0 / 3.0 | 1.50 |"), "{text}");
        assert!(text.ends_with("Wrong answers: 1, search, 1,000,000 customers."), "{text}");
    }
}
