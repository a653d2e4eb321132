//! The report: the figures of all methods side by side.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use crate::score::{Figures, Scores};

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

/// Two tables in Markdown: the totals, and per scenario what counts there.
pub fn table(methods: &Methods) -> String {
    let mut text = String::from("| method | precision@1 | recall@1 | strangers answered | MRR |\n|---|---|---|---|---|\n");
    for (method, scores) in methods {
        let figures = scores.total.figures();
        let row = [
            figures.precision_at_1,
            figures.recall_at_1,
            figures.strangers_answered,
            figures.mean_reciprocal_rank,
        ];
        _ = writeln!(text, "| {method} | {} |", row.map(percent).join(" | "));
    }
    let names: Vec<&str> = methods.keys().map(String::as_str).collect();
    _ = writeln!(
        text,
        "\n| scenario | questions | {} |\n|---|---|{}",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for scenario in scenarios(methods) {
        let of = |scores: &Scores| scores.scenarios.get(scenario).map(super::score::Score::figures);
        let questions = methods.values().find_map(of).map_or(0, |figures| figures.questions);
        let row: Vec<String> = methods.values().map(|scores| percent(of(scores).and_then(telling))).collect();
        _ = writeln!(text, "| {scenario} | {questions} | {} |", row.join(" | "));
    }
    text.push_str("\nPer scenario: recall@1, and for strangers the share that was answered.\n");
    text
}

/// The figure that matters for a scenario: it depends on whether the scenario is about customers or about strangers.
fn telling(figures: Figures) -> Option<f64> {
    figures.recall_at_1.or(figures.strangers_answered)
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
