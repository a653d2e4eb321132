//! An account with the two brands of the contract's section 12, and keys with different permissions.

use std::{collections::BTreeSet, fs, path::Path};

use contract_tests::{
    client::{Answer, Tenant, ask, id_of},
    crm::crm,
    stack::{shared_stack, wait},
};
use crm_domain::{Brand, CaseId, CustomerId, DataModel, KeyRecord, ObjectStructure, Permission, TenantId, TenantRecord};
use crm_store::Store;
use serde_json::{Value, json};

/// The names and values that a request sends.
pub type Fields<'a> = &'a [(&'a str, &'a str)];

const PATH: &str = "/api/v2/customer";
const BOUNDARY: &str = "x-boundary-x";

/// The key of a request, by its permissions.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    /// May read only.
    R,
    /// May write only.
    C,
    /// May read and write.
    Rc,
    /// Has neither permission.
    Z,
}

/// A tenant of the shared stack.
pub struct Account {
    /// The same people through the Khoros dialect.
    pub khoros: Tenant,
    /// Its part of the table.
    pub store: Store,
    /// Its name.
    pub tenant: String,
    origin: String,
}

/// An account without a CRM.
pub fn account() -> Account {
    Account::new(None)
}

impl Account {
    /// With the brands 1 "Fietsen" (no search by channels, no CRM) and 2 "Boeken" (search by channels, a CRM at
    /// this address).
    pub fn new(crm: Option<&str>) -> Self {
        let account = Self::without_brands();
        let brand = |name: &str, search_by_contact_points, sync_url: Option<&str>| Brand {
            name: name.to_owned(),
            search_by_contact_points,
            sync_url: sync_url.map(str::to_owned),
            sync_private: sync_url.is_some(),
        };
        account.set(|tenant| {
            "NL".clone_into(&mut tenant.default_region);
            tenant.brands.insert("1".to_owned(), brand("Fietsen", false, None));
            tenant.brands.insert("2".to_owned(), brand("Boeken", true, crm));
        });
        account
    }

    /// A tenant without settings.
    pub fn without_brands() -> Self {
        let mut name = String::new();
        let (khoros, store) = shared_stack().tenant_with(|key| key.tenant.as_str().clone_into(&mut name));
        let account = Self {
            origin: khoros.base.trim_end_matches("/api/v1").to_owned(),
            khoros,
            store,
            tenant: name,
        };
        for (key, permissions) in [
            (Key::R, BTreeSet::from([Permission::CustomerRead])),
            (Key::C, BTreeSet::from([Permission::CustomerCud])),
            (Key::Rc, BTreeSet::from([Permission::CustomerRead, Permission::CustomerCud])),
            (Key::Z, BTreeSet::new()),
        ] {
            let tenant = TenantId::parse(&account.tenant).unwrap();
            shared_stack().key_put(&account.value(key), &KeyRecord::new(tenant, "omnidesk", permissions));
        }
        account
    }

    /// Changes the tenant's settings, before its first request.
    pub fn set(&self, change: impl FnOnce(&mut TenantRecord)) {
        let mut tenant = wait(self.store.tenant_get()).unwrap().unwrap_or_default();
        change(&mut tenant);
        let put = wait(self.store.tenant_put(&tenant));
        put.unwrap_or_else(|error| panic!("{}: {error:?}", error.log_text()));
    }

    /// Adds fields to the customers of the usual data model, before the first request.
    pub fn add_fields(&self, fields: &[Value]) {
        let mut model = DataModel {
            customer: ObjectStructure::default_customer(),
            case: ObjectStructure::default_case(),
        };
        let fields = fields.iter().map(|field| serde_json::from_value(field.clone()).unwrap());
        model.customer.fields.extend(fields);
        let put = wait(self.store.model_put(&model, None));
        put.unwrap_or_else(|error| panic!("{}", error.log_text()));
    }

    /// The value of a key.
    pub fn value(&self, key: Key) -> String {
        format!("{key:?}-of-{}", self.tenant)
    }

    /// Sends a request, and checks what every answer must have (case 11).
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let answer = ask(&self.origin, method, &format!("{PATH}{path}"), headers, body);
        let header = |name: &str| answer.headers.get(name).map_or("", String::as_str);
        assert_eq!(header("content-type"), "application/json; charset=utf-8", "{answer:?}");
        assert_eq!(header("cache-control"), "no-store", "{answer:?}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{answer:?}");
        assert_eq!(header("x-frame-options"), "DENY", "{answer:?}");
        assert_eq!(header("x-powered-by"), "", "{answer:?}");
        answer
    }

    /// A request with a key and a body of some type.
    #[track_caller]
    pub fn send_as(&self, key: Key, method: &str, path: &str, content_type: &str, body: &[u8]) -> Answer {
        let value = self.value(key);
        let mut headers = vec![("apiKey", value.as_str())];
        if !body.is_empty() {
            headers.push(("content-type", content_type));
        }
        self.send(method, path, &headers, body)
    }

    /// `GET` and `DELETE`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send_as(Key::Rc, "GET", path, "", b"")
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send_as(Key::Rc, "DELETE", path, "", b"")
    }

    /// `POST` as documented: multipart.
    #[track_caller]
    pub fn post(&self, path: &str, fields: Fields<'_>) -> Answer {
        self.post_as(Key::Rc, path, fields)
    }

    #[track_caller]
    pub fn post_as(&self, key: Key, path: &str, fields: Fields<'_>) -> Answer {
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send_as(key, "POST", path, &content_type, &multipart(fields))
    }

    /// `PUT` as documented: urlencoded.
    #[track_caller]
    pub fn put(&self, path: &str, fields: Fields<'_>) -> Answer {
        self.put_raw(path, &urlencoded(fields))
    }

    /// `PUT` with a body that is encoded already.
    #[track_caller]
    pub fn put_raw(&self, path: &str, body: &str) -> Answer {
        let content_type = "application/x-www-form-urlencoded";
        self.send_as(Key::Rc, "PUT", path, content_type, body.as_bytes())
    }

    /// Creates or finds a customer and returns its number.
    #[track_caller]
    pub fn customer(&self, fields: Fields<'_>) -> u64 {
        ok(&self.post("", fields))["customerID"].as_u64().unwrap()
    }

    /// Creates a customer of brand 1 with this id, by the strict operation.
    #[track_caller]
    pub fn made(&self, own_id: &str, fields: Fields<'_>) -> u64 {
        let fields = [&[("primaryID", own_id), ("brandID", "1")], fields].concat();
        ok(&self.post("/createCustomerCRUD", &fields))["customerID"].as_u64().unwrap()
    }

    /// A customer in the long form.
    #[track_caller]
    pub fn item(&self, number: u64) -> Value {
        let answer = self.get(&format!("/{number}")).expect(200);
        assert_eq!(answer["type"], "item");
        answer["item"].clone()
    }

    /// The whole list.
    #[track_caller]
    pub fn list(&self, query: &str) -> Value {
        let list = self.get(query).expect(200);
        assert!(list["type"].is_string(), "{list}");
        list
    }

    /// The numbers on a page of the list.
    #[track_caller]
    pub fn listed(&self, query: &str) -> Vec<u64> {
        numbers(&self.list(query))
    }

    /// The numbers of the customers of a brand who have an address.
    #[track_caller]
    pub fn holders(&self, address: &str, brand: &str) -> Vec<u64> {
        let fields = [("customerChannelValue", address), ("brand_id", brand)];
        numbers(&self.post("/SearchByCustomerChannelValue", &fields).expect(200))
    }

    /// eGain's answer to a client application's query.
    pub fn egain(&self, query: &str) -> Answer {
        let token = format!("Bearer client-of-{}", self.tenant);
        let tenant = TenantId::parse(&self.tenant).unwrap();
        shared_stack().key_put(&token, &KeyRecord::new(tenant, "client", [Permission::EgainClient]));
        let path = format!("/core/customermgr/v3/customer?{query}");
        ask(&self.origin, "GET", &path, &[("authorization", &token)], b"")
    }

    /// Imports a customer.
    #[track_caller]
    pub fn import(&self, row: &Value) {
        let folder = std::env::temp_dir().join(format!("omnidesk-{}-{}", std::process::id(), self.tenant));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("people.jsonl"), row.to_string()).unwrap();
        self.crm_in(&folder, &["import", "customers", "people.jsonl"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    /// Runs `crm` for the tenant. It must succeed.
    #[track_caller]
    pub fn crm(&self, words: &[&str]) {
        self.crm_in(&std::env::temp_dir(), words);
    }

    #[track_caller]
    fn crm_in(&self, folder: &Path, words: &[&str]) {
        let mut command = crm(shared_stack().endpoint(), &self.tenant, words);
        let output = command.current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
    }

    /// Creates a ticket of a brand without a customer, with this contact address.
    #[track_caller]
    pub fn ticket(&self, brand: &str, address: &str) -> Ticket {
        let own_id = format!("former holder of {address} {}", crm_store::random::bits());
        let former = self.customer(&[
            ("brand_id", brand),
            ("primary_id", &own_id),
            ("channel_id", "email"),
            ("customer_link_channel", address),
            ("noSync", "1"),
        ]);
        let case = id_of(&self.khoros.create_case(&opaque(former), json!({})));
        ok(&self.delete(&format!("/{former}")));
        let ticket = Ticket {
            number: CaseId::parse(&case).unwrap().number(),
            case,
        };
        assert_eq!(self.holder(&ticket), None);
        ticket
    }

    /// The customer that a ticket belongs to.
    #[track_caller]
    pub fn holder(&self, ticket: &Ticket) -> Option<u64> {
        let case = self.khoros.case(&ticket.case);
        let customer = CustomerId::parse(case["customerId"].as_str().unwrap()).unwrap();
        (customer != CustomerId::NOBODY).then(|| customer.number())
    }
}

/// One of the CRM's cases.
pub struct Ticket {
    /// By its number.
    pub number: u64,
    /// By its id in the Khoros dialect.
    pub case: String,
}

/// A customer's id in the Khoros dialect.
pub fn opaque(number: u64) -> String {
    CustomerId::from_number(number).unwrap().to_string()
}

/// The numbers of a list's customers.
#[track_caller]
pub fn numbers(list: &Value) -> Vec<u64> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_u64().unwrap()).collect()
}

/// A result.
#[track_caller]
pub fn ok(answer: &Answer) -> Value {
    let body = answer.expect(200);
    assert_eq!(body["type"], "result", "{answer:?}");
    assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()), "{answer:?}");
    body
}

/// The message of an error, which must have the one shape of errors.
#[track_caller]
pub fn refused(answer: &Answer, status: u16) -> String {
    let body = answer.expect(status);
    assert_eq!(body["status"], "error", "{answer:?}");
    assert_eq!(body["type"], "error", "{answer:?}");
    assert_eq!(body.as_object().unwrap().len(), 3, "{answer:?}");
    let message = body["message"].as_str().unwrap_or_default().to_owned();
    assert!(!message.is_empty(), "{answer:?}");
    for leak in ["panicked", ".rs", "dynamo", "aws", "key-of", "-of-tenant"] {
        assert!(!message.to_lowercase().contains(leak), "{answer:?}");
    }
    message
}

/// A multipart body.
pub fn multipart(fields: Fields<'_>) -> Vec<u8> {
    let part = |(name, value): &(&str, &str)| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let parts: String = fields.iter().map(part).collect();
    format!("{parts}--{BOUNDARY}--\r\n").into_bytes()
}

/// A urlencoded body or query.
pub fn urlencoded(fields: Fields<'_>) -> String {
    let encoded = |text: &str| {
        let byte = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        text.bytes().map(byte).collect::<String>()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}
