//! The report: the figures of all methods side by side.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use crate::duplicates;
use crate::score::{Figures, Score, Scores, interval, share};

/// The scores of every method, by its name.
pub type Methods = BTreeMap<String, Scores>;

/// The document of `--json`.
#[derive(Serialize)]
struct Document {
    total: BTreeMap<String, Figures>,
    scenarios: BTreeMap<String, BTreeMap<String, Figures>>,
}

/// One JSON document of all figures.
pub fn json(methods: &Methods) -> serde_json::Result<String> {
    let mut scenarios: BTreeMap<String, BTreeMap<String, Figures>> = BTreeMap::new();
    for (method, scores) in methods {
        for (scenario, score) in &scores.scenarios {
            scenarios
                .entry(scenario.clone())
                .or_default()
                .insert(method.clone(), score.figures());
        }
    }
    let total = methods
        .iter()
        .map(|(method, scores)| (method.clone(), scores.total.figures()))
        .collect();
    serde_json::to_string_pretty(&Document { total, scenarios })
}

/// Two tables in Markdown: the totals, and the telling figure of each scenario.
pub fn table(methods: &Methods) -> String {
    let mut text = String::from("| method | precision@1 | recall@1 | strangers answered | MRR |\n|---|---|---|---|---|\n");
    for (method, scores) in methods {
        let figures = scores.total.figures();
        let score = scores.total;
        let row = [
            with_interval(score.right, score.answered),
            with_interval(score.right, score.about_customers),
            with_interval(score.strangers_answered, score.about_strangers),
            percent(figures.mean_reciprocal_rank),
        ];
        _ = writeln!(text, "| {method} | {} |", row.join(" | "));
    }
    let names: Vec<&str> = methods.keys().map(String::as_str).collect();
    _ = writeln!(
        text,
        "\n| scenario | questions | {} |\n|---|---|{}",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for scenario in scenarios(methods) {
        let of = |scores: &Scores| scores.scenarios.get(scenario).copied();
        let questions = methods.values().find_map(of).map_or(0, |score| score.figures().questions);
        let row: Vec<String> = methods
            .values()
            .map(|scores| of(scores).map_or_else(String::new, telling))
            .collect();
        _ = writeln!(text, "| {scenario} | {questions} | {} |", row.join(" | "));
    }
    text.push_str("\nPer scenario: recall@1, and for strangers the share that was answered. In brackets, 95 % intervals.\n");
    text
}

/// A table in Markdown: the quality of the duplicates that are reported with a confidence or a higher one.
pub fn duplicates(figures: &[duplicates::Figures]) -> String {
    let mut text = String::from(
        "| confidence, or surer | pairs told | precision | recall | recall of those that share more than a name |\n|---|---|---|---|---|\n",
    );
    for one in figures {
        let confidence: &str = one.confidence.into();
        let shares = [
            with_interval(one.right, one.told),
            with_interval(one.right, one.duplicates),
            with_interval(one.found, one.tellable),
        ];
        _ = writeln!(text, "| {confidence} | {} | {} |", one.told, shares.join(" | "));
    }
    if let Some(one) = figures.first() {
        _ = writeln!(
            text,
            "\n{} pairs of records are one person's; {} of them share more than a name.",
            one.duplicates, one.tellable
        );
    }
    text
}

/// The figure that matters for a scenario: it depends on whether the scenario is about customers or about strangers.
fn telling(score: Score) -> String {
    if score.about_customers > 0 {
        with_interval(score.right, score.about_customers)
    } else {
        with_interval(score.strangers_answered, score.about_strangers)
    }
}

/// A share in percent, with its 95 % interval.
fn with_interval(part: usize, whole: usize) -> String {
    if whole == 0 {
        return percent(None);
    }
    let (low, high) = interval(part, whole);
    let share = percent(Some(share(part, whole)));
    format!("{share} ({:.1}–{:.1})", low * 100.0, high * 100.0)
}

fn scenarios(methods: &Methods) -> Vec<&str> {
    let mut names: Vec<&str> = methods
        .values()
        .flat_map(|scores| scores.scenarios.keys().map(String::as_str))
        .collect();
    names.sort_by_key(|name| (name.starts_with("stranger"), *name));
    names.dedup();
    names
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}
