//! The four customers of the contract's section 8, imported with `crm`, and keys for all actors.

use std::{fs, path::Path, sync::LazyLock};

use contract_tests::{
    client::{Answer, Tenant, ask},
    crm::crm,
    stack::{shared_stack, wait},
};
use crm_domain::{CustomerId, DataModel, KeyRecord, ObjectStructure, Permission};
use crm_store::Store;
use serde_json::{Value, json};

/// An address that all four have.
pub const SHARED: &str = "shared@mail.example";

/// A tenant with the four customers.
pub struct World {
    /// An agent of the department Service.
    pub user: Caller,
    /// A key for Khoros only.
    pub no_agent: Caller,
    /// A client application.
    pub client: Caller,
    /// The customer 2003.
    pub own: Caller,
}

/// Somebody with a token.
#[derive(Clone)]
pub struct Caller {
    origin: String,
    token: String,
}

/// Without departmentalization.
pub fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| World::new("off"));
    &WORLD
}

/// With departmentalization.
pub fn divided_world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| World::new("on"));
    &WORLD
}

/// A new tenant with the common settings, and its part of the table.
pub fn tenant(departmentalized: &str) -> (Tenant, Store, String) {
    let mut name = String::new();
    let (khoros, store) = shared_stack().tenant_with(|key| key.tenant.as_str().clone_into(&mut name));
    let words = [
        "tenant",
        "create",
        "--departmentalized",
        departmentalized,
        "--department",
        "999=Service",
        "--department",
        "1000=Billing",
        "--contact-attribute",
        "isprimary",
    ];
    run(&name, &words);
    let mut model = DataModel {
        customer: ObjectStructure::default_customer(),
        case: ObjectStructure::default_case(),
    };
    let language = json!({"name": "preferredlang", "label": "Language", "type": "text", "searchable": true});
    model.customer.fields.push(serde_json::from_value(language).unwrap());
    put_model(&store, &model);
    (khoros, store, name)
}

fn put_model(store: &Store, model: &DataModel) {
    let put = wait(store.model_put(model, None));
    put.unwrap_or_else(|error| panic!("{}", error.log_text()));
}

/// Runs `crm` for a tenant. It must succeed.
#[track_caller]
pub fn run(tenant: &str, words: &[&str]) {
    run_in(&std::env::temp_dir(), tenant, words);
}

#[track_caller]
fn run_in(folder: &Path, tenant: &str, words: &[&str]) {
    let mut command = crm(shared_stack().endpoint(), tenant, words);
    let output = command.current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
}

/// Imports customers.
#[track_caller]
pub fn import(tenant: &str, rows: &[Value]) {
    let folder = std::env::temp_dir().join(format!("egain-{}-{tenant}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    fs::write(folder.join("people.jsonl"), lines.join("\n")).unwrap();
    run_in(&folder, tenant, &["import", "customers", "people.jsonl", "--rate", "100000"]);
    fs::remove_dir_all(&folder).unwrap();
}

/// A key of a tenant.
pub fn caller(khoros: &Tenant, tenant: &str, label: &str, change: impl FnOnce(&mut KeyRecord)) -> Caller {
    let token = format!("Bearer {label}-of-{tenant}");
    let mut key = KeyRecord::new(crm_domain::TenantId::parse(tenant).unwrap(), label, []);
    change(&mut key);
    shared_stack().key_put(&token, &key);
    Caller {
        origin: khoros.base.trim_end_matches("/api/v1").to_owned(),
        token,
    }
}

/// The id of the customer with this number, as the command line shows it.
pub fn id(number: u64) -> String {
    CustomerId::from_number(number).unwrap().to_string()
}

impl World {
    fn new(departmentalized: &str) -> Self {
        let (khoros, _, name) = tenant(departmentalized);
        import(&name, &people());
        let make = |label: &str, permission: Permission, change: &dyn Fn(&mut KeyRecord)| {
            caller(&khoros, &name, label, |key| {
                key.permissions = [permission].into();
                change(key);
            })
        };
        Self {
            user: make("user", Permission::EgainUser, &|key| {
                key.departments = ["999".to_owned()].into();
            }),
            no_agent: make("no-agent", Permission::Khoros, &|_| {}),
            client: make("client", Permission::EgainClient, &|_| {}),
            own: make("customer", Permission::EgainCustomer, &|key| {
                key.customer = CustomerId::from_number(2003);
            }),
        }
    }
}

fn people() -> [Value; 4] {
    [
        json!({
            "id": id(2001), "kind": "corporate", "department": "Service", "displayName": "Northwind Freight", "preferredlang": "English",
            "created": "2024-01-10T08:00:00.000Z", "createdBy": {"user": {"id": "502", "firstName": "Ida", "lastName": "Berg"}},
            "updated": "2024-06-02T09:15:00.000Z", "organisation": {"region": "Europe", "numberOfEmployees": "75", "sector": "Logistics"},
            "attributes": {"level": "premium", "role": "partner", "pin": "4411"},
            "contacts": [{
                "id": "3002", "salutation": "Ms.", "firstName": "Ana", "lastName": "Lindqvist", "loginId": "ana", "jobTitle": "Buyer",
                "custom": {"isprimary": "y"}, "email": [{"emailAddress": "ana@northwind.example"}, {"emailAddress": SHARED}],
                "phone": [{"type": "office", "countryCode": "1", "areaCode": "415", "phoneNo": "555 0134", "extension": "7",
                    "days": "weekdays", "times": "mornings"}],
                "social": [{"type": "twitter", "socialId": "anaL"}],
            }],
            "events": [{"at": "2024-05-01T10:00:00.000Z", "type": "email", "mode": "outbound", "isRead": false, "isSecure": true}],
        }),
        json!({
            "id": id(2002), "kind": "group", "department": "Billing", "displayName": "Harbor Rowing Club", "preferredlang": "German",
            "created": "2024-02-05T12:30:00.000Z", "organisation": {"type": "club", "numberOfMembers": "40"},
            "contacts": [{
                "id": "3004", "firstName": "Tom", "lastName": "Okafor", "loginId": "tom", "custom": {"isprimary": "n"},
                "email": [{"emailAddress": "tom@harbor.example"}, {"emailAddress": SHARED}],
                "social": [{"type": "instagram", "socialId": "harbor_row"}],
            }],
        }),
        json!({
            "id": id(2003), "department": "Service", "displayName": "Noor Haddad", "firstName": "Noor", "lastName": "Haddad",
            "preferredlang": "English", "created": "2024-03-01T00:00:00.000Z", "attributes": {"industry": "telecom"},
            "contacts": [{
                "id": "3005", "firstName": "Noor", "lastName": "Haddad", "loginId": "noor",
                "email": [{"emailAddress": "noor@mail.example"}, {"emailAddress": SHARED}],
                "phone": [{"type": "mobile", "countryCode": "44", "areaCode": "20", "phoneNo": "7946 0958"}],
                "social": [{"type": "facebook", "socialId": "noor.h"}],
            }],
            "events": [{"at": "2024-05-02T09:00:00.000Z", "type": "email", "mode": "inbound", "isRead": true, "isSecure": false}],
        }),
        // Without contact persons, like customers that Khoros creates.
        json!({
            "id": id(2004), "department": "Service", "displayName": "Noel Baptiste", "firstName": "Noel", "lastName": "Baptiste",
            "created": "2024-03-20T17:45:00.000Z", "email": SHARED, "phone": "+44 20 7946 0958",
        }),
    ]
}

/// A query with these parameters, percent-encoded.
pub fn query(parameters: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
    let pairs: Vec<String> = parameters.iter().map(pair).collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"$._-".contains(&byte);
    let each = text.bytes().map(|byte| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    each.collect()
}

impl Caller {
    /// The answer to these parameters.
    pub fn get(&self, parameters: &[(&str, &str)]) -> Answer {
        self.get_with(parameters, &[])
    }

    /// The same with further headers.
    pub fn get_with(&self, parameters: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        self.follow(&format!("/core/customermgr/v3/customer{}", query(parameters)), headers)
    }

    /// The answer to a link.
    pub fn follow(&self, href: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", href, headers)
    }

    /// The answer without a token, or with another.
    pub fn get_as(&self, token: Option<&str>, parameters: &[(&str, &str)]) -> Answer {
        let path = format!("/core/customermgr/v3/customer{}", query(parameters));
        self.send_as(token, "GET", &path, &[])
    }

    /// The answer to another method.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send_as(Some(&self.token), method, path, headers)
    }

    /// The same without a token, or with another.
    pub fn send_as(&self, token: Option<&str>, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let token = token.map(|token| ("authorization", token));
        let headers: Vec<(&str, &str)> = token.into_iter().chain(headers.iter().copied()).collect();
        ask(&self.origin, method, path, &headers, b"")
    }

    /// The body of a `200`.
    #[track_caller]
    pub fn found(&self, parameters: &[(&str, &str)]) -> Value {
        self.get(parameters).expect(200)
    }

    /// The numbers of the customers that are found, in order; `204` is none.
    #[track_caller]
    pub fn ids(&self, parameters: &[(&str, &str)]) -> Vec<u64> {
        ids(&self.get(parameters))
    }

    /// These parameters find these customers in this order.
    #[track_caller]
    pub fn check(&self, parameters: &[(&str, &str)], wanted: &[u64]) {
        assert_eq!(self.ids(parameters), wanted, "{parameters:?}");
    }

    /// These parameters are refused with this code. Returns the body.
    #[track_caller]
    pub fn check_refused(&self, parameters: &[(&str, &str)], code: &str) -> Value {
        refused(&self.get(parameters), code)
    }
}

/// The numbers of the customers in an answer.
#[track_caller]
pub fn ids(answer: &Answer) -> Vec<u64> {
    if answer.status == 204 {
        answer.expect_empty(204);
        assert_eq!(answer.headers.get("content-type"), None);
        return Vec::new();
    }
    let body = answer.expect(200);
    let customers = body["customer"].as_array().unwrap().iter();
    customers.map(|one| one["id"].as_str().unwrap().parse().unwrap()).collect()
}

/// An error with this code, in the one shape that errors have (case 55).
#[track_caller]
pub fn refused(answer: &Answer, code: &str) -> Value {
    let body = answer.expect(code[..3].parse().unwrap());
    assert_eq!(body["code"], code, "{answer:?}");
    assert!(
        body["developerMessage"].as_str().is_some_and(|text| text.len() > 9),
        "{answer:?}"
    );
    assert_eq!(body.get("userMessage"), None, "{answer:?}");
    for name in body.as_object().unwrap().keys() {
        assert!(["code", "developerMessage", "details"].contains(&name.as_str()), "{answer:?}");
    }
    body
}
