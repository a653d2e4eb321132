//! The operator's command line, run as an operator would.

use std::process::Command;

/// `crm` with these words, for this tenant, on the table at this address.
///
/// # Panics
/// If this program has no directory.
pub fn crm(endpoint: &str, tenant: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(words)
        .env("CRM_TENANT", tenant)
        .env("AWS_ENDPOINT_URL_DYNAMODB", endpoint);
    command
}

/// The path of `crm`: beside the tests, where `make crm` builds it.
#[expect(clippy::expect_used, reason = "what a test stands on reports by panicking")]
fn program() -> std::path::PathBuf {
    local::stack::binaries()
        .expect("a test's program has a directory")
        .join("crm")
}
