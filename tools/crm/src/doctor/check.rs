//! Checks. The other modules of this folder list them.

use super::outcome::Outcome;
use super::visit::Visit;
use serde::Serialize;

/// A rule of the contract, and the function that tests it.
pub struct Check {
    /// Its name, which never changes, since scripts use it.
    pub id: &'static str,
    /// The contract's section.
    pub section: &'static str,
    /// The severity of breaking it.
    pub severity: Severity,
    /// Whether the test may write. Such checks are left out with `--read-only`.
    pub writes: bool,
    /// The rule, as a statement about a correct server.
    pub rule: &'static str,
    /// What an agent in Khoros notices if the rule is broken.
    pub agent: &'static str,
    /// What to change.
    pub fix: &'static str,
    /// Runs the test.
    pub run: fn(&mut Visit) -> Outcome,
}

/// The severity of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Agents will meet errors, wrong data or lost data.
    Failure,
    /// It works, but not as well or as safely as it should.
    Warning,
}
