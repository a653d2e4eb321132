//! The OpenAPI document of the dialect, with the tenant's own fields.

use std::sync::Arc;

use crm_domain::{FieldDefinition, FieldType, ObjectStructure, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use serde_json::{Map, Value, json};

/// The document for the default model. [`model_schemas`] are replaced for a tenant's model.
const DOCUMENT: &str = include_str!("../../../infra/openapi/khoros.json");

/// `GET openapi.json`: OpenAPI 3.1.
pub async fn describe(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let document = document(session.customer_model(), session.case_model(), &request.origin())?;
    Ok(Response::json(200, &document))
}

fn document(customer: &ObjectStructure, case: &ObjectStructure, origin: &str) -> Result<Value, Error> {
    let mut document: Value =
        serde_json::from_str(DOCUMENT).map_err(|error| Error::internal("read the OpenAPI document", error))?;
    document["servers"] = json!([{"url": format!("{origin}/api/v1")}]);
    for (name, schema) in model_schemas(customer, case) {
        document["components"]["schemas"][name] = schema;
    }
    Ok(document)
}

/// The schemas that depend on the data model: for each object the fields of answers, of changes and of creates, and
/// for customers the search criteria.
fn model_schemas(customer: &ObjectStructure, case: &ObjectStructure) -> [(&'static str, Value); 7] {
    [
        ("CustomerFields", answered(customer)),
        ("CustomerChanges", changes(customer)),
        ("RequiredOfCustomers", required(customer)),
        ("CustomerCriteria", criteria(customer)),
        ("CaseFields", answered(case)),
        ("CaseChanges", changes(case)),
        ("RequiredOfCases", required(case)),
    ]
}

/// The fields in answers. Stored values may be older than the model's constraints, so only types are promised.
fn answered(model: &ObjectStructure) -> Value {
    object(model.fields.iter(), |field| json!({"type": json_type(field)}))
}

fn changes(model: &ObjectStructure) -> Value {
    object(model.fields.iter(), change)
}

fn required(model: &ObjectStructure) -> Value {
    let names: Vec<&str> = model
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name.as_str())
        .collect();
    json!({"required": names})
}

/// The search criteria. Any text may be searched for that a field of the type can hold: the field's own constraints do not apply.
fn criteria(model: &ObjectStructure) -> Value {
    let criterion = |field: &FieldDefinition| match json_type(field) {
        "string" => json!({"type": ["string", "null"], "maxLength": field.longest_criterion()}),
        other => json!({"type": [other, "null"]}),
    };
    let mut form = object(model.fields.iter().filter(|field| field.searchable), criterion);
    form["additionalProperties"] = false.into();
    form["minProperties"] = 1.into();
    form
}

fn object<'a>(fields: impl Iterator<Item = &'a FieldDefinition>, schema: impl Fn(&FieldDefinition) -> Value) -> Value {
    let properties: Map<String, Value> = fields
        .map(|field| {
            let mut schema = schema(field);
            schema["title"] = field.label.as_str().into();
            (field.name.clone(), schema)
        })
        .collect();
    json!({"type": "object", "properties": properties})
}

/// The schema of a value that may be written. `null` clears a field that is not required.
fn change(field: &FieldDefinition) -> Value {
    let mut schema = if field.required {
        json!({"type": json_type(field)})
    } else {
        json!({"type": [json_type(field), "null"]})
    };
    if field.field_type == FieldType::SingleSelList {
        let choices = field.list_values.iter().map(|choice| Value::from(choice.value.as_str()));
        schema["enum"] = choices.chain((!field.required).then_some(Value::Null)).collect();
    }
    if let Some(limit) = field.field_type.limit() {
        schema["maxLength"] = field.maximum_length.map_or(limit, |own| own.min(limit)).into();
    }
    if let Some(pattern) = &field.pattern {
        schema["pattern"] = format!("^(?:{})$", pattern.as_str()).into();
    }
    if let Some(example) = &field.example {
        schema["examples"] = json!([example]);
    }
    schema
}

fn json_type(field: &FieldDefinition) -> &'static str {
    match field.field_type {
        FieldType::Checkbox => "boolean",
        FieldType::Text | FieldType::Textarea | FieldType::SingleSelList => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crm_domain::model::Pattern;

    #[test]
    fn the_file_shows_the_default_model() {
        let file: Value = serde_json::from_str(DOCUMENT).unwrap();
        for (name, schema) in model_schemas(&ObjectStructure::default_customer(), &ObjectStructure::default_case()) {
            assert_eq!(
                file["components"]["schemas"][name], schema,
                "infra/openapi/khoros.json should have at components.schemas.{name}: {schema:#}"
            );
        }
    }

    #[test]
    fn a_field_shows_what_it_takes() {
        let field = FieldDefinition {
            required: true,
            maximum_length: Some(6),
            pattern: Pattern::parse("[A-Z0-9]{6}").ok(),
            example: Some("QX7T2P".to_owned()),
            ..ObjectStructure::default_case().fields[1].clone()
        };
        let wanted = json!({
            "type": "string", "maxLength": 6, "pattern": "^(?:[A-Z0-9]{6})$", "examples": ["QX7T2P"],
        });
        assert_eq!(change(&field), wanted);
        let priority = &ObjectStructure::default_case().fields[0];
        assert_eq!(change(priority)["enum"], json!(["low", "normal", "high", "urgent", null]));
    }

    #[test]
    fn every_schema_of_the_model_is_used() {
        for (name, _) in model_schemas(&ObjectStructure::default_customer(), &ObjectStructure::default_case()) {
            assert!(DOCUMENT.contains(&format!("#/components/schemas/{name}\"")), "{name}");
        }
    }
}
