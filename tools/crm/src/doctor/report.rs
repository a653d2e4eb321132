//! What a visit found, for people and for programs.

use super::check::{Check, Outcome, Severity, Trouble};
use super::cleanup::Leftover;
use crate::Exit;
use crate::output::{Output, Tone};
use serde::Serialize;

/// A whole visit.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The registered URL.
    pub url: String,
    /// What the visit's records are known by.
    pub mark: String,
    /// Whether nothing was written.
    pub read_only: bool,
    /// Every check, in order.
    pub checks: Vec<Finding>,
    /// How many ended how.
    pub summary: Summary,
    /// Things worth knowing.
    pub notes: Vec<String>,
    /// Records that stay.
    pub left_behind: Vec<Leftover>,
}

/// How many checks ended how.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Rules that are kept.
    pub passed: usize,
    /// Broken rules that matter.
    pub failed: usize,
    /// Broken rules that matter less.
    pub warned: usize,
    /// Rules that could not be asked about.
    pub skipped: usize,
    /// Whether the visit ended before all had been asked.
    pub incomplete: bool,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// The rule is kept.
    Passed,
    /// Broken, and it matters.
    Failed,
    /// Broken, and it matters less.
    Warned,
    /// Could not be asked.
    Skipped,
}

/// A check and how it ended.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The check's name.
    pub id: &'static str,
    /// The part of the contract that it is about.
    pub area: &'static str,
    /// The contract's section.
    pub section: &'static str,
    /// What breaking it means.
    pub severity: Severity,
    /// How it ended.
    pub outcome: Ending,
    /// The rule.
    pub rule: &'static str,
    /// A remark, or why it could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What is wrong, if anything.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub defect: Option<Defect>,
}

/// What is wrong.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Defect {
    /// What an agent notices.
    pub agent_sees: &'static str,
    /// What a good server would have answered.
    pub expected: String,
    /// What this one did.
    pub came: String,
    /// What to change.
    pub fix: &'static str,
}

impl Finding {
    /// The check's outcome, with secrets taken out by `clean`.
    pub fn new(area: &'static str, check: &Check, outcome: Outcome, clean: impl Fn(&str) -> String) -> Self {
        let (ending, note, defect) = match outcome {
            Ok(note) => (Ending::Passed, note, None),
            Err(Trouble::NotAsked(reason)) => (Ending::Skipped, Some(reason), None),
            Err(Trouble::Broken { expected, came }) => {
                let ending = if check.severity == Severity::Failure {
                    Ending::Failed
                } else {
                    Ending::Warned
                };
                let defect = Defect {
                    agent_sees: check.agent,
                    expected: clean(&expected),
                    came: clean(&came),
                    fix: check.fix,
                };
                (ending, None, Some(defect))
            }
        };
        Self {
            id: check.id,
            area,
            section: check.section,
            severity: check.severity,
            outcome: ending,
            rule: check.rule,
            note: note.map(|note| clean(&note)),
            defect,
        }
    }
}

impl Summary {
    /// Counts.
    pub fn of(findings: &[Finding], incomplete: bool) -> Self {
        let count = |ending| findings.iter().filter(|finding| finding.outcome == ending).count();
        Self {
            passed: count(Ending::Passed),
            failed: count(Ending::Failed),
            warned: count(Ending::Warned),
            skipped: count(Ending::Skipped),
            incomplete,
        }
    }

    /// Warnings are allowed, a visit that was cut short is not.
    pub fn exit(&self) -> Exit {
        if self.failed > 0 || self.incomplete {
            Exit::Failed
        } else {
            Exit::Passed
        }
    }
}

impl Report {
    /// Prints everything; passed checks as a count per area unless `verbose`.
    pub fn print(&self, verbose: bool, output: &mut Output) {
        let mut areas: Vec<&str> = self.checks.iter().map(|finding| finding.area).collect();
        areas.dedup();
        for area in areas {
            let findings: Vec<&Finding> = self.checks.iter().filter(|finding| finding.area == area).collect();
            print_area(area, &findings, verbose, output);
        }
        output.line("");
        for note in &self.notes {
            output.line(note);
        }
        self.print_leftovers(output);
        self.print_summary(output);
        output.document(self);
    }

    fn print_leftovers(&self, output: &mut Output) {
        if self.left_behind.is_empty() {
            return;
        }
        output.line("The contract has no way to delete; these records stay behind:");
        for leftover in &self.left_behind {
            output.line(&format!("  {} {}: {}", leftover.kind, leftover.id, leftover.state));
        }
    }

    fn print_summary(&self, output: &mut Output) {
        let Summary {
            passed,
            failed,
            warned,
            skipped,
            incomplete,
        } = self.summary;
        let tone = if self.summary.exit() == Exit::Passed {
            Tone::Good
        } else {
            Tone::Bad
        };
        let verdict = match (failed, incomplete) {
            (0, false) => "keeps the contract",
            (0, true) => "could not be examined to the end",
            _ => "breaks the contract",
        };
        let counts = format!("{passed} passed, {failed} failed, {warned} warned, {skipped} skipped");
        output.line(&output.tinted(tone, &format!("{} {verdict}: {counts}", self.url)));
    }
}

fn print_area(area: &str, findings: &[&Finding], verbose: bool, output: &mut Output) {
    let passed = findings.iter().filter(|finding| finding.outcome == Ending::Passed).count();
    output.line(&format!("{area:16} {passed} of {} passed", findings.len()));
    for finding in findings {
        match finding.outcome {
            Ending::Passed if verbose => print_line("ok", Tone::Good, finding, output),
            Ending::Passed | Ending::Skipped => {}
            Ending::Warned => print_line("WARNING", Tone::Careful, finding, output),
            Ending::Failed => print_line("FAILURE", Tone::Bad, finding, output),
        }
    }
    print_skipped(findings, output);
}

/// The checks that could not be asked, one line per reason: the reason is what matters.
fn print_skipped(findings: &[&Finding], output: &mut Output) {
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.outcome == Ending::Skipped) {
        let reason = finding.note.as_deref().unwrap_or_default();
        match by_reason.iter_mut().find(|(other, _)| *other == reason) {
            Some((_, ids)) => ids.push(finding.id),
            None => by_reason.push((reason, vec![finding.id])),
        }
    }
    for (reason, ids) in by_reason {
        let word = output.tinted(Tone::Quiet, "skipped");
        output.line(&format!("  {word} {}: {reason}", ids.join(", ")));
    }
}

fn print_line(word: &str, tone: Tone, finding: &Finding, output: &mut Output) {
    let note = finding.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    let word = output.tinted(tone, &format!("{word:7}"));
    output.line(&format!("  {word} {}: {}{note}", finding.id, finding.rule));
    if let Some(defect) = &finding.defect {
        output.line(&format!("          expected     {}", defect.expected));
        output.line(&format!("          came         {}", defect.came));
        output.line(&format!("          agents see   {}", defect.agent_sees));
        output.line(&format!("          fix          {}", defect.fix));
        output.line(&format!("          contract     section {}", finding.section));
    }
}
