//! The result of testing a rule.

/// The rule is kept, perhaps with a remark, or there is a problem.
pub type Outcome = Result<Option<String>, Trouble>;

/// A wrong status. Checks with the same one have the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symptom {
    /// The operation, as in `PATCH /customer/{id}`.
    pub operation: String,
    /// The right status.
    pub wanted: u16,
    /// The received status; none if there was no answer.
    pub status: Option<u16>,
}

/// Why a check did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The rule is broken.
    Broken {
        /// What a correct server would have answered.
        expected: String,
        /// What this server answered.
        came: String,
        /// The wrong answer, which other checks may also receive.
        symptom: Option<Symptom>,
    },
    /// It could not be tested, with the reason.
    NotAsked(String),
}

/// The rule is broken.
pub fn broken(expected: impl Into<String>, came: impl Into<String>) -> Trouble {
    Trouble::Broken {
        expected: expected.into(),
        came: came.into(),
        symptom: None,
    }
}

/// It cannot be tested.
pub fn not_asked(reason: impl Into<String>) -> Trouble {
    Trouble::NotAsked(reason.into())
}

/// Fails unless `good`. The texts are created only when they are needed.
pub fn ensure(good: bool, expected: &str, came: impl FnOnce() -> String) -> Result<(), Trouble> {
    if good { Ok(()) } else { Err(broken(expected, came())) }
}

/// Fails with all problems, if there are any.
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
