//! What a check is. The modules beside this one are lists of them.

use super::outcome::Outcome;
use super::visit::Visit;
use serde::Serialize;

/// One rule of the contract and the way to find out whether it is kept.
pub struct Check {
    /// Its name, for scripts and for talking about it; never changed.
    pub id: &'static str,
    /// The contract's section that it comes from.
    pub section: &'static str,
    /// What breaking it means.
    pub severity: Severity,
    /// Whether finding out may write: such checks are left out with `--read-only`.
    pub writes: bool,
    /// The rule, as a sentence that is true of a good server.
    pub rule: &'static str,
    /// What an agent in Khoros notices where the rule is broken.
    pub agent: &'static str,
    /// What to change.
    pub fix: &'static str,
    /// Finds out.
    pub run: fn(&mut Visit) -> Outcome,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Agents will meet errors, wrong data or lost data.
    Failure,
    /// It works, but not as well or as safely as it should.
    Warning,
}
