//! What the database file of `make run` preserves.

use std::{net::Ipv4Addr, path::PathBuf};

use contract_tests::{
    client::{Tenant, customer, id_of, interaction},
    stack::{TestStack, wait},
};
use local::database::EmbeddedDatabase;
use serde_json::json;

/// A directory that is deleted with its test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("faults-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Starts a stack with the file, uses it, and stops everything.
fn with_stack<T>(directory: &Directory, work: impl FnOnce(&TestStack) -> T) -> T {
    let file = directory.0.join("crm.db");
    let database = wait(EmbeddedDatabase::start(Some(&file), (Ipv4Addr::LOCALHOST, 0).into())).unwrap();
    let stack = TestStack::over(database.endpoint(), None);
    let result = work(&stack);
    stack.shutdown();
    wait(database.stop());
    result
}

#[test]
fn keys_customers_cases_and_indexes_survive_a_restart() {
    let directory = Directory::new("restart");
    let jane = customer(json!({"email": "jane@example.com"}));
    let (before, created, case) = with_stack(&directory, |stack| {
        let tenant = stack.tenant();
        let created = tenant.create_customer(&jane);
        let case = tenant.create_case(&id_of(&created), json!({"interactions": [interaction(1, json!({}))]}));
        (tenant, created, case)
    });
    with_stack(&directory, |stack| {
        let tenant = Tenant {
            base: stack.base_url(),
            authorization: before.authorization,
        };
        let id = id_of(&created);
        // Links contain the address, which has changed.
        assert_eq!(tenant.customer(&id)["email"], created["email"]);
        assert_eq!(tenant.case(&id_of(&case))["interactions"], case["interactions"]);
        assert_eq!(tenant.cases(&id).len(), 1);
        tenant.expect_found(&json!({"email": "jane@example.com"}), &[&id]);
        assert_eq!(
            tenant.create_customer(&jane)["id"],
            created["id"],
            "a create sent again over a restart"
        );
    });
}
