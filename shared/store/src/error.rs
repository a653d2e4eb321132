//! The SDK's errors in the CRM's words, with what an operator can do about them.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use crm_domain::error::Error;

/// Turns a failed call into an [`Error`]: `what` says what was being done.
pub(super) fn failed<E, R>(what: &'static str) -> impl FnOnce(SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |error| {
        if is_time_out(&error) {
            return Error::Timeout;
        }
        let hint = error.code().map_or_else(|| dispatch_hint(&error), operator_hint);
        let context = if hint.is_empty() {
            what.to_owned()
        } else {
            format!("{what} ({hint})")
        };
        let code = error.code().unwrap_or("an answer that cannot be read").to_owned();
        match error {
            // The service's own text can quote a condition, never a value; of a lost connection the whole chain is wanted.
            SdkError::ServiceError(_) => Error::internal(context, code),
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

/// What an operator can do about an error code of DynamoDB; empty where there is nothing to say.
pub fn operator_hint(code: &str) -> &'static str {
    match code {
        "ResourceNotFoundException" => {
            "no such table or index in this region and account: check TABLE_NAME and AWS_REGION, or deploy infra/template.yaml"
        }
        "AccessDeniedException" => "the function's role does not allow this call: compare its policy with infra/template.yaml",
        "UnrecognizedClientException" | "InvalidSignatureException" | "ExpiredTokenException" => {
            "the credentials are not valid: check the function's role, or AWS_ACCESS_KEY_ID and its companions"
        }
        "ThrottlingException" | "ProvisionedThroughputExceededException" | "RequestLimitExceeded" => {
            "the table is throttled: look at its consumed capacity, and at the account's limits"
        }
        _ => "",
    }
}
