//! `GET /meta/object/{type}` (contract section 3).

use super::check::{Check, Severity};
use super::model::Model;
use super::outcome::{Outcome, Trouble, ensure, ensure_none, not_asked};
use super::visit::Visit;
use serde_json::Value;
use std::collections::HashSet;

const NO_FORM: &str = "an empty or broken form in place of the customer's or case's fields";

/// The data model.
pub const CHECKS: &[Check] = &[
    Check {
        id: "meta-customer",
        section: "3",
        severity: Severity::Failure,
        writes: false,
        rule: "the customer model is 200 with its name and fields",
        agent: NO_FORM,
        fix: "answer GET /meta/object/customer with {\"name\": \"customer\", \"fields\": [{\"name\", \"label\", \"type\", \"searchable\"}]}",
        run: customer_model,
    },
    Check {
        id: "meta-case",
        section: "3",
        severity: Severity::Failure,
        writes: false,
        rule: "the case model is 200 with its name and fields",
        agent: NO_FORM,
        fix: "answer GET /meta/object/case with {\"name\": \"case\", \"fields\": [{\"name\", \"label\", \"type\", \"searchable\"}]}",
        run: case_model,
    },
    Check {
        id: "meta-field-members",
        section: "3",
        severity: Severity::Failure,
        writes: false,
        rule: "each field has name and label, a known type, and searchable as true or false",
        agent: NO_FORM,
        fix: "give every field the four members; type is text, textarea, single_sel_list or checkbox, searchable a JSON boolean",
        run: fields_are_whole,
    },
    Check {
        id: "meta-type-case",
        section: "3",
        severity: Severity::Warning,
        writes: false,
        rule: "types are in lower case",
        agent: "perhaps nothing: the guide writes types capitalised, the reference in lower case",
        fix: "write text, textarea, single_sel_list, checkbox",
        run: types_are_in_lower_case,
    },
    Check {
        id: "meta-list-values",
        section: "3",
        severity: Severity::Failure,
        writes: false,
        rule: "single_sel_list fields, and only these, have listValues of name and value",
        agent: "a list with nothing to choose from",
        fix: "put listValues: [{\"name\": \"Shown\", \"value\": \"stored\"}] on every single_sel_list, and on no other type",
        run: lists_have_values,
    },
    Check {
        id: "meta-unique-names",
        section: "3",
        severity: Severity::Failure,
        writes: false,
        rule: "no two fields have the same name",
        agent: "two inputs that overwrite each other",
        fix: "rename one of the two",
        run: names_are_unique,
    },
    Check {
        id: "meta-required-fields",
        section: "3",
        severity: Severity::Failure,
        writes: false,
        rule: "customers list id and uri, cases id, linkUrl and created",
        agent: "no link to the record, or a registration that Khoros refuses",
        fix: "add the missing fields to the model, with type text",
        run: required_fields_are_listed,
    },
    Check {
        id: "meta-searchable",
        section: "3",
        severity: Severity::Failure,
        writes: false,
        rule: "at least one field of a customer is searchable",
        agent: "a search form without fields",
        fix: "set searchable: true on the fields that agents search by, such as e-mail, phone, handle and names",
        run: something_is_searchable,
    },
    Check {
        id: "meta-other-type",
        section: "3",
        severity: Severity::Warning,
        writes: false,
        rule: "the model of another type is 400",
        agent: "nothing; Khoros does not ask for other types today",
        fix: "answer 400 for every type but customer and case",
        run: other_types_are_400,
    },
];

fn customer_model(visit: &mut Visit) -> Outcome {
    visit.customer_model = model(visit, "customer")?;
    Ok(Some(format!("{} fields", visit.customer_model.fields.len())))
}

fn case_model(visit: &mut Visit) -> Outcome {
    visit.case_model = model(visit, "case")?;
    Ok(Some(format!("{} fields", visit.case_model.fields.len())))
}

fn model(visit: &Visit, name: &str) -> Result<Model, Trouble> {
    let reply = visit.gateway.get(&format!("/meta/object/{name}"));
    let body = reply.object(200)?;
    let expected = format!("\"name\": \"{name}\" and an array \"fields\" of objects");
    let fields = body["fields"]
        .as_array()
        .filter(|fields| !fields.is_empty() && fields.iter().all(Value::is_object));
    ensure(body["name"] == name && fields.is_some(), &expected, || reply.came())?;
    Ok(Model::read(&body))
}

/// The fields of both models, each with a name for messages.
fn all_fields(visit: &Visit) -> Result<Vec<(String, Value)>, Trouble> {
    let mut all = Vec::new();
    for object in ["customer", "case"] {
        let body = visit.gateway.get(&format!("/meta/object/{object}")).json();
        let fields = body["fields"].as_array().cloned().unwrap_or_default();
        all.extend(fields.into_iter().map(|field| (format!("{object} {}", field["name"]), field)));
    }
    if all.is_empty() {
        return Err(not_asked("there is no model: see meta-customer and meta-case"));
    }
    Ok(all)
}

/// Reports every field that is wrong.
fn check_fields(visit: &Visit, expected: &str, good: impl Fn(&Value) -> bool) -> Outcome {
    let fields = all_fields(visit)?;
    let wrong: Vec<String> = fields
        .iter()
        .filter(|(_, field)| !good(field))
        .map(|(name, field)| format!("{name}: {field}"))
        .collect();
    ensure_none(&wrong, expected)?;
    Ok(None)
}

fn is_filled(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn is_list(field: &Value) -> bool {
    field["type"]
        .as_str()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("single_sel_list"))
}

fn fields_are_whole(visit: &mut Visit) -> Outcome {
    let is_known = |kind: &str| ["text", "textarea", "single_sel_list", "checkbox"].contains(&kind.to_lowercase().as_str());
    check_fields(
        visit,
        "name and label (texts), type (one of four), searchable (true or false)",
        |field| {
            let has_type = field["type"].as_str().is_some_and(is_known);
            is_filled(&field["name"]) && is_filled(&field["label"]) && has_type && field["searchable"].is_boolean()
        },
    )
}

fn types_are_in_lower_case(visit: &mut Visit) -> Outcome {
    check_fields(visit, "types in lower case", |field| {
        field["type"]
            .as_str()
            .is_none_or(|kind| !kind.contains(|c: char| c.is_ascii_uppercase()))
    })
}

fn lists_have_values(visit: &mut Visit) -> Outcome {
    let is_value = |value: &Value| is_filled(&value["name"]) && is_filled(&value["value"]);
    check_fields(
        visit,
        "listValues with at least one {name, value} on single_sel_list only",
        |field| {
            let values = field.get("listValues");
            let has_values = values
                .and_then(Value::as_array)
                .is_some_and(|values| !values.is_empty() && values.iter().all(is_value));
            if is_list(field) { has_values } else { values.is_none() }
        },
    )
}

fn names_are_unique(visit: &mut Visit) -> Outcome {
    let mut seen = HashSet::new();
    let fields = all_fields(visit)?;
    let twice: Vec<String> = fields
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !seen.insert(name.clone()))
        .collect();
    ensure_none(&twice, "each name once")?;
    Ok(None)
}

fn required_fields_are_listed(visit: &mut Visit) -> Outcome {
    let needed = [
        ("customer", &visit.customer_model, &["id", "uri"][..]),
        ("case", &visit.case_model, &["id", "linkUrl", "created"][..]),
    ];
    let mut missing = Vec::new();
    for (object, model, names) in needed {
        let absent = names
            .iter()
            .filter(|name| !model.fields.is_empty() && model.field(name).is_none());
        missing.extend(absent.map(|name| format!("the {object} model has no {name}")));
    }
    ensure_none(&missing, "customer: id, uri; case: id, linkUrl, created")?;
    Ok(None)
}

fn something_is_searchable(visit: &mut Visit) -> Outcome {
    let model = &visit.customer_model;
    if model.fields.is_empty() {
        return Err(not_asked("there is no customer model: see meta-customer"));
    }
    let searchable = model.fields.iter().filter(|field| field.searchable).count();
    ensure(searchable > 0, "a field with searchable: true", || "none".to_owned())?;
    Ok(Some(format!("{searchable} fields")))
}

fn other_types_are_400(visit: &mut Visit) -> Outcome {
    visit.gateway.get("/meta/object/interaction").expect(400)?;
    Ok(None)
}
