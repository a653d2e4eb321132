//! The operator's command line, as an operator runs it.

use std::process::Command;

/// `crm` with these words, for this tenant, on the table behind this address.
///
/// # Panics
/// When this program has no directory.
pub fn crm(endpoint: &str, tenant: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(words)
        .env("CRM_TENANT", tenant)
        .env("AWS_ENDPOINT_URL_DYNAMODB", endpoint);
    command
}

/// Where `crm` lies: beside the tests, where `make crm` builds it.
#[expect(clippy::expect_used, reason = "what a test stands on reports by panicking")]
fn program() -> std::path::PathBuf {
    local::stack::binaries()
        .expect("a test's program has a directory")
        .join("crm")
}
