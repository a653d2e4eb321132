//! eGain's search when the database is slow or fails: its round trips, and errors in its own shape.

use std::{collections::BTreeSet, time::Duration};

use contract_tests::{
    client::{Answer, Tenant},
    fault_proxy::{ANY, Fault, steps},
};
use crm_domain::Permission;
use serde_json::json;

use crate::rig::{Rig, Watched};

/// The delay of each call: much longer than the time between the beginnings of parallel calls.
const DELAY: Duration = Duration::from_millis(300);

/// A tenant with one customer and a key for both dialects.
fn watched(rig: &Rig) -> Watched {
    let mut record = None;
    let (tenant, _) = rig.stack.tenant_with(|key| {
        key.permissions.insert(Permission::EgainClient);
        record = Some(key.clone());
    });
    tenant.create_customer(&json!({"displayName": "Jane Doe", "email": "jane@example.com"}));
    rig.watch(tenant, record.expect("a tenant has a key"))
}

fn search(tenant: &Tenant, query: &str, headers: &[(&str, &str)]) -> Answer {
    let origin = Tenant {
        base: tenant.base.trim_end_matches("/api/v1").to_owned(),
        ..tenant.clone()
    };
    origin.send("GET", &format!("/core/customermgr/v3/customer?{query}"), headers, b"")
}

#[test]
fn a_search_keeps_to_its_round_trips() {
    let rig = Rig::start();
    let tenant = watched(&rig);
    for query in [
        "email=jane@example.com",
        "customerName=jane",
        "created=%5B2020-01-01T00:00:00Z,%5D&type=individual",
        "email=jane@example.com&customerName=jane",
    ] {
        search(&tenant, query, &[]).expect(200);
        tenant.faults.forget_calls();
        tenant.faults.slow_down(DELAY);
        search(&tenant, query, &[]).expect(200);
        tenant.faults.heal();
        let step = |step: Vec<_>| {
            step.into_iter()
                .map(|call: contract_tests::fault_proxy::Call| call.operation)
                .collect()
        };
        let found: Vec<BTreeSet<String>> = steps(tenant.faults.calls()).into_iter().map(step).collect();
        let wanted = ["Query", "BatchGetItem"].map(|kind| BTreeSet::from([kind.to_owned()]));
        assert_eq!(found, wanted, "{query}");
    }
}

#[test]
fn a_failure_has_the_dialects_shape_and_language_and_hides_its_cause() {
    let tenant = watched(Rig::shared());
    tenant.faults.always(ANY, Fault::THROTTLED);
    let german = [("accept-language", "de-DE")];
    let answer = search(&tenant, "email=jane@example.com", &german);
    tenant.faults.heal();
    let body = answer.expect(500);
    assert_eq!(body["code"], "500-100");
    let message = body["developerMessage"].as_str().unwrap();
    assert!(
        message.starts_with("Etwas ist schiefgegangen") && message.contains("(trace "),
        "{message}"
    );
    search(&tenant, "email=jane@example.com", &german).expect(200);
}
