//! Checks a data model: that functions can work with it, that Khoros can show it, and that it keeps the limits.

use std::collections::{BTreeMap, BTreeSet};

use super::{DataModel, FieldDefinition, FieldType, Object, ObjectStructure, Role, TEXT_LENGTH};
use crate::{error::FieldError, normal::is_blank};

/// The largest number of fields of an object.
pub const MOST_FIELDS: usize = 200;
/// The largest number of values of a list.
pub const MOST_LIST_VALUES: usize = 500;
/// The longest name of a field.
pub const NAME_LENGTH: usize = 64;
/// The longest label, and name of a list's value, in characters.
const LABEL_LENGTH: usize = 200;
/// The largest JSON of an object's fields, in bytes. It is one item of the table, which can have 400 KB, and is read with every key.
pub const MOST_BYTES: usize = 200_000;

/// Members that the wire format, imports and exports give to every record.
const RESERVED: [&str; 12] = [
    "id",
    "externalId",
    "url",
    "uri",
    "linkUrl",
    "number",
    "created",
    "createdBy",
    "updated",
    "updatedBy",
    "lastUpdated",
    "hidden",
];
/// Members that files have for every customer beside its fields.
const RESERVED_FOR_CUSTOMERS: [&str; 8] = [
    "kind",
    "department",
    "brand",
    "organisation",
    "attributes",
    "preferredAgent",
    "contacts",
    "events",
];
/// Members that the contract gives to every case.
const RESERVED_FOR_CASES: [&str; 7] = [
    "customerId",
    "customerExternalId",
    "customId",
    "title",
    "description",
    "status",
    "interactions",
];

/// Whether the name is reserved, in whatever case, because it means something else in requests and answers.
pub fn is_reserved(object: Object, name: &str) -> bool {
    let of_cases: &[&str] = match object {
        Object::Customer => &RESERVED_FOR_CUSTOMERS,
        Object::Case => &RESERVED_FOR_CASES,
    };
    RESERVED
        .iter()
        .chain(of_cases)
        .any(|reserved| reserved.eq_ignore_ascii_case(name))
}

impl DataModel {
    /// Checks the model.
    ///
    /// # Errors
    /// All mistakes, by place: `customer[3].listValues[1].value`.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut mistakes = Mistakes::default();
        for object in Object::ALL {
            mistakes.of_structure(object, self.of(object));
        }
        if mistakes.0.is_empty() { Ok(()) } else { Err(mistakes.0) }
    }
}

#[derive(Default)]
struct Mistakes(Vec<FieldError>);

impl Mistakes {
    fn note(&mut self, place: &str, message: impl Into<String>) {
        self.0.push(FieldError::new(place, message));
    }

    fn of_structure(&mut self, object: Object, structure: &ObjectStructure) {
        let whole = object.name();
        if object == Object::Customer && structure.fields.is_empty() {
            self.note(whole, "must have at least one field: otherwise no customer can be created");
        }
        if structure.fields.len() > MOST_FIELDS {
            self.note(whole, format!("must have at most {MOST_FIELDS} fields"));
        }
        // A structure always has a JSON form.
        let bytes = serde_json::to_string(structure).map_or(0, |json| json.len());
        if bytes > MOST_BYTES {
            self.note(
                whole,
                format!("must be at most {MOST_BYTES} bytes of JSON: shorten its labels and lists"),
            );
        }
        for (at, field) in structure.fields.iter().enumerate() {
            let place = format!("{whole}[{at}]");
            self.of_name(object, &place, &field.name);
            self.of_label(&format!("{place}.label"), &field.label);
            self.of_list_values(&place, field);
            self.of_use(object, &place, field);
            self.of_constraints(&place, field);
        }
        self.of_neighbours(whole, structure);
    }

    fn of_name(&mut self, object: Object, place: &str, name: &str) {
        let place = format!("{place}.name");
        let letter_first = name.starts_with(|first: char| first.is_ascii_alphabetic());
        let plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if !letter_first || !name.chars().all(plain) || name.len() > NAME_LENGTH {
            self.note(
                &place,
                format!("must be a letter and then letters, digits and _, at most {NAME_LENGTH} in all"),
            );
        } else if is_reserved(object, name) {
            self.note(&place, "is reserved: this CRM gives it a meaning of its own");
        }
    }

    fn of_label(&mut self, place: &str, label: &str) {
        if is_blank(label) {
            self.note(place, "must not be empty: agents read it");
        } else if label.chars().count() > LABEL_LENGTH {
            self.note(place, format!("must be at most {LABEL_LENGTH} characters long"));
        }
    }

    fn of_list_values(&mut self, place: &str, field: &FieldDefinition) {
        let place = format!("{place}.listValues");
        match (field.field_type, field.list_values.len()) {
            (FieldType::SingleSelList, 0) => self.note(&place, "must have at least one value"),
            (FieldType::SingleSelList, count) if count > MOST_LIST_VALUES => {
                self.note(&place, format!("must have at most {MOST_LIST_VALUES} values"));
            }
            (FieldType::SingleSelList, _) | (_, 0) => {}
            _ => self.note(&place, "belongs to the type single_sel_list only"),
        }
        let mut earlier = BTreeSet::new();
        for (at, choice) in field.list_values.iter().enumerate() {
            self.of_label(&format!("{place}[{at}].name"), &choice.name);
            let place = format!("{place}[{at}].value");
            if is_blank(&choice.value) || choice.value.chars().count() > TEXT_LENGTH {
                self.note(&place, format!("must have 1 to {TEXT_LENGTH} characters"));
            } else if !earlier.insert(choice.value.as_str()) {
                self.note(&place, "is in this list twice");
            }
        }
    }

    /// Checks how search and best match use the field.
    fn of_use(&mut self, object: Object, place: &str, field: &FieldDefinition) {
        if object == Object::Case && field.searchable {
            self.note(
                &format!("{place}.searchable"),
                "is for fields of customers: cases are not searched",
            );
        }
        if field.role.is_some() {
            let place = format!("{place}.role");
            if object == Object::Case {
                self.note(&place, "is for fields of customers: cases are not matched");
            } else if field.field_type != FieldType::Text {
                self.note(&place, "belongs to the type text only");
            }
        }
        if let Some(network) = &field.network {
            let place = format!("{place}.network");
            if field.role != Some(Role::Handle) {
                self.note(&place, "belongs to the role handle only");
            } else if is_blank(network) {
                self.note(&place, "must not be empty: leave it out if the network is not known");
            }
        }
    }

    fn of_constraints(&mut self, place: &str, field: &FieldDefinition) {
        if let Some(length) = field.maximum_length {
            let place = format!("{place}.maximumLength");
            match field.field_type.limit() {
                None => self.note(&place, "belongs to the types text and textarea only"),
                Some(limit) if !(1..=limit).contains(&length) => self.note(&place, format!("must be 1 to {limit}")),
                Some(_) => {}
            }
        }
        if field.pattern.is_some() && field.field_type != FieldType::Text {
            self.note(&format!("{place}.pattern"), "belongs to the type text only");
        }
        if let Some(example) = &field.example {
            let place = format!("{place}.example");
            match &field.pattern {
                None => self.note(&place, "belongs to a pattern: without one every value is valid"),
                Some(pattern) if !pattern.is_matched_by(example) => self.note(&place, "must match the pattern"),
                Some(_) if field.maximum_length.is_some_and(|length| example.chars().count() > length) => {
                    self.note(&place, "is longer than maximumLength");
                }
                Some(_) => {}
            }
        }
    }

    /// Checks mistakes that only several fields together can make.
    fn of_neighbours(&mut self, whole: &str, structure: &ObjectStructure) {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let mut roles: BTreeMap<Role, usize> = BTreeMap::new();
        for (at, field) in structure.fields.iter().enumerate() {
            if let Some(first) = names.get(&field.name.to_ascii_lowercase()) {
                self.note(
                    &format!("{whole}[{at}].name"),
                    format!("is the name of {whole}[{first}] already; capitals make no difference"),
                );
            } else {
                names.insert(field.name.to_ascii_lowercase(), at);
            }
            let Some(role) = field.role.filter(|role| !role.is_identifier()) else {
                continue;
            };
            if let Some(first) = roles.get(&role) {
                self.note(
                    &format!("{whole}[{at}].role"),
                    format!("is the role of {whole}[{first}] already: a customer has one {}", role.name()),
                );
            } else {
                roles.insert(role, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn model(customer: &Value, case: &Value) -> DataModel {
        let structure = |fields: &Value| ObjectStructure {
            fields: serde_json::from_value(fields.clone()).unwrap(),
        };
        DataModel {
            customer: structure(customer),
            case: structure(case),
        }
    }

    #[track_caller]
    fn check(customer: &Value, case: &Value, wanted: &[(&str, &str)]) {
        let found = model(customer, case).check().err().unwrap_or_default();
        let found: Vec<(&str, &str)> = found.iter().map(|one| (one.name.as_str(), one.message.as_str())).collect();
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for ((place, message), (at, says)) in found.iter().zip(wanted) {
            assert_eq!(place, at, "{message}");
            assert!(message.contains(says), "{place}: {message}");
        }
    }

    /// A customer with this one field, and no fields of cases.
    #[track_caller]
    fn check_field(field: &Value, wanted: &[(&str, &str)]) {
        check(&json!([field]), &json!([]), wanted);
    }

    #[test]
    fn the_default_model_is_sound() {
        let default = DataModel {
            customer: ObjectStructure::default_customer(),
            case: ObjectStructure::default_case(),
        };
        assert_eq!(default.check(), Ok(()));
    }

    #[test]
    fn names() {
        for name in ["", "1st", "loyalty tier", "größe", "a-b", &"x".repeat(65)] {
            check_field(
                &json!({"name": name, "label": "L", "type": "text"}),
                &[("customer[0].name", "must be a letter")],
            );
        }
        for name in ["id", "URL", "createdBy", "externalid"] {
            check_field(
                &json!({"name": name, "label": "L", "type": "text"}),
                &[("customer[0].name", "is reserved")],
            );
        }
        let twice = json!([
            {"name": "tier", "label": "L", "type": "text"},
            {"name": "description", "label": "L", "type": "text"},
            {"name": "Tier", "label": "L", "type": "text"},
        ]);
        check(
            &twice,
            &json!([{"name": "title", "label": "L", "type": "text"}, {"name": "description", "label": "L", "type": "text"}]),
            &[
                ("customer[2].name", "is the name of customer[0] already"),
                ("case[0].name", "is reserved"),
                ("case[1].name", "is reserved"),
            ],
        );
    }

    #[test]
    fn labels_and_lists() {
        check_field(
            &json!({"name": "a", "label": " ", "type": "text"}),
            &[("customer[0].label", "must not be empty")],
        );
        let list = |values: Value| json!({"name": "a", "label": "A", "type": "single_sel_list", "listValues": values});
        check_field(&list(json!([])), &[("customer[0].listValues", "at least one")]);
        check_field(
            &list(json!([{"name": "A", "value": "a"}, {"name": "", "value": "a"}, {"name": "C", "value": " "}])),
            &[
                ("customer[0].listValues[1].name", "must not be empty"),
                ("customer[0].listValues[1].value", "twice"),
                ("customer[0].listValues[2].value", "must have 1 to"),
            ],
        );
        check_field(
            &json!({"name": "a", "label": "A", "type": "text", "listValues": [{"name": "A", "value": "a"}]}),
            &[("customer[0].listValues", "single_sel_list only")],
        );
    }

    #[test]
    fn roles() {
        let city = |name: &str| json!({"name": name, "label": "C", "type": "text", "role": "city"});
        let email = |name: &str| json!({"name": name, "label": "E", "type": "text", "role": "email"});
        check(
            &json!([city("a"), email("b"), email("c"), city("d")]),
            &json!([city("e"), {"name": "f", "label": "F", "type": "text", "searchable": true}]),
            &[
                ("customer[3].role", "is the role of customer[0] already"),
                ("case[0].role", "customers"),
                ("case[1].searchable", "customers"),
            ],
        );
        check_field(
            &json!({"name": "a", "label": "A", "type": "checkbox", "role": "email"}),
            &[("customer[0].role", "text only")],
        );
        check_field(
            &json!({"name": "a", "label": "A", "type": "text", "network": "x"}),
            &[("customer[0].network", "handle only")],
        );
    }

    #[test]
    fn constraints() {
        let field = |more: Value| {
            let mut field = json!({"name": "a", "label": "A", "type": "text"});
            field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            field
        };
        for length in [0, 1_001] {
            check_field(
                &field(json!({"maximumLength": length})),
                &[("customer[0].maximumLength", "1 to 1000")],
            );
        }
        check_field(&field(json!({"type": "textarea", "maximumLength": 32_768})), &[]);
        check_field(
            &field(json!({"type": "checkbox", "maximumLength": 1, "pattern": "x"})),
            &[
                ("customer[0].maximumLength", "text and textarea"),
                ("customer[0].pattern", "text only"),
            ],
        );
        check_field(
            &field(json!({"example": "x"})),
            &[("customer[0].example", "belongs to a pattern")],
        );
        check_field(
            &field(json!({"pattern": "[0-9]+", "example": "x"})),
            &[("customer[0].example", "must match")],
        );
        check_field(
            &field(json!({"pattern": "[0-9]+", "example": "123", "maximumLength": 2})),
            &[("customer[0].example", "longer")],
        );
    }

    #[test]
    fn a_model_is_bounded() {
        let field = |at: usize| json!({"name": format!("f{at}"), "label": "F", "type": "text"});
        let fields = |count: usize| Value::Array((0..count).map(field).collect());
        check(&fields(MOST_FIELDS), &json!([]), &[]);
        check(&fields(MOST_FIELDS + 1), &json!([]), &[("customer", "at most 200 fields")]);
        check(&json!([]), &json!([]), &[("customer", "at least one field")]);
        let value = |at: usize| json!({"name": format!("n{at}"), "value": format!("{at}{}", "v".repeat(900))});
        let values: Vec<Value> = (0..250).map(value).collect();
        let list = json!({"name": "a", "label": "A", "type": "single_sel_list", "listValues": values});
        check_field(&list, &[("customer", "bytes")]);
    }
}
