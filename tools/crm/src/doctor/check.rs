//! What a check is. The modules beside this one are lists of them.

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

/// The rule is kept, perhaps with something worth knowing; or there is trouble.
pub type Outcome = Result<Option<String>, Trouble>;

/// Why a check did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The rule is broken.
    Broken {
        /// What a good server would have answered.
        expected: String,
        /// What this one did.
        came: String,
    },
    /// It could not be found out, and why.
    NotAsked(String),
}

/// The rule is broken.
pub fn broken(expected: impl Into<String>, came: impl Into<String>) -> Trouble {
    Trouble::Broken {
        expected: expected.into(),
        came: came.into(),
    }
}

/// It cannot be found out.
pub fn not_asked(reason: impl Into<String>) -> Trouble {
    Trouble::NotAsked(reason.into())
}

/// Fails unless `good`; the texts are made only when they are needed.
pub fn ensure(good: bool, expected: &str, came: impl FnOnce() -> String) -> Result<(), Trouble> {
    if good { Ok(()) } else { Err(broken(expected, came())) }
}

/// Fails with everything that is wrong, where anything is.
pub fn ensure_none(wrong: &[String], expected: &str) -> Result<(), Trouble> {
    const SHOWN: usize = 6;
    if wrong.is_empty() {
        return Ok(());
    }
    let mut came = wrong.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if wrong.len() > SHOWN {
        came = format!("{came}; and {} more", wrong.len() - SHOWN);
    }
    Err(broken(expected, came))
}
