//! Two tenants, every permission, every route: a call without permission gets an error in the dialect's shape and
//! changes nothing.

use std::sync::LazyLock;

use contract_tests::{
    client::{self, Answer, Tenant, id_of, interaction},
    stack::tenant,
};
use crm_domain::{CustomerId, Permission};
use crm_lambda::routes::{self, Admission};
use serde_json::{Value, json};

use crate::rig::{document, fresh_tenant, khoros};

/// A tenant's records, which a request could change.
struct Possessions {
    tenant: Tenant,
    customer: String,
    /// Another customer, for merges.
    other: String,
    case: String,
}

impl Possessions {
    fn new() -> Self {
        Self::of(tenant())
    }

    fn of(tenant: Tenant) -> Self {
        let customer = id_of(&tenant.create_customer(&json!({"displayName": "Jane Doe", "email": "jane@own.example"})));
        let other = id_of(&tenant.create_customer(&json!({"displayName": "Jane Roe"})));
        let case = id_of(&tenant.create_case(&customer, json!({"interactions": [interaction(1, json!({}))]})));
        Self {
            tenant,
            customer,
            other,
            case,
        }
    }

    fn state(&self) -> (Value, Value, Vec<Value>) {
        let customer = |id| self.tenant.customer(id);
        (
            customer(&self.customer),
            customer(&self.other),
            self.tenant.cases(&self.customer),
        )
    }

    /// How many customers a search for the marks of [`body_for`] finds.
    fn made_by_others(&self) -> Vec<String> {
        self.tenant.search(&json!({"city": "Elsewhere"}))
    }
}

/// The prefix of eGain's routes.
const EGAIN: &str = "/core/customermgr/v3/";

/// One path of a route that accepts keys.
#[derive(Debug, Clone, Copy)]
struct Door {
    method: &'static str,
    path: &'static str,
    permissions: &'static [Permission],
}

/// The prefix of the administrators' routes.
const ADMIN: &str = "/admin/v1/";

/// The prefix of Omnidesk's routes.
const OMNIDESK: &str = "/api/v2/";

/// The answer to a key with other permissions, in the dialect's own shape.
#[track_caller]
fn check_forbidden(door: &Door, answer: &Answer) {
    if door.path.starts_with(EGAIN) {
        assert_eq!(answer.expect(403)["code"], "403-178", "{answer:?}");
    } else if door.path.starts_with(OMNIDESK) {
        assert_eq!(answer.expect(403)["status"], "error", "{answer:?}");
    } else {
        answer.error(401, "unauthorized");
    }
}

/// A request for this door that would succeed, about this tenant's records.
fn ask(door: &Door, key: &Tenant, of: &Possessions) -> Answer {
    if door.path.starts_with(EGAIN) {
        let base = key.base.trim_end_matches("/api/v1").to_owned();
        let key = Tenant { base, ..key.clone() };
        return key.get(&format!("{}?email=jane@own.example", door.path));
    }
    if door.path.starts_with(OMNIDESK) {
        return ask_omnidesk(door, key, of);
    }
    if door.path.starts_with(ADMIN) {
        return ask_admin(door, key, of);
    }
    let path = door.path.strip_prefix("/api/v1").unwrap();
    let id = if path.starts_with("/case/") { &of.case } else { &of.customer };
    let path = path.replace("{id}", id).replace("{type}", "customer");
    let body = body_for(door, &of.customer).map(|body| body.to_string()).unwrap_or_default();
    key.send(door.method, &path, &[], body.as_bytes())
}

fn ask_omnidesk(door: &Door, key: &Tenant, of: &Possessions) -> Answer {
    let number = CustomerId::parse(&of.customer).unwrap().number().to_string();
    let path = door.path.replace("{id}", &number);
    let body = json!({"customer_id": number, "customerID": number, "firstname": "Intruder", "custom_city": "Elsewhere", "message": "Intruder",
        "extra_email": "intruder@example.com"});
    let body = if ["POST", "PUT"].contains(&door.method) {
        body.to_string()
    } else {
        String::new()
    };
    let headers = [("apiKey", key.authorization.as_str()), ("content-type", "application/json")];
    client::ask(
        key.base.trim_end_matches("/api/v1"),
        door.method,
        &path,
        &headers,
        body.as_bytes(),
    )
}

fn ask_admin(door: &Door, key: &Tenant, of: &Possessions) -> Answer {
    let path = door.path.replace("{id}", &of.customer).replace("{other}", &of.other);
    let path = path.replace("{receipt}", "M00000000001");
    let body = match door.method {
        "POST" => json!({"survivor": of.customer, "merged": of.other}).to_string(),
        _ => String::new(),
    };
    client::ask(
        key.base.trim_end_matches("/api/v1"),
        door.method,
        &path,
        &[("authorization", key.authorization.as_str())],
        body.as_bytes(),
    )
}

fn body_for(door: &Door, customer: &str) -> Option<Value> {
    let body = match (door.method, door.path) {
        ("POST", "/api/v1/customers") => json!({"email": "jane@own.example"}),
        ("POST", "/api/v1/customer/bestmatch") => json!({"displayName": "Jane Doe", "email": "jane@own.example"}),
        ("POST", "/api/v1/customer") => json!({"displayName": "Intruder", "city": "Elsewhere"}),
        ("PATCH", "/api/v1/customer/{id}") => json!({"city": "Elsewhere"}),
        ("POST", "/api/v1/case") => json!({"customerId": customer, "title": "Intruder"}),
        ("PATCH", "/api/v1/case/{id}") => json!({"title": "Intruder", "interactions": [interaction(2, json!({}))]}),
        ("GET", _) => return None,
        other => panic!("what does {other:?} take?"),
    };
    Some(body)
}

static KEYS: LazyLock<Vec<(Permission, Tenant)>> = LazyLock::new(|| {
    let tenant = fresh_tenant();
    let key = |permission: Permission| {
        let words = [
            "keys",
            "create",
            "--label",
            "matrix",
            "--permission",
            permission.name(),
            "--customer",
            "C00000000001",
        ];
        khoros(document(&tenant, &words)["value"].as_str().unwrap())
    };
    Permission::ALL
        .into_iter()
        .map(|permission| (permission, key(permission)))
        .collect()
});

/// The pages' routes take links, not keys.
fn doors() -> impl Iterator<Item = Door> {
    routes::operations().filter_map(|(route, path)| match route.admission {
        Admission::Key(permissions) => Some(Door {
            method: route.method,
            path,
            permissions,
        }),
        _ => None,
    })
}

#[test]
fn every_permission_opens_its_own_routes_and_no_other() {
    let own = Possessions::new();
    let before = own.state();
    for door in doors() {
        for (permission, key) in KEYS.iter() {
            let answer = ask(&door, key, &own);
            if door.permissions.contains(permission) {
                // Another tenant's key with the right permission is accepted, and finds none of our records.
                assert!(![401, 403].contains(&answer.status), "{permission:?} at {door:?}");
                assert!(
                    !answer.text().contains("jane@own.example"),
                    "{door:?} reveals data to another tenant"
                );
            } else {
                check_forbidden(&door, &answer);
            }
        }
    }
    assert_eq!(own.state(), before);
    assert_eq!(own.made_by_others(), Vec::<String>::new());
}

#[test]
fn a_tenants_own_key_without_the_permission_is_refused() {
    let name = fresh_tenant();
    let key = |permission: &str| {
        let words = [
            "keys",
            "create",
            "--label",
            permission,
            "--permission",
            permission,
            "--customer",
            "C00000000001",
        ];
        let made = document(&name, &words);
        khoros(made["value"].as_str().unwrap())
    };
    let full = key("khoros");
    let own = Possessions::of(full);
    let before = own.state();
    for permission in Permission::ALL
        .into_iter()
        .filter(|permission| *permission != Permission::Khoros)
    {
        let weak = key(permission.name());
        for door in doors().filter(|door| !door.permissions.contains(&permission)) {
            check_forbidden(&door, &ask(&door, &weak, &own));
        }
    }
    assert_eq!(own.state(), before);
    assert_eq!(own.made_by_others(), Vec::<String>::new());
}
