//! The fields of a case's form: those that every case has, and those of the tenant's model.

use crm_domain::{Case, CustomerId, FieldDefinition, FieldType, ListValue, ObjectStructure, Status};

/// The fields that every case has, in the order of the form.
#[derive(Debug)]
pub struct CaseFields([FieldDefinition; 4]);

impl CaseFields {
    /// Those of Khoros' contract.
    pub fn new() -> Self {
        let status = |status: Status, name: &str| ListValue {
            name: name.to_owned(),
            value: status.name().to_owned(),
        };
        Self([
            FieldDefinition {
                required: true,
                ..FieldDefinition::new("title", "Title", FieldType::Text)
            },
            FieldDefinition::new("description", "Description", FieldType::Textarea),
            FieldDefinition {
                list_values: vec![status(Status::Open, "Open"), status(Status::Closed, "Closed")],
                ..FieldDefinition::new("status", "Status", FieldType::SingleSelList)
            },
            FieldDefinition {
                required: true,
                ..FieldDefinition::new("customerId", "Customer’s id", FieldType::Text)
            },
        ])
    }

    /// All fields, each with its value in a case.
    pub fn of<'a>(&'a self, case: &Case, model: &'a ObjectStructure) -> Vec<(&'a FieldDefinition, String)> {
        let own = |field: &FieldDefinition| match field.name.as_str() {
            "title" => case.title.clone(),
            "description" => case.description.clone(),
            "status" => case.status.name().to_owned(),
            _ if case.customer == CustomerId::NOBODY => String::new(),
            _ => case.customer.to_string(),
        };
        let of_model = |field: &FieldDefinition| {
            let value = case.custom.get(&field.name);
            value.map(|value| value.as_text().to_owned()).unwrap_or_default()
        };
        let every = self.0.iter().map(|field| (field, own(field)));
        every
            .chain(model.fields.iter().map(|field| (field, of_model(field))))
            .collect()
    }
}
