//! The report of a visit, for people and for programs.

use super::check::{Check, Severity};
use super::cleanup::Leftover;
use super::gateway::Seen;
use super::outcome::{Outcome, Symptom, Trouble};
use crate::Exit;
use crate::output::{Output, Tone};
use serde::Serialize;

/// The largest number of checks that are named for one reason.
const MOST_NAMED: usize = 6;

/// A whole visit.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The registered URL.
    pub url: String,
    /// The mark of the visit's records.
    pub mark: String,
    /// Whether nothing was written.
    pub read_only: bool,
    /// Every check, in order.
    pub checks: Vec<Finding>,
    /// The numbers of results.
    pub summary: Summary,
    /// Remarks.
    pub notes: Vec<String>,
    /// Records that stay.
    pub left_behind: Vec<Leftover>,
}

/// The numbers of checks by result.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Rules that are kept.
    pub passed: usize,
    /// Broken rules that matter.
    pub failed: usize,
    /// The number of their causes.
    pub causes: usize,
    /// Broken rules that matter less.
    pub warned: usize,
    /// Rules that could not be tested.
    pub skipped: usize,
    /// Whether the visit ended before all rules were tested.
    pub incomplete: bool,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// The rule is kept.
    Passed,
    /// Broken, and it matters.
    Failed,
    /// Broken, and it matters less.
    Warned,
    /// It could not be tested.
    Skipped,
}

/// A check and its result.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The check's name.
    pub id: &'static str,
    /// The part of the contract that it is about.
    pub area: &'static str,
    /// The contract's section.
    pub section: &'static str,
    /// The severity of breaking it.
    pub severity: Severity,
    /// The result.
    pub outcome: Ending,
    /// The rule.
    pub rule: &'static str,
    /// A remark, or the reason why it could not be tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The first check that broke for the same reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_cause_as: Option<&'static str>,
    #[serde(skip)]
    symptom: Option<Symptom>,
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
    /// What a correct server would have answered.
    pub expected: String,
    /// What this server answered.
    pub came: String,
    /// What to change.
    pub fix: &'static str,
}

impl Finding {
    /// The check's outcome, with secrets masked by `clean`.
    pub fn new(area: &'static str, check: &Check, outcome: Outcome, clean: impl Fn(&str) -> String) -> Self {
        let mut cause = None;
        let (ending, note, defect) = match outcome {
            Ok(note) => (Ending::Passed, note, None),
            Err(Trouble::NotAsked(reason)) => (Ending::Skipped, Some(reason), None),
            Err(Trouble::Broken { expected, came, symptom }) => {
                cause = symptom;
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
            same_cause_as: None,
            symptom: cause,
            defect,
        }
    }

    fn is_broken(&self) -> bool {
        matches!(self.outcome, Ending::Failed | Ending::Warned)
    }
}

/// Links checks that broke for the same reason to the first of them. `seen` is everything that was answered.
pub fn join_causes(findings: &mut [Finding], seen: &[Seen]) {
    let mut causes: Vec<(Symptom, &'static str)> = Vec::new();
    for finding in findings.iter_mut() {
        let Some(symptom) = finding.symptom.clone() else { continue };
        match causes.iter().find(|(known, _)| *known == symptom) {
            Some((_, first)) => finding.same_cause_as = Some(first),
            None => causes.push((symptom, finding.id)),
        }
    }
    // The rules about all answers are broken by the same answers again.
    for (id, statuses) in [("no-server-error", 500..600), ("no-redirect", 300..400)] {
        let of_cause = |(symptom, _): &&(Symptom, &str)| symptom.status.is_some_and(|status| statuses.contains(&status));
        let is_known = |seen: &Seen| {
            causes
                .iter()
                .filter(of_cause)
                .any(|(cause, _)| cause.operation == seen.reply.operation())
        };
        let mut such = seen
            .iter()
            .filter(|seen| seen.reply.status().is_some_and(|status| statuses.contains(&status)));
        let first = causes.iter().find(of_cause).filter(|_| such.all(is_known));
        if let (Some((_, first)), Some(finding)) = (
            first,
            findings.iter_mut().find(|finding| finding.id == id && finding.is_broken()),
        ) {
            finding.same_cause_as = Some(first);
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
            causes: findings
                .iter()
                .filter(|finding| finding.outcome == Ending::Failed && finding.same_cause_as.is_none())
                .count(),
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
            self.print_area(area, &findings, verbose, output);
        }
        output.line("");
        self.print_skipped(verbose, output);
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
        output.line(
            "The contract has no way to delete, so these records stay behind (--remove erases them if you have access to the table):",
        );
        for leftover in &self.left_behind {
            output.line(&format!("  {} {}: {}", leftover.kind, leftover.id, leftover.state));
        }
    }

    fn print_summary(&self, output: &mut Output) {
        let Summary {
            passed,
            failed,
            causes,
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
            (_, true) => "could not be examined to the end",
            _ => "breaks the contract",
        };
        let of_causes = match causes {
            causes if causes == failed => String::new(),
            1 => " for one reason".to_owned(),
            causes => format!(" for {causes} reasons"),
        };
        let counts = format!("{passed} passed, {failed} failed{of_causes}, {warned} warned, {skipped} skipped");
        output.line(&output.tinted(tone, &format!("{} {verdict}: {counts}", self.url)));
    }

    fn print_area(&self, area: &str, findings: &[&Finding], verbose: bool, output: &mut Output) {
        let count = |ending| findings.iter().filter(|finding| finding.outcome == ending).count();
        if count(Ending::Skipped) == findings.len() {
            output.line(&format!("{area:16} not asked"));
            return;
        }
        output.line(&format!("{area:16} {} of {} passed", count(Ending::Passed), findings.len()));
        for finding in findings.iter().filter(|finding| finding.same_cause_as.is_none()) {
            match finding.outcome {
                Ending::Passed if verbose => self.print_line("ok", Tone::Good, finding, output),
                Ending::Passed | Ending::Skipped => {}
                Ending::Warned => self.print_line("WARNING", Tone::Careful, finding, output),
                Ending::Failed => self.print_line("FAILURE", Tone::Bad, finding, output),
            }
        }
    }

    /// The checks that could not be tested, with one line per reason.
    fn print_skipped(&self, verbose: bool, output: &mut Output) {
        let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
        for finding in self.checks.iter().filter(|finding| finding.outcome == Ending::Skipped) {
            let reason = finding.note.as_deref().unwrap_or_default();
            match by_reason.iter_mut().find(|(other, _)| *other == reason) {
                Some((_, ids)) => ids.push(finding.id),
                None => by_reason.push((reason, vec![finding.id])),
            }
        }
        for (reason, ids) in by_reason {
            let word = output.tinted(Tone::Quiet, "not asked");
            let which = if verbose || ids.len() <= MOST_NAMED {
                ids.join(", ")
            } else {
                format!("{} checks", ids.len())
            };
            output.line(&format!("{word} {which}: {reason}"));
        }
    }

    fn print_line(&self, word: &str, tone: Tone, finding: &Finding, output: &mut Output) {
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
        let others = self.checks.iter().filter(|other| other.same_cause_as == Some(finding.id));
        let others: Vec<&str> = others.map(|other| other.id).collect();
        if !others.is_empty() {
            output.line(&format!("          breaks too   {}", others.join(", ")));
        }
    }
}
