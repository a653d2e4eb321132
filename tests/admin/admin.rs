//! A tenant as seen by its administrator and by Khoros.

use contract_tests::{
    client::{Answer, Tenant, ask, id_of},
    stack::shared_stack,
};
use crm_domain::Permission;
use crm_store::Store;
use serde_json::{Value, json};

/// A tenant whose key opens both dialects.
pub struct Admin {
    pub khoros: Tenant,
    /// Its part of the table.
    pub store: Store,
    origin: String,
}

impl Admin {
    pub fn new() -> Self {
        Self::with(&[Permission::Khoros, Permission::Admin])
    }

    /// With a key of these permissions.
    pub fn with(permissions: &[Permission]) -> Self {
        let (khoros, store) = shared_stack().tenant_with(|key| key.permissions = permissions.iter().copied().collect());
        let origin = khoros.base.trim_end_matches("/api/v1").to_owned();
        Self { khoros, store, origin }
    }

    /// Calls a path of the dialect.
    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.ask_with(method, path, &[], body)
    }

    pub fn ask_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let body = body.map(ToString::to_string).unwrap_or_default();
        let own = [
            ("authorization", self.khoros.authorization.as_str()),
            ("content-type", "application/json"),
        ];
        let headers = [&own[..], headers].concat();
        ask(&self.origin, method, &format!("/admin/v1{path}"), &headers, body.as_bytes())
    }

    /// A customer with these fields.
    #[track_caller]
    pub fn person(&self, fields: &Value) -> String {
        id_of(&self.khoros.create_customer(fields))
    }

    /// Requests a merge.
    pub fn merging(&self, survivor: &str, merged: &str, more: &Value) -> Answer {
        self.ask("POST", "/merges", Some(&request(survivor, merged, more)))
    }

    /// Merges, and returns the receipt.
    #[track_caller]
    pub fn merge(&self, survivor: &str, merged: &str) -> String {
        let merge = self.merging(survivor, merged, &json!({})).expect(201);
        merge["receipt"].as_str().unwrap().to_owned()
    }

    /// Undoes a merge.
    pub fn undo(&self, receipt: &str) -> Answer {
        self.ask("DELETE", &format!("/merges/{receipt}"), None)
    }
}

/// The body of a merge.
pub fn request(survivor: &str, merged: &str, more: &Value) -> Value {
    contract_tests::client::over(json!({"survivor": survivor, "merged": merged}), more.clone())
}
