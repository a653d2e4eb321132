//! Running `crm`.

use std::process::{Command, Output};

use contract_tests::{client::Tenant, crm, stack::shared_stack};
use serde_json::Value;

/// A tenant without any key or settings.
pub fn unknown_tenant() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("operator-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A tenant with the usual settings and without a key.
pub fn fresh_tenant() -> String {
    let tenant = unknown_tenant();
    shared_stack().tenant_put(&tenant);
    tenant
}

/// Runs `crm` with these words, for this tenant, on the table of the shared stack.
pub fn crm(tenant: &str, words: &[&str]) -> Output {
    crm_at(shared_stack().endpoint(), tenant, words)
}

/// The same for a table at another address.
pub fn crm_at(endpoint: &str, tenant: &str, words: &[&str]) -> Output {
    crm::crm(endpoint, tenant, words).output().expect("`make crm` builds it")
}

/// The command for the shared stack, not yet started.
pub fn command(tenant: &str, words: &[&str]) -> Command {
    crm::crm(shared_stack().endpoint(), tenant, words)
}

/// The JSON document of a successful command.
#[track_caller]
pub fn document(tenant: &str, words: &[&str]) -> Value {
    let output = crm(tenant, &[words, &["--json"]].concat());
    assert!(output.status.success(), "{words:?}: {output:?}");
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

/// A command that fails with this exit code and message.
#[track_caller]
pub fn check_refused(tenant: &str, words: &[&str], code: i32, says: &str) {
    let output = crm(tenant, words);
    let problem = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{words:?}: {problem}");
    assert!(problem.contains(says), "{words:?}: {problem}");
}

/// Khoros with this header value.
pub fn khoros(authorization: &str) -> Tenant {
    Tenant {
        base: shared_stack().base_url(),
        authorization: authorization.to_owned(),
    }
}
