//! A few spellings, for which the tests ask the real binaries in all three dialects.

use std::fmt::Write as _;

use contract_tests::{
    client::{Tenant, ask, id_of},
    stack::{shared_stack, tenant, wait},
};
use crm_domain::{
    Brand, CustomerId, KeyRecord, Permission,
    matching::PersonName,
    normal::{dialled_digits, plain},
};
use serde_json::{Value, json};

use crate::{
    dice::Dice,
    values::{KINDS, ValueKind},
};

/// How many values of each kind, and how many spellings of each value, are searched for over HTTP.
const VALUES: usize = 2;
const SPELLINGS: usize = 5;

/// A name may be common, so best match is also told the city. By the city alone it finds nobody.
const CITY: &str = "Ulm";

/// A tenant with all dialects.
struct Company {
    khoros: Tenant,
    origin: String,
    /// The key for eGain's and Omnidesk's clients.
    key: String,
}

impl Company {
    fn new() -> Self {
        let mut of_khoros = None;
        let (khoros, store) = shared_stack().tenant_with(|key| of_khoros = Some(key.tenant.clone()));
        let tenant = of_khoros.unwrap();
        let key = format!("everything-of-{tenant:?}");
        let mut settings = wait(store.tenant_get()).unwrap().unwrap_or_default();
        settings.brands.insert(
            "1".to_owned(),
            Brand {
                name: "One".to_owned(),
                search_by_contact_points: true,
                sync_url: None,
                sync_private: false,
            },
        );
        wait(store.tenant_put(&settings)).unwrap();
        let omnidesk = KeyRecord::new(
            tenant.clone(),
            "omnidesk",
            [Permission::CustomerRead, Permission::CustomerCud],
        );
        shared_stack().key_put(&key, &omnidesk);
        shared_stack().key_put(
            &format!("Bearer {key}"),
            &KeyRecord::new(tenant, "egain", [Permission::EgainClient]),
        );
        let origin = khoros.base.trim_end_matches("/api/v1").to_owned();
        Self { khoros, origin, key }
    }

    /// The customers that eGain's search finds.
    fn egain(&self, parameter: &str, value: &str) -> Vec<String> {
        let authorization = format!("Bearer {}", self.key);
        let path = format!("/core/customermgr/v3/customer?{parameter}={}", escaped(value));
        let answer = ask(&self.origin, "GET", &path, &[("authorization", &authorization)], b"");
        if answer.status == 204 {
            return Vec::new();
        }
        let found = answer.expect(200);
        let ids = found["customer"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().parse::<u64>().unwrap());
        ids.map(|number| CustomerId::from_number(number).unwrap().to_string())
            .collect()
    }

    /// The customers in Omnidesk's list for a query.
    fn omnidesk_list(&self, query: &str) -> Vec<String> {
        let path = format!("/api/v2/customer?query={}", escaped(query));
        let headers = [("apiKey", self.key.as_str())];
        let found = ask(&self.origin, "GET", &path, &headers, b"").expect(200);
        let numbers = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|item| item["id"].as_u64());
        numbers
            .map(|number| CustomerId::from_number(number).unwrap().to_string())
            .collect()
    }

    /// The customers that Omnidesk's search by an address finds.
    fn omnidesk(&self, value: &str) -> Vec<String> {
        let body = json!({"customerChannelValue": value, "brand_id": 1}).to_string();
        let headers = [("apiKey", self.key.as_str()), ("content-type", "application/json")];
        let answer = ask(
            &self.origin,
            "POST",
            "/api/v2/customer/SearchByCustomerChannelValue",
            &headers,
            body.as_bytes(),
        );
        if answer.status == 404 {
            return Vec::new();
        }
        let found = answer.expect(200);
        let items = match &found["items"] {
            Value::Array(items) => items.clone(),
            _ => vec![found["item"].clone()],
        };
        let numbers = items.iter().filter_map(|item| item["id"].as_u64());
        numbers
            .map(|number| CustomerId::from_number(number).unwrap().to_string())
            .collect()
    }
}

/// A value, percent-encoded for a query string.
fn escaped(value: &str) -> String {
    let mut escaped = String::new();
    for byte in value.bytes() {
        write!(escaped, "%{byte:02X}").unwrap();
    }
    escaped
}

/// Whether Omnidesk's list accepts a query. It refuses everything except ASCII letters, digits and spaces (Omnidesk
/// customer, section 6.1.2).
fn is_query(text: &str) -> bool {
    text.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == ' ') && !text.is_empty()
}

/// The question to best match.
fn identity(field: &str, asked: &str) -> Value {
    match field {
        "phone" => json!({"phoneNumbers": [asked]}),
        "twitterHandle" | "facebookHandle" | "instagramHandle" => json!({"screenName": asked}),
        "displayName" => json!({field: asked, "addresses": [{"city": CITY}]}),
        _ => json!({field: asked}),
    }
}

/// A tenant whose only customer has the first of these names. Best match is asked about names there, because namesakes
/// make each other less likely. `None` if a spelling is a single word, which is not a name for best match.
fn only_customer(names: &[String]) -> Option<(Tenant, String)> {
    let is_full = |name: &String| PersonName::read(name).is_some_and(|name| name.is_full());
    names.iter().all(is_full).then(|| {
        let tenant = tenant();
        let id = id_of(&tenant.create_customer(&json!({"displayName": names[0], "city": CITY})));
        (tenant, id)
    })
}

#[test]
fn every_dialect_finds_every_spelling() {
    let mut dice = Dice::new();
    for kind in &KINDS {
        let (refused, stored, asked) = check(kind, &mut dice);
        println!(
            "{:<32} {refused} refused, {stored} stored, each found by {asked} queries in total",
            kind.name
        );
    }
}

fn check(kind: &ValueKind, dice: &mut Dice) -> (usize, usize, usize) {
    let (mut refused, mut all_stored, mut questions) = (0, 0, 0);
    for _ in 0..VALUES {
        let company = Company::new();
        let spelled = (kind.make)(dice, SPELLINGS);
        let mut stored = Vec::new();
        for spelling in &spelled.spellings {
            let answer = company.khoros.post("/customer", &json!({spelled.field: spelling}));
            if answer.status == 201 {
                stored.push((id_of(&answer.json()), spelling));
            } else {
                let wrong = answer.error(422, "validation_failed");
                let message = wrong["fields"][0]["errorMessage"].as_str().unwrap();
                assert!(
                    message.contains("such as") || message.contains("alone"),
                    "an example: {message}"
                );
                refused += 1;
            }
        }
        all_stored += stored.len();
        let all: Vec<&str> = stored.iter().map(|(id, _)| id.as_str()).collect();
        let alone = (spelled.field == "displayName")
            .then(|| only_customer(&spelled.spellings))
            .flatten();
        for (_, asked) in &stored {
            let mut check = |dialect: &str, wanted: &[&str], found: &dyn Fn() -> Vec<String>| {
                questions += 1;
                let finds = || {
                    let found = found();
                    wanted.iter().all(|id| found.iter().any(|one| one == id))
                };
                let is_found = (0..20).any(|_| finds());
                assert!(
                    is_found,
                    "{dialect} finds {wanted:?} of {stored:?} by {asked:?}: {:?}",
                    found()
                );
            };
            check("Khoros", &all, &|| company.khoros.search(&json!({spelled.field: asked})));
            let identity = identity(spelled.field, asked);
            if let Some((of_one, id)) = &alone {
                check("best match", &[id], &|| of_one.best_match(&identity));
            } else if spelled.field != "displayName" {
                check("best match", &all, &|| company.khoros.best_match(&identity));
            }
            match spelled.field {
                "phone" => {
                    check("eGain", &all, &|| company.egain("phone", &dialled_digits(asked)));
                    check("Omnidesk", &all, &|| company.omnidesk(asked));
                }
                "email" => {
                    check("eGain", &all, &|| company.egain("email", asked));
                    check("Omnidesk", &all, &|| company.omnidesk(asked));
                }
                "displayName" => {
                    check("eGain", &all, &|| company.egain("customerName", asked));
                    let visible: String = plain(asked).collect();
                    if is_query(visible.trim()) {
                        check("Omnidesk's list", &all, &|| company.omnidesk_list(visible.trim()));
                    }
                }
                "twitterHandle" | "facebookHandle" => check("Omnidesk", &all, &|| company.omnidesk(asked)),
                _ => {}
            }
        }
    }
    (refused, all_stored, questions)
}
