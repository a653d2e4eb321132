//! The SDK's errors as the CRM's, with advice for operators.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use crm_domain::error::Error;

/// Turns a failed call into an [`Error`]. `what` says what the function was doing.
pub(super) fn failed<E, R>(what: &'static str) -> impl FnOnce(SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |error| {
        if is_time_out(&error) {
            return Error::Timeout;
        }
        let words = error.message().unwrap_or_default();
        let hint = error.code().map_or_else(|| dispatch_hint(&error), |code| hint(code, words));
        let context = if hint.is_empty() {
            what.to_owned()
        } else {
            format!("{what} ({hint})")
        };
        let code = error.code().unwrap_or("an answer that cannot be read").to_owned();
        let cause = match error.message().filter(|_| is_about_the_caller(&code)) {
            Some(words) => format!("{code}: {words}"),
            None => code,
        };
        match error {
            // For a lost connection, show the whole chain of causes.
            SdkError::ServiceError(_) => Error::internal(context, cause),
            other @ (SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_)) => Error::Unreachable {
                context,
                source: other.into(),
            },
            other => Error::internal(context, other),
        }
    }
}

fn is_time_out<E, R>(error: &SdkError<E, R>) -> bool {
    match error {
        SdkError::TimeoutError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_timeout(),
        _ => false,
    }
}

fn dispatch_hint<E, R>(error: &SdkError<E, R>) -> &'static str {
    match error {
        SdkError::DispatchFailure(failure) if failure.is_io() => {
            "the database cannot be reached: check AWS_ENDPOINT_URL_DYNAMODB and the network"
        }
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => {
            "the call could not be made: check AWS_REGION and the credentials"
        }
        _ => "",
    }
}

/// Whether AWS' text is about the caller, the key or the clock. Such texts name roles, actions and keys. Those of other errors can quote
/// what was written.
fn is_about_the_caller(code: &str) -> bool {
    const CODES: [&str; 7] = [
        "AccessDeniedException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "IncompleteSignatureException",
        "ExpiredTokenException",
        "MissingAuthenticationTokenException",
        "RequestTimeTooSkewed",
    ];
    CODES.contains(&code) || code.starts_with("KMS") || code.starts_with("InaccessibleEncryption")
}

/// The advice for an operator, by the error's code and text.
fn hint(code: &str, words: &str) -> &'static str {
    if words.contains("KMS") || code.starts_with("KMS") || code.starts_with("InaccessibleEncryption") {
        return "the table's KMS key cannot be used: check that it is enabled and that its policy allows this caller";
    }
    if code == "RequestTimeTooSkewed" || words.contains("Signature expired") || words.contains("Signature not yet current") {
        return "the clock of this machine is wrong: set it by a time server";
    }
    operator_hint(code)
}

/// The advice about an error code of DynamoDB; empty if there is none.
pub fn operator_hint(code: &str) -> &'static str {
    match code {
        "ResourceNotFoundException" => {
            "no such table or index in this region and account: check TABLE_NAME and AWS_REGION, or deploy infra/template.yaml"
        }
        "AccessDeniedException" => {
            "the caller is not allowed to do this: functions' roles are in infra/template.yaml, an operator's permissions in docs/operating.md"
        }
        "UnrecognizedClientException" | "InvalidSignatureException" => {
            "the credentials are not valid: check AWS_PROFILE or AWS_ACCESS_KEY_ID and its companions, and for a function its role"
        }
        "ExpiredTokenException" => "the credentials have expired: sign in again, such as with `aws sso login`",
        "ThrottlingException" | "ProvisionedThroughputExceededException" | "RequestLimitExceeded" => {
            "the table is throttled: look at its consumed capacity, and at the account's limits"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_about_the_caller_have_aws_own_text() {
        for (code, words, says) in [
            (
                "AccessDeniedException",
                "User: arn:aws:iam::1:user/x is not authorized",
                "docs/operating.md",
            ),
            ("AccessDeniedException", "The KMS key is disabled", "KMS key"),
            (
                "InvalidSignatureException",
                "Signature expired: 1 is now earlier than 2",
                "clock",
            ),
            (
                "InvalidSignatureException",
                "The request signature we calculated does not match",
                "AWS_PROFILE",
            ),
            ("ExpiredTokenException", "", "sign in again"),
        ] {
            assert!(hint(code, words).contains(says), "{code}: {}", hint(code, words));
            assert!(is_about_the_caller(code));
        }
        assert!(!is_about_the_caller("ValidationException"));
    }
}
