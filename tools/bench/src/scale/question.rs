//! The kinds of questions, and the right answers.

use anyhow::Result;
use evaluate::client::Client;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::population::{COMMON, Known};

/// One kind of question.
pub struct QuestionKind {
    /// Its name in the table.
    pub name: &'static str,
    /// Makes the request about a customer. The text is unique, so that a create differs from all before it.
    request: fn(&Known, &str) -> Request,
    /// The right answer.
    right: RightAnswer,
}

struct Request {
    method: &'static str,
    path: String,
    body: Option<Value>,
    /// Whether the path begins at the host's root, as eGain's and Omnidesk's do.
    at_root: bool,
}

/// The customer that an answer must name.
enum RightAnswer {
    /// The customer, first.
    Customer,
    /// The next customer with the common name, first.
    Namesake,
    /// Somebody.
    Anybody,
    /// Somebody, in eGain's shape.
    EgainCustomer,
    /// Somebody, in Omnidesk's shape.
    OmnideskItem,
    /// Anybody or nobody.
    Whatever,
}

/// All kinds of questions.
pub const KINDS: [QuestionKind; 24] = [
    QuestionKind {
        name: "find customer",
        request: |known, _| get(format!("/customer/{}", known.id)),
        right: RightAnswer::Customer,
    },
    QuestionKind {
        name: "create customer",
        request: |_, unique| {
            let email = format!("{unique}@bench.example");
            post(
                "/customer",
                json!({"displayName": format!("Somebody {unique}"), "email": email, "city": "Springfield"}),
            )
        },
        right: RightAnswer::Anybody,
    },
    QuestionKind {
        name: "update customer",
        request: |known, unique| Request {
            method: "PATCH",
            path: format!("/customer/{}", known.id),
            body: Some(json!({"city": unique})),
            at_root: false,
        },
        right: RightAnswer::Customer,
    },
    QuestionKind {
        name: "search: e-mail",
        request: |known, _| search(json!({"email": known.email})),
        right: RightAnswer::Customer,
    },
    QuestionKind {
        name: "search: phone",
        request: |known, _| search(json!({"phone": known.phone})),
        right: RightAnswer::Customer,
    },
    QuestionKind {
        name: "search: rare name",
        request: |known, _| search(json!({"firstName": known.first, "lastName": known.last})),
        right: RightAnswer::Customer,
    },
    QuestionKind {
        name: "search: common surname",
        request: |_, _| search(json!({"lastName": COMMON.1})),
        right: RightAnswer::Anybody,
    },
    QuestionKind {
        name: "search: common full name",
        request: |_, _| search(json!({"firstName": COMMON.0, "lastName": COMMON.1})),
        right: RightAnswer::Anybody,
    },
    QuestionKind {
        name: "search: two letters of a surname",
        request: |_, _| search(json!({"lastName": &COMMON.1[..2]})),
        right: RightAnswer::Anybody,
    },
    QuestionKind {
        name: "search: common name, e-mail",
        request: |known, _| search(json!({"firstName": COMMON.0, "lastName": COMMON.1, "email": known.namesake_email})),
        right: RightAnswer::Namesake,
    },
    QuestionKind {
        name: "best match: e-mail, handle, name",
        request: |known, _| {
            let name = format!("{} {}", known.first, known.last);
            best_match(json!({"email": known.email, "screenName": known.handle, "displayName": name}))
        },
        right: RightAnswer::Customer,
    },
    QuestionKind {
        name: "best match: handle, name",
        request: |known, _| {
            let name = format!("{} {}", known.first, known.last);
            let profile = format!("https://x.com/{}", known.handle);
            best_match(json!({"screenName": known.handle, "displayName": name, "profileUrl": profile}))
        },
        right: RightAnswer::Customer,
    },
    QuestionKind {
        name: "best match: rare name",
        request: |known, _| best_match(json!({"displayName": format!("{} {}", known.first, known.last)})),
        right: RightAnswer::Whatever,
    },
    QuestionKind {
        name: "best match: common name",
        request: |_, _| best_match(json!({"displayName": format!("{} {}", COMMON.0, COMMON.1)})),
        right: RightAnswer::Whatever,
    },
    QuestionKind {
        name: "best match: common name, e-mail",
        request: |known, _| best_match(json!({"displayName": format!("{} {}", COMMON.0, COMMON.1), "email": known.namesake_email})),
        right: RightAnswer::Namesake,
    },
    QuestionKind {
        name: "best match: stranger",
        request: |_, unique| {
            // Reversed, since the word itself is in a customer's name.
            let word: String = unique.chars().rev().collect();
            best_match(json!({"screenName": word, "displayName": format!("Nobody {word}")}))
        },
        right: RightAnswer::Whatever,
    },
    QuestionKind {
        name: "eGain: e-mail",
        request: |known, _| egain("email", &known.email),
        right: RightAnswer::EgainCustomer,
    },
    QuestionKind {
        name: "eGain: phone",
        // Country and area first, digits only.
        request: |known, _| {
            egain(
                "phone",
                &format!("1{}", known.phone.replace(|sign: char| !sign.is_ascii_digit(), "")),
            )
        },
        right: RightAnswer::EgainCustomer,
    },
    QuestionKind {
        name: "eGain: twitterId",
        request: |known, _| egain("twitterId", &known.handle),
        right: RightAnswer::EgainCustomer,
    },
    QuestionKind {
        name: "eGain: whole name",
        request: |known, _| egain("customerName", &format!("{} {}", known.first, known.last)),
        right: RightAnswer::EgainCustomer,
    },
    QuestionKind {
        name: "Omnidesk: the list, its first page",
        request: |_, _| omnidesk("itemLimit=15"),
        right: RightAnswer::OmnideskItem,
    },
    QuestionKind {
        name: "Omnidesk: the list, from 980 on",
        request: |_, _| omnidesk("itemStart=980"),
        right: RightAnswer::OmnideskItem,
    },
    QuestionKind {
        name: "Omnidesk: the list by a rare name",
        request: |known, _| omnidesk(&format!("query={}%20{}", known.first, known.last)),
        right: RightAnswer::OmnideskItem,
    },
    QuestionKind {
        name: "Omnidesk: the list by a common name",
        request: |_, _| omnidesk(&format!("query={}%20{}", COMMON.0, COMMON.1)),
        right: RightAnswer::OmnideskItem,
    },
];

fn get(path: String) -> Request {
    Request {
        method: "GET",
        path,
        body: None,
        at_root: false,
    }
}

/// eGain's search by one criterion.
fn egain(criterion: &str, value: &str) -> Request {
    let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
    Request {
        at_root: true,
        ..get(format!("/core/customermgr/v3/customer?{criterion}={value}"))
    }
}

/// Omnidesk's list of customers.
fn omnidesk(query: &str) -> Request {
    Request {
        at_root: true,
        ..get(format!("/api/v2/customer?{query}"))
    }
}

fn post(path: &str, body: Value) -> Request {
    Request {
        method: "POST",
        path: path.to_owned(),
        body: Some(body),
        at_root: false,
    }
}

fn search(criteria: Value) -> Request {
    post("/customers", criteria)
}

fn best_match(identity: Value) -> Request {
    post("/customer/bestmatch", identity)
}

impl QuestionKind {
    /// Asks about a customer. Returns whether the answer is right.
    pub fn ask(&self, client: &Client, known: &Known, unique: &str) -> Result<bool> {
        let Request {
            method,
            path,
            body,
            at_root,
        } = (self.request)(known, unique);
        let root = at_root.then(|| client.at_root());
        let client = root.as_ref().unwrap_or(client);
        let answer = client.send(method, &path, body.as_ref(), &[200, 201, 204])?;
        let first = answer.get(0).unwrap_or(&answer)["id"].as_str().unwrap_or_default();
        Ok(match self.right {
            RightAnswer::Customer => first == known.id,
            RightAnswer::Namesake => first == known.namesake,
            RightAnswer::Anybody => !first.is_empty(),
            RightAnswer::OmnideskItem => answer["items"].get(0).is_some(),
            RightAnswer::EgainCustomer => answer["customer"].get(0).is_some(),
            RightAnswer::Whatever => true,
        })
    }
}
