//! Pages when something is wrong: the page tells the reader what to do, and the log tells the operator what to set.

use contract_tests::{
    client::{Answer, Tenant, ask, id_of},
    fault_proxy::{ANY, Fault},
    stack::TestStack,
};
use serde_json::{Value, json};

use crate::rig::{Rig, in_time, soon};

/// Follows the link of a record as a browser does.
fn follow(tenant: &Tenant, record: &Value) -> Answer {
    let origin = tenant.base.trim_end_matches("/api/v1");
    let link = record["url"].as_str().expect("a record has a link");
    let path = link.strip_prefix(origin).expect("a link leads here");
    in_time(|| ask(origin, "GET", path, &[], b""))
}

#[test]
fn a_page_without_the_database_says_to_try_again_and_shows_nothing_of_the_record() {
    let tenant = Rig::shared().tenant();
    let jane = tenant.create_customer(&json!({"displayName": "Jane Doe", "email": "jane@example.com"}));
    let case = tenant.create_case(&id_of(&jane), json!({}));
    for fault in [Fault::THROTTLED, Fault::INTERNAL, Fault::Dropped] {
        for record in [&jane, &case] {
            tenant.faults.always(ANY, fault);
            let answer = follow(&tenant, record);
            tenant.faults.heal();
            assert_eq!(answer.status, 500, "{fault:?}: {answer:?}");
            assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
            let page = answer.text();
            assert!(page.contains("load this page again") && !page.contains("Jane"), "{page}");
            assert_eq!(follow(&tenant, record).status, 200, "when the fault is over");
        }
    }
}

#[test]
fn without_a_secret_the_crm_works_links_do_not_open_and_the_log_says_what_to_set() {
    let rig = Rig::shared();
    for (secret, cause) in [("", "is not set"), ("too-short", "shorter than 32 characters")] {
        let stack = TestStack::with_link_secret(rig.stack.endpoint(), None, secret);
        let tenant = stack.tenant();
        let jane = tenant.create_customer(&json!({"displayName": "Jane Doe"}));
        assert_eq!(tenant.customer(&id_of(&jane)), jane);
        assert_eq!(follow(&tenant, &jane).status, 403);
        let line = soon("a line about the secret", || {
            let lines = stack.log();
            let about = lines.iter().find(|line| line.contains("LINK_SECRET") && line.contains(cause));
            about.cloned()
        });
        assert!(line.contains("\"ERROR\"") && !line.contains("too-short"), "{line}");
        stack.shutdown();
    }
}

#[test]
fn no_line_about_a_page_contains_its_access_or_a_value() {
    let rig = Rig::start();
    let tenant = rig.tenant();
    let jane = tenant.create_customer(&json!({"displayName": "Jane Doe", "email": "jane@example.com"}));
    assert_eq!(follow(&tenant, &jane).status, 200);
    let altered = json!({"url": format!("{}x", jane["url"].as_str().unwrap())});
    assert_eq!(follow(&tenant, &altered).status, 403);
    let link = jane["url"].as_str().unwrap();
    let code = &link[link.len() - 20..];
    for status in [200, 403] {
        soon("a line of the page", || {
            let log = rig.stack.log();
            let is_its = |line: &&String| line.contains("agent-customer-page") && line.contains(&format!("\"status\":{status}"));
            log.iter().find(is_its).cloned()
        });
    }
    let log = rig.stack.log().join("\n");
    for value in [code, "jane@example.com", "Jane Doe"] {
        assert!(!log.contains(value), "{value} is in the log");
    }
}
