//! What comes of asking about a rule.

/// The rule is kept, perhaps with something worth knowing; or there is trouble.
pub type Outcome = Result<Option<String>, Trouble>;

/// A status where another was right. Checks that meet the same one have the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symptom {
    /// The operation, as in `PATCH /customer/{id}`.
    pub operation: String,
    /// The right status.
    pub wanted: u16,
    /// The status that came; none where no answer did.
    pub status: Option<u16>,
}

/// Why a check did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The rule is broken.
    Broken {
        /// What a good server would have answered.
        expected: String,
        /// What this one did.
        came: String,
        /// The answer that it shows in, where other checks may meet the same one.
        symptom: Option<Symptom>,
    },
    /// It could not be found out, and why.
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
