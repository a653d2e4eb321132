//! The one error, in the CRM's own words. A dialect turns it into its status and body on the way out.

use std::fmt::Write as _;

/// A wrong field, with a sentence that says what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field as the caller wrote it; a part of a list with its place: `interactions[2].body`.
    pub name: String,
    /// A sentence that an agent can read. Never holds the rejected value.
    pub message: String,
}

impl FieldError {
    /// A wrong field and the reason. The name may come from the caller. Only the beginning of a long one is shown.
    pub fn new(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            name: shown(name.into()),
            message: message.into(),
        }
    }
}

/// How much of a word of the request an error repeats, in characters.
const LONGEST_SHOWN: usize = 200;

/// The part of a request's word that an error repeats. It is cut, so that an answer does not grow with the request.
pub fn shown(word: String) -> String {
    match word.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word,
    }
}

/// A mistake with a code of one dialect, which only that dialect can word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The dialect's code.
    pub code: &'static str,
    /// The parts of the request that its text names, never a stored value.
    pub arguments: Vec<String>,
    /// The wrong parts.
    pub details: Vec<FieldError>,
}

/// A kind of thing that a request addressed and that does not exist. Each dialect has its own word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// A customer.
    Customer,
    /// A case.
    Case,
    /// A customer's contact point.
    ContactPoint,
}

/// Everything that can make an operation fail. "Nothing matched" is a result and not an error.
///
/// There is no `Display`. The dialect words what a caller may read, and [`Error::log_text`] returns what only the log may contain. So
/// internal details cannot leak by accident.
#[derive(Debug)]
pub enum Error {
    /// The key is missing, unknown, revoked, outside its time, or does not allow this; the reason is for the log only.
    Unauthorized(&'static str),
    /// The key is valid and does not allow this; the reason is for the log only.
    Forbidden(&'static str),
    /// A mistake that only one dialect knows, by that dialect's own code.
    Refused(Box<Refusal>),
    /// What the request addresses does not exist.
    NotFound(Absent),
    /// No operation has this path.
    UnknownPath,
    /// The path exists, with these methods only.
    MethodNotAllowed(Vec<&'static str>),
    /// The request cannot be read at all; the sentence says what would be right.
    Malformed(String),
    /// Fields that do not exist, or may not be used in this request.
    UnknownFields(Vec<FieldError>),
    /// All known fields with invalid values.
    Invalid(Vec<FieldError>),
    /// The body is larger than functions read.
    TooLarge,
    /// Every attempt failed, because other writers came first or the database throttled.
    Busy(&'static str),
    /// The time for this request ran out.
    Timeout,
    /// The database could not be called.
    Unreachable {
        /// What the function was doing, and what an operator can do about the failure.
        context: String,
        /// The cause, for the log only.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An internal failure, which is not the caller's fault.
    Internal {
        /// What the function was doing. For an operator's mistake it also says how to correct it.
        context: String,
        /// The cause, for the log only.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// An unexpected failure; `context` says what the function was doing.
    pub fn internal(context: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal {
            context: context.into(),
            source: source.into(),
        }
    }

    /// One known field with a value that is not valid.
    pub fn invalid_field(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(name, message)])
    }

    /// Whether the operator has to look into it, because the caller cannot correct it.
    pub fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Busy(_) | Self::Timeout | Self::Unreachable { .. } | Self::Internal { .. }
        )
    }

    /// The whole chain of causes, for the log line. It has no field values: the SDK's errors contain only codes and names of keys.
    pub fn log_text(&self) -> String {
        match self {
            Self::Unreachable { context, source } | Self::Internal { context, source } => {
                let mut text = format!("{context}: {source}");
                let mut cause = source.source();
                while let Some(next) = cause {
                    // Writing to a string cannot fail.
                    let _ = write!(text, ": {next}");
                    cause = next.source();
                }
                text
            }
            Self::Busy(context) => format!("{context}: attempts used up"),
            Self::Timeout => "the time for this request ran out".to_owned(),
            Self::Unauthorized(reason) | Self::Forbidden(reason) => (*reason).to_owned(),
            Self::Refused(refusal) => format!("refused with {}", refusal.code),
            Self::NotFound(Absent::Customer) => "no such customer".to_owned(),
            Self::NotFound(Absent::Case) => "no such case".to_owned(),
            Self::NotFound(Absent::ContactPoint) => "no such contact point".to_owned(),
            Self::UnknownPath => "no such path".to_owned(),
            Self::MethodNotAllowed(_) => "no such method here".to_owned(),
            Self::Malformed(_) => "unreadable request".to_owned(),
            Self::UnknownFields(fields) => format!("{} unknown fields", fields.len()),
            Self::Invalid(fields) => format!("{} invalid fields", fields.len()),
            Self::TooLarge => "body too large".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_name_the_beginning_is_shown() {
        let name = |letters: usize| FieldError::new("é".repeat(letters), "is wrong").name;
        assert_eq!(name(200), "é".repeat(200));
        assert_eq!(name(201), format!("{}…", "é".repeat(200)));
    }
}
