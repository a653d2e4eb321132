//! Two tenants x every permission x every route: whoever may not is told so in the dialect's own shape, and nothing is changed.

use std::sync::LazyLock;

use contract_tests::{
    client::{self, Answer, Tenant, id_of, interaction},
    stack::tenant,
};
use serde_json::{Value, json};
use shared::{
    access::Permission,
    domain::CustomerId,
    routes::{ROUTES, Route},
};

use crate::rig::{document, khoros, unknown_tenant};

/// What a tenant has, and everything that a request could change of it.
struct Possessions {
    tenant: Tenant,
    customer: String,
    case: String,
}

impl Possessions {
    fn new() -> Self {
        let tenant = tenant();
        let customer = id_of(&tenant.create_customer(&json!({"displayName": "Jane Doe", "email": "jane@own.example"})));
        let case = id_of(&tenant.create_case(&customer, json!({"interactions": [interaction(1, json!({}))]})));
        Self { tenant, customer, case }
    }

    fn state(&self) -> (Value, Vec<Value>) {
        (self.tenant.customer(&self.customer), self.tenant.cases(&self.customer))
    }

    /// How many customers a search for the marks of [`body_for`] finds.
    fn made_by_others(&self) -> Vec<String> {
        self.tenant.search(&json!({"city": "Elsewhere"}))
    }
}

/// eGain's one route.
const EGAIN: &str = "/core/customermgr/v3/customer";

/// What Omnidesk's routes begin with.
const OMNIDESK: &str = "/api/v2/";

/// The answer to a key that is good for something else, in the dialect's own shape.
#[track_caller]
fn check_forbidden(route: &Route, answer: &Answer) {
    if route.path == EGAIN {
        assert_eq!(answer.expect(403)["code"], "403-178", "{answer:?}");
    } else if route.path.starts_with(OMNIDESK) {
        assert_eq!(answer.expect(403)["status"], "error", "{answer:?}");
    } else {
        answer.error(401, "unauthorized");
    }
}

/// A request for this route that would succeed, about what this tenant has.
fn ask(route: &Route, key: &Tenant, of: &Possessions) -> Answer {
    if route.path == EGAIN {
        let base = key.base.trim_end_matches("/api/v1").to_owned();
        let key = Tenant { base, ..key.clone() };
        return key.get(&format!("{EGAIN}?email=jane@own.example"));
    }
    if route.path.starts_with(OMNIDESK) {
        return ask_omnidesk(route, key, of);
    }
    let path = route.path.strip_prefix("/api/v1").unwrap();
    let id = if path.starts_with("/case/") { &of.case } else { &of.customer };
    let path = path.replace("{id}", id).replace("{type}", "customer");
    let body = body_for(route, &of.customer).map(|body| body.to_string()).unwrap_or_default();
    key.send(route.method, &path, &[], body.as_bytes())
}

fn ask_omnidesk(route: &Route, key: &Tenant, of: &Possessions) -> Answer {
    let number = CustomerId::parse(&of.customer).unwrap().number().to_string();
    let path = route.path.replace("{id}", &number);
    let body = json!({"customer_id": number, "customerID": number, "firstname": "Intruder", "custom_city": "Elsewhere", "message": "Intruder",
        "extra_email": "intruder@example.com"});
    let body = if ["POST", "PUT"].contains(&route.method) {
        body.to_string()
    } else {
        String::new()
    };
    let headers = [("apiKey", key.authorization.as_str()), ("content-type", "application/json")];
    client::ask(
        key.base.trim_end_matches("/api/v1"),
        route.method,
        &path,
        &headers,
        body.as_bytes(),
    )
}

fn body_for(route: &Route, customer: &str) -> Option<Value> {
    let body = match (route.method, route.path) {
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
    let tenant = unknown_tenant();
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
fn routes_by_key() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| !route.permissions.is_empty())
}

#[test]
fn every_permission_opens_its_own_routes_and_no_other() {
    let own = Possessions::new();
    let before = own.state();
    for route in routes_by_key() {
        for (permission, key) in KEYS.iter() {
            let answer = ask(route, key, &own);
            if route.permissions.contains(permission) {
                // Another tenant's key with the right permission: it may ask, and finds nothing of ours.
                assert!(![401, 403].contains(&answer.status), "{permission:?} at {route:?}");
                assert!(!answer.text().contains("jane@own.example"), "{route:?} tells another tenant");
            } else {
                check_forbidden(route, &answer);
            }
        }
    }
    assert_eq!(own.state(), before);
    assert_eq!(own.made_by_others(), Vec::<String>::new());
}

#[test]
fn without_the_permission_a_tenants_own_key_opens_nothing_of_it() {
    let name = unknown_tenant();
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
    let customer = id_of(&full.create_customer(&json!({"displayName": "Jane Doe", "email": "jane@own.example"})));
    let case = id_of(&full.create_case(&customer, json!({"interactions": [interaction(1, json!({}))]})));
    let own = Possessions {
        tenant: full,
        customer,
        case,
    };
    let before = own.state();
    for permission in Permission::ALL
        .into_iter()
        .filter(|permission| *permission != Permission::Khoros)
    {
        let weak = key(permission.name());
        for route in routes_by_key().filter(|route| !route.permissions.contains(&permission)) {
            check_forbidden(route, &ask(route, &weak, &own));
        }
    }
    assert_eq!(own.state(), before);
    assert_eq!(own.made_by_others(), Vec::<String>::new());
}
