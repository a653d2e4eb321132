//! Samples from other sources, whose customers have lists of everything: `customers.jsonl` and `queries.jsonl`.

use std::{collections::HashMap, path::Path};

use anyhow::{Context as _, Result};
use crm_domain::{FieldDefinition, ObjectStructure, normal::Region};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    directory::read_lines,
    sample::{Customer, Question, Sample},
};

/// A customer in such a sample.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    external_key: String,
    #[serde(flatten)]
    names: Map<String, Value>,
    emails: Vec<String>,
    phones: Vec<String>,
    addresses: Vec<Map<String, Value>>,
    social: Vec<Account>,
    order_numbers: Vec<String>,
    case_numbers: Vec<String>,
    account_numbers: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    profile_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Query {
    payload: Value,
    truth: Option<String>,
    scenario: String,
    headline: bool,
}

const QUERIES: &str = "queries.jsonl";

/// Reads such a sample, and converts its customers to fields.
///
/// # Errors
/// When a file is missing or broken.
pub fn read(directory: &Path) -> Result<Sample> {
    let known: Vec<Known> = read_lines(&directory.join("customers.jsonl"))?;
    let queries: Vec<Query> = read_lines(&directory.join(QUERIES))?;
    let places: HashMap<&str, usize> = known.iter().map(|known| known.external_key.as_str()).zip(0..).collect();
    let question = |query: Query| {
        let place = |key: &String| {
            places
                .get(key.as_str())
                .copied()
                .with_context(|| format!("there is no customer {key}"))
        };
        Ok(Question {
            answer: query.truth.as_ref().map(place).transpose()?,
            also: Vec::new(),
            identity: query.payload,
            scenario: query.scenario,
            culture: String::new(),
            aside: !query.headline,
        })
    };
    let model = model();
    Ok(Sample {
        questions: queries.into_iter().map(question).collect::<Result<_>>()?,
        customers: known.iter().map(|known| fields(known, &model)).collect(),
    })
}

/// The fields of a customer, without values that the model refuses, as an import leaves them out.
fn fields(known: &Known, model: &ObjectStructure) -> Customer {
    let mut fields = Map::new();
    let mut put = |name: &str, value: &Value| {
        let read = model.field(name).map(|field| field.read(value, Region::US));
        if matches!(read, Some(Ok(Some(_)))) {
            fields.insert(name.to_owned(), value.clone());
        }
    };
    for name in ["firstName", "lastName", "displayName"] {
        put(name, known.names.get(name).unwrap_or(&Value::Null));
    }
    for (name, value) in known.addresses.iter().take(1).flatten() {
        put(name, value);
    }
    let profiles: Vec<String> = known
        .social
        .iter()
        .filter_map(|account| account.profile_url.clone())
        .collect();
    let lists: [(&[&str], &[String]); 6] = [
        (&["email", "email2"], &known.emails),
        (&["phone", "phone2"], &known.phones),
        (&["profileUrl", "profileUrl2", "profileUrl3", "profileUrl4"], &profiles),
        (&["orderNumber", "orderNumber2", "orderNumber3"], &known.order_numbers),
        (&["caseNumber", "caseNumber2"], &known.case_numbers),
        (&["accountNumber"], &known.account_numbers),
    ];
    for (names, values) in lists {
        for (name, value) in names.iter().zip(values) {
            put(name, &Value::String(value.clone()));
        }
    }
    fields
}

/// The default model with room for everything that such a sample gives a customer. Every sample is loaded under it.
pub fn model() -> ObjectStructure {
    let mut model = ObjectStructure::default_customer();
    let more = [
        ("profileUrl", &["profileUrl2", "profileUrl3", "profileUrl4"][..]),
        ("orderNumber", &["orderNumber2", "orderNumber3"]),
        ("caseNumber", &["caseNumber2"]),
    ];
    for (like, names) in more {
        let Some(field) = model.field(like).cloned() else { continue };
        let others = names.iter().map(|name| FieldDefinition {
            name: (*name).to_owned(),
            label: (*name).to_owned(),
            ..field.clone()
        });
        model.fields.extend(others);
    }
    model
}
