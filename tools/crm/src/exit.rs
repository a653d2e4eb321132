//! The exit codes: four, the same for every subcommand.

use std::{fmt, process::ExitCode};

use crm_import::Refused;

/// The exit codes. Scripts branch on them, so they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; warnings are allowed.
    Passed,
    /// The command failed, or a check did.
    Failed,
    /// The command line is wrong.
    Misused,
    /// The server could not be reached.
    Unreachable,
}

/// A wrong command line, worded for the operator.
#[derive(Debug)]
pub struct Misuse(pub String);

impl fmt::Display for Misuse {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

impl From<Refused> for Misuse {
    fn from(Refused(problem): Refused) -> Self {
        Self(problem)
    }
}

/// The server did not answer. The text says what to check.
#[derive(Debug)]
pub struct Unreachable(pub String);

impl fmt::Display for Unreachable {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Unreachable {}

impl Exit {
    /// The number for the shell.
    pub fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Misused => 2,
            Self::Unreachable => 3,
        }
    }

    /// The code in the JSON document of a failure.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Misused => "misused",
            Self::Unreachable => "unreachable",
        }
    }

    /// The exit code for an error that ended a subcommand.
    pub fn of(error: &anyhow::Error) -> Self {
        if error.is::<Misuse>() || error.is::<Refused>() {
            Self::Misused
        } else if error.is::<Unreachable>() {
            Self::Unreachable
        } else {
            Self::Failed
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
